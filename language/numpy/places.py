"""Places in an array: diagonals and triangles, and indices of the flat array."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import UNSIGNED, canonical, default_int, iinfo, is_integer
from ..errors import ConcretizationTypeError
from .arithmetic import divmod, remainder
from .creation import ones
from .limits import clip
from .promotion import array_of, convert, result_type
from .searching import nonzero, where


def _numbers(found: Sequence[Any]) -> tuple[Array, ...]:
    return tuple(lift(np.asarray(x).astype(default_int())) for x in found)


def diag_indices(n: int, ndim: int = 2) -> tuple[Array, ...]:
    """The indices of the diagonal of an array with ``ndim`` axes of size n: as many vectors 0, 1, ..., n - 1.

    Returns:
        A tuple of vectors of integers.

    Raises:
        ValueError: an argument is negative.
    """
    n, ndim = operator.index(n), operator.index(ndim)
    if n < 0 or ndim < 0:
        raise ValueError(f"`n` and `ndim` of diag_indices must not be negative, got {n} and {ndim}.")
    return (lax.iota(default_int(), n),) * ndim


def diag_indices_from(arr: Any) -> tuple[Array, ...]:
    """The indices of the diagonal of ``arr``, whose axes must have one size.

    Returns:
        A tuple of vectors of integers.

    Raises:
        ValueError: there are fewer than 2 axes, or their sizes differ.
    """
    shape = array_of("diag_indices_from", arr).shape
    if len(shape) < 2 or len(set(shape)) > 1:
        raise ValueError(
            f"`arr` of diag_indices_from must have 2 or more axes of one size, got shape {shape}."
        )
    return diag_indices(shape[0], len(shape))


def tril_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Array, Array]:
    """The indices at and below the ``k``-th diagonal of an n x m matrix: two vectors, row by row.

    Returns:
        Two vectors of integers.

    Raises:
        TypeError: a size is no integer.
    """
    rows, columns = _numbers(np.tril_indices(n, k, m))
    return rows, columns


def triu_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Array, Array]:
    """The indices at and above the ``k``-th diagonal of an n x m matrix: two vectors, row by row.

    Returns:
        Two vectors of integers.

    Raises:
        TypeError: a size is no integer.
    """
    rows, columns = _numbers(np.triu_indices(n, k, m))
    return rows, columns


def _matrix_shape(name: str, arr: Any) -> tuple[int, int]:
    shape = tuple(arr.shape) if hasattr(arr, "shape") else array_of(name, arr).shape
    if len(shape) != 2:
        raise ValueError(f"`arr` of {name} must be a matrix, got shape {shape}.")
    return shape[0], shape[1]


def tril_indices_from(arr: Any, k: int = 0) -> tuple[Array, Array]:
    """`tril_indices` of a matrix's shape.

    Returns:
        Two vectors of integers.

    Raises:
        ValueError: ``arr`` is no matrix.
    """
    rows, columns = _matrix_shape("tril_indices_from", arr)
    return tril_indices(rows, k, columns)


def triu_indices_from(arr: Any, k: int = 0) -> tuple[Array, Array]:
    """`triu_indices` of a matrix's shape.

    Returns:
        Two vectors of integers.

    Raises:
        ValueError: ``arr`` is no matrix.
    """
    rows, columns = _matrix_shape("triu_indices_from", arr)
    return triu_indices(rows, k, columns)


def mask_indices(
    n: int, mask_func: Callable[[Any, Any], Any], k: Any = 0, *, size: int | None = None
) -> tuple[Array, Array]:
    """The indices where ``mask_func`` (`tril`, `triu`, ...) leaves something of an n x n matrix of ones.

    Returns:
        Two vectors of integers.

    Raises:
        ConcretizationTypeError: ``size`` is not given and the matrix is abstract.
    """
    rows, columns = nonzero(mask_func(ones((n, n)), k), size=size)
    return rows, columns


# -- indices of the flat array --------------------------------------------------------------------------
def ravel_multi_index(
    multi_index: Sequence[Any],
    dims: Sequence[int],
    mode: str = "raise",
    order: str = "C",
    *,
    dtype: Any = None,
) -> Array:
    """Indices of each axis as indices of the flat array.

    Args:
        multi_index: integers, one array an axis; they broadcast.
        dims: the shape of the array.
        mode: what an index out of bounds means: 'raise' (concrete indices only), 'wrap', 'clip' or 'ignore'.
        order: 'C', the last axis counts first, or 'F', the first.
        dtype: of the result; the indices' own, at least the default integer.

    Returns:
        Integers of the broadcast shape.

    Raises:
        ValueError: an index is out of bounds, the dtype holds too few numbers, or an option is unknown.
        TypeError: the indices are no integers.
        ConcretizationTypeError: the mode is 'raise' and the indices are abstract.
    """
    sizes = tuple(operator.index(n) for n in dims)
    given = [array_of("ravel_multi_index", i) for i in multi_index]
    if len(given) != len(sizes):
        raise ValueError(f"`multi_index` must hold one array an axis, {len(sizes)}, got {len(given)}.")
    if not all(is_integer(i.dtype) for i in given):
        raise TypeError(f"`multi_index` must hold integers, got {[str(i.dtype) for i in given]}.")
    wanted = result_type(int, *given) if dtype is None else canonical(dtype)
    if not is_integer(wanted) or math.prod(sizes) - 1 > iinfo(wanted).max:
        raise ValueError(f"`dtype` must be an integer dtype that holds {math.prod(sizes) - 1}, got {wanted}.")
    if order not in ("C", "F"):
        raise ValueError(f"`order` must be 'C' or 'F', got {order!r}.")
    given = [_inside(i, n, mode) for i, n in zip(given, sizes, strict=True)]
    found: Any = lift(np.zeros((), wanted))
    for axis, index in enumerate(given):
        stride = math.prod(sizes[axis + 1 :] if order == "C" else sizes[:axis])
        found = found + convert(index, wanted) * stride
    result: Array = found
    return result


def _inside(index: Array, size: int, mode: str) -> Array:
    if mode == "ignore":
        return index
    if mode == "clip":
        return clip(index, 0, size - 1)
    if mode == "wrap":
        return remainder(index, size)
    if mode != "raise":
        raise ValueError(f"`mode` must be 'raise', 'wrap', 'clip' or 'ignore', got {mode!r}.")
    try:
        value = index.machine_value()
    except TypeError as err:
        raise ConcretizationTypeError(
            f"`mode` must be 'wrap', 'clip' or 'ignore' where indices are abstract ({index.aval}), got 'raise'."
        ) from err
    if ((value < 0) | (value >= size)).any():
        raise ValueError(f"`multi_index` must lie within the axis of size {size}, got {value.tolist()}.")
    return index


def unravel_index(indices: Any, shape: Any) -> tuple[Array, ...]:
    """Indices of the flat array as indices of each axis; out of bounds, those of the nearest end.

    Returns:
        A tuple of integer arrays of the indices' shape.

    Raises:
        TypeError: ``indices`` is no array and no number.
    """
    found = array_of("unravel_index", indices)
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    axes: list[Any] = []
    for n in reversed(sizes):
        found, place = divmod(found, n)
        axes.append(place)
    above = found > 0
    below = found < -1 if found.dtype not in UNSIGNED else False
    return tuple(where(above, n - 1, where(below, 0, i)) for n, i in zip(sizes, reversed(axes), strict=True))
