"""Creation: arrays out of numbers, shapes and other arrays."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import DType, bool_, canonical, default_float, float32, is_complex, is_float, to_inexact
from ..placement import device_put
from ..shapes import ShapeDtypeStruct, broadcast_shapes, canonical_axis, canonical_shape
from .promotion import array_of, checked, common_type, convert, expand_to


def placed(x: Array, device: Any) -> Array:
    """The array on a device; where it is for None.

    Raises:
        ValueError: ``device`` is no device.
    """
    if device is None:
        return x
    if not hasattr(device, "platform"):
        raise ValueError(
            f"`device` must be None or a device, such as one of verax.devices(), got {device!r}."
        )
    found: Array = device_put(x, device)
    return found


# -- out of data ----------------------------------------------------------------------------------------
def array(
    object: Any, dtype: Any = None, copy: bool = True, order: str | None = "K", ndmin: int = 0
) -> Array:
    """An array of a number, an array, or nested sequences of these.

    Args:
        object: Python numbers are weak where no dtype is given; sequences promote their elements.
        dtype: the dtype of the result; None takes the one that the data have.
        copy: accepted for NumPy's sake; arrays are never written to.
        order: accepted for NumPy's sake; must be "K" or "C".
        ndmin: axes of size 1 are put in front up to this rank.

    Returns:
        An array of the data's shape, of ``dtype``, else of the common dtype of the data.

    Raises:
        TypeError: something in ``object`` is no number and no array.
        ValueError: nested sequences of different lengths.
    """
    if order not in ("K", "C", None):
        raise ValueError(f"`order` must be 'K' or 'C', got {order!r}.")
    found = _converted(object, None if dtype is None else canonical(dtype))
    if found.ndim < ndmin:
        found = lax.reshape(found, (1,) * (ndmin - found.ndim) + found.shape)
    return found


def asarray(
    a: Any, dtype: Any = None, order: str | None = None, *, copy: bool | None = None, device: Any = None
) -> Array:
    """`array`, without a copy where none is needed.

    Returns:
        An array of the data's shape, of ``dtype``, else of the common dtype of the data.

    Raises:
        TypeError: something in ``a`` is no number and no array.
    """
    return placed(array(a, dtype, order=order), device)


def _converted(x: Any, dtype: DType | None) -> Array:
    if isinstance(x, Array):
        # A dtype that is asked for is a strong one.
        return x if dtype is None else lift(convert(x, dtype))
    if isinstance(x, (list, tuple)):
        return _stacked(x, dtype)
    if not isinstance(x, (bool, int, float, np.ndarray, np.generic)) and hasattr(x, "__array__"):
        x = np.asarray(x)
    checked("array", [x])
    return lift(x if dtype is None else convert(x, dtype))


def _stacked(x: Sequence[Any], dtype: DType | None) -> Array:
    leaves = _leaves(x)
    if dtype is None:
        dtype = common_type(checked("array", leaves))[0] if leaves else default_float()
    if any(isinstance(leaf, Array) for leaf in leaves):
        parts = [_converted(part, dtype) for part in x]
        shapes = {part.shape for part in parts}
        if len(shapes) > 1:
            raise ValueError(f"`object` must nest sequences of equal shapes, got {sorted(shapes)}.")
        return lax.concatenate([lax.reshape(p, (1, *p.shape)) for p in parts], 0)
    try:
        plain = np.array(x, dtype=None if leaves else dtype)
    except ValueError as err:
        raise ValueError(f"`object` must nest sequences of equal lengths, got {x!r}.") from err
    if any(type(leaf) is complex for leaf in leaves) and not is_complex(dtype) and dtype != bool_:
        raise TypeError(f"A complex number cannot become {dtype}, got {x!r}. Take their real parts.")
    with np.errstate(over="ignore", invalid="ignore"):
        return lift(plain.astype(dtype))


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        return [leaf for part in x for leaf in _leaves(part)]
    return [x]


def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Array:
    """An array of another library's, handed over by DLPack.

    Returns:
        An array of x's shape and dtype.

    Raises:
        AttributeError: ``x`` does not speak DLPack.
    """
    return asarray(np.from_dlpack(x), device=device)


def copy(a: Any, order: str | None = None) -> Array:
    """The array itself: nothing is ever written to.

    Returns:
        An array of a's shape and dtype.

    Raises:
        TypeError: ``a`` is no array and no number.
    """
    return array(a)


# -- filled -----------------------------------------------------------------------------------------------
def full(shape: Any, fill_value: Any, dtype: Any = None, *, device: Any = None) -> Array:
    """An array of that shape full of one value (or of a broadcast array); weak if the value is weak.

    Returns:
        An array of that shape; of ``dtype``, else the value's.

    Raises:
        TypeError: an argument is no array and no number.
    """
    shape = canonical_shape(shape)
    value = array_of("full", fill_value)
    if dtype is not None:
        value = lift(convert(fill_value, canonical(dtype)))
    return placed(value if value.shape == shape else expand_to(value, value.shape, shape), device)


def zeros(shape: Any, dtype: Any = None, *, device: Any = None) -> Array:
    """An array of zeros; float by default.

    Returns:
        An array of ``shape``, of ``dtype``; floats by default.

    Raises:
        TypeError: ``shape`` holds something else than integers.
    """
    return full(shape, 0, default_float() if dtype is None else dtype, device=device)


def ones(shape: Any, dtype: Any = None, *, device: Any = None) -> Array:
    """An array of ones; float by default.

    Returns:
        An array of ``shape``, of ``dtype``; floats by default.

    Raises:
        TypeError: ``shape`` holds something else than integers.
    """
    return full(shape, 1, default_float() if dtype is None else dtype, device=device)


empty = zeros


def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None, *, device: Any = None) -> Array:
    """An array like ``a``, full of one value.

    Returns:
        An array of a's shape and dtype, unless others are asked for.

    Raises:
        TypeError: an argument is no array and no number.
    """
    model = a if isinstance(a, ShapeDtypeStruct) else checked("full_like", [a])[0]
    wanted = tuple(model.shape) if shape is None else shape
    if dtype is None and model.weak_type and np.ndim(fill_value) == 0:
        return placed(_weak_full(wanted, fill_value, model.dtype), device)
    return full(wanted, fill_value, model.dtype if dtype is None else dtype, device=device)


def _weak_full(shape: Any, value: Any, dtype: DType) -> Array:
    shape = canonical_shape(shape)
    scalar = lift(convert(value, dtype, weak=True))
    return lax.broadcast_in_dim(scalar, shape, ()) if shape else scalar


def zeros_like(a: Any, dtype: Any = None, shape: Any = None, *, device: Any = None) -> Array:
    """Zeros in the shape and dtype of ``a``.

    Returns:
        An array of a's shape and dtype, unless others are asked for.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return full_like(a, 0, dtype, shape, device=device)


def ones_like(a: Any, dtype: Any = None, shape: Any = None, *, device: Any = None) -> Array:
    """Ones in the shape and dtype of ``a``.

    Returns:
        An array of a's shape and dtype, unless others are asked for.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return full_like(a, 1, dtype, shape, device=device)


empty_like = zeros_like


# -- ranges --------------------------------------------------------------------------------------------------
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None, *, device: Any = None) -> Array:
    """Numbers from ``start`` (0 if only one bound is given) up to ``stop``, ``step`` apart.

    Returns:
        A vector; of ``dtype``, else the common dtype of the bounds.

    Raises:
        TypeError: a bound is an abstract value: the shape would not be known.
    """
    given = [x for x in (start, stop, step) if x is not None]
    avals = checked("arange", given)
    if any(a.shape for a in avals):
        raise ValueError(f"The bounds of `arange` must be scalars, got shapes {[a.shape for a in avals]}.")
    wanted = common_type(avals)[0] if dtype is None else canonical(dtype)
    if len(given) == 3 and isinstance(step, (int, float, np.generic)) and step == 0:
        raise ValueError("`step` of arange must not be 0. Pass a step that leads from `start` to `stop`.")
    # An abstract bound refuses here with its own message.
    bounds: list[Any] = [x if isinstance(x, (int, float)) else np.asarray(x)[()] for x in given]
    if len(bounds) == 1 and wanted != bool_:
        size = max(0, math.ceil(bounds[0]))
        return placed(lax.iota(wanted, size), device)
    return placed(lift(np.arange(*bounds).astype(wanted)), device)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """``num`` numbers evenly from ``start`` to ``stop``; with ``retstep``, also their distance.

    Returns:
        Floats, ``num`` of them along ``axis`` beside the bounds' broadcast shape; of ``dtype`` if given.

    Raises:
        TypeError: an argument is no array and no number.
    """
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"`num` must not be negative, got {num}.")
    avals = checked("linspace", (start, stop))
    wanted = to_inexact(common_type(avals)[0]) if dtype is None else canonical(dtype)
    working = to_inexact(wanted)
    shape = broadcast_shapes(*(a.shape for a in avals))
    low, high = (expand_full(convert(x, working), shape) for x in (start, stop))
    axis = canonical_axis(axis, len(shape) + 1)
    steps = num - 1 if endpoint else num
    lane = (*shape[:axis], 1, *shape[axis:])
    if num == 0:
        values, distance = zeros((*shape[:axis], 0, *shape[axis:]), working), full((), np.nan, working)
    elif num == 1:
        distance = full((), np.nan, working) if endpoint else lax.sub(high, low)
        values = lax.reshape(low, lane)
    else:
        distance = lax.div(lax.sub(high, low), full(shape, steps, working))
        values = _interpolated(low, high, lane, axis, steps)
        if endpoint:
            values = lax.concatenate([values, lax.reshape(high, lane)], axis)
    if not (is_float(wanted) or is_complex(wanted)):
        values = lax.floor(values)
    found = placed(lift(convert(values, wanted)), device)
    return (found, distance) if retstep else found


def _interpolated(low: Array, high: Array, lane: tuple[int, ...], axis: int, steps: int) -> Array:
    """start (1 - t) + stop t at t = 0, 1/steps, ...: JAX's formula, which hits the start exactly."""
    shape = (*lane[:axis], steps, *lane[axis + 1 :])
    t = lax.div(lax.iota(low.dtype, steps), full((steps,), steps, low.dtype))
    along = lax.broadcast_in_dim(t, shape, (axis,))
    first, last = (expand_to(lax.reshape(x, lane), lane, shape) for x in (low, high))
    return lax.add(lax.mul(first, lax.sub(full(shape, 1, low.dtype), along)), lax.mul(last, along))


def expand_full(x: Any, shape: tuple[int, ...]) -> Array:
    """``x`` as an array of exactly ``shape``."""
    x = lift(x)
    return x if x.shape == shape else expand_to(x, x.shape, shape)


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Array:
    """``base`` to the powers `linspace` (start, stop, num).

    Returns:
        Floats, ``num`` of them along ``axis`` beside the bounds' broadcast shape; of ``dtype`` if given.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .arithmetic import power

    wanted = (
        to_inexact(common_type(checked("logspace", (start, stop)))[0]) if dtype is None else canonical(dtype)
    )
    exponents = linspace(start, stop, num, endpoint, dtype=to_inexact(wanted), axis=axis)
    found = power(convert(base, to_inexact(wanted)), exponents)
    return lift(convert(found, wanted))


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Array:
    """``num`` numbers from ``start`` to ``stop`` in equal ratios.

    Returns:
        Floats, ``num`` of them along ``axis`` beside the bounds' broadcast shape; of ``dtype`` if given.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .arithmetic import multiply, true_divide
    from .elementwise import log10, sign

    avals = checked("geomspace", (start, stop))
    wanted = to_inexact(common_type(avals)[0]) if dtype is None else canonical(dtype)
    working = to_inexact(wanted)
    shape = broadcast_shapes(*(a.shape for a in avals))
    low, high = (expand_full(convert(x, working), shape) for x in (start, stop))
    signs = sign(low)
    values = logspace(
        log10(true_divide(low, signs)), log10(true_divide(high, signs)), num, endpoint, 10.0, working, 0
    )
    values = multiply(signs, values)
    axis = canonical_axis(axis, len(shape) + 1)
    if axis:
        from .manipulation import moveaxis

        values = moveaxis(values, 0, axis)
    return lift(convert(values, wanted))


# -- matrices ---------------------------------------------------------------------------------------------------
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None, *, device: Any = None) -> Array:
    """Ones on the ``k``-th diagonal of an N x M matrix, zeros elsewhere.

    Returns:
        A matrix N x M of ``dtype``; floats by default.

    Raises:
        TypeError: a size is no integer.
    """
    shape = canonical_shape((N, N if M is None else M), "N, M")
    rows, columns = _coordinates(shape)
    where = lax.eq(lax.add(rows, np.int32(operator.index(k))), columns)
    return placed(lift(convert(where, default_float() if dtype is None else canonical(dtype))), device)


def _coordinates(shape: tuple[int, ...]) -> list[Array]:
    return [lax.broadcasted_iota(np.dtype(np.int32), shape, i) for i in range(2)]


def identity(n: int, dtype: Any = None) -> Array:
    """The n x n identity matrix.

    Returns:
        A matrix n x n of ``dtype``; floats by default.

    Raises:
        TypeError: ``n`` is no integer.
    """
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Ones at and below the ``k``-th diagonal of an N x M matrix, zeros above it.

    Returns:
        A matrix N x M of ``dtype``; floats by default.

    Raises:
        TypeError: a size is no integer.
    """
    shape = canonical_shape((N, N if M is None else M), "N, M")
    rows, columns = _coordinates(shape)
    where = lax.ge(lax.add(rows, np.int32(operator.index(k))), columns)
    return lift(convert(where, float32 if dtype is None else canonical(dtype)))


def tril(m: Any, k: int = 0) -> Array:
    """The matrix with zeros above the ``k``-th diagonal; leading axes are stacks.

    Returns:
        An array of m's shape and dtype.

    Raises:
        ValueError: ``m`` has fewer than 2 axes.
    """
    m, mask = _with_mask("tril", m, k)
    return lax.select(mask, m, lax.full_like(m, 0))


def triu(m: Any, k: int = 0) -> Array:
    """The matrix with zeros below the ``k``-th diagonal; leading axes are stacks.

    Returns:
        An array of m's shape and dtype.

    Raises:
        ValueError: ``m`` has fewer than 2 axes.
    """
    m, mask = _with_mask("triu", m, k - 1)
    return lax.select(mask, lax.full_like(m, 0), m)


def _with_mask(name: str, m: Any, k: int) -> tuple[Array, Array]:
    m = array_of(name, m)
    if m.ndim < 2:
        raise ValueError(f"`m` of {name} must have at least 2 axes, got shape {m.shape}.")
    rows, columns = m.shape[-2:]
    mask = tri(rows, columns, k, bool_)
    return m, expand_full(mask, m.shape)


def diag(v: Any, k: int = 0) -> Array:
    """A matrix with ``v`` on its ``k``-th diagonal, or the ``k``-th diagonal of a matrix.

    Returns:
        An array of v's dtype: a matrix of a vector, a vector of a matrix.

    Raises:
        ValueError: ``v`` has neither 1 nor 2 axes.
    """
    v, k = array_of("diag", v), operator.index(k)
    if v.ndim == 1:
        size = v.shape[0] + builtin_abs(k)
        placed = lax.pad(v, convert(0, v.dtype, v.weak_type), ((max(0, k), max(0, -k), 0),))
        on_diagonal = eye(size, k=k, dtype=bool_)
        spread = lax.broadcast_in_dim(placed, (size, size), (1,))
        return lax.select(on_diagonal, spread, lax.full_like(spread, 0))
    if v.ndim == 2:
        return diagonal(v, offset=k)
    raise ValueError(f"`v` must have 1 or 2 axes, got shape {v.shape}.")


builtin_abs = abs


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The diagonal of the planes of two axes, as the last axis of the result.

    Returns:
        An array of a's dtype, without the two axes and with one more.

    Raises:
        ValueError: ``a`` has fewer than 2 axes.
    """
    from .indexing import take_index
    from .manipulation import moveaxis

    a, offset = array_of("diagonal", a), operator.index(offset)
    if a.ndim < 2:
        raise ValueError(f"`a` of diagonal must have at least 2 axes, got shape {a.shape}.")
    rows, columns = a.shape[axis1], a.shape[axis2]
    a = moveaxis(a, (axis1, axis2), (-2, -1))
    size = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    first, second = np.arange(size), np.arange(builtin_abs(offset), builtin_abs(offset) + size)
    index = (first, second) if offset >= 0 else (second, first)
    return take_index(a, (..., *index))


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> list[Array]:
    """Coordinate arrays over the grid that vectors span.

    Returns:
        A list of arrays, one for each vector and of its dtype.

    Raises:
        ValueError: an argument is no vector, or ``indexing`` is neither 'xy' nor 'ij'.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"`indexing` must be 'xy' or 'ij', got {indexing!r}.")
    vectors = [array_of("meshgrid", x) for x in xi]
    if any(v.ndim != 1 for v in vectors):
        raise ValueError(
            f"The arguments of `meshgrid` must be vectors, got shapes {[v.shape for v in vectors]}."
        )
    order = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) >= 2:
        order[:2] = [1, 0]
    axis_of = {v: axis for axis, v in enumerate(order)}
    sizes = [vectors[v].shape[0] for v in order]
    found = []
    for v, x in enumerate(vectors):
        axis = axis_of[v]
        shape = [1] * len(sizes) if sparse else list(sizes)
        shape[axis] = sizes[axis]
        found.append(lax.broadcast_in_dim(x, tuple(shape), (axis,)))
    return found


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array or a number."""
    return aval_of(x).shape
