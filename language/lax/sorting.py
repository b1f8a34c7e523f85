"""Order along an axis."""

from __future__ import annotations

from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import int32
from ..shapes import canonical_axis
from .creation import broadcasted_iota
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
