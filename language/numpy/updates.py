"""Updates: ``x.at[...]``, each of which becomes one `scatter`, or a slice's update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import bool_, to_inexact
from ..lax import GatherDimensionNumbers, GatherScatterMode, ScatterDimensionNumbers
from ..shapes import Shape, broadcast_shapes
from .entries import Truth, is_array, is_scalar_array, reached, read_entries, static, within
from .indexing import Plan, forward, is_int, plan_of, take_index
from .promotion import array_of, convert, to_numeric


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
        _read(self.index, self.array.shape, mode)  # a number out of bounds is an error where no mode is given
        return take_index(self.array, self.index, mode=_update_mode(mode), fill_value=fill_value)

    def set(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there replaced; of several for one place the last wins."""
        return _scattered(self.array, self.index, values, lax.scatter, mode)

    def add(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with ``values`` added there, once for every time a place is named."""
        if self.array.dtype == bool_:
            return _combined(self, values, lax.bitwise_or, mode)
        return _as_weak(self.array, _scattered(self.array, self.index, values, lax.scatter_add, mode))

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
        from .arithmetic import true_divide

        x = self.array
        floats = IndexedReference(lift(convert(x, to_inexact(x.dtype), x.weak_type)), self.index)
        return _combined(floats, values, lambda x, y: convert(true_divide(x, y), x.dtype), mode)

    def power(self, values: Any, *, mode: Any = None, **_: Any) -> Array:
        """The array with the elements there raised to powers."""
        from .arithmetic import power

        x = self.array
        numbers = IndexedReference(lift(convert(x, to_numeric(x.dtype), x.weak_type)), self.index)
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


def _as_weak(x: Array, found: Array) -> Array:
    """An array that was added to, or otherwise combined with values, stays as weak as it was."""
    return lift(convert(found, found.dtype, array_of("at", x).weak_type))


def _as_update(x: Array, values: Any) -> Array:
    """Values in the array's dtype, which an update never changes."""
    aval_of(values)
    return lift(convert(values, x.dtype, x.weak_type))


def _scattered(x: Array, index: Any, values: Any, operation: Callable[..., Array], mode: Any) -> Array:
    x = array_of("at", x)
    entries = _read(index, x.shape, mode)
    values = _as_update(x, values)
    if any(isinstance(e, Truth) and not e.value for e in entries):
        return x  # False selects nothing
    window = _window(entries, x.shape)
    if window is not None:
        return _replaced(x, entries, window, values, operation)
    plan = plan_of(_as_arrays(entries, x.shape), x.shape)
    rank, count = len(plan.places), x.ndim - len(plan.axes)
    windows = (*range(plan.at), *range(plan.at + rank, count + rank))
    updates = _fitted(values, _result_shape(plan, x.shape), plan.new_axes)
    numbers = ScatterDimensionNumbers(windows, plan.axes, plan.axes)
    return operation(x, plan.vectors, updates, numbers, mode=_update_mode(mode))


def _read(index: Any, shape: Shape, mode: Any) -> list[Any]:
    _update_mode(mode)  # refuses what is none
    return reached([static(e) for e in read_entries(index, shape)], shape, mode)


def _update_mode(mode: Any) -> str:
    return str(GatherScatterMode.from_any(mode).value)


def _window(entries: Sequence[Any], shape: Shape) -> tuple[list[int], list[int]] | None:
    """Starts and sizes of the block that numbers and slices of step 1 cut out; None for another index."""
    starts, sizes = [], []
    for axis, (entry, size) in enumerate(zip([e for e in entries if e is not None], shape, strict=False)):
        if isinstance(entry, slice):
            low, high, step, reverse = forward(entry, size)
            if step != 1 or reverse:
                return None
        elif is_int(entry):
            low = within(entry, size, axis)
            high = low + 1
        else:
            return None
        starts.append(low)
        sizes.append(high - low)
    return (starts, sizes) if len(starts) == len(shape) and not any(is_array(e) for e in entries) else None


def _replaced(
    x: Array, entries: Sequence[Any], window: tuple[list[int], list[int]], values: Array, operation: Any
) -> Array:
    """A block of ``x`` replaced or added to: no index vectors are needed."""
    starts, sizes = window
    kept = iter(
        [n for e, n in zip([e for e in entries if e is not None], sizes, strict=True) if not is_int(e)]
    )
    selected = tuple(1 if e is None else next(kept) for e in entries if not is_int(e))
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
        if entry is not None and not isinstance(entry, Truth):
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
        special = [i for i, e in enumerate(self.given) if is_array(e) or is_int(e)]
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
            elif isinstance(entry, Truth):
                found.append(Truth(entry.value))
            else:
                found.append(_placed(entry, at, rank, total))
                axis += 1
        # Axes that None puts in come out of broadcasting by themselves: every array has `total` axes.
        return found

    @staticmethod
    def _makes_axis(entry: Any) -> bool:
        return entry is None or isinstance(entry, slice)


def _truth_as_places(entry: Any) -> Any:
    return np.zeros(int(entry.value), np.int32) if isinstance(entry, Truth) else entry


def _placed(entry: Any, at: int, rank: int, total: int) -> Any:
    """An index array with its axes at ``at`` of ``total``, sizes of 1 elsewhere."""
    array = entry if isinstance(entry, Array) else np.asarray(entry)
    lane = (1,) * at + (1,) * (rank - array.ndim) + tuple(array.shape) + (1,) * (total - at - rank)
    return lax.reshape(array, lane) if isinstance(array, Array) else array.reshape(lane)


def _result_shape(plan: Plan, shape: Shape) -> Shape:
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
    entries = _read(reference.index, x.shape, mode)
    if _names_once(entries, x.shape):
        old = take_index(x, reference.index, mode=_update_mode(mode))
        new = combine(old, _broadcast(values, old.shape))
        return _as_weak(x, _scattered(x, reference.index, new, lax.scatter, mode))
    if scatter is not None:
        return _scattered(x, reference.index, values, scatter, mode)
    return _one_by_one(x, entries, values, combine, mode)


def _names_once(entries: Sequence[Any], shape: Shape) -> bool:
    """Whether no element is named twice, as far as can be known now."""
    arrays = [e for e in entries if is_array(e) and not isinstance(e, Truth)]
    if all(is_scalar_array(e) for e in arrays):
        return True
    if any(isinstance(e, Array) for e in arrays):
        return False
    plan = plan_of(entries, shape)
    vectors = np.asarray(plan.vectors).reshape(-1, len(plan.axes))
    return len(np.unique(vectors, axis=0)) == len(vectors)


def _one_by_one(x: Array, entries: list[Any], values: Array, combine: Combine, mode: Any) -> Array:
    plan = plan_of(_as_arrays(entries, x.shape), x.shape)
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
