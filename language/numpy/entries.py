"""Reading an index: one entry an axis, Ellipsis and masks expanded, lists made arrays."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..dispatch import Tracer, aval_of
from ..dtypes import bool_, is_integer
from ..errors import NonConcreteBooleanIndexError
from ..shapes import Shape

INT_MAX = int(np.iinfo(np.int32).max)


def read_entries(index: Any, shape: Shape) -> list[Any]:
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
            found.append(Truth(bool(entry)))
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
class Truth:
    """True or False as an index: an advanced index that consumes no axis."""

    value: bool


def _mask_places(mask: Any, mask_shape: Shape, shape: Shape, axis: int) -> list[Any]:
    if mask_shape != shape[axis : axis + len(mask_shape)]:
        raise IndexError(
            f"A mask must have the shape of the axes that it indexes, {shape[axis : axis + len(mask_shape)]}, "
            f"got {mask_shape}."
        )
    if isinstance(mask, Tracer) and not _is_known(mask):
        raise NonConcreteBooleanIndexError(
            f"A mask in an index must be known when the program is traced, got an abstract one ({mask.aval}): the "
            f"result's shape depends on it. Use verax.numpy.where(mask, x, 0), or nonzero with `size`."
        )
    if not mask_shape:
        return [Truth(bool(np.asarray(mask)))]
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


def is_array(entry: Any) -> bool:
    """Whether an entry is an array, or a truth value: what makes an index advanced."""
    return isinstance(entry, (Truth, Array, np.ndarray, np.generic))


def is_scalar_array(entry: Any) -> bool:
    """Whether an entry is one number held in an array, which may be abstract."""
    return is_array(entry) and not isinstance(entry, Truth) and aval_of(entry).shape == ()


def static(entry: Any) -> Any:
    """A NumPy scalar as a Python int: then it is basic."""
    return int(entry) if isinstance(entry, (np.ndarray, np.generic)) and entry.shape == () else entry


def reached(entries: Sequence[Any], shape: Shape, mode: Any) -> list[Any]:
    """Numbers that are out of bounds as arrays, so that the mode says what they mean; all else as it is.

    Raises:
        IndexError: one is out of bounds, and there is no mode.
    """
    sizes = enumerate(shape)
    found = list(entries)
    for place, entry in enumerate(entries):
        if isinstance(entry, int):
            axis, size = next(sizes)
            if mode is None:
                within(entry, size, axis)
            elif not -size <= entry < size:
                found[place] = np.asarray(entry)
        elif entry is not None and not isinstance(entry, Truth):
            next(sizes)
    return found


def within(i: int, size: int, axis: int) -> int:
    """A number as an index from the front.

    Raises:
        IndexError: it is out of bounds.
    """
    if not -size <= i < size:
        raise IndexError(f"Index {i} is out of bounds for axis {axis} of size {size}.")
    return i % size if size else i
