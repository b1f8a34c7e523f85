"""Python functions called from programs while these run: `pure_callback`, `io_callback`, and what `debug` is made of.

They are called wherever the program runs: eagerly, under `jit`, in loops, for each lane of `vmap`; and in the order of
the program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import dispatch, trees
from .catalogue.callbacks import VMAP_METHODS, Effect, FlatCallback, callback_p
from .dispatch import aval_of
from .dtypes import as_dtype, canonical
from .flat import check_array, name_of
from .shapes import ShapedArray, canonical_shape


def pure_callback(
    callback: Callable[..., Any],
    result_shape_dtypes: Any,
    *args: Any,
    sharding: Any = None,
    vmap_method: str | None = None,
    **kwargs: Any,
) -> Any:
    """What a Python function without side effects returns, called when the program runs.

    It may be called more often than once, or not at all where nobody needs its result. It has no derivative: give it
    one with `custom_jvp` or `custom_vjp`.

    Args:
        callback: takes arrays as ``args`` and ``kwargs`` have them, and returns arrays or NumPy's.
        result_shape_dtypes: the result's shapes and dtypes, a tree of arrays or `ShapeDtypeStruct`.
        args: arrays in trees.
        sharding: accepted for JAX's sake.
        vmap_method: what `vmap` does: "sequential" calls it for each lane; "expand_dims" and "broadcast_all" once, with
            a leading axis of lanes (of 1 where all agree, or not); None refuses.
        kwargs: arrays in trees, by name.

    Returns:
        Arrays of these shapes and dtypes.

    Raises:
        TypeError: it is no function, or an argument no array.
        ValueError: the method is unknown, or a dtype has 64 bits while these are not enabled; later, what the function
            returns has other shapes or another structure, or somebody differentiates it.
        NotImplementedError: `vmap` maps it, and was told no method.
    """
    if vmap_method not in VMAP_METHODS:
        raise ValueError(f"`vmap_method` must be one of {VMAP_METHODS}, got {vmap_method!r}.")
    return _called("pure_callback", callback, result_shape_dtypes, args, kwargs, "pure", False, vmap_method)


def io_callback(
    callback: Callable[..., Any],
    result_shape_dtypes: Any,
    *args: Any,
    sharding: Any = None,
    ordered: bool = False,
    **kwargs: Any,
) -> Any:
    """What a Python function returns that does something: it is called once each time that the program comes by.

    Args:
        callback: takes arrays as ``args`` and ``kwargs`` have them, and returns arrays or NumPy's.
        result_shape_dtypes: the result's shapes and dtypes, a tree of arrays or `ShapeDtypeStruct`; None for none.
        args: arrays in trees.
        sharding: accepted for JAX's sake.
        ordered: whether calls must not change their order, which `vmap` then cannot keep. Verax keeps it anyway.
        kwargs: arrays in trees, by name.

    Returns:
        Arrays of these shapes and dtypes.

    Raises:
        TypeError: it is no function, or an argument no array.
        ValueError: a dtype has 64 bits while these are not enabled; later, what the function returns has other shapes,
            or somebody differentiates it, or maps an ordered one.
    """
    return _called(
        "io_callback", callback, result_shape_dtypes, args, kwargs, "io", bool(ordered), "sequential"
    )


def effects_barrier() -> None:
    """Wait for callbacks: they have run when the call that makes them returns, so that there is nothing to wait for.

    Returns:
        None.

    Raises nothing.
    """


def _called(
    name: str,
    callback: Callable[..., Any],
    results: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    effect: Effect,
    ordered: bool,
    vmap_method: str | None,
) -> Any:
    if not callable(callback):
        raise TypeError(
            f"`callback` of {name} must be a function, got {type(callback).__name__}: {callback!r}."
        )
    leaves, tree = trees.flatten((args, kwargs))
    for i, x in enumerate(leaves):
        check_array(x, f"Leaf {i} of the arguments of {name}", "Close over what is no array.")
    wanted, out_tree = trees.flatten(results)
    found = dispatch.bind(
        callback_p,
        *leaves,
        function=FlatCallback(callback, tree),
        effect=effect,
        ordered=ordered,
        vmap_method=vmap_method,
        out_avals=tuple(_result_type(x, name) for x in wanted),
        out_tree=out_tree,
    )
    return trees.unflatten(out_tree, found)


def _result_type(x: Any, name: str) -> ShapedArray:
    if not hasattr(x, "shape") or not hasattr(x, "dtype"):
        raise TypeError(
            f"`result_shape_dtypes` of {name} must hold arrays or ShapeDtypeStructs, got {type(x).__name__}: {x!r}."
        )
    dtype = as_dtype(x.dtype)
    if canonical(dtype) != dtype:
        raise ValueError(
            f"`result_shape_dtypes` of {name} must have no 64-bit dtypes while these are not enabled, got {dtype}. "
            f"Ask for {canonical(dtype)}, or use verax.enable_x64."
        )
    return ShapedArray(canonical_shape(x.shape), dtype)


def run_debug(
    callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], ordered: bool
) -> None:
    """Call a function that looks on: arguments that are no arrays reach it as they are."""
    leaves, tree = trees.flatten((args, kwargs))
    static = tuple((i, x) for i, x in enumerate(leaves) if not _is_array(x))
    places = dict(static)
    dispatch.bind(
        callback_p,
        *(x for i, x in enumerate(leaves) if i not in places),
        function=FlatCallback(callback, tree, static),
        effect="debug",
        ordered=ordered,
        vmap_method="sequential",
        out_avals=(),
        out_tree=None,
    )


def _is_array(x: Any) -> bool:
    try:
        aval_of(x)
    except TypeError:
        return False
    return True


def answer(params: Any, operands: Sequence[Any]) -> list[np.ndarray[Any, Any]]:
    """Call the function of a ``callback`` equation: what it returned, as machine arrays of the promised types.

    Raises:
        ValueError: it returned another structure or shape, or a dtype that does not convert.
    """
    found = params["function"](*operands)
    if params["effect"] == "debug":
        return []
    name, wanted, tree = name_of(params["function"]), params["out_avals"], params["out_tree"]
    leaves, structure = trees.flatten(found)
    if structure != tree:
        raise ValueError(
            f"The callback {name!r} must return the structure of `result_shape_dtypes`, {tree}, got {structure}."
        )
    results = []
    for x, aval in zip(leaves, wanted, strict=True):
        value = np.asarray(x)
        if value.shape != aval.shape:
            raise ValueError(
                f"The callback {name!r} must return {aval}, as `result_shape_dtypes` says, got shape {value.shape}. "
                f"Mend the function, or what it promises."
            )
        results.append(value.astype(aval.dtype))
    return results
