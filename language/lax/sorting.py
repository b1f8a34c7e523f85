"""Order along an axis."""

from __future__ import annotations

from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import int32, is_float
from ..shapes import canonical_axis
from .conversion import convert_element_type
from .creation import broadcasted_iota
from .elementwise import neg
from .slicing import slice_in_dim
from .structural import rev


def sort(operand: Any, dimension: int = -1, is_stable: bool = True, num_keys: int = 1) -> Any:
    """The operand in ascending order along an axis, NaNs last; several operands are ordered together by
    the first ``num_keys`` of them. The order is always stable.
    """
    several = isinstance(operand, (tuple, list))
    operands = list(operand) if several else [operand]
    if not operands:
        raise TypeError("`operand` of sort must be at least one array, got none.")
    axis = canonical_axis(dimension, aval_of(operands[0]).ndim, "dimension")
    results = dispatch.bind(rows.sort_p, *operands, dimension=axis, num_keys=num_keys)
    return tuple(results) if several else results[0]


def sort_key_val(
    keys: Operand, values: Operand, dimension: int = -1, is_stable: bool = True
) -> tuple[Array, Array]:
    """Keys in ascending order, and the values in the keys' order."""
    ordered: tuple[Array, Array] = sort((keys, values), dimension, is_stable, num_keys=1)
    return ordered


def approx_max_k(
    operand: Operand,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
) -> tuple[Array, Array]:
    """The k largest along an axis, largest first, and their indices; nothing is approximate here.

    Args:
        operand: floating.
        k: how many, at least 1.
        reduction_dimension: the axis.
        recall_target: accepted for JAX's sake: all of them are found.
        reduction_input_size_override: likewise.
        aggregate_to_topk: likewise: there are always k.

    Raises:
        TypeError: the operand is not floating, or a scalar.
        ValueError: ``k`` is no size of a part of the axis.
    """
    return _approximately("approx_max_k", operand, k, reduction_dimension)


def approx_min_k(
    operand: Operand,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
) -> tuple[Array, Array]:
    """The k smallest along an axis, smallest first, and their indices; see `approx_max_k`."""
    values, places = _approximately("approx_min_k", neg(operand), k, reduction_dimension)
    return neg(values), places


def _approximately(function: str, operand: Operand, k: int, axis: int) -> tuple[Array, Array]:
    aval = aval_of(operand)
    if not is_float(aval.dtype) or not aval.ndim:
        raise TypeError(f"`operand` of {function} must be floating, and no scalar, got {aval}.")
    if k < 1:
        raise ValueError(f"`k` of {function} must be at least 1, got {k}.")
    values, places = top_k(operand, k, axis=axis)
    # JAX's places are as weak as the operand.
    return values, convert_element_type(places, int32, aval.weak_type)


def top_k(operand: Operand, k: int, *, axis: int = -1) -> list[Array]:
    """The k largest along an axis, largest first, and their indices; the first of equals comes first."""
    found = aval_of(operand)
    place = canonical_axis(axis, found.ndim)
    if not 0 <= k <= found.shape[place]:
        raise ValueError(f"`k` of top_k must lie in [0, {found.shape[place]}], got {k}.")
    places = broadcasted_iota(int32, found.shape, place)
    # Reversed twice: ascending order becomes descending, and equals come out in their first order.
    ordered = sort((rev(operand, (place,)), rev(places, (place,))), place)
    return [slice_in_dim(rev(x, (place,)), 0, k, axis=place) for x in ordered]
