"""Activations, in stable forms.

They are compositions whose derivatives hold as they are written, so that none needs a custom rule. At a kink
the derivative is JAX's: relu'(0) = 0, relu6'(0) = relu6'(6) = 0, hard_tanh'(1) = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import finfo, is_float
from ..numpy.promotion import array_of, checked, common_type, convert, promote_inexact
from ..shapes import canonical_axis


def _choose(condition: Any, x: Any, y: Any) -> Array:
    found: Array = vnp.where(condition, x, y)
    return found


# -- rectifiers -----------------------------------------------------------------------------------------
def identity(x: Any) -> Array:
    """x itself.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return array_of("identity", x)


def relu(x: Any) -> Array:
    """max(x, 0), with derivative 0 at 0.

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("relu", x)
    # A selection, not max: its derivative at 0 is 0, and NaN stays NaN.
    return _choose(vnp.less_equal(x, 0), 0, x)


def relu6(x: Any) -> Array:
    """min(max(x, 0), 6), with derivative 0 at 0 and at 6.

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("relu6", x)
    below = vnp.where(vnp.less_equal(x, 0), 0.0, x)
    return _choose(vnp.greater_equal(x, 6), 6.0, below)


def leaky_relu(x: Any, negative_slope: Any = 1e-2) -> Array:
    """x where it is not negative, else ``negative_slope`` x.

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("leaky_relu", x)
    return _choose(vnp.greater_equal(x, 0), x, vnp.multiply(negative_slope, x))


def hard_tanh(x: Any) -> Array:
    """x limited to [-1, 1].

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("hard_tanh", x)
    return _choose(vnp.greater(x, 1), 1, vnp.where(vnp.less(x, -1), -1, x))


def hard_sigmoid(x: Any) -> Array:
    """relu6(x + 3) / 6.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return vnp.true_divide(relu6(vnp.add(x, 3.0)), 6.0)


def hard_silu(x: Any) -> Array:
    """x hard_sigmoid(x).

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("hard_silu", x)
    return _gated(x, hard_sigmoid)


hard_swish = hard_silu


# -- exponential units --------------------------------------------------------------------------------------
def elu(x: Any, alpha: Any = 1.0) -> Array:
    """x where it is positive, else alpha (exp(x) - 1).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("elu", x)
    positive = vnp.greater(x, 0)
    # The exponential never sees what it is not used for: its overflow would spoil the derivative.
    curved = vnp.multiply(alpha, vnp.expm1(vnp.where(positive, 0.0, x)))
    return _choose(positive, x, curved)


def selu(x: Any) -> Array:
    """`elu` scaled so that it keeps mean and variance of a normal input.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946
    return vnp.multiply(scale, elu(x, alpha))


def celu(x: Any, alpha: Any = 1.0) -> Array:
    """x where it is positive, else alpha (exp(x / alpha) - 1).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("celu", x)
    positive = vnp.greater(x, 0)
    curved = vnp.multiply(alpha, vnp.expm1(vnp.true_divide(vnp.where(positive, 0.0, x), alpha)))
    return _choose(positive, x, curved)


# -- smooth units ---------------------------------------------------------------------------------------------
def sigmoid(x: Any) -> Array:
    """1 / (1 + exp(-x)).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.logistic(*promote_inexact("sigmoid", x))


def log_sigmoid(x: Any) -> Array:
    """log(sigmoid(x)), without loss for large x of either sign.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return vnp.negative(softplus(vnp.negative(x)))


def softplus(x: Any) -> Array:
    """log(1 + exp(x)), without overflow.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return vnp.logaddexp(x, 0)


def squareplus(x: Any, b: Any = 4) -> Array:
    """(x + sqrt(x**2 + b)) / 2, without overflow, and without loss for large negative x.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    common, weak = common_type(checked("squareplus", (x, b)))
    weak = weak and (is_float(common) or aval_of(x).weak_type)
    x = lift(*promote_inexact("squareplus", x))
    positive = vnp.greater_equal(x, 0)
    size = vnp.where(positive, x, vnp.negative(x))  # not abs: the slope of the sum at 0 is 1/2
    # The root does not depend on the scale, so that no derivative passes through it.
    scale = lax.stop_gradient(vnp.clip(size, 1, finfo(x.dtype).max))
    ratio = vnp.true_divide(vnp.true_divide(b, scale), scale)
    root = vnp.multiply(scale, vnp.sqrt(vnp.add(vnp.square(vnp.true_divide(x, scale)), ratio)))
    half = vnp.add(vnp.true_divide(size, 2), vnp.true_divide(root, 2))
    # (root + x) (root - x) = b.
    found = _choose(positive, half, vnp.true_divide(vnp.true_divide(b, half), 4))
    return lift(convert(found, found.dtype, weak))


def sparse_plus(x: Any) -> Array:
    """0 up to -1, x from 1 on, (x + 1)**2 / 4 between.

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("sparse_plus", x)
    curved = vnp.true_divide(vnp.power(vnp.add(x, 1.0), 2), 4)
    inner = vnp.where(vnp.greater_equal(x, 1.0), x, curved)
    return _choose(vnp.less_equal(x, -1.0), 0.0, inner)


def sparse_sigmoid(x: Any) -> Array:
    """(x + 1) / 2 limited to [0, 1].

    Returns:
        An array of x's shape, of the common dtype with the constants.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return vnp.multiply(0.5, vnp.clip(vnp.add(x, 1.0), 0.0, 2.0))


def soft_sign(x: Any) -> Array:
    """x / (|x| + 1).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("soft_sign", x)
    if not is_float(x.dtype):
        return vnp.true_divide(x, vnp.add(vnp.abs(x), 1))
    size, sign = vnp.abs(x), vnp.sign(x)
    near = vnp.where(vnp.less(size, 1), x, 0)
    # Far out the quotient's slope is a difference of nearly equal terms; 1 - 1 / (|x| + 1) has one term.
    far = vnp.subtract(sign, vnp.true_divide(sign, vnp.add(size, 1)))
    return _choose(vnp.less(size, 1), vnp.true_divide(near, vnp.add(vnp.abs(near), 1)), far)


def silu(x: Any) -> Array:
    """x sigmoid(x).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("silu", x)
    return _gated(x, sigmoid)


def _gated(x: Array, gate: Callable[[Array], Array]) -> Array:
    """x gate(x) for a gate that rises from 0 to 1: 0 at -inf, and of slope 1 at inf, where a product has none."""
    if not is_float(x.dtype):
        return vnp.multiply(x, gate(x))
    low, high = (lax.full_like(x, end) for end in (finfo(x.dtype).min, finfo(x.dtype).max))
    return vnp.multiply(lax.max(x, low), gate(lax.clamp(low, x, high)))


swish = silu


def mish(x: Any) -> Array:
    """x tanh(softplus(x)).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("mish", x)
    return _gated(x, lambda near: vnp.tanh(softplus(near)))


def gelu(x: Any, approximate: bool = True) -> Array:
    """x times the normal distribution's probability of less than x.

    Args:
        x: the array.
        approximate: take a tanh in place of the error function, as JAX does by default.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (given,) = promote_inexact("gelu", x)
    x = lift(given)
    if approximate:
        return _gated(x, _gelu_gate)
    half = np.sqrt(0.5).astype(x.dtype)
    found = _gated(x, lambda near: vnp.multiply(0.5, lax.erfc(vnp.multiply(vnp.negative(near), half))))
    return lift(convert(found, x.dtype))


def _gelu_gate(x: Array) -> Array:
    scale = np.sqrt(2 / np.pi).astype(x.dtype)
    # From |x| = 30 on the tanh is 1 or -1 in every format, and a cube would overflow.
    near = vnp.where(vnp.less(vnp.abs(x), 30), x, vnp.multiply(30, vnp.sign(x)))
    inner = vnp.multiply(scale, vnp.add(near, vnp.multiply(0.044715, vnp.power(near, 3))))
    # (1 + tanh(z)) / 2 without the cancellation for negative z.
    return lax.logistic(vnp.multiply(2, inner))


def glu(x: Any, axis: int = -1) -> Array:
    """The first half along an axis times the sigmoid of the second.

    Returns:
        An array of x's dtype, the axis half as long.

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
    """log(1 - exp(-x)) for positive x, without loss near 0 or far out.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (given,) = promote_inexact("log1mexp", x)
    x = lift(given)
    near = vnp.less(x, math.log(2.0))
    # Each form sees only its own half, so that neither spoils the other's derivative.
    close = vnp.log(vnp.negative(vnp.expm1(vnp.negative(vnp.where(near, x, 1.0)))))
    far = vnp.log1p(vnp.negative(vnp.exp(vnp.negative(vnp.where(near, 1.0, x)))))
    return _choose(near, close, far)
