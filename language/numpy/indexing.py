"""Indexing: ``x[...]``, basic, advanced and by masks, as NumPy has it.

Slices and numbers become `slice`; one abstract number becomes `dynamic_slice`; everything else becomes one
`gather` whose index vectors are computed from the index arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import int32, int64
from ..lax import GatherDimensionNumbers
from ..shapes import Shape, broadcast_shapes
from .entries import INT_MAX, Truth, is_array, is_scalar_array, reached, read_entries, static, within
from .promotion import array_of, convert, expand_to


def take_index(x: Any, index: Any, mode: str | None = None, fill_value: Any = None) -> Array:
    """``x[index]``. Out of bounds, abstract indices are moved inside ('clip') unless ``mode`` says otherwise.

    Raises:
        IndexError: a number known now is out of bounds and ``mode`` is None, or there are too many entries.
        TypeError: an entry is nothing that indexes.
    """
    x = array_of("getitem", x)
    entries = [static(e) for e in read_entries(index, x.shape)]
    if mode is not None:
        entries = reached(entries, x.shape, mode)
    arrays = [e for e in entries if is_array(e)]
    if not arrays:
        return _basic(x, entries)
    if mode is None and all(is_scalar_array(e) for e in arrays):
        return _dynamic(x, entries)
    return _advanced(x, entries, mode or "clip", fill_value)


def _basic(x: Array, entries: Sequence[Any]) -> Array:
    """Numbers, slices and new axes."""
    sliced, kept = _sliced(x, [e for e in entries if e is not None])
    shape: list[int] = []
    sizes = iter(kept)
    for entry in entries:
        if entry is None:
            shape.append(1)
        elif (size := next(sizes)) is not None:
            shape.append(size)
    return _shaped(sliced, [i for i, size in enumerate(kept) if size is None], tuple(shape))


def _shaped(x: Array, dropped: Sequence[int], shape: Shape) -> Array:
    if dropped:
        x = lax.squeeze(x, tuple(dropped))
    return x if x.shape == shape else lax.reshape(x, shape)


def _sliced(x: Array, entries: Sequence[Any]) -> tuple[Array, list[int | None]]:
    """``x`` cut by numbers and slices, one an axis; the sizes left, None where a number was."""
    starts, limits, strides, backwards = [], [], [], []
    kept: list[int | None] = []
    for axis, (entry, size) in enumerate(zip(entries, x.shape, strict=True)):
        if isinstance(entry, slice):
            low, high, step, reverse = forward(entry, size)
            kept.append(-(-(high - low) // step))
            if reverse:
                backwards.append(axis)
        else:
            low = within(entry, size, axis)
            high, step = low + 1, 1
            kept.append(None)
        starts.append(low)
        limits.append(high)
        strides.append(step)
    if any((a, b, c) != (0, n, 1) for a, b, c, n in zip(starts, limits, strides, x.shape, strict=True)):
        plain = all(s == 1 for s in strides)
        x = lax.slice(x, tuple(starts), tuple(limits), None if plain else tuple(strides))
    return (lax.rev(x, tuple(backwards)) if backwards else x), kept


def forward(entry: slice, size: int) -> tuple[int, int, int, bool]:
    """A slice as start, limit and positive step, and whether its order is reversed."""
    try:
        places = range(size)[entry]
    except TypeError as err:
        raise IndexError(
            f"The ends of a slice must be integers known when the program is traced, got {entry!r}. "
            f"Use verax.lax.dynamic_slice."
        ) from err
    if not places:
        return 0, 0, 1, False
    if places.step > 0:
        return places[0], places[-1] + 1, places.step, False
    return places[-1], places[0] + 1, -places.step, len(places) > 1


def _dynamic(x: Array, entries: Sequence[Any]) -> Array:
    """Numbers, some of them abstract, slices and new axes."""
    axes = [e for e in entries if e is not None]
    plain = [slice(None) if is_array(e) else (slice(e, e + 1 or None) if is_int(e) else e) for e in axes]
    for axis, entry in enumerate(axes):
        if is_int(entry):
            within(entry, x.shape[axis], axis)
    x, _ = _sliced(x, plain)
    sizes = [1 if is_array(e) else n for e, n in zip(axes, x.shape, strict=True)]
    index = int64 if max(x.shape, default=0) > INT_MAX else int32
    starts = [
        _wrapped(e, n, index) if is_array(e) else np.zeros((), index)[()]
        for e, n in zip(axes, x.shape, strict=True)
    ]
    x = lax.dynamic_slice(x, starts, tuple(sizes), allow_negative_indices=False)
    kept = [n for e, n in zip(axes, sizes, strict=True) if isinstance(e, slice)]
    dropped = [i for i, e in enumerate(axes) if not isinstance(e, slice)]
    rest = iter(kept)
    shape = tuple(1 if e is None else next(rest) for e in entries if e is None or isinstance(e, slice))
    return _shaped(x, dropped, shape)


def is_int(entry: Any) -> bool:
    """Whether an entry is a number known now."""
    return isinstance(entry, int)


def _wrapped(entry: Any, size: int, index: Any) -> Any:
    """An index array with negative numbers counted from the end."""
    if isinstance(entry, (np.ndarray, np.generic)):
        places = np.asarray(entry)
        return np.where(places < 0, places + size, places).astype(index)[()]
    signed = convert(entry, index)
    if entry.dtype.kind == "u":
        return signed
    negative = lax.lt(signed, np.zeros((), index)[()])
    return lax.select(negative, lax.add(signed, np.asarray(size, index)[()]), signed)


def _advanced(x: Array, entries: Sequence[Any], mode: str, fill_value: Any) -> Array:
    """Index arrays: what is basic first, then one gather."""
    axes = [e for e in entries if e is not None and not isinstance(e, Truth)]
    # Numbers beside arrays are arrays too: they decide where the new axes go.
    plain = [slice(None) if not isinstance(e, slice) else e for e in axes]
    for axis, entry in enumerate(axes):
        if is_int(entry):
            within(entry, x.shape[axis], axis)
    x, _ = _sliced(x, plain)
    plan = plan_of(entries, x.shape)
    found = _gathered(x, plan, mode, fill_value)
    return found if not plan.new_axes else _with_new_axes(found, plan.new_axes)


def _with_new_axes(found: Array, places: Sequence[int]) -> Array:
    from .manipulation import expand_dims

    return expand_dims(found, tuple(places))


@dataclass(frozen=True)
class Plan:
    """Index arrays made into index vectors.

    Attributes:
        vectors: integers of shape (*places, number of indexed axes).
        axes: the operand's axes that they index, in order.
        places: the shape that the index arrays have in common.
        at: where the axes of ``places`` begin in the result, new axes left out.
        new_axes: where None puts axes of size 1 in the result.
    """

    vectors: Any
    axes: tuple[int, ...]
    places: Shape
    at: int
    new_axes: tuple[int, ...]


def plan_of(entries: Sequence[Any], shape: Shape) -> Plan:
    """Index vectors for the array entries; every other axis is taken whole."""
    special = [i for i, e in enumerate(entries) if is_array(e) or is_int(e)]
    together = special == list(range(special[0], special[-1] + 1))
    arrays, axes = [], []
    axis = 0
    for entry in entries:
        if isinstance(entry, Truth):
            arrays.append(
                np.zeros(int(entry.value), np.int32) if not entry.value else np.zeros((1,), np.int32)
            )
        elif entry is None:
            continue
        else:
            if not isinstance(entry, slice):
                arrays.append(np.asarray(entry) if is_int(entry) else entry)
                axes.append(axis)
            axis += 1
    # A truth value consumes no axis: it only takes part in broadcasting.
    indexed = [
        a
        for a, e in zip(arrays, [e for e in entries if is_array(e) or is_int(e)], strict=True)
        if not isinstance(e, Truth)
    ]
    places = broadcast_shapes(*(aval_of(a).shape for a in arrays))
    index = int64 if max(shape, default=0) > INT_MAX else int32
    vectors = _vectors(
        [_wrapped(a, shape[i], index) for a, i in zip(indexed, axes, strict=True)], places, index
    )
    at = 0
    if together:
        at = sum(isinstance(e, slice) for e in entries[: special[0]])
    return Plan(vectors, tuple(axes), places, at, _new_axes(entries, special, together, len(places)))


def _new_axes(entries: Sequence[Any], special: Sequence[int], together: bool, rank: int) -> tuple[int, ...]:
    """The places of None in the result: each entry before it has put its axes there already."""
    found = []
    place = 0 if together else rank
    for i, entry in enumerate(entries):
        if together and i == special[0]:
            place += rank
        if entry is None:
            found.append(place)
            place += 1
        elif isinstance(entry, slice):
            place += 1
    return tuple(found)


def _vectors(arrays: Sequence[Any], places: Shape, index: Any) -> Any:
    """The arrays, broadcast, side by side in a last axis."""
    if not arrays:
        return np.zeros((*places, 0), index)
    if all(not isinstance(a, Array) for a in arrays):
        return np.stack([np.broadcast_to(a, places) for a in arrays], -1)
    lanes = []
    for given in arrays:
        array = lift(given)
        wide = array if array.shape == places else expand_to(array, array.shape, places)
        lanes.append(lax.reshape(wide, (*places, 1)))
    return lanes[0] if len(lanes) == 1 else lax.concatenate(lanes, len(places))


def _gathered(x: Array, plan: Plan, mode: str, fill_value: Any) -> Array:
    rank = len(plan.places)
    window = x.ndim - len(plan.axes)
    offsets = (*range(plan.at), *range(plan.at + rank, window + rank))
    numbers = GatherDimensionNumbers(offsets, plan.axes, plan.axes)
    sizes = tuple(1 if i in plan.axes else n for i, n in enumerate(x.shape))
    return lax.gather(x, plan.vectors, numbers, sizes, mode=mode, fill_value=fill_value)
