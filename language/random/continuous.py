"""Distributions of floats that are one inverse of a distribution function, of uniform floats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import finfo
from ..numpy.elementwise import like
from ..shapes import canonical_shape
from .parameters import parameters
from .uniforms import float_dtype, spread_to, uniform


def exponential(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The exponential distribution with mean 1.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    u = uniform(key, shape, float_dtype("exponential", dtype))
    return lax.neg(lax.log1p(lax.neg(u)))


def laplace(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Laplace distribution with scale 1.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("laplace", dtype)
    low = np.asarray(-1.0 + float(finfo(wanted).epsneg), wanted)[()]
    u = uniform(key, shape, wanted, low, 1.0)
    return lax.mul(lax.sign(u), lax.log1p(lax.neg(lax.abs(u))))


def logistic(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The logistic distribution with scale 1.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("logistic", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).tiny, wanted)[()], 1.0)
    return lax.sub(lax.log(u), lax.log1p(lax.neg(u)))


def cauchy(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Cauchy distribution with scale 1.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("cauchy", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).eps, wanted)[()], 1.0)
    half = np.asarray(0.5, wanted)[()]
    return lax.tan(lax.mul(lax.sub(u, half), np.asarray(math.pi, wanted)[()]))


def pareto(key: Any, b: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The Pareto distribution b / x^(b + 1) of x >= 1.

    Raises:
        ValueError: ``b`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("pareto", dtype)
    sizes, (b,) = parameters("pareto", shape, wanted, b=b)
    return lax.exp(lift(vnp.divide(exponential(key, sizes, wanted), b)))


def rayleigh(key: Any, scale: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The Rayleigh distribution: the length of a vector of 2 normal numbers, times ``scale``.

    Raises:
        ValueError: ``scale`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("rayleigh", dtype)
    sizes, (scale,) = parameters("rayleigh", shape, wanted, scale=scale)
    u = uniform(key, sizes, wanted)
    return lift(vnp.multiply(scale, lax.sqrt(lax.mul(lax.log(u), like(u, -2)))))


def weibull_min(key: Any, scale: Any, concentration: Any, shape: Any = (), dtype: Any = None) -> Array:
    """Weibull's distribution: a power 1 / ``concentration`` of an exponential number, times ``scale``.

    The parameters are broadcast against ``shape``, as JAX does.

    Raises:
        TypeError: ``key`` is no key.
    """
    drawn = exponential(key, canonical_shape(shape), float_dtype("weibull_min", dtype))
    return lift(vnp.multiply(vnp.power(drawn, vnp.divide(1.0, concentration)), scale))


def triangular(key: Any, left: Any, mode: Any, right: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The triangular distribution on [left, right], likeliest at ``mode``.

    Raises:
        ValueError: a parameter does not fit into the dtype or the shape.
    """
    wanted = float_dtype("triangular", dtype)
    sizes, given = parameters("triangular", shape, wanted, left=left, mode=mode, right=right)
    left, mode, right = (spread_to("triangular", x, sizes) for x in given)
    width, rise, fall = lax.sub(right, left), lax.sub(mode, left), lax.sub(right, mode)
    u = uniform(key, sizes, wanted)
    up = lax.add(left, lax.sqrt(lax.mul(lax.mul(u, width), rise)))
    down = lax.sub(right, lax.sqrt(lax.mul(lax.mul(lax.sub(like(u, 1), u), width), fall)))
    return lax.select(lax.lt(u, lax.div(rise, width)), up, down)
