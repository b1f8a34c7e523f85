"""What each variant does to a function: a row each.

A function is JAX's or Verax's, as its arguments or its module say.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import unittest
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..language.arrays import Array
from .array_kinds import imported, is_jax_array, is_tracer, shape_of
from .flags import flag
from .leaves import leaves, map_leaves
from .owners import TRANSFORMS, is_function_of_jax
from .placement import known_devices

Function = Callable[..., Any]


@functools.cache
def _verax() -> Any:
    room = f"{__package__.rpartition('.')[0]}.language"
    transforms, placement = (
        importlib.import_module(f"{room}.{name}") for name in ("transforms", "placement")
    )
    return SimpleNamespace(
        numpy=importlib.import_module(f"{room}.numpy"),
        jit=transforms.jit,
        vmap=transforms.vmap,
        pmap=transforms.pmap,
        device_put=placement.device_put,
        device_get=placement.device_get,
    )


def library_of(fn: Function, args: Any) -> Any:
    """The transforms and array functions of whoever's the function is."""
    jax = imported("jax")
    if jax is not None and (is_function_of_jax(fn) or any(map(is_jax_array, leaves(args)))):
        return jax
    return _verax()


# Every keyword that a variant takes, whichever it is.
_known: set[str] = set()


def _variant(transform: Function) -> Function:
    """A variant: a decorator, with or without keyword arguments.

    Raises:
        ValueError: later, an argument is no variant's.
    """
    parameters = inspect.signature(transform).parameters.values()
    _known.update(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)

    @functools.wraps(transform)
    def variant(fn: Function | None = None, **options: Any) -> Any:
        unknown = set(options) - _known
        if unknown:
            raise ValueError(f"Unknown arguments in `self.variant`: {unknown}.")
        if fn is None:
            return functools.partial(variant, **options)
        return transform(fn, **options)

    return variant


def _lazily(fn: Function, made: Callable[[Any], Function]) -> Function:
    """A function that is transformed when the library of its first arguments is known."""
    known: dict[int, Function] = {}

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        library = library_of(fn, (args, kwargs))
        if id(library) not in known:
            known[id(library)] = made(library)
        return known[id(library)](*args, **kwargs)

    setattr(run, TRANSFORMS, True)
    return run


@_variant
def with_jit(
    fn: Function,
    *,
    static_argnums: Any = None,
    static_argnames: Any = None,
    device: Any = None,
    backend: Any = None,
    **unused: Any,
) -> Function:
    """The function compiled."""
    options = {"static_argnums": static_argnums, "static_argnames": static_argnames}
    return _lazily(fn, lambda library: library.jit(fn, **options))


@_variant
def without_jit(fn: Function, **unused: Any) -> Function:
    """The function as it is."""

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    return run


def _numbers(given: Any) -> tuple[int, ...]:
    return () if given is None else (given,) if isinstance(given, int) else tuple(given)


@_variant
def with_device(
    fn: Function, *, ignore_argnums: Any = (), static_argnums: Any = (), **unused: Any
) -> Function:
    """The function of arguments on the default device."""
    kept = {*_numbers(ignore_argnums), *_numbers(static_argnums)}

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        library = library_of(fn, (args, kwargs))

        def put(x: Any) -> Any:
            try:
                return library.device_put(x)
            except TypeError:  # no array and no number: it is handed on
                return x

        placed = [x if i in kept else map_leaves(put, x) for i, x in enumerate(args)]
        return fn(*placed, **map_leaves(put, kwargs))

    return run


@_variant
def without_device(fn: Function, **unused: Any) -> Function:
    """The function of NumPy's arrays in place of arrays on a device."""

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        library = library_of(fn, (args, kwargs))

        def get(x: Any) -> Any:
            return library.device_get(x) if isinstance(x, Array) or is_jax_array(x) else x

        return fn(*map_leaves(get, args), **map_leaves(get, kwargs))

    return run


def _first(out: Any) -> Any:
    """What the first device gave."""

    def first(x: Any) -> Any:
        return x[0] if hasattr(x, "__getitem__") and shape_of(x) and shape_of(x)[0] else x

    return map_leaves(first, out)


@_variant
def with_pmap(
    fn: Function,
    *,
    broadcast_args_to_devices: bool = True,
    reduce_fn: Any = "first_device_output",
    n_devices: int | None = None,
    axis_name: Any = "i",
    devices: Sequence[Any] | None = None,
    in_axes: Any = 0,
    static_broadcasted_argnums: Any = (),
    static_argnums: Any = (),
    backend: Any = None,
    **unused: Any,
) -> Function:
    """The function on every device, each given the same arguments.

    Args:
        fn: a function of arrays.
        broadcast_args_to_devices: whether arguments are copied for each device; else they come with an axis for them.
        reduce_fn: what is made of the stacked results: "first_device_output", "identity", or a function.
        n_devices: how many devices; all by default.
        axis_name: as of `pmap`.
        devices: likewise.
        in_axes: likewise.
        static_broadcasted_argnums: likewise.
        static_argnums: likewise, by its shorter name.
        backend: whose devices.
        unused: what other variants take.

    Raises:
        ValueError: arguments do not fit each other, or the devices.
        SkipTest: there is one device only, and a flag says so.
    """
    if flag("chex_skip_pmap_variant_if_single_device") and len(known_devices(backend)) < 2:
        raise unittest.SkipTest(f"Only 1 device is available ({known_devices(backend)}).")
    if broadcast_args_to_devices and in_axes != 0:
        raise ValueError("Do not use `broadcast_args_to_devices` when specifying `in_axes`.")
    reduce = _first if reduce_fn == "first_device_output" else reduce_fn
    static = _numbers(static_argnums if static_argnums or static_argnums == 0 else static_broadcasted_argnums)
    made: dict[Any, Function] = {}

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        if kwargs and (in_axes != 0 or static):
            raise ValueError("Do not use kwargs with `in_axes` or `static_argnums` in pmapped function.")
        known = list(devices or known_devices(backend))
        count = n_devices or len(known)
        if len(known) < count:
            raise ValueError(
                f"Number of available devices is less than required for test ({len(known)} < {count})"
            )
        library, chosen = library_of(fn, (args, kwargs)), tuple(known[:count])
        if broadcast_args_to_devices:
            copied = functools.partial(map_leaves, lambda x: _copied(library, x, count))
            given = [x if i in static else copied(x) for i, x in enumerate(args)]
            named = copied(kwargs)
        else:
            _check_sizes(args, in_axes, static, count)
            given, named = list(args), kwargs
        key = (id(library), chosen)
        if key not in made:
            made[key] = library.pmap(
                fn,
                axis_name=axis_name,
                devices=chosen,
                in_axes=in_axes,
                static_broadcasted_argnums=static,
                backend=backend,
            )
        found = made[key](*given, **named)
        return found if reduce in (None, "identity") else reduce(found)

    setattr(run, TRANSFORMS, True)
    return run


def _copied(library: Any, x: Any, count: int) -> Any:
    array = x if is_tracer(x) else library.numpy.asarray(x)
    return library.numpy.broadcast_to(array, (count, *np.shape(array)))


def _check_sizes(args: Sequence[Any], in_axes: Any, static: Sequence[int], count: int) -> None:
    axes = in_axes if isinstance(in_axes, (tuple, list)) else [in_axes] * len(args)
    for i, x in enumerate(args):
        if i in static or axes[i] is None:
            continue
        shapes = [shape_of(leaf) for leaf in leaves(x)]
        if any(shape[:1] != (count,) for shape in shapes):
            raise ValueError(
                f"Pmappable arg axes size must be equal to number of devices, got: {shapes} (expected the first dim "
                f"to be {count}). Consider setting `broadcast_args_to_devices=True`."
            )


VARIANTS: dict[str, Function] = {
    "with_jit": with_jit,
    "without_jit": without_jit,
    "with_device": with_device,
    "without_device": without_device,
    "with_pmap": with_pmap,
}
