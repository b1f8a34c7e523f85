"""Arrays as sets: distinct elements, unions, intersections and differences.

Where ``size`` is given, the result has that many elements whatever the arrays hold, so that these may be abstract.
"""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import default_int, is_complex, is_float
from ..shapes import canonical_axis
from .classes import isnan
from .indexing import take_index
from .joining import concatenate
from .manipulation import broadcast_to, moveaxis, ravel, reshape
from .promotion import array_of, convert, dtypes_only
from .reductions import any, sum
from .running import cumsum, diff
from .searching import argsort, known, nonzero, where
from .selection import lexsort
from .updates import IndexedUpdate


# -- distinct elements ----------------------------------------------------------------------------------
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    size: int | None = None,
    fill_value: Any = None,
    sorted: bool = True,
) -> Any:
    """The distinct elements in order, and on request where they are and how many.

    Args:
        ar: the array.
        return_index: whether to return the index of the first of each.
        return_inverse: whether to return which of them each element is.
        return_counts: whether to return how often each occurs.
        axis: whose slices are compared; the elements of the flat array by default.
        equal_nan: whether all NaN are one.
        size: how many are returned, to be given where the elements are abstract.
        fill_value: what stands where there are fewer; the least by default.
        sorted: accepted for NumPy's sake.

    Returns:
        The distinct elements, of ar's dtype, or a tuple of them and the integers asked for.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    ar = array_of("unique", ar)
    ar = _strong(ar) if is_complex(ar.dtype) else ar  # as JAX's sort of complex numbers has it
    wanted: Any = (return_index, return_inverse, return_counts)
    if size is not None:
        return _sized(ar, wanted, axis, equal_nan, operator.index(size), fill_value)
    numpy_s: Any = np.unique
    found = numpy_s(known(ar, "unique"), *wanted, axis, equal_nan=equal_nan)
    if not isinstance(found, tuple):
        return lift(found)
    return (lift(found[0]), *(lift(np.asarray(x).astype(default_int())) for x in found[1:]))


def _strong(x: Array) -> Array:
    return lift(convert(x, x.dtype))


def _in_order(rows: Array, equal_nan: bool) -> tuple[Array, Array, Array]:
    """Rows in order, whether each differs from the one before, and where it came from."""
    order = lexsort([rows[:, i] for i in reversed(range(rows.shape[1]))])
    ordered = take_index(rows, order)
    later, earlier = ordered[1:], ordered[:-1]
    differs = lax.ne(later, earlier)
    if equal_nan and is_float(rows.dtype):
        differs = lax.bitwise_and(differs, lax.bitwise_not(lax.bitwise_and(isnan(later), isnan(earlier))))
    first = lax.full((min(1, rows.shape[0]),), np.True_)
    return ordered, concatenate([first, any(differs, 1)]), order


def _sized(ar: Array, wanted: Any, axis: int | None, equal_nan: bool, size: int, fill_value: Any) -> Any:
    lanes = ravel(ar) if axis is None else moveaxis(ar, canonical_axis(axis, ar.ndim), 0)
    count = lanes.shape[0]
    if count == 0 and size and fill_value is None:
        raise ValueError("`fill_value` of unique must be given where an array without elements makes some.")
    # Rows without elements are all one.
    rows = reshape(lanes, (count, lanes.size // count)) if lanes.size else lax.full((count, 1), np.False_)
    ordered, first, order = _in_order(rows, equal_nan)
    (places,) = nonzero(first, size=size)
    slices = reshape(ordered, lanes.shape) if lanes.size else lanes
    if count:
        found = take_index(slices, places)
    else:
        found = lax.broadcast_in_dim(lift(convert(0, ar.dtype, ar.weak_type)), (size, *lanes.shape[1:]), ())
    if fill_value is not None:
        there = lax.lt(lax.iota(default_int(), size), sum(first, dtype=default_int()))
        there = broadcast_to(reshape(there, (size, *(1,) * (found.ndim - 1))), found.shape)
        weak = found.weak_type and not (count and size)
        found = where(there, found, lift(convert(fill_value, found.dtype, weak)))
    results = [found if axis is None else moveaxis(found, 0, axis)]
    if wanted[0]:
        results.append(
            take_index(order, places) if count else lax.full((size,), np.zeros((), default_int())[()])
        )
    if wanted[1]:
        which = lax.sub(
            cumsum(first, dtype=default_int()), lax.full((count,), np.ones((), default_int())[()])
        )
        inverse = IndexedUpdate(lax.full_like(which, 0))[order].set(which)
        results.append(reshape(inverse, ar.shape) if axis is None else inverse)
    if wanted[2]:
        (starts,) = nonzero(first, size=size + 1, fill_value=count)
        results.append(diff(starts))
    return results[0] if len(results) == 1 else tuple(results)


class UniqueAll(NamedTuple):
    """The distinct elements, the index of the first of each, which of them each element is, and how many there are."""

    values: Array
    indices: Array
    inverse_indices: Array
    counts: Array


class UniqueCounts(NamedTuple):
    """The distinct elements, and how many there are of each."""

    values: Array
    counts: Array


class UniqueInverse(NamedTuple):
    """The distinct elements, and which of them each element is."""

    values: Array
    inverse_indices: Array


def unique_all(x: Any, /, *, size: int | None = None, fill_value: Any = None) -> UniqueAll:
    """The distinct elements, where they are and how many; each NaN is one. Its errors are `unique`'s.

    Returns:
        Vectors: of x's dtype, and of integers; the inverse has x's shape.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    return UniqueAll(*unique(x, True, True, True, equal_nan=False, size=size, fill_value=fill_value))


def unique_counts(x: Any, /, *, size: int | None = None, fill_value: Any = None) -> UniqueCounts:
    """The distinct elements and how many; each NaN is one. Its errors are `unique`'s.

    Returns:
        Vectors: of x's dtype, and of integers.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    return UniqueCounts(*unique(x, return_counts=True, equal_nan=False, size=size, fill_value=fill_value))


def unique_inverse(x: Any, /, *, size: int | None = None, fill_value: Any = None) -> UniqueInverse:
    """The distinct elements and which each element is; each NaN is one. Its errors are `unique`'s.

    Returns:
        Vectors: of x's dtype, and of integers; the inverse has x's shape.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    return UniqueInverse(*unique(x, return_inverse=True, equal_nan=False, size=size, fill_value=fill_value))


def unique_values(x: Any, /, *, size: int | None = None, fill_value: Any = None) -> Array:
    """The distinct elements in order; each NaN is one. Its errors are `unique`'s.

    Returns:
        A vector of x's dtype.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    found: Array = unique(x, equal_nan=False, size=size, fill_value=fill_value)
    return found


# -- two sets ---------------------------------------------------------------------------------------------
def isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    method: str = "auto",
) -> Array:
    """Whether each element is among the others (is not, with ``invert``); NaN is never.

    Returns:
        Booleans of element's shape.

    Raises:
        TypeError: an argument is no array and no number.
        ValueError: ``method`` is none of JAX's, which all find the same.
    """
    if method not in ("auto", "compare_all", "binary_search", "sort"):
        raise ValueError(
            f"`method` of isin must be 'auto', 'compare_all', 'binary_search' or 'sort', got {method!r}."
        )
    x, others = dtypes_only("isin", element, test_elements)
    rows = lax.broadcast_in_dim(ravel(x), (x.size, others.size), (0,))
    found = any(lax.eq(rows, lax.broadcast_in_dim(ravel(others), rows.shape, (1,))), 1)
    return reshape(lax.bitwise_not(found) if invert else found, x.shape)


def union1d(ar1: Any, ar2: Any, *, size: int | None = None, fill_value: Any = None) -> Array:
    """The distinct elements of both, in order; with ``size`` and ``fill_value`` as `unique` has them.

    Returns:
        A vector of the common dtype.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    found: Array = unique(concatenate([ravel(ar1), ravel(ar2)]), size=size, fill_value=fill_value)
    return found


def _flat(name: str, *arrays: Any) -> tuple[Array, Array, bool]:
    """The flat arrays in one dtype, strong; and whether that dtype is weak, and there are elements."""
    x, y = (ravel(x) for x in dtypes_only(name, *arrays))
    return _strong(x), _strong(y), x.weak_type and y.weak_type and x.size + y.size > 0


def _distinct(x: Array) -> tuple[Array, Array, Array]:
    """The distinct elements in front of an array of x's size, the index of the first of each, and which count."""
    if not x.size:
        return x, lax.full((0,), np.zeros((), default_int())[()]), lax.full((0,), np.True_)
    found, index, counts = unique(x, True, False, True, size=x.size)
    return found, index, lax.gt(counts, lax.full_like(counts, 0))


def _chosen(x: Array, mask: Array, size: int) -> tuple[Array, Array, Array]:
    """The elements where the mask holds, in front of zeros; which these are; and the places of all in ``x``."""
    if x.size:
        (places,) = nonzero(mask, size=size, fill_value=x.size)
        held = take_index(x, places, mode="fill", fill_value=0)
    else:
        places, held = lax.full((size,), np.zeros((), default_int())[()]), lax.full_like(x, 0, shape=(size,))
    return held, lax.lt(places, lax.full_like(places, x.size)), places


def _filled(held: Array, there: Array, fill_value: Any, weak: bool) -> Array:
    """The elements that are there, the filler (the least of them for None) elsewhere, promoted with them.

    They are weak only beside a filler, as in JAX.
    """
    if fill_value is None:
        return where(there, held, held[:1]) if held.size else held
    found: Array = where(there, convert(held, held.dtype, weak), fill_value)
    return found


def intersect1d(
    ar1: Any,
    ar2: Any,
    assume_unique: bool = False,
    return_indices: bool = False,
    *,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct elements that both hold, in order.

    Args:
        ar1: an array.
        ar2: an array.
        assume_unique: accepted: elements that occur twice are no error.
        return_indices: whether to return also where each is first, in both.
        size: how many are returned, to be given where the elements are abstract.
        fill_value: what stands where there are fewer, promoted with the elements; by default the least of them, or 0.

    Returns:
        A vector of the common dtype; with ``return_indices`` also two of integers.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    x, y, weak = _flat("intersect1d", ar1, ar2)
    if size is None:
        numpy_s: Any = np.intersect1d
        found = numpy_s(known(x, "intersect1d"), known(y, "intersect1d"), return_indices=return_indices)
        if not return_indices:
            return lift(found)
        return (lift(found[0]), *(lift(np.asarray(i).astype(default_int())) for i in found[1:]))
    values, index, counts = _distinct(x)
    held, there, places = _chosen(values, lax.bitwise_and(counts, isin(values, y)), operator.index(size))
    chosen = _filled(held, there, fill_value, weak and assume_unique)
    if not return_indices:
        return chosen
    others, index2, _ = _distinct(y)
    same = lax.eq(
        lax.broadcast_in_dim(held, (held.size, others.size), (0,)),
        lax.broadcast_in_dim(others, (held.size, others.size), (1,)),
    )
    first = where(there, take_index(index, places, mode="clip"), x.size) if x.size else places
    second = take_index(index2, lax.argmax(same, 1, default_int()), mode="clip") if y.size else places
    return chosen, first, where(there, second, y.size)


def setdiff1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, *, size: int | None = None, fill_value: Any = None
) -> Array:
    """The distinct elements of ``ar1`` that ``ar2`` has not, in order; as they come with ``assume_unique``.

    Args:
        ar1: an array; the result has its dtype.
        ar2: an array.
        assume_unique: whether no element of either occurs twice.
        size: how many are returned, to be given where the elements are abstract.
        fill_value: what stands where there are fewer; 0 by default.

    Returns:
        A vector of ar1's dtype.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    x, y = ravel(array_of("setdiff1d", ar1)), ravel(array_of("setdiff1d", ar2))
    x = _strong(x) if is_complex(x.dtype) else x
    if size is None:
        return lift(np.setdiff1d(known(x, "setdiff1d"), known(y, "setdiff1d"), assume_unique))
    values, counts = (x, lax.full(x.shape, np.True_)) if assume_unique else _distinct(x)[::2]
    alone = lax.bitwise_and(counts, isin(values, y, invert=True))
    held, there, _ = _chosen(values, alone, operator.index(size))
    filler = lift(convert(0 if fill_value is None else fill_value, x.dtype, x.weak_type))
    return _filled(held, there, filler, x.weak_type)


def setxor1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, *, size: int | None = None, fill_value: Any = None
) -> Array:
    """The distinct elements that one of the two has and the other has not, in order. Arguments are `intersect1d`'s.

    Returns:
        A vector of the common dtype.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    x, y, weak = _flat("setxor1d", ar1, ar2)
    if size is None:
        return lift(np.setxor1d(known(x, "setxor1d"), known(y, "setxor1d")))
    (ours, _, there), (theirs, _, others) = _distinct(x), _distinct(y)
    values = concatenate([ours, theirs])
    alone = concatenate(
        [
            lax.bitwise_and(there, isin(ours, y, invert=True)),
            lax.bitwise_and(others, isin(theirs, x, invert=True)),
        ]
    )
    order = argsort(values) if values.size else lax.iota(default_int(), 0)
    held, there, _ = _chosen(take_index(values, order), take_index(alone, order), operator.index(size))
    return _filled(held, there, fill_value, weak and assume_unique)
