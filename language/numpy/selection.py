"""Selection of elements by indices, masks and conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import bool_, default_int, is_integer
from ..errors import ConcretizationTypeError
from ..shapes import canonical_axis
from .arithmetic import remainder
from .indexing import take_index
from .joining import concatenate
from .limits import clip
from .manipulation import broadcast_arrays, broadcast_to, moveaxis, ravel
from .promotion import array_of, convert, dtypes_only, real_only
from .reductions import in_dtype, no_out, truth_of
from .searching import argsort, where


def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Array:
    """From each place of the array that the index there names; all broadcast.

    Args:
        a: integers: which of the choices.
        choices: arrays.
        out: must be None.
        mode: what an index out of bounds means: 'raise' (concrete indices only), 'wrap' or 'clip'.

    Returns:
        An array of the common dtype and the broadcast shape.

    Raises:
        ValueError: ``a`` is not of integers, an index is out of bounds, or the mode is unknown.
        ConcretizationTypeError: the mode is 'raise' and the indices are abstract.
    """
    no_out("choose", out)
    index = array_of("choose", a)
    parts = dtypes_only("choose", *choices)
    if not is_integer(index.dtype):
        raise ValueError(f"`a` of choose must hold integers, got {index.dtype}.")
    if mode == "raise":
        _all_within(index, len(parts))
    elif mode == "wrap":
        index = remainder(index, len(parts))
    elif mode == "clip":
        index = clip(index, 0, len(parts) - 1)
    else:
        raise ValueError(f"`mode` of choose must be 'raise', 'wrap' or 'clip', got {mode!r}.")
    index, *parts = broadcast_arrays(index, *parts)
    found = parts[0]
    for i, part in enumerate(parts[1:], 1):
        found = lax.select(lax.eq(index, lax.full_like(index, i)), part, found)
    return in_dtype(found, found.dtype)


def _all_within(index: Array, count: int) -> None:
    try:
        value = index.machine_value()
    except TypeError as err:
        raise ConcretizationTypeError(
            f"`mode` of choose must be 'wrap' or 'clip' where the indices are abstract ({index.aval}), got 'raise'."
        ) from err
    if ((value < 0) | (value >= count)).any():
        raise ValueError(f"`a` of choose must lie in [0, {count}), got {value.tolist()}.")


def compress(
    condition: Any,
    a: Any,
    axis: int | None = None,
    *,
    size: int | None = None,
    fill_value: Any = 0,
    out: None = None,
) -> Array:
    """The elements along an axis (of the flat array for None) where a vector of truths holds.

    Args:
        condition: a vector; it may be shorter than the axis.
        a: the array.
        axis: along which to choose.
        size: how many are kept, to be given where the condition is abstract.
        fill_value: what stands where fewer hold.
        out: must be None.

    Returns:
        An array of a's dtype.

    Raises:
        ValueError: the condition is no vector, or holds beyond the axis; ``size`` is more than the axis has.
        NonConcreteBooleanIndexError: the condition is abstract and ``size`` is not given.
    """
    no_out("compress", out)
    # A mask that is known stays so: the result's shape depends on it.
    known = isinstance(condition, (list, tuple, np.ndarray))
    mask: Any = np.asarray(condition) != 0 if known else truth_of(array_of("compress", condition))
    a = array_of("compress", a)
    if mask.ndim != 1:
        raise ValueError(f"`condition` of compress must be a vector, got shape {mask.shape}.")
    given, place = (ravel(a), 0) if axis is None else (a, canonical_axis(axis, a.ndim))
    first = moveaxis(given, place, 0)
    count = first.shape[0]
    if size is None and mask.shape[0] > count and np.asarray(mask[count:]).any():
        raise ValueError(f"`condition` of compress must not hold beyond the axis of size {count}.")
    mask, first = mask[:count], first[: mask.shape[0]]
    if size is None:
        found = take_index(first, mask)
    else:
        if not 0 <= operator.index(size) <= first.shape[0]:
            raise ValueError(f"`size` of compress must lie in [0, {first.shape[0]}], got {size}.")
        mask = lift(mask)
        there = broadcast_to(lax.reshape(mask, (*mask.shape, *(1,) * (first.ndim - 1))), first.shape)
        kept = where(there, first, lift(convert(fill_value, first.dtype)))
        found = take_index(kept, argsort(lax.bitwise_not(mask)))[:size]
    return moveaxis(found, 0, place)


def extract(condition: Any, arr: Any, *, size: int | None = None, fill_value: Any = 0) -> Array:
    """The elements of the flat array where the flat condition holds: `compress`, with its arguments and errors.

    Returns:
        A vector of arr's dtype.
    """
    return compress(ravel(condition), ravel(arr), size=size, fill_value=fill_value)


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Array:
    """Of the last condition that holds at a place its function of x there; 0, or a function more, where none does.

    Args:
        x: the array.
        condlist: conditions of x's shape.
        funclist: functions or numbers, one a condition, and maybe one more.
        args: handed on to the functions.
        kw: handed on to the functions.

    Returns:
        An array of x's shape and dtype.

    Raises:
        ValueError: there are neither as many functions as conditions, nor one more.
    """
    x = array_of("piecewise", x)
    conditions = [broadcast_to(truth_of(array_of("piecewise", c)), x.shape) for c in _listed(condlist)]
    functions = list(funclist)
    if len(functions) not in (len(conditions), len(conditions) + 1):
        raise ValueError(
            f"`funclist` must hold as many functions as there are conditions, {len(conditions)}, or one more, "
            f"got {len(functions)}."
        )
    default = functions.pop() if len(functions) > len(conditions) else 0
    found = _applied(default, x, args, kw)
    for condition, function in zip(conditions, functions, strict=True):
        found = lax.select(condition, _applied(function, x, args, kw), found)
    return found


def _listed(condlist: Any) -> list[Any]:
    from .creation import asarray

    found = condlist if isinstance(condlist, (list, tuple)) else list(asarray(condlist))
    return [asarray(c, dtype=bool_) for c in found]


def _applied(function: Callable[..., Any] | Any, x: Array, args: Any, kw: Any) -> Array:
    value = function(x, *args, **kw) if callable(function) else function
    return broadcast_to(lift(convert(value, x.dtype)), x.shape)


# -- orders --------------------------------------------------------------------------------------------------
def lexsort(keys: Any, axis: int = -1) -> Array:
    """The indices that put the elements in order by several keys, the last of them first.

    Args:
        keys: arrays of one shape, or an array whose first axis counts them.
        axis: along which to sort.

    Returns:
        Integers of a key's shape.

    Raises:
        TypeError: there are no keys.
        ValueError: their shapes differ.
    """
    found = [array_of("lexsort", key) for key in keys]
    if not found:
        raise TypeError("`keys` of lexsort must hold at least one array, got none.")
    if len({key.shape for key in found}) > 1:
        raise ValueError(f"`keys` of lexsort must have one shape, got {[key.shape for key in found]}.")
    if found[0].ndim == 0:
        return lax.full((), np.zeros((), default_int())[()])
    axis = canonical_axis(axis, found[0].ndim)
    order = argsort(found[0], axis)
    for key in found[1:]:  # a stable sort keeps what the keys before have ordered
        order = _along(order, argsort(_along(key, order, axis), axis), axis)
    return order


def _along(x: Array, index: Array, axis: int) -> Array:
    from .searching import take_along_axis

    return take_along_axis(x, index, axis)


def partition(a: Any, kth: int, axis: int = -1) -> Array:
    """An order in which the k-th element is the one that sorting puts there, none before it larger, none after smaller.

    What JAX leaves open is the order of `sort`. The result has a's shape and dtype.

    Returns:
        An array of a's shape and dtype.

    Raises:
        ValueError: ``kth`` lies outside of the axis.
    """
    from .searching import sort

    _check_kth("partition", a, kth, axis)
    return sort(a, axis)


def argpartition(a: Any, kth: int, axis: int = -1) -> Array:
    """The indices of `partition`: integers of a's shape.

    Returns:
        int32 of a's shape, as JAX has it with 64-bit types too.

    Raises:
        ValueError: ``kth`` lies outside of the axis.
    """
    _check_kth("argpartition", a, kth, axis)
    return lax.convert_element_type(argsort(a, axis), np.int32)


def _check_kth(name: str, a: Any, kth: int, axis: int) -> None:
    a = real_only(name, a)
    size = a.shape[canonical_axis(axis, a.ndim)]
    if not -size <= operator.index(kth) < size:
        raise ValueError(f"`kth` of {name} must lie in [{-size}, {size}), got {kth}.")


def digitize(x: Any, bins: Any, right: bool = False, *, method: str | None = None) -> Array:
    """Which bin each element falls into, by bins' edges in rising or falling order.

    Args:
        x: the array.
        bins: the edges, a vector.
        right: whether a bin holds its upper edge, and not the lower one.
        method: accepted for JAX's sake.

    Returns:
        Integers of x's shape: i where bins[i - 1] <= x < bins[i].

    Raises:
        ValueError: ``bins`` is no vector.
    """
    from .searching import searchsorted

    x, edges = array_of("digitize", x), array_of("digitize", bins)
    if edges.ndim != 1:
        raise ValueError(f"`bins` of digitize must be a vector, got shape {edges.shape}.")
    if edges.shape[0] == 0:
        return lax.full(x.shape, np.int32(0))
    side = "left" if right else "right"
    rising, falling = searchsorted(edges, x, side), searchsorted(edges[::-1], x, side)
    falls = lax.lt(edges[-1], edges[0]) if edges.dtype != bool_ else lax.bitwise_not(edges[-1]) & edges[0]
    found: Array = where(falls, edges.shape[0] - falling, rising)
    return found


def block(arrays: Any) -> Array:
    """An array out of nested lists of blocks: the innermost lists are joined along the last axis, and so outwards.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: a list is empty, or the lists are nested unevenly.
        TypeError: a tuple is given.
    """
    return _blocks(arrays)[0]


def _blocks(arrays: Any) -> tuple[Array, int]:
    from .creation import array, asarray

    if isinstance(arrays, tuple):
        raise TypeError(f"`arrays` of block must nest lists, got a tuple: {arrays!r}.")
    if not isinstance(arrays, list):
        return asarray(arrays), 1
    if not arrays:
        raise ValueError("`arrays` of block must not hold an empty list.")
    parts, depths = zip(*(_blocks(x) for x in arrays), strict=True)
    if len(set(depths)) > 1:
        raise ValueError(f"`arrays` of block must be nested evenly, got depths {depths}.")
    rank = max(depths[0], *(x.ndim for x in parts))
    return concatenate([array(x, ndmin=rank) for x in parts], -depths[0]), depths[0] + 1
