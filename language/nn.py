"""`jax.nn`'s activations and normalizations, in stable forms.

They are compositions whose derivatives hold as they are written, so that none needs a custom rule. At a kink
the derivative is JAX's: relu'(0) = 0, relu6'(0) = relu6'(6) = 0, hard_tanh'(1) = 1.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from . import lax
from . import numpy as vnp
from .arrays import Array
from .dispatch import lift
from .dtypes import default_float, finfo, is_float, is_integer
from .numpy.promotion import array_of, canonical_dtype, convert, promote_inexact
from .shapes import canonical_axes, canonical_axis

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "identity",
    "leaky_relu",
    "log1mexp",
    "log_sigmoid",
    "log_softmax",
    "logmeanexp",
    "logsumexp",
    "mish",
    "one_hot",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_sign",
    "softmax",
    "softplus",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "standardize",
    "swish",
]


def _choose(condition: Any, x: Any, y: Any) -> Array:
    found: Array = vnp.where(condition, x, y)
    return found


# -- rectifiers -----------------------------------------------------------------------------------------
def identity(x: Any) -> Array:
    """x itself."""
    return array_of("identity", x)


def relu(x: Any) -> Array:
    """max(x, 0), with derivative 0 at 0."""
    x = array_of("relu", x)
    # A selection, not max: its derivative at 0 is 0, and NaN stays NaN.
    return _choose(vnp.less_equal(x, 0), 0, x)


def relu6(x: Any) -> Array:
    """min(max(x, 0), 6), with derivative 0 at 0 and at 6."""
    x = array_of("relu6", x)
    below = vnp.where(vnp.less_equal(x, 0), 0.0, x)
    return _choose(vnp.greater_equal(x, 6), 6.0, below)


def leaky_relu(x: Any, negative_slope: Any = 1e-2) -> Array:
    """x where it is not negative, else ``negative_slope`` x."""
    x = array_of("leaky_relu", x)
    return _choose(vnp.greater_equal(x, 0), x, vnp.multiply(negative_slope, x))


def hard_tanh(x: Any) -> Array:
    """x limited to [-1, 1]."""
    x = array_of("hard_tanh", x)
    return _choose(vnp.greater(x, 1), 1, vnp.where(vnp.less(x, -1), -1, x))


def hard_sigmoid(x: Any) -> Array:
    """relu6(x + 3) / 6."""
    return vnp.true_divide(relu6(vnp.add(x, 3.0)), 6.0)


def hard_silu(x: Any) -> Array:
    """x hard_sigmoid(x)."""
    x = array_of("hard_silu", x)
    return vnp.multiply(x, hard_sigmoid(x))


hard_swish = hard_silu


# -- exponential units --------------------------------------------------------------------------------------
def elu(x: Any, alpha: Any = 1.0) -> Array:
    """x where it is positive, else alpha (exp(x) - 1)."""
    x = array_of("elu", x)
    positive = vnp.greater(x, 0)
    # The exponential never sees what it is not used for: its overflow would spoil the derivative.
    curved = vnp.multiply(alpha, vnp.expm1(vnp.where(positive, 0.0, x)))
    return _choose(positive, x, curved)


def selu(x: Any) -> Array:
    """`elu` scaled so that it keeps mean and variance of a normal input."""
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946
    return vnp.multiply(scale, elu(x, alpha))


def celu(x: Any, alpha: Any = 1.0) -> Array:
    """x where it is positive, else alpha (exp(x / alpha) - 1)."""
    x = array_of("celu", x)
    positive = vnp.greater(x, 0)
    curved = vnp.multiply(alpha, vnp.expm1(vnp.true_divide(vnp.where(positive, 0.0, x), alpha)))
    return _choose(positive, x, curved)


# -- smooth units ---------------------------------------------------------------------------------------------
def sigmoid(x: Any) -> Array:
    """1 / (1 + exp(-x))."""
    return lax.logistic(*promote_inexact("sigmoid", x))


def log_sigmoid(x: Any) -> Array:
    """log(sigmoid(x)), without loss for large x of either sign."""
    return vnp.negative(softplus(vnp.negative(x)))


def softplus(x: Any) -> Array:
    """log(1 + exp(x)), without overflow."""
    return vnp.logaddexp(x, 0)


def squareplus(x: Any, b: Any = 4) -> Array:
    """(x + sqrt(x**2 + b)) / 2, without overflow, and without loss for large negative x."""
    x = lift(*promote_inexact("squareplus", x))
    positive = vnp.greater_equal(x, 0)
    size = vnp.where(positive, x, vnp.negative(x))  # not abs: the slope of the sum at 0 is 1/2
    # The root does not depend on the scale, so that no derivative passes through it.
    scale = lax.stop_gradient(vnp.clip(size, 1, finfo(x.dtype).max))
    ratio = vnp.true_divide(vnp.true_divide(b, scale), scale)
    root = vnp.multiply(scale, vnp.sqrt(vnp.add(vnp.square(vnp.true_divide(x, scale)), ratio)))
    half = vnp.add(vnp.true_divide(size, 2), vnp.true_divide(root, 2))
    # (root + x) (root - x) = b.
    return _choose(positive, half, vnp.true_divide(vnp.true_divide(b, 4), half))


def sparse_plus(x: Any) -> Array:
    """0 up to -1, x from 1 on, (x + 1)**2 / 4 between."""
    x = array_of("sparse_plus", x)
    curved = vnp.true_divide(vnp.power(vnp.add(x, 1.0), 2), 4)
    inner = vnp.where(vnp.greater_equal(x, 1.0), x, curved)
    return _choose(vnp.less_equal(x, -1.0), 0.0, inner)


def sparse_sigmoid(x: Any) -> Array:
    """(x + 1) / 2 limited to [0, 1]."""
    return vnp.multiply(0.5, vnp.clip(vnp.add(x, 1.0), 0.0, 2.0))


def soft_sign(x: Any) -> Array:
    """x / (|x| + 1)."""
    x = array_of("soft_sign", x)
    if not is_float(x.dtype):
        return vnp.true_divide(x, vnp.add(vnp.abs(x), 1))
    size, sign = vnp.abs(x), vnp.sign(x)
    near = vnp.where(vnp.less(size, 1), x, 0)
    # Far out the quotient's slope is a difference of nearly equal terms; 1 - 1 / (|x| + 1) has one term.
    far = vnp.subtract(sign, vnp.true_divide(sign, vnp.add(size, 1)))
    return _choose(vnp.less(size, 1), vnp.true_divide(near, vnp.add(vnp.abs(near), 1)), far)


def silu(x: Any) -> Array:
    """x sigmoid(x)."""
    x = array_of("silu", x)
    return vnp.multiply(x, sigmoid(x))


swish = silu


def mish(x: Any) -> Array:
    """x tanh(softplus(x))."""
    x = array_of("mish", x)
    return vnp.multiply(x, vnp.tanh(softplus(x)))


def gelu(x: Any, approximate: bool = True) -> Array:
    """x times the normal distribution's probability of less than x.

    Args:
        x: the array.
        approximate: take a tanh in place of the error function, as JAX does by default.
    """
    (given,) = promote_inexact("gelu", x)
    x = lift(given)
    if approximate:
        scale = np.sqrt(2 / np.pi).astype(x.dtype)
        # From |x| = 30 on the tanh is 1 or -1 in every format, and a cube would overflow.
        near = vnp.where(vnp.less(vnp.abs(x), 30), x, vnp.multiply(30, vnp.sign(x)))
        inner = vnp.multiply(scale, vnp.add(near, vnp.multiply(0.044715, vnp.power(near, 3))))
        # (1 + tanh(z)) / 2 without the cancellation for negative z.
        return vnp.multiply(x, lax.logistic(vnp.multiply(2, inner)))
    half = np.sqrt(0.5).astype(x.dtype)
    tail = lax.erfc(vnp.multiply(vnp.negative(x), half))
    return lift(convert(vnp.multiply(vnp.multiply(0.5, x), tail), x.dtype))


def glu(x: Any, axis: int = -1) -> Array:
    """The first half along an axis times the sigmoid of the second.

    Raises:
        ValueError: the axis has an odd size.
    """
    x = array_of("glu", x)
    size = x.shape[canonical_axis(axis, x.ndim)]
    if size % 2:
        raise ValueError(f"`x` of glu must have an even size along axis {axis}, got {size}. Pad it.")
    first, second = vnp.split(x, 2, axis)
    return vnp.multiply(first, sigmoid(second))


def log1mexp(x: Any) -> Array:
    """log(1 - exp(-x)) for positive x, without loss near 0 or far out."""
    (given,) = promote_inexact("log1mexp", x)
    x = lift(given)
    near = vnp.less(x, math.log(2.0))
    # Each form sees only its own half, so that neither spoils the other's derivative.
    close = vnp.log(vnp.negative(vnp.expm1(vnp.negative(vnp.where(near, x, 1.0)))))
    far = vnp.log1p(vnp.negative(vnp.exp(vnp.negative(vnp.where(near, 1.0, x)))))
    return _choose(near, close, far)


# -- over an axis -------------------------------------------------------------------------------------------------
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
    """log(mean(exp(x))) over some axes."""
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
    """exp(x) / sum(exp(x)) along an axis, shifted by the largest so that nothing overflows."""
    terms = vnp.exp(_shifted("softmax", x, axis, where))
    found = vnp.true_divide(terms, vnp.sum(terms, axis, where=where, keepdims=True))
    return found if where is None else vnp.where(where, found, 0)


def log_softmax(x: Any, axis: Any = -1, where: Any = None) -> Array:
    """log(softmax(x)) along an axis, without the loss of taking the one and then the other."""
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


def one_hot(x: Any, num_classes: int, *, dtype: Any = None, axis: int = -1) -> Array:
    """Vectors of zeros with a one at the index that ``x`` gives; all zeros where that is out of range.

    Args:
        x: integers.
        num_classes: the size of the vectors.
        dtype: their dtype; float by default.
        axis: where the new axis goes in the result.

    Raises:
        TypeError: ``x`` holds no integers.
    """
    x, count = vnp.asarray(x), operator.index(num_classes)
    if not is_integer(x.dtype):
        raise TypeError(f"`x` of one_hot must hold integers, got {x.dtype}. Convert it with .astype(int).")
    place = canonical_axis(axis, x.ndim + 1)
    shape = (*x.shape[:place], count, *x.shape[place:])
    axes = tuple(i for i in range(x.ndim + 1) if i != place)
    classes = lax.broadcasted_iota(x.dtype, shape, place)
    chosen = lax.eq(lax.broadcast_in_dim(x, shape, axes), classes)
    return lift(convert(chosen, canonical_dtype(dtype) or default_float()))
