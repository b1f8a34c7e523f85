"""Searching and sorting: where elements are, and in which order."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import bool_, default_int, int32, int64
from ..shapes import Shape, canonical_axis
from .classes import isnan
from .indexing import take_index
from .joining import stack
from .logic import logical_and, logical_or
from .manipulation import broadcast_to, expand_dims, ravel, reshape
from .promotion import array_of, convert, dtypes_only, expand_to, promote, same_shape, to_numeric
from .reductions import all, sum


# -- choosing --------------------------------------------------------------------------------------------
def where(
    condition: Any, x: Any = None, y: Any = None, /, *, size: int | None = None, fill_value: Any = None
) -> Any:
    """Elements of ``x`` where the condition holds, else of ``y``; with the condition alone, `nonzero`.

    Returns:
        An array of the broadcast shape and the common dtype of ``x`` and ``y``.

    Raises:
        ValueError: only one of ``x`` and ``y`` is given, or both and ``size`` or ``fill_value``.
    """
    if x is None and y is None:
        return nonzero(condition, size=size, fill_value=fill_value)
    if size is not None or fill_value is not None:
        raise ValueError("`size` and `fill_value` of where are for the condition alone, without `x` and `y`.")
    if x is None or y is None:
        raise ValueError("`x` and `y` of where must be given together, got one of them.")
    chosen = _truth(array_of("where", condition))
    on_true, on_false = same_shape(*promote("where", x, y))
    if chosen.shape not in ((), on_true.shape):
        from ..shapes import broadcast_shapes

        shape = broadcast_shapes(chosen.shape, on_true.shape)
        chosen, on_true, on_false = (
            a if a.shape == shape else expand_to(a, a.shape, shape) for a in (chosen, on_true, on_false)
        )
    return lax.select(chosen, on_true, on_false)


def _truth(a: Array) -> Array:
    return a if a.dtype == bool_ else lax.ne(a, np.zeros((), a.dtype)[()])


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Array:
    """Elements of the first choice whose condition holds, else of ``default``.

    Returns:
        An array of the broadcast shape and the common dtype of the choices.

    Raises:
        ValueError: there are no conditions, or not as many choices.
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            f"`condlist` and `choicelist` must be equally long and not empty, "
            f"got {len(condlist)} and {len(choicelist)}."
        )
    choices = dtypes_only("select", *choicelist, default)
    found: Array = choices[-1]
    for condition, choice in zip(reversed(list(condlist)), reversed(choices[:-1]), strict=True):
        found = where(condition, choice, found)
    return found


# -- extremes ---------------------------------------------------------------------------------------------
def _position(name: str, a: Any, axis: Any, keepdims: bool | None) -> Array:
    a = array_of(name, a)
    rank = a.ndim
    flat = axis is None
    if flat:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    if a.shape[axis] == 0:
        raise ValueError(f"`a` of {name} must have elements along axis {axis}, got shape {a.shape}.")
    found = (lax.argmax if name == "argmax" else lax.argmin)(a, axis, default_int())
    if not keepdims:
        return found
    return reshape(found, (1,) * rank) if flat else expand_dims(found, axis)


def argmax(a: Any, axis: int | None = None, out: None = None, keepdims: bool | None = None) -> Array:
    """The index of the first largest element; of the first NaN if there is one.

    Returns:
        Integers without the axis (of size 1 with ``keepdims``).

    Raises:
        ValueError: there is nothing along the axis.
    """
    return _position("argmax", a, axis, keepdims)


def argmin(a: Any, axis: int | None = None, out: None = None, keepdims: bool | None = None) -> Array:
    """The index of the first smallest element; of the first NaN if there is one.

    Returns:
        Integers without the axis (of size 1 with ``keepdims``).

    Raises:
        ValueError: there is nothing along the axis.
    """
    return _position("argmin", a, axis, keepdims)


# -- sorting ------------------------------------------------------------------------------------------------
def sort(a: Any, axis: int | None = -1, *, stable: bool = True, descending: bool = False) -> Array:
    """The elements in order along an axis (flat for None); NaN last, or first when descending.

    Returns:
        An array of a's shape (flat for None) and dtype.

    Raises:
        ValueError: the axis is out of range.
    """
    a = array_of("sort", a)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    found: Array = lax.sort(a, axis)
    return lax.rev(found, (axis,)) if descending else found


def argsort(a: Any, axis: int | None = -1, *, stable: bool = True, descending: bool = False) -> Array:
    """The indices that put the elements in order; equal elements keep theirs.

    Returns:
        Integers of a's shape (flat for None).

    Raises:
        ValueError: the axis is out of range.
    """
    a = array_of("argsort", a)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    # Reversed before and after: equal elements keep their order in a descending sort too.
    given = lax.rev(a, (axis,)) if descending else a
    places = lax.broadcasted_iota(default_int(), a.shape, axis)
    _, found = lax.sort_key_val(given, places, axis)
    if not descending:
        return found
    last = np.asarray(a.shape[axis] - 1, found.dtype)[()]
    return lax.sub(last, lax.rev(found, (axis,)))


# JAX's ways to search, which find the same places.
SEARCHES = ("scan", "scan_unrolled", "sort", "compare_all")


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None, *, method: str = "scan") -> Array:
    """Where each element of ``v`` would go into the sorted vector ``a``, by bisection.

    Returns:
        Integers of v's shape.

    Raises:
        ValueError: ``a`` is no vector, or ``side`` is neither 'left' nor 'right'.
    """
    if side not in ("left", "right"):
        raise ValueError(f"`side` must be 'left' or 'right', got {side!r}.")
    if method not in SEARCHES:
        raise ValueError(f"`method` must be one of {', '.join(map(repr, SEARCHES))}, got {method!r}.")
    a, v = dtypes_only("searchsorted", a, v)
    if a.ndim != 1:
        raise ValueError(f"`a` of searchsorted must be a vector, got shape {a.shape}.")
    if sorter is not None:
        a = take(a, sorter)
    index = int64 if a.shape[0] > np.iinfo(np.int32).max else int32
    low = lax.full(v.shape, np.zeros((), index)[()])
    if a.shape[0] == 0:
        return low
    high = lax.full(v.shape, np.asarray(a.shape[0], index)[()])
    for _ in range(a.shape[0].bit_length()):
        middle = lax.div(lax.add(low, high), np.asarray(2, index)[()])
        here = take(a, middle, 0, mode="clip")
        before = _before(here, v) if side == "left" else lax.bitwise_not(_before(v, here))
        # A search that has ended stays where it is.
        before = lax.bitwise_and(before, lax.lt(low, high))
        low = lax.select(before, lax.add(middle, np.asarray(1, index)[()]), low)
        high = lax.select(before, high, lax.min(middle, high))
    return low


def _before(x: Array, y: Array) -> Array:
    """The order of `sort`: NaN comes after every number."""
    if x.dtype == bool_:
        return lax.bitwise_and(lax.bitwise_not(x), y)
    less = lax.lt(x, y)
    if x.dtype.kind in "iu":
        return less
    return lax.bitwise_or(less, lax.bitwise_and(lax.eq(x, x), lax.ne(y, y)))


# -- places of elements ---------------------------------------------------------------------------------------
def nonzero(a: Any, *, size: int | None = None, fill_value: Any = None) -> tuple[Array, ...]:
    """The indices of the nonzero elements, one vector for each axis.

    Under a transform the result's size must be known: pass ``size``, and what to fill up with.

    Returns:
        A tuple of vectors of integers, one for each axis.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    a = array_of("nonzero", a)
    if a.ndim == 0:
        raise ValueError("`a` of nonzero must have at least 1 axis, got a scalar. Use atleast_1d.")
    if size is None:
        found = np.nonzero(known(a, "nonzero"))
        return tuple(lift(i.astype(default_int())) for i in found)
    return tuple(_sized_places(_truth(a), operator.index(size), fill_value))


def known(a: Array, name: str) -> np.ndarray[Any, Any]:
    """The elements of an array that the result's shape depends on.

    Raises:
        ConcretizationTypeError: they are abstract.
    """
    from ..errors import ConcretizationTypeError

    try:
        return np.asarray(a.machine_value())
    except TypeError as err:
        raise ConcretizationTypeError(
            f"`{name}` needs the elements of its argument, which are abstract ({a.aval}): the result's shape "
            f"depends on them. Pass `size`, or use the three-argument where."
        ) from err


def _sized_places(truth: Array, size: int, fill_value: Any) -> list[Array]:
    index = default_int()
    flat = ravel(truth)
    # A stable sort brings the nonzero ones to the front, in order.
    places = argsort(lax.bitwise_not(flat))
    missing = size - places.shape[0]
    if missing > 0:
        places = lax.pad(places, np.zeros((), index)[()], ((0, missing, 0),))
    places = lax.slice(places, (0,), (size,))
    present = lax.lt(lax.iota(index, size), sum(flat, dtype=index))
    fillers = fill_value if isinstance(fill_value, tuple) else (fill_value,) * truth.ndim
    found = []
    stride = 1
    for axis in reversed(range(truth.ndim)):
        length = max(truth.shape[axis], 1)
        along = lax.rem(lax.div(places, np.asarray(stride, index)[()]), np.asarray(length, index)[()])
        filler = convert(0 if fillers[axis] is None else fillers[axis], index)
        found.append(lax.select(present, along, broadcast_to(filler, (size,))))
        stride *= length
    return found[::-1]


def flatnonzero(a: Any, *, size: int | None = None, fill_value: Any = None) -> Array:
    """The indices of the nonzero elements of the flat array.

    Returns:
        A vector of integers.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    return nonzero(ravel(a), size=size, fill_value=fill_value)[0]


def argwhere(a: Any, *, size: int | None = None, fill_value: Any = None) -> Array:
    """The index vectors of the nonzero elements, as rows.

    Returns:
        A matrix of integers, a row for each element.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the elements are abstract.
    """
    if np.ndim(a) == 0:  # an element without coordinates, or none
        count = size if size is not None else int(known(array_of("argwhere", a), "argwhere") != 0)
        return lax.full((operator.index(count), 0), np.zeros((), default_int())[()])
    return stack(nonzero(a, size=size, fill_value=fill_value), 1)


# -- taking along an axis -----------------------------------------------------------------------------------------
def take(
    a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str | None = None, **_: Any
) -> Array:
    """Elements at given indices along an axis (of the flat array for None).

    Args:
        a: the array.
        indices: integers of any shape; it takes the place of the axis.
        axis: which axis.
        out: must be None.
        mode: what an index out of bounds means: 'fill' (the default) gives NaN or the least integer,
            'clip' the nearest element, 'wrap' counts round.

    Returns:
        An array of a's dtype, the indices' shape in the place of the axis.

    Raises:
        ValueError: the axis is out of range, or the mode is 'raise'.
    """
    a, indices = array_of("take", a), array_of("take", indices)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    if mode == "wrap":
        from .arithmetic import remainder

        indices, mode = remainder(indices, a.shape[axis]), "clip"
    if mode not in (None, "fill", "clip"):
        raise ValueError(
            f"`mode` of take must be 'fill', 'clip' or 'wrap', got {mode!r}: a program cannot raise."
        )
    return take_index(a, (slice(None),) * axis + (indices,), mode="fill" if mode is None else mode)


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1, mode: str | None = None) -> Array:
    """Elements whose index along one axis is given at each place, as `argsort` and `argmax` give them.

    Returns:
        An array of the indices' shape and arr's dtype.

    Raises:
        ValueError: the ranks differ.
        TypeError: the indices are no integers.
    """
    arr, indices = array_of("take_along_axis", arr), array_of("take_along_axis", indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(f"`indices` of take_along_axis must be integers, got {indices.dtype}.")
    if axis is None:
        arr, axis = ravel(arr), 0
    if indices.ndim != arr.ndim:
        raise ValueError(f"`indices` must have {arr.ndim} axes like `arr`, got shape {indices.shape}.")
    axis = canonical_axis(axis, arr.ndim)
    return take_index(arr, index_along(arr.shape, indices, axis), mode="fill" if mode is None else mode)


def index_along(shape: Shape, indices: Array, axis: int) -> tuple[Any, ...]:
    """An index array for each axis of an array of that shape: the given ones along one axis, the place elsewhere."""
    sizes = tuple(
        indices.shape[i] if i == axis else np.broadcast_shapes(shape[i : i + 1], indices.shape[i : i + 1])[0]
        for i in range(len(shape))
    )
    index: list[Any] = []
    for i, size in enumerate(shape):
        lane = [1] * len(shape)
        lane[i] = sizes[i]
        along = np.zeros(sizes[i], np.int32) if size == 1 else np.arange(sizes[i], dtype=np.int32)
        index.append(indices if i == axis else along.reshape(lane))
    return tuple(index)


# -- comparisons of whole arrays -------------------------------------------------------------------------------------
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Array:
    """Whether two arrays have one shape and equal elements.

    Returns:
        A boolean without axes.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .creation import asarray

    a1, a2 = asarray(a1), asarray(a2)
    if a1.shape != a2.shape:
        return lift(np.asarray(False))
    same = lax.eq(*promote("array_equal", a1, a2))
    return all(logical_or(same, logical_and(isnan(a1), isnan(a2))) if equal_nan else same)


def array_equiv(a1: Any, a2: Any) -> Array:
    """Whether two arrays are equal once broadcast: a boolean, False where their shapes do not meet.

    Returns:
        A boolean without axes.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .creation import asarray

    a1, a2 = asarray(a1), asarray(a2)
    try:
        same = lax.eq(*same_shape(*promote("array_equiv", a1, a2)))
    except ValueError:
        return lift(np.asarray(False))
    return all(same)


def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Array:
    """Whether `isclose` holds everywhere.

    Returns:
        A boolean without axes.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .limits import isclose

    return all(isclose(a, b, rtol, atol, equal_nan))


def bincount(x: Any, weights: Any = None, minlength: int = 0, *, length: int | None = None) -> Array:
    """How often each number from 0 on occurs among non-negative integers, or the sum of its weights.

    Returns:
        A vector of integers, or of the weights' dtype.

    Raises:
        ValueError: ``x`` is no vector, or ``length`` is not given and the elements are abstract.
    """
    x = array_of("bincount", x)
    if x.ndim != 1:
        raise ValueError(f"`x` of bincount must be a vector, got shape {x.shape}. Ravel it.")
    x = lift(convert(x, to_numeric(x.dtype)))
    if length is None:
        value = known(x, "bincount")
        length = max(operator.index(minlength), int(value.max()) + 1 if value.size else 0)
    from .updates import IndexedUpdate

    amounts = array_of("bincount", 1 if weights is None else weights)
    dtype = default_int() if weights is None else amounts.dtype
    start = lax.full((length,), np.zeros((), dtype)[()])
    # Negative numbers count as 0, as JAX has it.
    places = lax.max(x, np.zeros((), x.dtype)[()])
    return IndexedUpdate(start)[places].add(convert(amounts, dtype), mode="drop")
