"""`jax.ops`: reductions over segments, the elements that share an index."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from . import numpy as vnp
from .arrays import Array
from .dtypes import DType, bool_, iinfo, is_integer
from .errors import ConcretizationTypeError

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def _least(dtype: DType) -> Any:
    return False if dtype == bool_ else iinfo(dtype).min if is_integer(dtype) else -math.inf


def _largest(dtype: DType) -> Any:
    return True if dtype == bool_ else iinfo(dtype).max if is_integer(dtype) else math.inf


# What an empty segment gives, the update that combines, and what combines the buckets of a segment.
_KINDS: dict[str, tuple[Callable[[DType], Any], str, Callable[..., Array]]] = {
    "segment_sum": (lambda dtype: 0, "add", vnp.sum),
    "segment_prod": (lambda dtype: 1, "multiply", vnp.prod),
    "segment_max": (_least, "max", vnp.max),
    "segment_min": (_largest, "min", vnp.min),
}


def _reduced(
    name: str, data: Any, segment_ids: Any, num_segments: Any, bucket_size: int | None, mode: Any
) -> Array:
    identity, update, together = _KINDS[name]
    data, ids = vnp.asarray(data), vnp.asarray(segment_ids)
    if not is_integer(ids.dtype) or (data.ndim and data.shape[: ids.ndim] != ids.shape):
        raise ValueError(
            f"`segment_ids` of {name} must be integers, one for each leading element of `data`, "
            f"got {ids.dtype} of shape {ids.shape} for {data.shape}."
        )
    count = _count(name, ids) if num_segments is None else operator.index(num_segments)
    if count < 0:
        raise ValueError(f"`num_segments` of {name} must not be negative, got {count}.")
    # An index below 0 names no segment: it does not count from the end.
    ids = vnp.where(vnp.less(ids, 0), 0 if getattr(mode, "value", mode) == "clip" else count, ids)
    tail = data.shape[ids.ndim :]
    if bucket_size is None:
        start = vnp.full((count, *tail), identity(data.dtype), data.dtype)
        found: Array = getattr(start.at[ids], update)(data, mode=mode)
        return found
    buckets = max(1, -(-ids.size // bucket_size))
    start = vnp.full((buckets, count, *tail), identity(data.dtype), data.dtype)
    places = np.arange(ids.shape[0], dtype=np.int32) // bucket_size
    parts = getattr(start.at[places, ids], update)(data, mode=mode)
    return vnp.astype(together(parts, axis=0), data.dtype)


def _count(name: str, ids: Array) -> int:
    try:
        value = ids.machine_value()
    except TypeError as err:
        raise ConcretizationTypeError(
            f"`num_segments` of {name} must be given where `segment_ids` are abstract ({ids.aval}): the result's "
            f"shape depends on it."
        ) from err
    return int(value.max()) + 1


class _Segments(Protocol):
    def __call__(
        self,
        data: Any,
        segment_ids: Any,
        num_segments: int | None = None,
        indices_are_sorted: bool = False,
        unique_indices: bool = False,
        bucket_size: int | None = None,
        mode: Any = None,
    ) -> Array: ...


def _of_segments(name: str, first: str) -> _Segments:
    def reduced(
        data: Any,
        segment_ids: Any,
        num_segments: int | None = None,
        indices_are_sorted: bool = False,
        unique_indices: bool = False,
        bucket_size: int | None = None,
        mode: Any = None,
    ) -> Array:
        return _reduced(name, data, segment_ids, num_segments, bucket_size, mode)

    reduced.__name__ = reduced.__qualname__ = name
    reduced.__doc__ = f"""{first}

    Args:
        data: the elements, shape (n, ...).
        segment_ids: integers of shape (n,): which segment each belongs to; out of range none.
        num_segments: how many there are; the largest index and 1 by default.
        indices_are_sorted: accepted, and not needed.
        unique_indices: accepted, and not needed.
        bucket_size: reduce so many elements at a time, then the results: fewer roundings on the way.
        mode: what an index out of range means: 'drop' (the default) or 'clip'.

    Returns:
        An array of shape (num_segments, ...) and the dtype of ``data``.

    Raises:
        ValueError: the indices do not fit, or ``num_segments`` is negative.
        ConcretizationTypeError: ``num_segments`` is not given and the indices are abstract.
    """
    return reduced


segment_sum = _of_segments("segment_sum", "The sum of the elements of each segment; 0 where there are none.")
segment_prod = _of_segments(
    "segment_prod", "The product of the elements of each segment; 1 where there are none."
)
segment_max = _of_segments(
    "segment_max", "The largest element of each segment; the dtype's least where there are none."
)
segment_min = _of_segments(
    "segment_min", "The least element of each segment; the dtype's largest where there are none."
)
