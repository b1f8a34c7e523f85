"""`jax.nn.initializers`: functions that draw a layer's first weights, ``initializer(key, shape, dtype)``.

The scales are those of the papers: LeCun's 1 / fan_in (Efficient BackProp, 1998), Glorot's 2 / (fan_in + fan_out)
(AISTATS 2010), He's 2 / fan_in (arXiv:1502.01852).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from .. import numpy as vnp
from .. import random
from ..arrays import Array
from ..dtypes import DType, canonical, default_float
from ..shapes import canonical_shape

__all__ = [
    "Initializer",
    "constant",
    "delta_orthogonal",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "kaiming_normal",
    "kaiming_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "orthogonal",
    "truncated_normal",
    "uniform",
    "variance_scaling",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Axes = int | Sequence[int]
# The standard deviation of a standard normal that is cut off at -2 and 2.
TRUNCATED_DEVIATION = 0.87962566103423978


@runtime_checkable
class Initializer(Protocol):
    """A function that draws an array: ``initializer(key, shape, dtype)``."""

    def __call__(self, key: Any, shape: Any, dtype: Any = None) -> Array:
        """An array of that shape and dtype, drawn with ``key``."""
        ...


def _float(dtype: Any) -> DType:
    return default_float() if dtype is None else canonical(dtype)


def zeros(key: Any, shape: Any, dtype: Any = None) -> Array:
    """Zeros; ``key`` is ignored, and ``dtype`` is float by default.

    Raises:
        TypeError: the shape holds something else than integers.
    """
    return vnp.zeros(shape, dtype)


def ones(key: Any, shape: Any, dtype: Any = None) -> Array:
    """Ones; ``key`` is ignored, and ``dtype`` is float by default.

    Raises:
        TypeError: the shape holds something else than integers.
    """
    return vnp.ones(shape, dtype)


def constant(value: Any, dtype: Any = None) -> Initializer:
    """An initializer that gives arrays full of one value, of ``dtype`` where none is asked for.

    Raises:
        TypeError: the shape holds something else than integers.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        return vnp.full(shape, value, _float(dtype))

    return initializer


def uniform(scale: Any = 1e-2, dtype: Any = None) -> Initializer:
    """An initializer that draws evenly from [0, scale).

    Raises:
        TypeError: the shape holds something else than integers.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        dtype = _float(dtype)
        return vnp.multiply(random.uniform(key, shape, dtype), vnp.array(scale, dtype))

    return initializer


def normal(stddev: Any = 1e-2, dtype: Any = None) -> Initializer:
    """An initializer that draws from a normal distribution of mean 0.

    Raises:
        TypeError: the shape holds something else than integers.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        dtype = _float(dtype)
        return vnp.multiply(random.normal(key, shape, dtype), vnp.array(stddev, dtype))

    return initializer


def truncated_normal(
    stddev: Any = 1e-2, dtype: Any = None, lower: Any = -2.0, upper: Any = 2.0
) -> Initializer:
    """An initializer that draws a normal distribution cut off at ``lower`` and ``upper``, times ``stddev``.

    Raises:
        TypeError: the shape holds something else than integers.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        dtype = _float(dtype)
        return vnp.multiply(
            random.truncated_normal(key, lower, upper, shape, dtype), vnp.array(stddev, dtype)
        )

    return initializer


def _fans(shape: tuple[int, ...], in_axis: Axes, out_axis: Axes, batch_axis: Axes) -> tuple[float, float]:
    """How many inputs an output depends on, and the reverse; axes not named are a convolution's window."""
    if in_axis == -2 and len(shape) <= 1:
        raise ValueError(f"`shape` must have at least 2 axes, or `in_axis` be given, got {shape}.")
    inputs, outputs, batch = (
        math.prod(shape[i] for i in ((axes,) if isinstance(axes, int) else axes))
        for axes in (in_axis, out_axis, batch_axis)
    )
    if not math.prod(shape):
        raise ValueError(f"`shape` must have no axis of size 0 where the scale depends on it, got {shape}.")
    window = math.prod(shape) / inputs / outputs / batch
    return inputs * window, outputs * window


_SIZES = {
    "fan_in": lambda n, m: n,
    "fan_out": lambda n, m: m,
    "fan_avg": lambda n, m: (n + m) / 2,
    "fan_geo_avg": lambda n, m: (n * m) ** 0.5,
}
_DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")


def variance_scaling(
    scale: Any,
    mode: str,
    distribution: str,
    in_axis: Axes = -2,
    out_axis: Axes = -1,
    batch_axis: Axes = (),
    dtype: Any = None,
) -> Initializer:
    """An initializer whose variance is ``scale`` over the size of the layer.

    Args:
        scale: the variance of a layer of size 1.
        mode: the size: 'fan_in' inputs, 'fan_out' outputs, their mean 'fan_avg' or geometric mean 'fan_geo_avg'.
        distribution: 'truncated_normal' (at 2 deviations), 'normal' or 'uniform'.
        in_axis: the axes of inputs.
        out_axis: the axes of outputs.
        batch_axis: axes that count for neither.
        dtype: the dtype where none is asked for.

    Raises:
        ValueError: mode or distribution is unknown, or the shape has too few axes.
    """
    if mode not in _SIZES:
        raise ValueError(f"`mode` must be one of {', '.join(_SIZES)}, got {mode!r}.")
    if distribution not in _DISTRIBUTIONS:
        raise ValueError(f"`distribution` must be one of {', '.join(_DISTRIBUTIONS)}, got {distribution!r}.")
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        shape, dtype = canonical_shape(shape), _float(dtype)
        size = _SIZES[mode](*_fans(shape, in_axis, out_axis, batch_axis))
        variance = vnp.array(scale / size, dtype)
        if distribution == "truncated_normal":
            deviation = vnp.true_divide(vnp.sqrt(variance), vnp.array(TRUNCATED_DEVIATION, dtype))
            return vnp.multiply(random.truncated_normal(key, -2, 2, shape, dtype), deviation)
        if distribution == "normal":
            return vnp.multiply(random.normal(key, shape, dtype), vnp.sqrt(variance))
        return vnp.multiply(random.uniform(key, shape, dtype, -1), vnp.sqrt(vnp.multiply(3, variance)))

    return initializer


class _OfLayers(Protocol):
    def __call__(
        self, in_axis: Axes = -2, out_axis: Axes = -1, batch_axis: Axes = (), dtype: Any = None
    ) -> Initializer: ...


def _scaled(name: str, scale: float, mode: str, distribution: str) -> _OfLayers:
    def made(
        in_axis: Axes = -2, out_axis: Axes = -1, batch_axis: Axes = (), dtype: Any = None
    ) -> Initializer:
        return variance_scaling(scale, mode, distribution, in_axis, out_axis, batch_axis, dtype)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""`variance_scaling` with scale {scale:g}, '{mode}' and '{distribution}'.

    Returns:
        An initializer: floats of the shape and dtype that it is asked for.

    Raises:
        ValueError: the shape has fewer than 2 axes and ``in_axis`` is the default.
    """
    return made


glorot_uniform = _scaled("glorot_uniform", 1.0, "fan_avg", "uniform")
glorot_normal = _scaled("glorot_normal", 1.0, "fan_avg", "truncated_normal")
lecun_uniform = _scaled("lecun_uniform", 1.0, "fan_in", "uniform")
lecun_normal = _scaled("lecun_normal", 1.0, "fan_in", "truncated_normal")
he_uniform = _scaled("he_uniform", 2.0, "fan_in", "uniform")
he_normal = _scaled("he_normal", 2.0, "fan_in", "truncated_normal")
xavier_uniform, xavier_normal = glorot_uniform, glorot_normal
kaiming_uniform, kaiming_normal = he_uniform, he_normal


# -- orthogonal matrices ------------------------------------------------------------------------------------
def orthogonal(scale: Any = 1.0, column_axis: int = -1, dtype: Any = None) -> Initializer:
    """An initializer that draws orthogonal matrices, all alike likely (Mezzadri, Notices of the AMS 54, 2007).

    Args:
        scale: what the matrix is multiplied by.
        column_axis: the axis of the columns; all others are the rows. The shorter of both are orthonormal.
        dtype: the dtype where none is asked for.

    Returns:
        An initializer: floats of the shape and dtype that it is asked for.

    Raises:
        ValueError: when it is called, the shape has fewer than 2 axes.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        shape, dtype = canonical_shape(shape), _float(dtype)
        if len(shape) < 2:
            raise ValueError(f"`shape` of an orthogonal initializer must have at least 2 axes, got {shape}.")
        if 0 in shape:
            return vnp.zeros(shape, dtype)
        columns = shape[column_axis]
        found = _orthonormal(key, math.prod(shape) // columns, columns, dtype)
        place = column_axis % len(shape)
        rest = tuple(n for i, n in enumerate(shape) if i != place)
        return vnp.multiply(
            vnp.array(scale, dtype), vnp.moveaxis(vnp.reshape(found, (*rest, columns)), -1, place)
        )

    return initializer


def _orthonormal(key: Any, rows: int, columns: int, dtype: DType) -> Array:
    """The factor Q of a normal matrix, its columns turned so that R has a positive diagonal."""
    drawn = random.normal(key, (max(rows, columns), min(rows, columns)), dtype)
    q, r = vnp.linalg.qr(drawn)
    turned = vnp.multiply(q, vnp.sign(vnp.diagonal(r)))
    return turned if rows >= columns else vnp.matrix_transpose(turned)


def delta_orthogonal(scale: Any = 1.0, column_axis: int = -1, dtype: Any = None) -> Initializer:
    """An initializer of convolutions: an `orthogonal` matrix in the middle of the window, zeros around it.

    Args:
        scale: what the matrix is multiplied by.
        column_axis: the axis of its columns.
        dtype: the dtype where none is asked for.

    Returns:
        An initializer: floats of the shape and dtype that it is asked for.

    Raises:
        ValueError: when it is called, the shape has not 3 to 5 axes, or more inputs than outputs.
    """
    default = dtype

    def initializer(key: Any, shape: Any, dtype: Any = default) -> Array:
        shape, dtype = canonical_shape(shape), _float(dtype)
        if len(shape) not in (3, 4, 5) or shape[-1] < shape[-2]:
            raise ValueError(
                f"`shape` must have 3 to 5 axes, the last no shorter than the one before, got {shape}."
            )
        middle = tuple((n - 1) // 2 for n in shape[:-2])
        matrix = orthogonal(scale, column_axis, dtype)(key, shape[-2:])
        found: Array = vnp.zeros(shape, dtype).at[middle].set(matrix)
        return found

    return initializer
