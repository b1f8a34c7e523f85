"""Folds over axes, whole and running."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.rules import check_axes
from ..dispatch import Operand, aval_of, lift
from ..dtypes import canonical, int32, is_complex
from ..primitive import Primitive
from . import lexicographic
from .operands import Axes, bind, dressed


def _reduction(primitive: Primitive, doc: str) -> Callable[[Operand, Axes], Array]:
    def function(operand: Operand, axes: Axes) -> Array:
        return bind(primitive, operand, axes=tuple(axes))

    return dressed(function, primitive.name, doc, "An array of the operand's dtype, without the axes.")


def _cumulative(primitive: Primitive, doc: str) -> Callable[..., Array]:
    def function(operand: Operand, axis: int = 0, reverse: bool = False) -> Array:
        return bind(primitive, operand, axis=operator.index(axis), reverse=bool(reverse))

    return dressed(function, primitive.name, doc, "An array of the operand's shape and dtype.")


def _extreme(primitive: Primitive, last: bool, doc: str) -> Callable[[Operand, Axes], Array]:
    plain = _reduction(primitive, doc)

    def function(operand: Operand, axes: Axes) -> Array:
        aval = aval_of(operand)
        if is_complex(aval.dtype):
            check_axes(primitive.name, "axes", tuple(axes), aval.ndim)
            return lexicographic.extreme(lift(operand), axes, last, primitive.name)
        return plain(operand, axes)

    return dressed(function, primitive.name, doc, "An array of the operand's dtype, without the axes.")


def _running(primitive: Primitive, last: bool, doc: str) -> Callable[..., Array]:
    plain = _cumulative(primitive, doc)

    def function(operand: Operand, axis: int = 0, reverse: bool = False) -> Array:
        if is_complex(aval_of(operand).dtype):
            return lexicographic.running(lift(operand), operator.index(axis), last, bool(reverse))
        return plain(operand, axis, reverse)

    return dressed(function, primitive.name, doc, "An array of the operand's shape and dtype.")


reduce_and = _reduction(rows.reduce_and_p, "Bitwise and over axes.")
reduce_max = _extreme(rows.reduce_max_p, True, "The largest over axes; NaN if there is one.")
reduce_min = _extreme(rows.reduce_min_p, False, "The smallest over axes; NaN if there is one.")
reduce_or = _reduction(rows.reduce_or_p, "Bitwise or over axes.")
reduce_prod = _reduction(rows.reduce_prod_p, "The product over axes.")
reduce_sum = _reduction(rows.reduce_sum_p, "The sum over axes.")
reduce_xor = _reduction(rows.reduce_xor_p, "Bitwise exclusive or over axes.")
cummax = _running(rows.cummax_p, True, "The running maximum along an axis.")
cummin = _running(rows.cummin_p, False, "The running minimum along an axis.")
cumprod = _cumulative(rows.cumprod_p, "The running product along an axis.")
cumsum = _cumulative(rows.cumsum_p, "The running sum along an axis.")


def argmax(operand: Operand, axis: int, index_dtype: Any = int32) -> Array:
    """The index of the first largest element along an axis; the first NaN if there is one.

    Returns:
        Integers of ``index_dtype``, without the axis.

    Raises:
        ValueError: the axis is out of range, or there is nothing along it.
    """
    return bind(rows.argmax_p, operand, axes=(operator.index(axis),), index_dtype=canonical(index_dtype))


def argmin(operand: Operand, axis: int, index_dtype: Any = int32) -> Array:
    """The index of the first smallest element along an axis; the first NaN if there is one.

    Returns:
        Integers of ``index_dtype``, without the axis.

    Raises:
        ValueError: the axis is out of range, or there is nothing along it.
    """
    return bind(rows.argmin_p, operand, axes=(operator.index(axis),), index_dtype=canonical(index_dtype))
