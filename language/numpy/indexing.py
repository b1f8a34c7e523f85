"""Indexing: ``x[...]`` and ``x.at[...]``, basic, advanced and by masks, as NumPy has them.

Slices and numbers become `slice`; one abstract number becomes `dynamic_slice`; everything else becomes one
`gather` or `scatter` whose index vectors are computed from the index arrays.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import Tracer, aval_of, lift
from ..dtypes import bool_, int32, int64, is_integer
from ..errors import ConcretizationTypeError
from ..lax import GatherDimensionNumbers, ScatterDimensionNumbers
from ..shapes import Shape, broadcast_shapes
from .promotion import array_of, convert, expand_to, to_inexact, to_numeric

INT_MAX = int(np.iinfo(np.int32).max)


# -- reading an index --------------------------------------------------------------------------------------
def _entries(index: Any, shape: Shape) -> list[Any]:
    """The index as one entry an axis: Ellipsis and masks expanded, lists made arrays.

    Raises:
        IndexError: there are more entries than axes, two Ellipses, or a mask that does not fit.
        TypeError: an entry is nothing that indexes.
    """
    given = list(index) if isinstance(index, tuple) else [index]
    entries: list[Any] = []
    axis = 0
    for entry in given:
        if entry is Ellipsis:
            if any(e is Ellipsis for e in entries):
                raise IndexError(f"An index may hold one Ellipsis, got {index!r}.")
            rest = (
                len(shape) - axis - sum(_consumes(e) for e in given[len(entries) + 1 :] if e is not Ellipsis)
            )
            axis += max(rest, 0)
            entries.append(Ellipsis)
        else:
            entries.append(entry)
            axis += _consumes(entry)
    if axis > len(shape):
        raise IndexError(
            f"An array of rank {len(shape)} takes at most that many indices, got {axis}: {index!r}."
        )
    return _expanded(entries, shape, axis)


def _consumes(entry: Any) -> int:
    """How many axes an entry stands for."""
    if entry is None or entry is Ellipsis or isinstance(entry, (bool, np.bool_)):
        return 0
    mask = _mask_shape(entry)
    return 1 if mask is None else len(mask)


def _mask_shape(entry: Any) -> Shape | None:
    if isinstance(entry, (list, tuple)):
        entry = _listed(entry)
    if isinstance(entry, (Array, np.ndarray)) and entry.dtype == bool_:
        return tuple(entry.shape)
    return None


def _listed(entry: Any) -> Any:
    """A list in an index, as an array."""
    from .creation import array

    if any(isinstance(leaf, Array) for leaf in entry):
        return array(list(entry))
    found = np.asarray(entry)
    return found.astype(np.int32) if found.size == 0 else found


def _expanded(entries: list[Any], shape: Shape, named: int) -> list[Any]:
    found: list[Any] = []
    axis = 0
    if not any(e is Ellipsis for e in entries):
        entries = [*entries, Ellipsis]
    for entry in entries:
        if entry is Ellipsis:
            count = len(shape) - sum(_consumes(e) for e in entries)
            found += [slice(None)] * count
            axis += count
        elif isinstance(entry, (bool, np.bool_)):
            # A lone truth value: an axis of size 1 or 0 in front of what follows.
            found.append(_Truth(bool(entry)))
        elif (mask := _mask_shape(entry)) is not None:
            found += _mask_places(
                _listed(entry) if isinstance(entry, (list, tuple)) else entry, mask, shape, axis
            )
            axis += len(mask)
        else:
            found.append(_checked_entry(entry))
            axis += _consumes(entry)
    return found


@dataclass(frozen=True)
class _Truth:
    """True or False as an index: an advanced index that consumes no axis."""

    value: bool


def _mask_places(mask: Any, mask_shape: Shape, shape: Shape, axis: int) -> list[Any]:
    if mask_shape != shape[axis : axis + len(mask_shape)]:
        raise IndexError(
            f"A mask must have the shape of the axes that it indexes, {shape[axis : axis + len(mask_shape)]}, "
            f"got {mask_shape}."
        )
    if isinstance(mask, Tracer) and not _is_known(mask):
        raise ConcretizationTypeError(
            f"A mask in an index must be known when the program is traced, got an abstract one ({mask.aval}): the "
            f"result's shape depends on it. Use verax.numpy.where(mask, x, 0), or nonzero with `size`."
        )
    if not mask_shape:
        return [_Truth(bool(np.asarray(mask)))]
    return [places.astype(np.int32) for places in np.nonzero(np.asarray(mask))]


def _is_known(x: Array) -> bool:
    try:
        x.machine_value()
    except TypeError:
        return False
    return True


def _checked_entry(entry: Any) -> Any:
    if entry is None or isinstance(entry, slice):
        return entry
    if isinstance(entry, (list, tuple)):
        entry = _listed(entry)
    if isinstance(entry, (float, np.floating, str)):
        raise TypeError(f"An index must be integers, slices, Ellipsis, None or masks, got {entry!r}.")
    if isinstance(entry, (Array, np.ndarray, np.generic)):
        if not is_integer(aval_of(entry).dtype):
            raise TypeError(
                f"An index array must hold integers or booleans, got {entry.dtype}. Use .astype(int)."
            )
        return entry
    try:
        return operator.index(entry)
    except TypeError as err:
        raise TypeError(
            f"An index must be integers, slices, Ellipsis, None or masks, got {entry!r}."
        ) from err


def _is_array(entry: Any) -> bool:
    return isinstance(entry, (_Truth, Array, np.ndarray, np.generic))


def _is_scalar_array(entry: Any) -> bool:
    return _is_array(entry) and not isinstance(entry, _Truth) and aval_of(entry).shape == ()


def _static(entry: Any) -> Any:
    """A NumPy scalar as a Python int: then it is basic."""
    return int(entry) if isinstance(entry, (np.ndarray, np.generic)) and entry.shape == () else entry


def _within(i: int, size: int, axis: int) -> int:
    if not -size <= i < size:
        raise IndexError(f"Index {i} is out of bounds for axis {axis} of size {size}.")
    return i % size if size else i


# -- x[...] ---------------------------------------------------------------------------------------------------
def take_index(x: Any, index: Any, mode: str | None = None, fill_value: Any = None) -> Array:
    """``x[index]``. Out of bounds, abstract indices are moved inside ('clip') unless ``mode`` says otherwise.

    Raises:
        IndexError: a number known now is out of bounds, or there are too many entries.
        TypeError: an entry is nothing that indexes.
    """
    x = array_of("getitem", x)
    entries = [_static(e) for e in _entries(index, x.shape)]
    arrays = [e for e in entries if _is_array(e)]
    if not arrays:
        return _basic(x, entries)
    if mode is None and all(_is_scalar_array(e) for e in arrays):
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
            low, high, step, reverse = _forward(entry, size)
            kept.append(-(-(high - low) // step))
            if reverse:
                backwards.append(axis)
        else:
            low = _within(entry, size, axis)
            high, step = low + 1, 1
            kept.append(None)
        starts.append(low)
        limits.append(high)
        strides.append(step)
    if any((a, b, c) != (0, n, 1) for a, b, c, n in zip(starts, limits, strides, x.shape, strict=True)):
        plain = all(s == 1 for s in strides)
        x = lax.slice(x, tuple(starts), tuple(limits), None if plain else tuple(strides))
    return (lax.rev(x, tuple(backwards)) if backwards else x), kept


def _forward(entry: slice, size: int) -> tuple[int, int, int, bool]:
    """A slice as start, limit and positive step, and whether its order is reversed."""
    try:
        places = range(size)[entry]
    except TypeError as err:
        raise TypeError(
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
    plain = [slice(None) if _is_array(e) else (slice(e, e + 1 or None) if _is_int(e) else e) for e in axes]
    for axis, entry in enumerate(axes):
        if _is_int(entry):
            _within(entry, x.shape[axis], axis)
    x, _ = _sliced(x, plain)
    sizes = [1 if _is_array(e) else n for e, n in zip(axes, x.shape, strict=True)]
    index = int64 if max(x.shape, default=0) > INT_MAX else int32
    starts = [
        _wrapped(e, n, index) if _is_array(e) else np.zeros((), index)[()]
        for e, n in zip(axes, x.shape, strict=True)
    ]
    x = lax.dynamic_slice(x, starts, tuple(sizes))
    kept = [n for e, n in zip(axes, sizes, strict=True) if isinstance(e, slice)]
    dropped = [i for i, e in enumerate(axes) if not isinstance(e, slice)]
    rest = iter(kept)
    shape = tuple(1 if e is None else next(rest) for e in entries if e is None or isinstance(e, slice))
    return _shaped(x, dropped, shape)


def _is_int(entry: Any) -> bool:
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
    axes = [e for e in entries if e is not None and not isinstance(e, _Truth)]
    # Numbers beside arrays are arrays too: they decide where the new axes go.
    plain = [slice(None) if not isinstance(e, slice) else e for e in axes]
    for axis, entry in enumerate(axes):
        if _is_int(entry):
            _within(entry, x.shape[axis], axis)
    x, _ = _sliced(x, plain)
    plan = _plan(entries, x.shape)
    found = _gathered(x, plan, mode, fill_value)
    return found if not plan.new_axes else _with_new_axes(found, plan.new_axes)


def _with_new_axes(found: Array, places: Sequence[int]) -> Array:
    from .manipulation import expand_dims

    return expand_dims(found, tuple(places))


@dataclass(frozen=True)
class _Plan:
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


def _plan(entries: Sequence[Any], shape: Shape) -> _Plan:
    """Index vectors for the array entries; every other axis is taken whole."""
    special = [i for i, e in enumerate(entries) if _is_array(e) or _is_int(e)]
    together = special == list(range(special[0], special[-1] + 1))
    arrays, axes = [], []
    axis = 0
    for entry in entries:
        if isinstance(entry, _Truth):
            arrays.append(
                np.zeros(int(entry.value), np.int32) if not entry.value else np.zeros((1,), np.int32)
            )
        elif entry is None:
            continue
        else:
            if not isinstance(entry, slice):
                arrays.append(np.asarray(entry) if _is_int(entry) else entry)
                axes.append(axis)
            axis += 1
    # A truth value consumes no axis: it only takes part in broadcasting.
    indexed = [
        a
        for a, e in zip(arrays, [e for e in entries if _is_array(e) or _is_int(e)], strict=True)
        if not isinstance(e, _Truth)
    ]
    places = broadcast_shapes(*(aval_of(a).shape for a in arrays))
    index = int64 if max(shape, default=0) > INT_MAX else int32
    vectors = _vectors(
        [_wrapped(a, shape[i], index) for a, i in zip(indexed, axes, strict=True)], places, index
    )
    at = 0
    if together:
        at = sum(isinstance(e, slice) for e in entries[: special[0]])
    return _Plan(vectors, tuple(axes), places, at, _new_axes(entries, special, together, len(places)))


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


def _gathered(x: Array, plan: _Plan, mode: str, fill_value: Any) -> Array:
    rank = len(plan.places)
    window = x.ndim - len(plan.axes)
    offsets = (*range(plan.at), *range(plan.at + rank, window + rank))
    numbers = GatherDimensionNumbers(offsets, plan.axes, plan.axes)
    sizes = tuple(1 if i in plan.axes else n for i, n in enumerate(x.shape))
    return lax.gather(x, plan.vectors, numbers, sizes, mode=mode, fill_value=fill_value)


# -- x.at[...] ------------------------------------------------------------------------------------------------
class IndexedUpdate:
    """``x.at``: updates at an index, returned as a new array.

    ``x.at[i].set(y)``, ``add``, ``subtract``, ``multiply``, ``divide``, ``power``, ``min``, ``max``, ``apply``,
    and ``get``, which reads.
    """

    __slots__ = ("array",)

    def __init__(self, array: Array) -> None:
        self.array = array

    def __getitem__(self, index: Any) -> IndexedReference:
        return IndexedReference(self.array, index)

    def __repr__(self) -> str:
        return f"IndexedUpdate({self.array!r})"


Combine = Callable[[Array, Array], Array]


class IndexedReference:
    """``x.at[index]``. The keywords of JAX are accepted; indices out of bounds are dropped by updates."""

    __slots__ = ("array", "index")

    def __init__(self, array: Array, index: Any) -> None:
        self.array, self.index = array, index

    def get(self, *, mode: Any = None, fill_value: Any = None, **_: Any) -> Array:
        """The elements there; out of bounds, ``mode`` 'fill' gives ``fill_value`` (default NaN)."""
        return take_index(self.array, self.index, mode=_update_mode(mode), fill_value=fill_value)

    def set(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there replaced; of several for one place the last wins."""
        return _scattered(self.array, self.index, values, lax.scatter, mode)

    def add(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with ``values`` added there, once for every time a place is named."""
        if self.array.dtype == bool_:
            return _combined(self, values, lax.bitwise_or, mode)
        return _scattered(self.array, self.index, values, lax.scatter_add, mode)

    def subtract(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with ``values`` subtracted there."""
        return self.add(lax.neg(_as_update(self.array, values)), mode=mode)

    def multiply(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there multiplied, once for every time a place is named."""
        combine = lax.bitwise_and if self.array.dtype == bool_ else lax.mul
        return _combined(self, values, combine, mode, self._unless_bool(lax.scatter_mul))

    mul = multiply

    def divide(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array, as floats, with the elements there divided."""
        from .elementwise import true_divide

        floats = IndexedReference(lift(convert(self.array, to_inexact(self.array.dtype))), self.index)
        return _combined(floats, values, lambda x, y: convert(true_divide(x, y), x.dtype), mode)

    def power(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there raised to powers."""
        from .elementwise import power

        numbers = IndexedReference(lift(convert(self.array, to_numeric(self.array.dtype))), self.index)
        return _combined(numbers, values, lambda x, y: convert(power(x, y), x.dtype), mode)

    def min(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there limited from above."""
        return _combined(self, values, lax.min, mode, self._unless_bool(lax.scatter_min))

    def max(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there limited from below."""
        return _combined(self, values, lax.max, mode, self._unless_bool(lax.scatter_max))

    def apply(self, function: Callable[[Array], Array], *, mode: Any = None, **_: Any) -> Array:
        """The array with ``function`` applied to the elements there, once for every time a place is named."""
        return _combined(self, self.array.dtype.type(0), lambda x, _: function(x), mode)

    def _unless_bool(self, scatter: Callable[..., Array]) -> Callable[..., Array] | None:
        return None if self.array.dtype == bool_ else scatter

    def __repr__(self) -> str:
        return f"IndexedReference({self.array!r}, {self.index!r})"


def _named(mode: Any) -> str:
    name = getattr(mode, "value", mode)
    return "fill" if name == "drop" else str(name)


def _as_update(x: Array, values: Any) -> Array:
    """Values in the array's dtype, which an update never changes."""
    aval_of(values)
    return lift(convert(values, x.dtype, x.weak_type))


def _scattered(x: Array, index: Any, values: Any, operation: Callable[..., Array], mode: Any) -> Array:
    x = array_of("at", x)
    entries = [_static(e) for e in _entries(index, x.shape)]
    values = _as_update(x, values)
    if any(isinstance(e, _Truth) and not e.value for e in entries):
        return x  # False selects nothing
    window = _window(entries, x.shape)
    if window is not None:
        return _replaced(x, entries, window, values, operation)
    plan = _plan(_as_arrays(entries, x.shape), x.shape)
    rank, count = len(plan.places), x.ndim - len(plan.axes)
    windows = (*range(plan.at), *range(plan.at + rank, count + rank))
    updates = _fitted(values, _result_shape(plan, x.shape), plan.new_axes)
    numbers = ScatterDimensionNumbers(windows, plan.axes, plan.axes)
    return operation(x, plan.vectors, updates, numbers, mode=_update_mode(mode))


def _update_mode(mode: Any) -> str:
    return "fill" if mode is None else _named(mode)


def _window(entries: Sequence[Any], shape: Shape) -> tuple[list[int], list[int]] | None:
    """Starts and sizes of the block that numbers and slices of step 1 cut out; None for another index."""
    starts, sizes = [], []
    for axis, (entry, size) in enumerate(zip([e for e in entries if e is not None], shape, strict=False)):
        if isinstance(entry, slice):
            low, high, step, reverse = _forward(entry, size)
            if step != 1 or reverse:
                return None
        elif _is_int(entry):
            low = _within(entry, size, axis)
            high = low + 1
        else:
            return None
        starts.append(low)
        sizes.append(high - low)
    return (starts, sizes) if len(starts) == len(shape) and not any(_is_array(e) for e in entries) else None


def _replaced(
    x: Array, entries: Sequence[Any], window: tuple[list[int], list[int]], values: Array, operation: Any
) -> Array:
    """A block of ``x`` replaced or added to: no index vectors are needed."""
    starts, sizes = window
    kept = iter(
        [n for e, n in zip([e for e in entries if e is not None], sizes, strict=True) if not _is_int(e)]
    )
    selected = tuple(1 if e is None else next(kept) for e in entries if not _is_int(e))
    wide = lax.reshape(_broadcast(values, selected), tuple(sizes))
    whole = tuple(sizes) == x.shape
    if operation is lax.scatter_add:
        limits = tuple(low + n for low, n in zip(starts, sizes, strict=True))
        wide = lax.add(x if whole else lax.slice(x, tuple(starts), limits), wide)
    return wide if whole else lax.dynamic_update_slice(x, wide, [np.int32(low) for low in starts])


def _broadcast(values: Array, shape: Shape) -> Array:
    from .manipulation import broadcast_to

    return broadcast_to(_without_leading_ones(values, len(shape)), shape)


def _without_leading_ones(values: Array, rank: int) -> Array:
    extra = values.ndim - rank
    if extra > 0 and all(n == 1 for n in values.shape[:extra]):
        return lax.reshape(values, values.shape[extra:])
    return values


def _as_arrays(entries: Sequence[Any], shape: Shape) -> list[Any]:
    """The same index without slices but whole ones: others become index arrays on axes of their own.

    What they index is then set by broadcasting: the slices' axes come first, or stay where they are.
    """
    axis = 0
    found: list[Any] = []
    cut = []
    for entry in entries:
        if entry is not None and not isinstance(entry, _Truth):
            if isinstance(entry, slice) and range(shape[axis])[entry] != range(shape[axis]):
                cut.append(len(found))
            axis += 1
        found.append(entry)
    if not cut:
        return found
    return _Outer(found, cut, shape).entries()


class _Outer:
    """An index with cut slices, as index arrays that broadcast to the axes that NumPy would give."""

    def __init__(self, given: list[Any], cut: list[int], shape: Shape) -> None:
        self.given, self.cut, self.shape = given, cut, shape

    def entries(self) -> list[Any]:
        """Every slice, whole or cut, as an index array on its own axis, every new axis kept."""
        special = [i for i, e in enumerate(self.given) if _is_array(e) or _is_int(e)]
        together = not special or special == list(range(special[0], special[-1] + 1))
        arrays = [
            e if isinstance(e, Array) else np.asarray(_truth_as_places(e))
            for e in (self.given[i] for i in special)
        ]
        rank = len(broadcast_shapes(*(tuple(a.shape) for a in arrays))) if arrays else 0
        at = sum(self._makes_axis(e) for e in self.given[: special[0]]) if together and special else 0
        total = rank + sum(self._makes_axis(e) for e in self.given)
        found: list[Any] = []
        place, axis = (0 if together else rank), 0
        for i, entry in enumerate(self.given):
            if special and together and i == special[0]:
                place = at + rank
            if entry is None:
                place += 1
            elif isinstance(entry, slice):
                lane = [1] * total
                lane[place] = len(range(self.shape[axis])[entry])
                found.append(np.arange(self.shape[axis], dtype=np.int32)[entry].reshape(lane))
                place, axis = place + 1, axis + 1
            elif isinstance(entry, _Truth):
                found.append(_Truth(entry.value))
            else:
                found.append(_placed(entry, at, rank, total))
                axis += 1
        # Axes that None puts in come out of broadcasting by themselves: every array has `total` axes.
        return found

    @staticmethod
    def _makes_axis(entry: Any) -> bool:
        return entry is None or isinstance(entry, slice)


def _truth_as_places(entry: Any) -> Any:
    return np.zeros(int(entry.value), np.int32) if isinstance(entry, _Truth) else entry


def _placed(entry: Any, at: int, rank: int, total: int) -> Any:
    """An index array with its axes at ``at`` of ``total``, sizes of 1 elsewhere."""
    array = entry if isinstance(entry, Array) else np.asarray(entry)
    lane = (1,) * at + (1,) * (rank - array.ndim) + tuple(array.shape) + (1,) * (total - at - rank)
    return lax.reshape(array, lane) if isinstance(array, Array) else array.reshape(lane)


def _result_shape(plan: _Plan, shape: Shape) -> Shape:
    window = [n for i, n in enumerate(shape) if i not in plan.axes]
    return (*window[: plan.at], *plan.places, *window[plan.at :])


def _fitted(values: Array, shape: Shape, new_axes: Sequence[int]) -> Array:
    """Values broadcast to what the index selects, new axes taken out again."""
    from .manipulation import broadcast_to, squeeze

    full = list(shape)
    for place in new_axes:
        full.insert(place, 1)
    wide = broadcast_to(_without_leading_ones(values, len(full)), tuple(full))
    return squeeze(wide, tuple(new_axes)) if new_axes else wide


def _combined(
    reference: IndexedReference,
    values: Any,
    combine: Combine,
    mode: Any,
    scatter: Callable[..., Array] | None = None,
) -> Array:
    """An update that is neither set nor add: at once where no place is named twice, else by the scatter that
    combines so, or one by one where there is none.
    """
    x = array_of("at", reference.array)
    values = _as_update(x, values)
    entries = [_static(e) for e in _entries(reference.index, x.shape)]
    if _names_once(entries, x.shape):
        old = take_index(x, reference.index, mode=_update_mode(mode))
        return _scattered(x, reference.index, combine(old, _broadcast(values, old.shape)), lax.scatter, mode)
    if scatter is not None:
        return _scattered(x, reference.index, values, scatter, mode)
    return _one_by_one(x, entries, values, combine, mode)


def _names_once(entries: Sequence[Any], shape: Shape) -> bool:
    """Whether no element is named twice, as far as can be known now."""
    arrays = [e for e in entries if _is_array(e) and not isinstance(e, _Truth)]
    if all(_is_scalar_array(e) for e in arrays):
        return True
    if any(isinstance(e, Array) for e in arrays):
        return False
    plan = _plan(entries, shape)
    vectors = np.asarray(plan.vectors).reshape(-1, len(plan.axes))
    return len(np.unique(vectors, axis=0)) == len(vectors)


def _one_by_one(x: Array, entries: list[Any], values: Array, combine: Combine, mode: Any) -> Array:
    plan = _plan(_as_arrays(entries, x.shape), x.shape)
    rank, window = len(plan.places), x.ndim - len(plan.axes)
    shape = _result_shape(plan, x.shape)
    updates = _fitted(values, shape, plan.new_axes)
    # Index vectors and windows in a row, the vectors first.
    order = (*range(plan.at, plan.at + rank), *range(plan.at), *range(plan.at + rank, window + rank))
    ordered = lax.transpose(updates, order) if order != tuple(range(updates.ndim)) else updates
    count = 1
    for n in plan.places:
        count *= n
    windows = lax.reshape(ordered, (count, *ordered.shape[rank:]))
    vectors = lax.reshape(lift(plan.vectors), (count, len(plan.axes)))
    gather = GatherDimensionNumbers(tuple(range(window)), plan.axes, plan.axes)
    scatter = ScatterDimensionNumbers(tuple(range(window)), plan.axes, plan.axes)
    sizes = tuple(1 if i in plan.axes else n for i, n in enumerate(x.shape))
    named = _update_mode(mode)

    def step(carry: Array, item: tuple[Array, Array]) -> tuple[Array, None]:
        vector, update = item
        old = lax.gather(carry, vector, gather, sizes, mode=named)
        return lax.scatter(carry, vector, combine(old, update), scatter, mode=named), None

    found, _ = lax.scan(step, x, (vectors, windows))
    result: Array = found
    return result
