"""Arrays out of values and shapes."""

from __future__ import annotations

from typing import Any

from .. import catalogue as rows
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import canonical
from ..shapes import ShapedArray, canonical_shape
from .conversion import convert_element_type
from .operands import bind
from .structural import broadcast


def full(shape: Any, fill_value: Operand, dtype: Any = None) -> Array:
    """An array of one value; without a dtype it has the value's, weak if that is.

    Returns:
        An array of that shape and dtype.

    Raises:
        TypeError: there is no such dtype, or the shape holds no integers.
    """
    found = aval_of(fill_value)
    if found.shape:
        raise ValueError(f"`fill_value` of full must be scalar, got shape {found.shape}.")
    value = fill_value if dtype is None else convert_element_type(fill_value, dtype)
    return broadcast(value, canonical_shape(shape))


def empty(shape: Any, dtype: Any) -> Array:
    """An array whose elements nobody has set; they are zeros here.

    Returns:
        An array of that shape and dtype.

    Raises:
        TypeError: there is no such dtype, or the shape holds no integers.
    """
    return full(shape, 0, dtype)


def full_like(x: Operand, fill_value: Operand, dtype: Any = None, shape: Any = None) -> Array:
    """An array of one value with the shape and type of another.

    Raises:
        TypeError: an operand is no array and no number.
    """
    found = _aval_like(x)
    wanted = found.shape if shape is None else canonical_shape(shape)
    weak = dtype is None and found.weak_type
    value = convert_element_type(fill_value, found.dtype if dtype is None else dtype, weak)
    return full(wanted, value)


def zeros_like(x: Operand) -> Array:
    """Zeros with the shape and type of another array.

    Raises:
        TypeError: an operand is no array and no number.
    """
    return full_like(x, 0)


def _aval_like(x: Any) -> ShapedArray:
    # ShapeDtypeStructs serve as well as arrays.
    if isinstance(x, Array) or not (hasattr(x, "shape") and hasattr(x, "dtype")):
        return aval_of(x)
    return ShapedArray(tuple(x.shape), canonical(x.dtype), getattr(x, "weak_type", False))


def broadcasted_iota(dtype: Any, shape: Any, dimension: int) -> Array:
    """0, 1, 2, ... along one axis, repeated along the others.

    Returns:
        An array of ``shape`` and ``dtype``.

    Raises:
        TypeError: there is no such dtype, or the shape holds no integers.
    """
    return bind(rows.iota_p, dtype=canonical(dtype), shape=canonical_shape(shape), dimension=int(dimension))


def iota(dtype: Any, size: int) -> Array:
    """0, 1, 2, ..., size - 1.

    Returns:
        A vector of ``dtype``.

    Raises:
        TypeError: there is no such dtype.
    """
    return broadcasted_iota(dtype, (size,), 0)
