"""Order along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..catalogue.rules import ORDERED, check_dtype
from ..dispatch import Operand, aval_of, lift
from ..dtypes import int32, is_complex, is_float
from ..shapes import canonical_axis
from .conversion import convert_element_type
from .creation import broadcasted_iota
from .elementwise import complex, imag, neg, real
from .slicing import slice_in_dim
from .structural import rev


def sort(operand: Any, dimension: int = -1, is_stable: bool = True, num_keys: int = 1) -> Any:
    """The operand in ascending order along an axis, NaNs last; several operands are ordered together by
    the first ``num_keys`` of them. The order is always stable.

    Returns:
        An array, or a tuple of them, of the operands' shapes and dtypes.

    Raises:
        ValueError: an axis is out of range, or there are fewer operands than keys.
    """
    several = isinstance(operand, (tuple, list))
    operands = list(operand) if several else [operand]
    if not operands:
        raise TypeError("`operand` of sort must be at least one array, got none.")
    if not 1 <= num_keys <= len(operands):
        raise ValueError(f"`num_keys` of sort must lie in [1, {len(operands)}], got {num_keys}.")
    axis = canonical_axis(dimension, aval_of(operands[0]).ndim, "dimension")
    results = _sorted(operands, axis, num_keys)
    return tuple(results) if several else results[0]


def _sorted(operands: Sequence[Operand], axis: int, num_keys: int) -> list[Array]:
    """The operands in order; a complex key stands for two, its real and then its imaginary part."""
    keys = [(lift(x), is_complex(aval_of(x).dtype)) for x in operands[:num_keys]]
    if not any(pair for _, pair in keys):
        return dispatch.bind(rows.sort_p, *operands, dimension=axis, num_keys=num_keys)
    parts = [part for x, pair in keys for part in ((real(x), imag(x)) if pair else (x,))]
    rest = operands[num_keys:]
    found = iter(dispatch.bind(rows.sort_p, *parts, *rest, dimension=axis, num_keys=len(parts)))
    ordered = [complex(next(found), next(found)) if pair else next(found) for _, pair in keys]
    return [*ordered, *found]


def sort_key_val(
    keys: Operand, values: Operand, dimension: int = -1, is_stable: bool = True
) -> tuple[Array, Array]:
    """Keys in ascending order, and the values in the keys' order.

    Returns:
        An array, or a tuple of them, of the operands' shapes and dtypes.

    Raises:
        ValueError: an axis is out of range.
    """
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

    Returns:
        Two arrays: of the operand's dtype, and of integers.

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
    """The k smallest along an axis, smallest first, and their indices; see `approx_max_k`.

    Returns:
        Two arrays: of the operand's dtype, and of integers.

    Raises:
        TypeError: the operand is no array and no number.
    """
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
    """The k largest along an axis, largest first, and their indices; the first of equals comes first.

    Returns:
        Two arrays: of the operand's dtype, and of integers.

    Raises:
        TypeError: the operand is complex, or no array and no number.
    """
    found = aval_of(operand)
    check_dtype("top_k", found, ORDERED, "operand")
    place = canonical_axis(axis, found.ndim)
    if not 0 <= k <= found.shape[place]:
        raise ValueError(f"`k` of top_k must lie in [0, {found.shape[place]}], got {k}.")
    places = broadcasted_iota(int32, found.shape, place)
    # Reversed twice: ascending order becomes descending, and equals come out in their first order.
    ordered = sort((rev(operand, (place,)), rev(places, (place,))), place)
    return [slice_in_dim(rev(x, (place,)), 0, k, axis=place) for x in ordered]
