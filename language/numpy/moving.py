"""Moving elements along an axis, repeating them, and putting others around them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import Tracer, lift
from ..errors import ConcretizationTypeError
from ..shapes import canonical_axes, canonical_axis
from .creation import asarray
from .joining import between
from .manipulation import broadcast_to, ravel, reshape, swapaxes
from .promotion import array_of, convert


def flip(m: Any, axis: Any = None) -> Array:
    """``m`` with the order along some axes (all by default) reversed.

    Returns:
        An array of m's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    m = array_of("flip", m)
    return lax.rev(m, canonical_axes(axis, m.ndim))


def fliplr(m: Any) -> Array:
    """``m`` with the order of its columns reversed.

    Returns:
        An array of m's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    return flip(m, 1)


def flipud(m: Any) -> Array:
    """``m`` with the order of its rows reversed.

    Returns:
        An array of m's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    return flip(m, 0)


def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """``m`` turned by k quarters in the plane of two axes, from the first towards the second.

    Returns:
        An array of m's dtype, the two sizes exchanged for odd k.

    Raises:
        ValueError: an axis is out of range.
    """
    given = array_of("rot90", m)
    first, second = canonical_axes(axes, given.ndim, "axes")
    turns = k % 4
    if turns == 0:
        return given
    if turns == 2:
        return flip(flip(given, first), second)
    return (
        swapaxes(flip(given, second), first, second)
        if turns == 1
        else flip(swapaxes(given, first, second), second)
    )


def roll(a: Any, shift: Any, axis: Any = None) -> Array:
    """``a`` with its elements moved round along some axes.

    Returns:
        An array of a's shape and dtype.

    Raises:
        ValueError: shifts and axes are not equally many.
    """
    found = array_of("roll", a)
    if axis is None:
        return reshape(roll(ravel(found), shift, 0), found.shape)
    axes = (
        canonical_axes(axis, found.ndim)
        if isinstance(axis, (int, np.integer))
        else tuple(canonical_axis(i, found.ndim) for i in axis)
    )
    shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    if len(axes) == 1 and len(shifts) > 1:
        axes *= len(shifts)
    if len(shifts) != len(axes):
        raise ValueError(f"`shift` and `axis` must be equally many, got {shift!r} and {axis!r}.")
    for distance, i in zip(shifts, axes, strict=True):
        found = _rolled(found, distance, i)
    return found


def _rolled(a: Array, distance: Any, axis: int) -> Array:
    size = a.shape[axis]
    if size == 0:
        return a
    if isinstance(distance, Array):
        from .arithmetic import remainder
        from .searching import take

        places = remainder(
            lax.sub(lax.iota(np.dtype(np.int32), size), lax.full((size,), distance, np.int32)), size
        )
        return take(a, places, axis)
    cut = operator.index(distance) % size
    if cut == 0:
        return a
    return lax.concatenate([between(a, size - cut, size, axis), between(a, 0, size - cut, axis)], axis)


def tile(A: Any, reps: Any) -> Array:
    """``A`` repeated as a block, so many times along each axis.

    Returns:
        An array of A's dtype, its sizes multiplied.

    Raises:
        TypeError: ``reps`` holds something else than integers.
    """
    A = array_of("tile", A)
    given = (
        tuple(operator.index(r) for r in reps) if isinstance(reps, (tuple, list)) else (operator.index(reps),)
    )
    rank = max(A.ndim, len(given))
    counts = (1,) * (rank - len(given)) + given
    sizes = (1,) * (rank - A.ndim) + A.shape
    if all(c == 1 for c in counts):
        return reshape(A, sizes)
    blocks = tuple(n for pair in zip(counts, sizes, strict=True) for n in pair)
    spread = lax.broadcast_in_dim(lax.reshape(A, sizes), blocks, tuple(range(1, 2 * rank, 2)))
    return lax.reshape(spread, tuple(c * n for c, n in zip(counts, sizes, strict=True)))


def repeat(a: Any, repeats: Any, axis: int | None = None, *, total_repeat_length: int | None = None) -> Array:
    """Each element of ``a`` so many times in a row.

    Args:
        a: what is repeated.
        repeats: an integer, or integers, one for each element along the axis.
        axis: the axis; None for all elements in one axis.
        total_repeat_length: the size of the axis of the result, needed where ``repeats`` is traced: what is too much is
            cut off, and the last element fills what is missing.

    Returns:
        An array of a's dtype.

    Raises:
        ValueError: ``repeats`` does not fit the axis, or there is nothing to fill the result with.
        ConcretizationTypeError: ``repeats`` is traced, and ``total_repeat_length`` is not given.
    """
    a = array_of("repeat", a)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    if total_repeat_length and not a.shape[axis]:
        raise ValueError(
            f"`total_repeat_length` of repeat must be 0 where there is nothing to repeat, got {total_repeat_length}."
        )
    if isinstance(repeats, Tracer):
        return _repeated_by_traced(a, repeats, axis, total_repeat_length)
    counts = np.asarray(repeats)
    if counts.dtype.kind not in "biu" and counts.size:
        raise TypeError(f"`repeats` must hold integers, got {counts.dtype}.")
    if counts.size == 1 and total_repeat_length is None:
        return _each_repeated(a, int(counts.reshape(())), axis)
    from .searching import take

    counts = np.broadcast_to(counts, (a.shape[axis],)) if counts.ndim == 0 or counts.size == 1 else counts
    if counts.shape != (a.shape[axis],):
        raise ValueError(
            f"`repeats` must have {a.shape[axis]} entries, one for each element, got {counts.shape}."
        )
    places = np.repeat(np.arange(a.shape[axis]), counts)
    if total_repeat_length is not None:
        missing = max(0, total_repeat_length - places.size)
        places = np.pad(places, (0, missing), mode="edge")[:total_repeat_length]
    return take(a, places.astype(np.int32), axis)


def _repeated_by_traced(a: Array, repeats: Array, axis: int, total: int | None) -> Array:
    """At place j the element whose run ends first after j."""
    from .running import cumsum
    from .searching import searchsorted, take

    if total is None:
        raise ConcretizationTypeError(
            f"`total_repeat_length` of repeat must be given where `repeats` is traced ({repeats.aval}): the result's "
            f"shape depends on it."
        )
    size = a.shape[axis]
    counts = (
        lax.broadcast_in_dim(repeats, (size,), tuple(range(repeats.ndim))) if repeats.size == 1 else repeats
    )
    if counts.shape != (size,):
        raise ValueError(f"`repeats` must have {size} entries, one for each element, got {counts.shape}.")
    places = searchsorted(cumsum(counts), lax.iota(np.int32, total), side="right")
    return take(a, lax.min(places, lax.full_like(places, size - 1)), axis)


def _each_repeated(a: Array, count: int, axis: int) -> Array:
    wide = (*a.shape[: axis + 1], count, *a.shape[axis + 1 :])
    axes = tuple(i for i in range(a.ndim + 1) if i != axis + 1)
    merged = (*a.shape[:axis], a.shape[axis] * count, *a.shape[axis + 1 :])
    return lax.reshape(lax.broadcast_in_dim(a, wide, axes), merged)


def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Array:
    """``array`` with elements put before and after it along its axes.

    Args:
        array: what is padded.
        pad_width: a number, one (before, after), or one pair for each axis.
        mode: 'constant', 'edge', 'reflect', 'symmetric' or 'wrap', as in NumPy.
        constant_values: what 'constant' puts there: a number, one (before, after), or one pair for each axis.

    Returns:
        An array of array's dtype, its sizes larger by the widths.

    Raises:
        ValueError: the mode is unknown, or a width is negative.
    """
    found = array_of("pad", array)
    if np.asarray(pad_width).dtype.kind not in "biu" and np.size(pad_width):
        raise TypeError(f"`pad_width` must hold integers, got {pad_width!r}.")
    widths = np.broadcast_to(np.asarray(pad_width), (found.ndim, 2)).tolist() if found.ndim else []
    if any(n < 0 for pair in widths for n in pair):
        raise ValueError(f"`pad_width` must not be negative, got {pad_width!r}.")
    if mode == "constant":
        if np.ndim(constant_values) == 0:
            value = convert(constant_values, found.dtype, found.weak_type)
            return lax.pad(found, value, tuple((low, high, 0) for low, high in widths))
        return _padded_with(found, widths, constant_values)
    if mode not in _PLACES:
        raise ValueError(
            f"`mode` must be 'constant' or one of {', '.join(map(repr, _PLACES))}, got {mode!r}."
        )
    from .searching import take

    for axis, (low, high) in enumerate(widths):
        if low or high:
            places = np.pad(np.arange(found.shape[axis]), (low, high), mode=_PLACES[mode])  # type: ignore[call-overload]
            found = take(found, places.astype(np.int32), axis)
    return found


def _padded_with(x: Array, widths: Sequence[Sequence[int]], values: Any) -> Array:
    """Padded axis by axis, each with its own values before and after."""
    fillers = broadcast_to(lift(convert(asarray(values), x.dtype, x.weak_type)), (x.ndim, 2))
    for axis, width in enumerate(widths):
        for side, count in enumerate(width):
            edges = [(0, 0, 0)] * x.ndim
            edges[axis] = (count, 0, 0) if side == 0 else (0, count, 0)
            x = lax.pad(x, lax.reshape(lax.slice(fillers, (axis, side), (axis + 1, side + 1)), ()), edges)
    return x


_PLACES = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric", "wrap": "wrap"}
