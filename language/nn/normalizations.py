"""Normalizations over axes, and logarithms of sums of exponentials, shifted so that nothing overflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..numpy.promotion import array_of, promote_inexact
from ..shapes import canonical_axes


def logsumexp(
    a: Any,
    axis: Any = None,
    b: Any = None,
    keepdims: bool = False,
    return_sign: bool = False,
    where: Any = None,
) -> Any:
    """log(sum(b exp(a))) over some axes, shifted by the largest term so that nothing overflows.

    Args:
        a: the exponents.
        axis: the axes to sum over; all by default.
        b: factors of the exponentials; 1 by default.
        keepdims: whether the axes stay, with size 1.
        return_sign: whether to return (log of the sum's magnitude, its sign); else a negative sum gives NaN.
        where: which elements take part.

    Returns:
        Floats without the axes (of size 1 with ``keepdims``); a pair of these with ``return_sign``.

    Raises:
        TypeError: an argument is no array and no number.
    """
    if b is None:
        (given,) = promote_inexact("logsumexp", a)
        a, factor = lift(given), None
    else:
        a, factor = (lift(x) for x in promote_inexact("logsumexp", a, b))
        a, factor = vnp.broadcast_arrays(a, factor)
        # A factor of 0 takes its exponential out, whatever that is.
        a = vnp.where(vnp.not_equal(factor, 0), a, -np.inf)
    axes = canonical_axes(axis, a.ndim)
    shift = lax.stop_gradient(_finite_or_zero(vnp.max(a, axes, keepdims=True, where=where, initial=-np.inf)))
    terms = vnp.exp(vnp.subtract(a, shift))
    terms = terms if factor is None else vnp.multiply(factor, terms)
    total = vnp.sum(terms, axes, keepdims=True, where=where)
    sign = vnp.sign(total)
    size = total if factor is None else vnp.multiply(total, lax.stop_gradient(sign))
    if factor is not None and not return_sign:
        size = vnp.where(vnp.less(sign, 0), np.nan, size)
    found = vnp.add(vnp.log(size), shift)
    if not keepdims and axes:
        found, sign = vnp.squeeze(found, axes), vnp.squeeze(sign, axes)
    return (found, sign) if return_sign else found


def _finite_or_zero(x: Array) -> Array:
    return lax.select(lax.is_finite(x), x, lax.full_like(x, 0))


def logmeanexp(x: Any, axis: Any = None, where: Any = None, keepdims: bool = False) -> Array:
    """log(mean(exp(x))) over some axes.

    Returns:
        Floats without the axes (of size 1 with ``keepdims``).

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    found = logsumexp(x, axis, where=where, keepdims=keepdims)
    x = array_of("logmeanexp", x)
    if where is None:
        axes = canonical_axes(axis, x.ndim)
        count: Any = np.asarray(math.prod(x.shape[i] for i in axes)).astype(found.dtype)[()]
    else:
        count = vnp.sum(vnp.broadcast_to(where, x.shape), axis, found.dtype, keepdims=keepdims)
    return vnp.subtract(found, vnp.log(count))


def _shifted(name: str, x: Any, axis: Any, where: Any) -> Array:
    x = array_of(name, x)
    largest = lax.stop_gradient(vnp.max(x, axis, where=where, initial=-np.inf, keepdims=True))
    taken = x if where is None else vnp.where(where, x, -np.inf)
    return vnp.subtract(taken, largest)


def softmax(x: Any, axis: Any = -1, where: Any = None) -> Array:
    """exp(x) / sum(exp(x)) along an axis, shifted by the largest so that nothing overflows.

    Returns:
        Floats of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    terms = vnp.exp(_shifted("softmax", x, axis, where))
    found = vnp.true_divide(terms, vnp.sum(terms, axis, where=where, keepdims=True))
    return found if where is None else vnp.where(where, found, 0)


def log_softmax(x: Any, axis: Any = -1, where: Any = None) -> Array:
    """log(softmax(x)) along an axis, without the loss of taking the one and then the other.

    Returns:
        Floats of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    shifted = _shifted("log_softmax", x, axis, where)
    total = vnp.sum(vnp.exp(shifted), axis, where=where, keepdims=True)
    found = vnp.subtract(shifted, vnp.log(total))
    return found if where is None else vnp.where(where, found, -np.inf)


def standardize(
    x: Any,
    axis: Any = -1,
    mean: Any = None,
    variance: Any = None,
    epsilon: Any = 1e-5,
    where: Any = None,
    *,
    algorithm: str = "stable",
) -> Array:
    """(x - mean) / sqrt(variance + epsilon) along an axis.

    Args:
        x: the array.
        axis: along which mean and variance are taken.
        mean: the mean, if it is known.
        variance: the variance, if it is known.
        epsilon: what is added to the variance.
        where: which elements take part in mean and variance.
        algorithm: 'stable' takes the mean squared distance from the mean; 'fast', JAX's default, takes
            E[x^2] - E[x]^2, which loses every digit where the mean is large.

    Returns:
        Floats of x's shape.

    Raises:
        ValueError: the algorithm is unknown.
    """
    if algorithm not in ("stable", "fast"):
        raise ValueError(f"`algorithm` must be 'stable' or 'fast', got {algorithm!r}.")
    centre = vnp.mean(x, axis, keepdims=True, where=where) if mean is None else mean
    spread = variance
    if spread is None and algorithm == "stable":
        spread = vnp.mean(vnp.square(vnp.subtract(x, centre)), axis, keepdims=True, where=where)
    elif spread is None:
        squares = vnp.mean(vnp.square(x), axis, keepdims=True, where=where)
        spread = vnp.clip(vnp.subtract(squares, vnp.square(centre)), 0)
    scale = lax.rsqrt(*promote_inexact("standardize", vnp.add(spread, epsilon)))
    return vnp.multiply(vnp.subtract(x, centre), scale)
