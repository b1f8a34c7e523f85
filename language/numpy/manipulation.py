"""Manipulation: the same elements in another shape, or with their axes in another order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..errors import ShapeError
from ..shapes import Shape, canonical_axes, canonical_axis, canonical_shape
from ..shapes import broadcast_shapes as _broadcast_shapes
from .promotion import array_of, expand_to


def shape(a: Any) -> Shape:
    """The sizes of the axes.

    Returns:
        A tuple of integers.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    return array_of("shape", a).shape


def ndim(a: Any) -> int:
    """The number of axes.

    Returns:
        An integer.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    return array_of("ndim", a).ndim


def size(a: Any, axis: int | tuple[int, ...] | None = None) -> int:
    """The number of elements, or the size of one axis, or the product of some.

    Returns:
        An integer.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    array = array_of("size", a)
    return math.prod(array.shape[i] for i in canonical_axes(axis, array.ndim))


def isscalar(element: Any) -> bool:
    """Whether ``element`` is a number, or an array without axes.

    Returns:
        A boolean.

    Raises nothing of its own.
    """
    return element.ndim == 0 if isinstance(element, (Array, np.ndarray)) else bool(np.isscalar(element))


def iterable(y: Any) -> bool:
    """Whether ``y`` can be iterated over: everything that `iter` takes, but arrays without axes.

    Returns:
        A boolean.

    Raises nothing of its own.
    """
    return y.ndim > 0 if isinstance(y, Array) else bool(np.iterable(y))


# -- shape ------------------------------------------------------------------------------------------------
def reshape(a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Array:
    """The elements of ``a`` in another shape; one size may be -1.

    Returns:
        An array of that shape and a's dtype.

    Raises:
        ValueError: the sizes do not multiply to the number of elements, or ``order`` is unknown.
    """
    a = array_of("reshape", a)
    sizes = _completed(shape, a)
    if order == "C":
        return a if sizes == a.shape else lax.reshape(a, sizes)
    if order == "F":
        reversed_axes = tuple(range(a.ndim))[::-1]
        return lax.transpose(
            lax.reshape(lax.transpose(a, reversed_axes), sizes[::-1]), tuple(range(len(sizes)))[::-1]
        )
    raise ValueError(f"`order` must be 'C' or 'F', got {order!r}.")


def _completed(shape: Any, a: Array) -> Shape:
    given = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    unknown = [i for i, n in enumerate(given) if isinstance(n, (int, np.integer)) and n == -1]
    if len(unknown) > 1:
        raise ValueError(f"`shape` may hold -1 once, got {given}.")
    known = canonical_shape(tuple(0 if i in unknown else n for i, n in enumerate(given)))
    if unknown:
        rest = math.prod(n for i, n in enumerate(known) if i not in unknown)
        size = a.size // rest if rest else 0
        known = tuple(size if i in unknown else n for i, n in enumerate(known))
    if math.prod(known) != a.size:
        raise ShapeError(
            f"`shape` must hold the {a.size} elements of an array of shape {a.shape}, got {given}."
        )
    return known


def ravel(a: Any, order: str = "C") -> Array:
    """The elements along one axis.

    Returns:
        A vector of a's dtype.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    return reshape(a, -1, order)


def squeeze(a: Any, axis: Any = None) -> Array:
    """``a`` without its axes of size 1, or without those named.

    Returns:
        An array of a's dtype with fewer axes.

    Raises:
        ValueError: an axis is out of range, or has another size than 1.
    """
    a = array_of("squeeze", a)
    axes = [i for i, n in enumerate(a.shape) if n == 1] if axis is None else canonical_axes(axis, a.ndim)
    return lax.squeeze(a, tuple(axes)) if axes else a


def expand_dims(a: Any, axis: Any) -> Array:
    """``a`` with axes of size 1 put in at the places ``axis`` of the result.

    Returns:
        An array of a's dtype with more axes.

    Raises:
        ValueError: a place is out of range, or named twice.
    """
    a = array_of("expand_dims", a)
    count = len(axis) if isinstance(axis, Sequence) else 1
    places = canonical_axes(axis, a.ndim + count)
    sizes = iter(a.shape)
    return lax.reshape(a, tuple(1 if i in places else next(sizes) for i in range(a.ndim + count)))


def atleast_1d(*arys: Any) -> Any:
    """The arguments, scalars as vectors of one element.

    Returns:
        An array of the argument's dtype, or a list where there are several.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return _one_or_list([x if x.ndim else lax.reshape(x, (1,)) for x in _arrays("atleast_1d", arys)])


def atleast_2d(*arys: Any) -> Any:
    """The arguments with axes put in front up to rank 2.

    Returns:
        An array of the argument's dtype, or a list where there are several.

    Raises:
        TypeError: an argument is no array and no number.
    """
    shapes = [(1,) * (2 - x.ndim) + x.shape for x in _arrays("atleast_2d", arys)]
    return _one_or_list([reshape(x, s) for x, s in zip(arys, shapes, strict=True)])


def atleast_3d(*arys: Any) -> Any:
    """The arguments with axes put in up to rank 3: vectors become (1, n, 1), matrices (m, n, 1).

    Returns:
        An array of the argument's dtype, or a list where there are several.

    Raises:
        TypeError: an argument is no array and no number.
    """
    found = []
    for x in _arrays("atleast_3d", arys):
        shape = {0: (1, 1, 1), 1: (1, *x.shape, 1), 2: (*x.shape, 1)}.get(x.ndim, x.shape)
        found.append(reshape(x, shape))
    return _one_or_list(found)


def _arrays(name: str, arys: Sequence[Any]) -> list[Array]:
    return [array_of(name, x) for x in arys]


def _one_or_list(found: list[Array]) -> Any:
    return found[0] if len(found) == 1 else found


# -- order of axes -----------------------------------------------------------------------------------------
def transpose(a: Any, axes: Any = None) -> Array:
    """``a`` with its axes permuted; reversed when no order is given.

    Returns:
        An array of a's dtype, its sizes permuted.

    Raises:
        ValueError: ``axes`` does not name each axis once.
    """
    a = array_of("transpose", a)
    order = tuple(range(a.ndim))[::-1] if axes is None else canonical_axes(axes, a.ndim, "axes")
    if len(order) != a.ndim:
        raise ValueError(f"`axes` must name each of the {a.ndim} axes once, got {axes!r}.")
    return a if order == tuple(range(a.ndim)) else lax.transpose(a, order)


def permute_dims(a: Any, /, axes: Any) -> Array:
    """``a`` with its axes permuted.

    Returns:
        An array of a's dtype, its sizes permuted.

    Raises:
        ValueError: ``axes`` does not name each axis once.
    """
    return transpose(a, axes)


def matrix_transpose(x: Any, /) -> Array:
    """``x`` with its last two axes swapped.

    Returns:
        An array of x's dtype, its last two sizes exchanged.

    Raises:
        ValueError: ``x`` has fewer than 2 axes.
    """
    x = array_of("matrix_transpose", x)
    if x.ndim < 2:
        raise ValueError(f"`x` of matrix_transpose must have at least 2 axes, got shape {x.shape}.")
    return lax.transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def moveaxis(a: Any, source: Any, destination: Any) -> Array:
    """``a`` with some axes moved to new places; the others keep their order.

    Returns:
        An array of a's dtype, its sizes permuted.

    Raises:
        ValueError: an axis is out of range, or there are not as many sources as places.
    """
    a = array_of("moveaxis", a)
    sources = canonical_axes(source, a.ndim, "source")
    places = canonical_axes(destination, a.ndim, "destination")
    if len(sources) != len(places):
        raise ValueError(
            f"`source` and `destination` must be equally many, got {source!r} and {destination!r}."
        )
    order = [i for i in range(a.ndim) if i not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transpose(a, tuple(order))


def swapaxes(a: Any, axis1: int, axis2: int) -> Array:
    """``a`` with two axes exchanged.

    Returns:
        An array of a's dtype, its sizes permuted.

    Raises:
        ValueError: an axis is out of range.
    """
    a = array_of("swapaxes", a)
    order = list(range(a.ndim))
    i, j = canonical_axis(axis1, a.ndim, "axis1"), canonical_axis(axis2, a.ndim, "axis2")
    order[i], order[j] = j, i
    return transpose(a, tuple(order))


# -- broadcasting -------------------------------------------------------------------------------------------
def broadcast_to(array: Any, shape: Any) -> Array:
    """``array`` repeated to ``shape`` by NumPy's rule.

    Returns:
        An array of ``shape`` and array's dtype.

    Raises:
        ValueError: the shape does not extend the array's.
    """
    given, shape = array_of("broadcast_to", array), canonical_shape(shape)
    if given.shape == shape:
        return given
    if len(shape) < given.ndim or _broadcast_shapes(given.shape, shape) != shape:
        raise ValueError(f"`shape` must be one that {given.shape} broadcasts to, got {shape}.")
    return expand_to(given, given.shape, shape)


def broadcast_arrays(*args: Any) -> list[Array]:
    """The arguments in their common shape.

    Returns:
        A list of arrays of one shape, each of its argument's dtype.

    Raises:
        ValueError: the shapes do not broadcast.
    """
    arrays = _arrays("broadcast_arrays", args)
    shape = _broadcast_shapes(*(x.shape for x in arrays))
    return [broadcast_to(x, shape) for x in arrays]


def broadcast_shapes(*shapes: Any) -> Shape:
    """The common shape that several broadcast to.

    Returns:
        A tuple of integers.

    Raises:
        ValueError: the shapes do not broadcast.
    """
    return _broadcast_shapes(*(canonical_shape(s) for s in shapes))
