"""What only a compiler is told. The values are what they would be without it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import DType, as_dtype, bool_, canonical
from .creation import full

Function = Callable[..., Any]


def dtype(x: Any) -> DType:
    """The dtype of an array, a number or a Python type, or the dtype itself, in canonical width.

    Raises:
        TypeError: it has none.
    """
    if isinstance(x, Array):
        return x.aval.dtype
    if isinstance(x, (bool, int, float)):
        return aval_of(x).dtype
    return canonical(as_dtype(x.dtype if isinstance(x, (np.ndarray, np.generic)) else x))


def stage(x: Operand) -> Array:
    """A number or a NumPy array as an array of whoever traces or runs; arrays are left as they are.

    Returns:
        An array of the shape and dtype of what is given.

    Raises nothing of its own.
    """
    return dispatch.lift(x)


def optimization_barrier(operand: Any) -> Any:
    """The same arrays, leaf by leaf. Nothing here moves operations in a way that a barrier could stop.

    Raises nothing of its own.
    """
    return trees.map(dispatch.lift, operand)


def with_sharding_constraint(x: Any, shardings: Any) -> Any:
    """The same arrays, leaf by leaf, that are to be laid out over devices in a stated way: here each is whole.

    Args:
        x: a tree of arrays.
        shardings: one for each leaf, or for each of its branches: objects whose ``shard_shape(shape)`` gives the
            shape of a part, or raises ValueError where they do not fit.

    Raises:
        ValueError: a sharding is none, or does not fit.
    """
    given, tree = trees.flatten(x)
    wanted = trees.broadcast_prefix(shardings, tree, "shardings")
    for leaf, sharding in zip(given, wanted, strict=True):
        if not callable(getattr(sharding, "shard_shape", None)):
            raise ValueError(
                f"`shardings` of with_sharding_constraint must be shardings, with a method `shard_shape`, got "
                f"{sharding!r}."
            )
        sharding.shard_shape(aval_of(leaf).shape)
    return trees.unflatten(tree, map(dispatch.lift, given))


def dce_sink(val: Any, *, prevent_mlir_dce: bool = False) -> None:
    """Say that ``val`` is wanted. What has been computed is not removed, so there is nothing to do.

    Returns:
        None.

    Raises nothing of its own.
    """
    for leaf in trees.leaves(val):
        aval_of(leaf)


def create_token(_: Any = None) -> Array:
    """A value without elements that only orders what depends on it; programs here run in order anyway.

    Returns:
        A value without elements.

    Raises nothing of its own.
    """
    return full((0,), False, bool_)


def after_all(*operands: Any) -> Array:
    """One token after several.

    Returns:
        A value without elements.

    Raises nothing of its own.
    """
    return create_token()


def composite(decomposition: Function, name: str, version: int = 0) -> Function:
    """``decomposition`` itself, under a name that a compiler could know.

    Args:
        decomposition: a function of arrays; keyword arguments are attributes, no arrays that are traced.
        name: what the operation is called.
        version: of its meaning.

    Returns:
        What the decomposition returns.

    Raises:
        UnexpectedTracerError: an attribute is a traced array.
    """
    from ..errors import UnexpectedTracerError

    @functools.wraps(decomposition)
    def composed(*args: Any, **attributes: Any) -> Any:
        if any(isinstance(x, dispatch.Tracer) for x in trees.leaves(attributes)):
            raise UnexpectedTracerError(
                f"Keyword arguments of the composite {name!r} must be known, got a traced array. Pass it by position."
            )
        return decomposition(*args, **attributes)

    return composed


def platform_dependent(*args: Any, default: Function | None = None, **per_platform: Function) -> Any:
    """``per_platform[p](*args)`` for the platform p that this runs on ('cpu' or 'cuda'); else ``default``'s.

    All branches must give equal shapes and dtypes; only the chosen one is run.

    Raises:
        TypeError: a branch is not callable.
        ValueError: there is a branch 'gpu' (say 'cuda' or 'rocm'), or none for the platform and no default.
    """
    from ..control_flow import switch

    for name, branch in {**per_platform, **({} if default is None else {"default": default})}.items():
        if not callable(branch):
            raise TypeError(f"`{name}` of platform_dependent must be a function, got {branch!r}.")
    if "gpu" in per_platform:
        raise ValueError("`gpu` of platform_dependent must be called 'cuda' or 'rocm', got 'gpu'.")
    platform = dispatch.owner_of(trees.leaves(args)).platform
    chosen = per_platform.get(platform, default)
    if chosen is None:
        raise ValueError(
            f"`default` of platform_dependent must be given where there is no `{platform}`, got only "
            f"{sorted(per_platform)}."
        )
    others = [f for f in per_platform.values() if f is not chosen]
    if default is not None and default is not chosen:
        others.append(default)
    # The others are looked at, so that a branch of another type is found on this platform too.
    return switch(0, [chosen, *others], *args)
