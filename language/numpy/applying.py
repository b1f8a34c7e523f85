"""Functions applied along axes, over axes, and to each element or core of arrays."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from ..arrays import Array
from ..shapes import broadcast_shapes, canonical_axis, canonical_shape
from .creation import arange, asarray
from .manipulation import broadcast_to, expand_dims, reshape
from .promotion import array_of

Core = tuple[str, ...]


def _vmap(function: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0) -> Callable[..., Any]:
    from ..transforms import vmap  # built out of arrays

    mapped: Callable[..., Any] = vmap(function, in_axes=in_axes, out_axes=out_axes)
    return mapped


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """A function of vectors applied to each of those along an axis; what it returns takes the axis' place.

    Args:
        func1d: takes a vector, and ``args`` and ``kwargs``.
        axis: along which the vectors lie.
        arr: the array.
        args: handed on.
        kwargs: handed on.

    Returns:
        What the function returns, mapped.

    Raises:
        ValueError: the axis is out of range.
    """
    arr = array_of("apply_along_axis", arr)
    axis = canonical_axis(axis, arr.ndim)

    def function(vector: Any) -> Any:
        return func1d(vector, *args, **kwargs)

    for i in range(1, arr.ndim - axis):
        function = _vmap(function, i, -1)
    for _ in range(axis):
        function = _vmap(function)
    return function(arr)


def apply_over_axes(func: Callable[[Any, int], Any], a: Any, axes: Sequence[int]) -> Array:
    """A function ``func(a, axis)`` applied for one axis after another; an axis that it takes away is kept, with size 1.

    Returns:
        An array of a's rank.

    Raises:
        ValueError: the function returns another rank.
    """
    found = array_of("apply_over_axes", a)
    for axis in axes:
        result = func(found, axis)
        if result.ndim not in (found.ndim, found.ndim - 1):
            raise ValueError(f"`func` must return {found.ndim} axes, or one fewer, got {result.ndim}.")
        found = result if result.ndim == found.ndim else expand_dims(result, axis)
    return found


def fromfunction(function: Callable[..., Any], shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    """The array whose element at (i, j, ...) is ``function(i, j, ...)``, which gets scalars of ``dtype``.

    Returns:
        What the function returns, one axis for each size in front.

    Raises:
        TypeError: ``shape`` holds something else than integers.
    """
    sizes = canonical_shape(shape)
    for i in range(len(sizes)):
        in_axes = tuple(0 if j == len(sizes) - 1 - i else None for j in range(len(sizes)))
        function = _vmap(function, in_axes)
    return function(*(arange(n, dtype=dtype) for n in sizes), **kwargs)


# -- vectorize ------------------------------------------------------------------------------------------------
_ARGUMENT = r"\((?:\w+(?:,\w+)*)?\)"
_SIGNATURE = rf"^{_ARGUMENT}(?:,{_ARGUMENT})*->{_ARGUMENT}(?:,{_ARGUMENT})*$"


def _cores(signature: str) -> tuple[list[Core], list[Core]]:
    """The core axes of arguments and results of a signature such as '(n,m),(m)->(n)'."""
    if not re.match(_SIGNATURE, signature):
        raise ValueError(f"`signature` must be such as '(n,m),(m)->(n)', got {signature!r}.")
    sides = signature.split("->")
    found = [[tuple(re.findall(r"\w+", part)) for part in re.findall(_ARGUMENT, side)] for side in sides]
    return found[0], found[1]


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Collection[int | str] = frozenset(), signature: str | None = None
) -> Callable[..., Any]:
    """A function of scalars, or of arrays with core axes, as one of arrays whose other axes broadcast.

    Args:
        pyfunc: the function.
        excluded: positions and names of arguments that are handed on as they are.
        signature: the core axes, such as '(n,m),(m)->(n)'; none by default.

    Returns:
        A function of arrays.

    Raises:
        TypeError: the arguments are not as many as the signature's, or one that is not excluded is given by name.
        ValueError: ``excluded`` holds a negative position, or the signature makes no sense or does not fit.
    """
    if any(isinstance(e, int) and e < 0 for e in excluded):
        raise ValueError(f"`excluded` must hold positions from 0 on and names, got {excluded!r}.")

    @functools.wraps(pyfunc)
    def vectorized(*args: Any, **kwargs: Any) -> Any:
        taken = [i for i, x in enumerate(args) if i not in excluded and x is not None]
        names = [name for name in kwargs if name not in excluded]
        if names:
            raise TypeError(
                f"Arguments of a vectorized function are positional, got {names}. Exclude them, or not name them."
            )

        def function(*arrays: Any) -> Any:
            full = list(args)
            for i, x in zip(taken, arrays, strict=True):
                full[i] = x
            return pyfunc(*full, **kwargs)

        return _broadcast(function, [asarray(args[i]) for i in taken], signature)

    return vectorized


def _broadcast(function: Callable[..., Any], arrays: list[Array], signature: str | None) -> Any:
    """The function on each core, the axes before it broadcast and looped over as one."""
    cores, results = ([()] * len(arrays), None) if signature is None else _cores(signature)
    if len(cores) != len(arrays):
        raise TypeError(f"`signature` {signature!r} takes {len(cores)} arguments, got {len(arrays)}.")
    sizes: dict[str, int] = {}
    for x, core in zip(arrays, cores, strict=True):
        _fit(sizes, x.shape[x.ndim - len(core) :], core, signature)
    loop = broadcast_shapes(*(x.shape[: x.ndim - len(c)] for x, c in zip(arrays, cores, strict=True)))

    def checked(*lanes: Any) -> Any:
        found = function(*lanes)
        for x, core in zip(
            found if isinstance(found, tuple) else (found,), results or (), strict=bool(results)
        ):
            _fit(sizes, asarray(x).shape, core, signature)
        return found

    if not loop:
        return checked(*arrays)
    count = math.prod(loop)
    lanes = [
        reshape(broadcast_to(x, (*loop, *x.shape[x.ndim - len(c) :])), (count, *x.shape[x.ndim - len(c) :]))
        for x, c in zip(arrays, cores, strict=True)
    ]
    found = _vmap(checked)(*lanes)
    whole = [reshape(x, (*loop, *x.shape[1:])) for x in (found if isinstance(found, tuple) else (found,))]
    return tuple(whole) if isinstance(found, tuple) else whole[0]


def _fit(sizes: dict[str, int], shape: tuple[int, ...], core: Core, signature: str | None) -> None:
    if len(shape) != len(core):
        raise ValueError(
            f"An argument or result of {signature!r} must have core axes {core}, got shape {shape}."
        )
    for name, n in zip(core, shape, strict=True):
        if sizes.setdefault(name, n) != n:
            raise ValueError(
                f"The core axis {name!r} of {signature!r} must have one size, got {sizes[name]} and {n}."
            )
