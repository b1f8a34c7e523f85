"""Folds by any computation, and which computations are reductions of the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import trees
from ..dispatch import Operand, Tracer, aval_of
from ..dtypes import DType, bool_, is_float
from ..primitive import Primitive
from ..shapes import canonical_axes
from .conversion import convert_element_type
from .creation import full
from .elementwise import add, bitwise_and, bitwise_or, bitwise_xor, max, min, mul
from .operands import Axes, bind, typed
from .slicing import slice_in_dim
from .structural import concatenate, reshape, transpose


def _least(dtype: DType) -> Any:
    return -float("inf") if is_float(dtype) else dtype != bool_ and np.iinfo(dtype).min


def _greatest(dtype: DType) -> Any:
    return float("inf") if is_float(dtype) else dtype == bool_ or np.iinfo(dtype).max


# computation -> the reductions over axes and of windows that it makes, and the value that changes nothing.
_KNOWN: dict[Callable[..., Any], tuple[Primitive, Primitive | None, Callable[[DType], Any]]] = {
    add: (rows.reduce_sum_p, rows.reduce_window_sum_p, lambda dtype: 0),
    mul: (rows.reduce_prod_p, rows.reduce_window_prod_p, lambda dtype: 1),
    max: (rows.reduce_max_p, rows.reduce_window_max_p, _least),
    min: (rows.reduce_min_p, rows.reduce_window_min_p, _greatest),
    bitwise_and: (
        rows.reduce_and_p,
        None,
        lambda dtype: True if dtype == bool_ else np.array(-1).astype(dtype),
    ),
    bitwise_or: (rows.reduce_or_p, None, lambda dtype: 0),
    bitwise_xor: (rows.reduce_xor_p, None, lambda dtype: 0),
}


def known(
    computation: Callable[..., Any], operands: Sequence[Operand], starts: Sequence[Operand], windows: bool
) -> Primitive | None:
    """The row for a computation that starts with the value that changes nothing; None if there is none."""
    if len(operands) != 1 or isinstance(starts[0], Tracer) or computation not in _KNOWN:
        return None
    dtype, (whole, windowed, neutral) = aval_of(operands[0]).dtype, _KNOWN[computation]
    row = windowed if windows else whole
    if row is None or aval_of(starts[0]).shape or (dtype == bool_ and computation in (add, mul)):
        return None
    if windows and dtype == bool_:
        return None
    return row if np.asarray(starts[0]).item() == neutral(dtype) else None


def reduce(operands: Any, init_values: Any, computation: Callable[[Any, Any], Any], dimensions: Axes) -> Any:
    """What ``computation`` makes of the elements over axes of an array (or of several of one shape).

    Args:
        operands: an array, or a tree of them.
        init_values: a scalar for each, which changes nothing.
        computation: ``computation(a, b)``, associative; it gets arrays of many elements.
        dimensions: the axes.

    Raises:
        ValueError: operands and initial values are different trees, or there is no such axis.
    """
    given, tree = trees.flatten(operands)
    starts = trees.leaves(init_values)
    if not given or trees.structure(init_values) != tree:
        raise ValueError("`operands` and `init_values` of reduce must be equal trees of at least one array.")
    row = known(computation, given, starts, windows=False)
    if row is not None:
        (x,), (start,) = given, starts
        found = bind(row, x, axes=tuple(dimensions))
        weak = aval_of(x).weak_type and aval_of(start).weak_type
        return trees.unflatten(tree, [convert_element_type(found, found.dtype, weak)])
    pairs = [typed(two) for two in zip(given, starts, strict=True)]
    shape = aval_of(given[0]).shape
    axes = canonical_axes(tuple(dimensions), len(shape), "dimensions")
    kept = tuple(i for i in range(len(shape)) if i not in axes)
    rest = tuple(shape[i] for i in kept)
    count = math.prod(shape[i] for i in axes)
    # All that is taken together in one line in front, whose neighbours meet until one is left.
    lines: list[Any] = [reshape(transpose(x, (*axes, *kept)), (count, *rest)) for x, _ in pairs]

    def every_other(first: int) -> Any:
        return trees.unflatten(tree, [slice_in_dim(x, first, count // 2 * 2, 2) for x in lines])

    while count > 1:
        met = trees.leaves(computation(every_other(0), every_other(1)))
        odd = count % 2
        if odd:
            last = [slice_in_dim(x, count - 1, count) for x in lines]
            met = [concatenate(two, 0) for two in zip(met, last, strict=True)]
        lines, count = met, count // 2 + odd
    begun = trees.unflatten(tree, [full(rest, start) for _, start in pairs])
    if not count:
        return begun
    return computation(begun, trees.unflatten(tree, [reshape(x, rest) for x in lines]))
