"""Placement of elements: arrays with some of their elements replaced, put in, or taken out.

What NumPy does in place returns a new array here: ``inplace=False`` must be said, as in JAX.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import default_int, is_integer
from ..errors import ConcretizationTypeError
from ..shapes import canonical_axes, canonical_axis, canonical_shape
from .arithmetic import remainder
from .creation import asarray, full_like, zeros_like
from .indexing import take_index
from .joining import concatenate
from .limits import clip
from .manipulation import broadcast_to, moveaxis, ravel, reshape
from .moving import tile
from .places import diag_indices
from .promotion import array_of, convert
from .reductions import truth_of
from .searching import argsort, index_along, known, nonzero, where
from .updates import IndexedUpdate


def _not_inplace(name: str, inplace: bool) -> None:
    if inplace:
        raise ValueError(f"`inplace` of {name} must be False, got True: arrays are never written to.")


def _filled_up(values: Array, size: int) -> Array:
    """The flat values, repeated or cut to ``size``."""
    flat = ravel(values)
    found: Array = flat if flat.size == size else tile(flat, -(-size // flat.size))[:size]
    return found


def place(arr: Any, mask: Any, vals: Any, *, inplace: bool = True) -> Array:
    """``arr`` with the elements where the mask holds replaced by values, one after another, and again from the first.

    Returns:
        An array of arr's shape and dtype.

    Raises:
        ValueError: ``inplace`` is not False, the sizes of array and mask differ, or there are no values.
    """
    _not_inplace("place", inplace)
    given, held, values = (array_of("place", x) for x in (arr, mask, vals))
    if given.size != held.size or not values.size:
        raise ValueError(
            f"`mask` of place must have the size of `arr`, {given.size}, and `vals` elements, "
            f"got sizes {held.size} and {values.size}."
        )
    if not given.size:
        return given
    (places,) = nonzero(ravel(held), size=given.size, fill_value=given.size)
    return reshape(
        IndexedUpdate(ravel(given))[places].set(_filled_up(values, given.size), mode="drop"), given.shape
    )


def put(a: Any, ind: Any, v: Any, mode: str | None = None, *, inplace: bool = True) -> Array:
    """``a`` with elements of the flat array replaced.

    Args:
        a: the array.
        ind: indices of the flat array.
        v: the values, one after another, and again from the first.
        mode: what an index out of bounds means: None drops it, 'clip' takes the nearest, 'wrap' counts round.
        inplace: must be False.

    Returns:
        An array of a's shape and dtype.

    Raises:
        ValueError: ``inplace`` is not False, or the mode is unknown.
    """
    _not_inplace("put", inplace)
    given, places, values = array_of("put", a), ravel(array_of("put", ind)), array_of("put", v)
    if mode not in (None, "clip", "wrap"):
        raise ValueError(f"`mode` of put must be None, 'clip' or 'wrap', got {mode!r}.")
    if not (given.size and places.size and values.size):
        return given
    if mode == "clip":
        places = clip(places, 0, given.size - 1)
    if mode == "wrap":
        places = remainder(places, given.size)
    found = IndexedUpdate(ravel(given))[places].set(_filled_up(values, places.size), mode="drop")
    return reshape(found, given.shape)


def put_along_axis(
    arr: Any, indices: Any, values: Any, axis: int | None, inplace: bool = True, *, mode: Any = None
) -> Array:
    """``arr`` with the elements replaced that `take_along_axis` with these indices takes.

    Returns:
        An array of arr's shape and dtype.

    Raises:
        ValueError: ``inplace`` is not False, or the ranks or the shapes of indices and values do not fit.
    """
    _not_inplace("put_along_axis", inplace)
    given, places = array_of("put_along_axis", arr), array_of("put_along_axis", indices)
    flat, along = (ravel(given), 0) if axis is None else (given, canonical_axis(axis, given.ndim))
    if places.ndim != flat.ndim:
        raise ValueError(f"`indices` must have {flat.ndim} axes like `arr`, got shape {places.shape}.")
    filler = broadcast_to(array_of("put_along_axis", values), places.shape)
    found = IndexedUpdate(flat)[index_along(flat.shape, places, along)].set(filler, mode=mode)
    return reshape(found, given.shape)


def fill_diagonal(a: Any, val: Any, wrap: bool = False, *, inplace: bool = True) -> Array:
    """``a`` with its diagonal replaced by a number, or by values one after another, and again from the first.

    Returns:
        An array of a's shape and dtype.

    Raises:
        ValueError: ``inplace`` is not False, ``wrap`` is True, or the array has fewer than 2 axes, or more of
            different sizes.
    """
    _not_inplace("fill_diagonal", inplace)
    a, values = array_of("fill_diagonal", a), array_of("fill_diagonal", val)
    if wrap or a.ndim < 2 or (a.ndim > 2 and len(set(a.shape)) > 1):
        raise ValueError(
            f"`a` of fill_diagonal must be a matrix, or have axes of one size, and `wrap` be False, "
            f"got shape {a.shape} and wrap={wrap}."
        )
    size = min(a.shape)
    return IndexedUpdate(a)[diag_indices(size, a.ndim)].set(
        values if values.ndim == 0 else _filled_up(values, size)
    )


# -- more and fewer elements ---------------------------------------------------------------------------------
def delete(arr: Any, obj: Any, axis: int | None = None, *, assume_unique_indices: bool = False) -> Array:
    """``arr`` without some of its elements along an axis (of the flat array for None).

    Args:
        arr: the array.
        obj: an index, a slice, indices or a mask; known now, unless ``assume_unique_indices``.
        axis: along which.
        assume_unique_indices: whether the indices name no element twice; then they may be abstract.

    Returns:
        An array of a's dtype.

    Raises:
        IndexError: an index is out of bounds.
        ValueError: a mask does not fit, or ``obj`` is neither indices nor a mask.
        ConcretizationTypeError: ``obj`` is abstract.
    """
    given = array_of("delete", arr)
    given, along = (ravel(given), 0) if axis is None else (given, canonical_axis(axis, given.ndim))
    size = given.shape[along]
    if assume_unique_indices and isinstance(obj, Array) and is_integer(obj.dtype):
        return _without(given, ravel(obj), along)
    if isinstance(obj, Array):
        try:
            obj = obj.machine_value()
        except TypeError as err:
            raise ConcretizationTypeError(
                f"`obj` of delete must be known now, got an abstract value ({obj.aval}): the result's shape depends "
                f"on how many differ. Pass assume_unique_indices=True where none is named twice."
            ) from err
    kept = np.delete(np.arange(size, dtype=np.int32), obj)
    return take_index(given, (slice(None),) * along + (kept,))


def _without(a: Array, gone: Array, axis: int) -> Array:
    size, count = a.shape[axis], gone.size
    mask = IndexedUpdate(lax.full((size,), np.True_))[gone].set(np.False_)
    (kept,) = nonzero(mask, size=size - count)
    return take_index(a, (slice(None),) * axis + (kept,))


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Array:
    """``arr`` with values put in before the given indices along an axis (of the flat array for None).

    Args:
        arr: the array.
        obj: an index, a slice, or a vector of indices, which count in ``arr`` as it is given.
        values: what is put in: broadcasts to the slices at the indices.
        axis: along which.

    Returns:
        An array of arr's dtype.

    Raises:
        ValueError: the indices have more than one axis, or are no integers.
    """
    given, filler = array_of("insert", arr), array_of("insert", values)
    given, along = (ravel(given), 0) if axis is None else (given, canonical_axis(axis, given.ndim))
    size = given.shape[along]
    places = asarray(np.arange(*obj.indices(size)) if isinstance(obj, slice) else obj)
    places = lift(convert(places, default_int())) if places.size == 0 else places
    if places.ndim > 1 or not is_integer(places.dtype):
        raise ValueError(f"`obj` of insert must be an index, a slice or a vector of indices, got {obj!r}.")
    filler = reshape(lift(convert(filler, given.dtype)), (1,) * (given.ndim - filler.ndim) + filler.shape)
    if places.size == 1:
        filler = moveaxis(filler, 0, along) if places.ndim == 0 else filler
        places = lax.broadcast_in_dim(reshape(places, ()), (filler.shape[along],), ())
    count = np.broadcast_shapes(places.shape, (filler.shape[along],))[0]
    places = broadcast_to(places, (count,))
    places = clip(where(places < 0, places + size, places), 0, size)
    # Each value goes where its index says, moved on by the values that come before it.
    order = argsort(places)
    put_at = IndexedUpdate(places)[order].add(lax.iota(places.dtype, count))
    old = IndexedUpdate(lax.full((size + count,), np.True_))[put_at].set(np.False_)
    (kept_at,) = nonzero(old, size=size)
    shape = (*given.shape[:along], size + count, *given.shape[along + 1 :])
    start = zeros_like(given, shape=shape)
    front = (slice(None),) * along
    found = IndexedUpdate(start)[(*front, put_at)].set(filler)
    return IndexedUpdate(found)[(*front, kept_at)].set(given)


def resize(a: Any, new_shape: Any) -> Array:
    """The elements of ``a``, one after another and again from the first, in another shape; zeros if there are none.

    Returns:
        An array of ``new_shape`` and a's dtype.

    Raises:
        ValueError: a size is negative.
    """
    shape = canonical_shape(new_shape)
    a = array_of("resize", a)
    if not a.size or not math.prod(shape):
        return full_like(a, 0, shape=shape)
    return reshape(_filled_up(a, math.prod(shape)), shape)


def trim_zeros(filt: Any, trim: str = "fb", axis: int | Sequence[int] | None = None) -> Array:
    """``filt`` without the zeros at the front ('f'), the back ('b'), or both, along some axes; known elements only.

    Returns:
        An array of filt's dtype.

    Raises:
        ConcretizationTypeError: the elements are abstract.
    """
    filt, ends = array_of("trim_zeros", filt), set(trim.lower())
    there = known(truth_of(filt), "trim_zeros")
    index: list[Any] = [slice(None)] * filt.ndim
    for i in canonical_axes(axis, filt.ndim) if ends & set("fb") else ():
        (held,) = np.nonzero(there.any(tuple(j for j in range(filt.ndim) if j != i)))
        if held.size:
            low, high = int(held[0]), int(held[-1]) + 1
            index[i] = slice(low if "f" in ends else None, high if "b" in ends else None)
        else:
            index[i] = slice(0, 0)
    return take_index(filt, tuple(index))


def diagflat(v: Any, k: int = 0) -> Array:
    """A square matrix with the flat elements on its ``k``-th diagonal, zeros elsewhere.

    Returns:
        A square matrix of v's dtype.

    Raises:
        TypeError: ``k`` is no integer.
    """
    from .creation import diag

    v = ravel(array_of("diagflat", v))
    return diag(lift(convert(v, v.dtype)), operator.index(k))


def rollaxis(a: Any, axis: int, start: int = 0) -> Array:
    """``a`` with one axis moved before another.

    Returns:
        An array of a's dtype, its sizes permuted.

    Raises:
        ValueError: ``start`` lies outside of [-rank, rank].
    """
    a = array_of("rollaxis", a)
    axis, start = canonical_axis(axis, a.ndim), operator.index(start)
    if not -a.ndim <= start <= a.ndim:
        raise ValueError(f"`start` of rollaxis must lie in [{-a.ndim}, {a.ndim}], got {start}.")
    start += a.ndim if start < 0 else 0
    return moveaxis(a, axis, start - 1 if start > axis else start)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Array:
    """The differences of neighbours of the flat array, with ``to_begin`` before and ``to_end`` after them.

    Returns:
        A vector of ary's dtype, into which the ends are converted.

    Raises:
        TypeError: an argument is no array and no number.
    """
    flat = ravel(array_of("ediff1d", ary))
    parts = [lax.sub(flat[1:], flat[:-1])]
    if to_begin is not None:
        parts.insert(0, ravel(lift(convert(asarray(to_begin), flat.dtype))))
    if to_end is not None:
        parts.append(ravel(lift(convert(asarray(to_end), flat.dtype))))
    return concatenate(parts) if len(parts) > 1 else parts[0]
