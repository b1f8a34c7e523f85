"""Functions mapped over an axis of their arguments, lane by lane."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .. import dispatch, lax, trees
from ..arrays import Array
from ..dispatch import aval_of
from ..flat import Flat, check_array, name_of, own, path_of
from ..shapes import canonical_axis
from .arguments import Function, check_callable, with_static

# What is not mapped reaches the function as it was given: a Python number can still be branched on.
_NUMBERS = (bool, int, float, complex)


def vmap(
    fun: Function,
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_name: Any = None,
    axis_size: int | None = None,
    spmd_axis_name: Any = None,
) -> Function:
    """Map a function over an axis of its arguments.

    Args:
        fun: the function of one lane.
        in_axes: an axis, None (not mapped), or a tree prefix of the positional arguments of these.
        out_axes: the same for results; None only where all lanes agree.
        axis_name: the name that collectives inside ``fun`` call the axis by.
        axis_size: the number of lanes, needed when nothing is mapped.
        spmd_axis_name: accepted for JAX's sake.

    Raises:
        ValueError: axes are out of range, sizes differ, or prefixes do not fit.
    """
    check_callable(fun, "vmap")

    @functools.wraps(fun)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, tree, axes, size = _lanes("vmap", fun, args, kwargs, in_axes, axis_size)
        implementation = dispatch.owner_of(leaves)
        flat = Flat(fun, tree, name_of(fun))
        held = {
            i for i, (x, a) in enumerate(zip(leaves, axes, strict=True)) if a is None and type(x) in _NUMBERS
        }
        moving = [i for i in range(len(leaves)) if i not in held]

        def lane(*operands: Any) -> list[Array]:
            given = iter(operands)
            return flat(*(x if i in held else next(given) for i, x in enumerate(leaves)))

        lane.__name__ = flat.__name__
        with dispatch.using(implementation):
            found, stacked = implementation.vmap(
                lane,
                [own(implementation, leaves[i]) for i in moving],
                [axes[i] for i in moving],
                size,
                axis_name,
            )
            placed = trees.broadcast_prefix(out_axes, flat.structure(), "out_axes")
            return flat.result(
                [_place(x, s, a, size) for x, s, a in zip(found, stacked, placed, strict=True)]
            )

    return mapped


def pmap(
    fun: Function,
    axis_name: Any = None,
    *,
    in_axes: Any = 0,
    out_axes: Any = 0,
    static_broadcasted_argnums: int | Sequence[int] = (),
    devices: Sequence[Any] | None = None,
    backend: str | None = None,
    axis_size: int | None = None,
    donate_argnums: int | Sequence[int] = (),
) -> Function:
    """Run one lane of a function per device.

    Args:
        fun: the function of one lane.
        axis_name: the name that collectives inside ``fun`` call the axis by.
        in_axes: as of `vmap`.
        out_axes: an axis, None (the first lane's result), or a tree prefix of the result of these.
        static_broadcasted_argnums: positions of arguments that every lane is handed as they are.
        devices: which devices; there must be as many as lanes. Those in force by default.
        backend: accepted for JAX's sake.
        axis_size: the number of lanes, needed when nothing is mapped.
        donate_argnums: accepted for JAX's sake.

    Raises:
        ValueError: there are fewer devices than lanes; or as of `vmap`.
    """
    stand_in = _STAND_IN.get()
    if stand_in is not None:
        return stand_in(
            fun,
            axis_name,
            in_axes=in_axes,
            out_axes=out_axes,
            static_broadcasted_argnums=static_broadcasted_argnums,
            axis_size=axis_size,
        )
    check_callable(fun, "pmap")
    numbers = (
        (static_broadcasted_argnums,)
        if isinstance(static_broadcasted_argnums, int)
        else tuple(static_broadcasted_argnums)
    )

    @functools.wraps(fun)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        fixed = tuple((i, args[i]) for i in numbers)
        dynamic = tuple(x for i, x in enumerate(args) if i not in numbers)
        lane = with_static(fun, fixed, ())
        leaves, tree, axes, size = _lanes("pmap", fun, dynamic, kwargs, in_axes, axis_size)
        if devices is not None and len(devices) != size:
            raise ValueError(
                f"`devices` of pmap must be as many as the lanes of {name_of(fun)!r}, {size}, got {len(devices)}."
            )
        implementation = dispatch.owner_of(leaves)
        flat = Flat(lane, tree, name_of(fun))
        name = _Unnamed() if axis_name is None else axis_name
        with dispatch.using(implementation):
            found = implementation.pmap(flat, [own(implementation, x) for x in leaves], axes, size, name)
            placed = trees.broadcast_prefix(out_axes, flat.structure(), "out_axes")
            return flat.result([_of_lanes(x, a, size) for x, a in zip(found, placed, strict=True)])

    return mapped


_STAND_IN: ContextVar[Callable[..., Function] | None] = ContextVar("verax_pmap_stand_in", default=None)


@contextmanager
def pmap_replaced(stand_in: Callable[..., Function]) -> Iterator[None]:
    """Inside, `pmap` applies another transform: for tests that want its lanes without devices."""
    token = _STAND_IN.set(stand_in)
    try:
        yield
    finally:
        _STAND_IN.reset(token)


class _Unnamed:
    """The name of an axis that was given none: equal to nothing that a user can write."""

    def __repr__(self) -> str:
        return "<unnamed axis>"


def _lanes(
    what: str,
    fun: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    in_axes: Any,
    axis_size: int | None,
) -> tuple[list[Any], trees.TreeDef, list[int | None], int]:
    """Leaves, tree, the mapped axis of each leaf, and the number of lanes."""
    leaves, tree = trees.flatten((args, kwargs))
    prefix = tuple(in_axes) if isinstance(in_axes, list) else in_axes
    axes = trees.broadcast_prefix(prefix, trees.structure(args), "in_axes")
    axes += [0] * (len(leaves) - len(axes))
    sizes: dict[int, str] = {}
    for i, (x, axis) in enumerate(zip(leaves, axes, strict=True)):
        named = path_of(args + tuple(kwargs.values()), i)
        aval = check_array(x, f"{named} of {what}", "Map arrays only.")
        if axis is None:
            continue
        if not isinstance(axis, int):
            raise TypeError(f"`in_axes` must hold integers and None, got {axis!r} for {named}.")
        if aval.ndim == 0:
            raise ValueError(
                f"{named} of {what} must have an axis to be mapped along, got rank 0. Use in_axes=None for it."
            )
        axes[i] = canonical_axis(axis, aval.ndim, "in_axes")
        sizes.setdefault(aval.shape[axes[i]], named)
    if axis_size is not None:
        sizes.setdefault(axis_size, "axis_size")
    if len(sizes) > 1:
        shown = ", ".join(f"{n} ({named})" for n, named in sizes.items())
        raise ValueError(
            f"{what} got inconsistent sizes for array axes to be mapped by {name_of(fun)!r}: {shown}. "
            f"These must be one size."
        )
    if not sizes:
        raise ValueError(
            f"`in_axes` of {what} must map at least one argument, got {in_axes!r}. Map one, or pass axis_size."
        )
    return leaves, tree, axes, next(iter(sizes))


def _of_lanes(x: Array, axis: Any, size: int) -> Any:
    """What `pmap` answers of all lanes' results; JAX too gives the first where no axis is asked for."""
    return lax.index_in_dim(x, 0, keepdims=False) if axis is None else _place(x, True, axis, size)


def _place(x: Array, stacked: bool, axis: Any, size: int) -> Any:
    aval = aval_of(x)
    if axis is None:
        if stacked:
            raise ValueError(
                "In vmap, `out_axes` may be None only for a result that is equal in all lanes, got one that differs. "
                "Pass out_axes=0."
            )
        return x
    if not isinstance(axis, int):
        raise TypeError(f"`out_axes` must hold integers and None, got {axis!r}.")
    if not stacked:
        shape = (size, *aval.shape)
        x = lax.broadcast_in_dim(x, shape, tuple(range(1, len(shape))))
    ndim = aval_of(x).ndim
    to = canonical_axis(axis, ndim, "out_axes")
    if to == 0:
        return x
    order = list(range(1, ndim))
    order.insert(to, 0)
    return lax.transpose(x, tuple(order))
