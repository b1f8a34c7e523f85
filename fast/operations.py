"""The few operations that rules are written in: primitives on operands of equal shape and dtype.

Not `verax.lax`: nothing is promoted, and nothing broadcasts but what says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..language import catalogue as rows
from ..language.arrays import Array
from ..language.dispatch import bind
from ..language.dtypes import DType
from ..language.primitive import Primitive
from ..language.shapes import Shape, ShapedArray


def _one(primitive: Primitive, *operands: Any, **params: Any) -> Array:
    return bind(primitive, *operands, **params)[0]


# -- making -------------------------------------------------------------------------------------------------
def full(shape: Shape, value: Any, dtype: DType) -> Any:
    """An array of one number."""
    with np.errstate(over="ignore"):
        written = np.asarray(value).astype(dtype)
    return broadcast(written, shape) if shape else written


def full_like(x: Array, value: Any) -> Any:
    """An array like ``x`` of one number."""
    return full(x.shape, value, x.dtype)


def zeros(aval: ShapedArray) -> Any:
    """Zeros of a shape and dtype."""
    return full(aval.shape, 0, aval.dtype)


def iota(dtype: DType, shape: Shape, axis: int) -> Array:
    """0, 1, 2, ... along an axis."""
    return _one(rows.iota_p, dtype=dtype, shape=tuple(shape), dimension=axis)


# -- elementwise ------------------------------------------------------------------------------------------
def neg(x: Any) -> Array:
    """-x."""
    return _one(rows.neg_p, x)


def add(x: Any, y: Any) -> Array:
    """x + y."""
    return _one(rows.add_p, x, y)


def sub(x: Any, y: Any) -> Array:
    """x - y."""
    return _one(rows.sub_p, x, y)


def mul(x: Any, y: Any) -> Array:
    """x y."""
    return _one(rows.mul_p, x, y)


def div(x: Any, y: Any) -> Array:
    """x / y."""
    return _one(rows.div_p, x, y)


def scale(x: Array, number: float) -> Array:
    """x times a number."""
    return mul(x, full_like(x, number))


def shift(x: Array, number: float) -> Array:
    """x plus a number."""
    return add(x, full_like(x, number))


def reciprocal(x: Array) -> Array:
    """1 / x."""
    return div(full_like(x, 1), x)


def unary(name: str, x: Any, **params: Any) -> Array:
    """A primitive of one operand, by name."""
    return _one(rows.PRIMITIVES[name], x, **params)


def absolute(x: Any) -> Array:
    """|x|."""
    return _one(rows.abs_p, x)


def square(x: Any) -> Array:
    """x x."""
    return _one(rows.square_p, x)


def sqrt(x: Any) -> Array:
    """The square root."""
    return _one(rows.sqrt_p, x)


def compare(name: str, x: Any, y: Any) -> Array:
    """``eq``, ``ne``, ``lt``, ``le``, ``gt`` or ``ge``."""
    return _one(rows.PRIMITIVES[name], x, y)


def both(x: Any, y: Any) -> Array:
    """Whether both booleans are true."""
    return _one(rows.and_p, x, y)


def where(which: Any, yes: Any, no: Any) -> Array:
    """``yes`` where ``which``, else ``no``."""
    return _one(rows.select_n_p, which, no, yes)


def convert(x: Array, dtype: DType) -> Array:
    """The same numbers in another dtype."""
    return x if x.dtype == dtype else _one(rows.convert_element_type_p, x, new_dtype=dtype, weak_type=False)


def weakly(x: Array, weak: bool) -> Array:
    """The same array, weak or strong."""
    if x.aval.weak_type == weak:
        return x
    return _one(rows.convert_element_type_p, x, new_dtype=x.dtype, weak_type=weak)


# -- structure ----------------------------------------------------------------------------------------------
def broadcast(x: Any, shape: Shape, places: Sequence[int] = ()) -> Array:
    """``x`` with its axes at ``places`` of ``shape``, repeated along the others."""
    return _one(rows.broadcast_in_dim_p, x, shape=tuple(shape), broadcast_dimensions=tuple(places))


def lead(x: Any, size: int) -> Array:
    """``x`` repeated along a new leading axis."""
    shape = x.shape
    return broadcast(x, (size, *shape), tuple(range(1, len(shape) + 1)))


def reshape(x: Array, shape: Sequence[int]) -> Array:
    """The same elements in another shape."""
    return x if x.shape == tuple(shape) else _one(rows.reshape_p, x, new_sizes=tuple(shape))


def transpose(x: Array, order: Sequence[int]) -> Array:
    """The axes in another order."""
    if tuple(order) == tuple(range(x.ndim)):
        return x
    return _one(rows.transpose_p, x, permutation=tuple(order))


def to_front(x: Array, axis: int) -> Array:
    """``x`` with one axis moved to the front."""
    return transpose(x, (axis, *(i for i in range(x.ndim) if i != axis)))


def from_front(x: Array, axis: int) -> Array:
    """``x`` with its first axis moved to ``axis``."""
    order = list(range(1, x.ndim))
    order.insert(axis, 0)
    return transpose(x, order)


def slice_in(x: Array, axis: int, start: int, limit: int, stride: int = 1) -> Array:
    """A stretch of one axis."""
    starts = [0] * x.ndim
    limits, strides = list(x.shape), [1] * x.ndim
    starts[axis], limits[axis], strides[axis] = start, limit, stride
    return _one(
        rows.slice_p, x, start_indices=tuple(starts), limit_indices=tuple(limits), strides=tuple(strides)
    )


def concatenate(xs: Sequence[Any], axis: int) -> Array:
    """Arrays one after another along an axis."""
    return _one(rows.concatenate_p, *xs, dimension=axis)


def pad(x: Array, config: Sequence[tuple[int, int, int]], value: Any = 0) -> Array:
    """``x`` with (before, after, between) elements of a number added along each axis."""
    return _one(rows.pad_p, x, full((), value, x.dtype), padding_config=tuple(config))


# -- reductions ----------------------------------------------------------------------------------------------
def sum_over(x: Array, axes: Sequence[int]) -> Array:
    """The sum over axes."""
    return _one(rows.reduce_sum_p, x, axes=tuple(axes)) if axes else x
