"""The normal distribution and its kin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import is_complex, real_of
from ..numpy.elementwise import like
from ..numpy.promotion import array_of, convert
from ..shapes import broadcast_shapes, canonical_shape
from ..special import erf_inv
from .keys import raw_of
from .parameters import parameters
from .uniforms import drawn_uniform, float_dtype, inexact_dtype, rademacher, spread_to, uniform
from .words import split


def normal(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The standard normal distribution; of complex numbers with parts of variance 1/2.

    Args:
        key: the key.
        shape: of the result.
        dtype: of the result, a float or complex dtype.

    Returns:
        Numbers of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = inexact_dtype("normal", dtype)
    raw, sizes, root = raw_of("normal", key), canonical_shape(shape), np.asarray(math.sqrt(2.0), wanted)[()]
    if is_complex(wanted):
        parts = [normal(own, sizes, real_of(wanted)) for own in split(raw)]
        return lax.div(lax.complex(*parts), root)
    one = np.asarray(1.0, wanted)
    low = np.nextafter(-one, np.asarray(0.0, wanted))
    u = drawn_uniform(raw, sizes, wanted, low[()], one[()])
    return lax.mul(erf_inv(u), root)


def truncated_normal(key: Any, lower: Any, upper: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The standard normal distribution within (lower, upper).

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("truncated_normal", dtype)
    low, high = (lift(convert(array_of("truncated_normal", x), wanted)) for x in (lower, upper))
    sizes = broadcast_shapes(low.shape, high.shape) if shape is None else canonical_shape(shape)
    root = np.asarray(math.sqrt(2.0), wanted)[()]
    first, last = (lax.erf(lax.div(x, root)) for x in (low, high))
    u = drawn_uniform(raw_of("truncated_normal", key), sizes, wanted, first, last)
    inf = np.asarray(np.inf, wanted)[()]
    inside = lax.nextafter(lax.stop_gradient(low), inf), lax.nextafter(lax.stop_gradient(high), -inf)
    return vnp.clip(lax.mul(erf_inv(u), root), *inside)


def lognormal(key: Any, sigma: Any = 1.0, shape: Any = None, dtype: Any = None) -> Array:
    """exp of a normal number of deviation ``sigma``.

    Raises:
        ValueError: ``sigma`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("lognormal", dtype)
    sizes, (sigma,) = parameters("lognormal", shape, wanted, sigma=sigma)
    return lax.exp(lift(vnp.multiply(normal(key, sizes, wanted), sigma)))


def maxwell(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The length of a vector of 3 normal numbers: Maxwell's distribution.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("maxwell", dtype)
    x = normal(key, (*canonical_shape(shape), 3), wanted)
    return lax.sqrt(lift(vnp.sum(lax.mul(x, x), -1)))


def double_sided_maxwell(key: Any, loc: Any, scale: Any, shape: Any = (), dtype: Any = None) -> Array:
    """Maxwell's distribution with a random sign, times ``scale``, moved by ``loc``.

    The result has the parameters' own shape after ``shape`` (twice, where no shape is given), as JAX's has.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("double_sided_maxwell", dtype)
    loc, scale = array_of("double_sided_maxwell", loc), array_of("double_sided_maxwell", scale)
    own = broadcast_shapes(loc.shape, scale.shape)
    sizes = (*(canonical_shape(shape) or own), *own)
    for_size, for_sign = split(raw_of("double_sided_maxwell", key))
    size = maxwell(for_size, sizes, wanted)
    signed = lax.mul(rademacher(for_sign, sizes, wanted), size)
    return lift(vnp.add(vnp.multiply(signed, scale), loc))


def wald(key: Any, mean: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The Wald (inverse Gaussian) distribution of a mean and scale 1.

    J. R. Michael, W. R. Schucany, R. W. Haas, "Generating random variates using transformations with multiple
    roots" (1976): of the two roots the smaller is mean / r^2 and the larger mean r^2, so that neither is a difference.

    Raises:
        ValueError: ``mean`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("wald", dtype)
    sizes, (mean,) = parameters("wald", shape, wanted, mean=mean)
    mean = spread_to("wald", mean, sizes)
    for_normal, for_root = split(raw_of("wald", key))
    v, z = normal(for_normal, sizes, wanted), uniform(for_root, sizes, wanted)
    quarter = lax.mul(lax.mul(mean, lax.mul(v, v)), like(mean, 0.25))
    root = lax.add(lax.sqrt(lax.add(like(mean, 1), quarter)), lax.sqrt(quarter))
    square = lax.mul(root, root)
    small = lax.div(mean, square)
    first = lax.le(z, lax.div(mean, lax.add(mean, small)))
    return lax.select(first, small, lax.mul(mean, square))
