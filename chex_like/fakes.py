"""Fakes of `jit` and `pmap`, and a process with many CPU devices."""

from __future__ import annotations

import functools
import importlib
import inspect
import warnings
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any
from unittest import mock

from ..fake_devices import fake_devices
from ..language import trees
from ..language.eagerness import disable_jit
from ..language.transforms import jit, vmap
from ..language.transforms.mapping import pmap_replaced
from .array_kinds import imported
from .flags import flag

Function = Callable[..., Any]


class FakeContext(ExitStack):
    """A block, which can be entered and left by `start` and `stop` too."""

    def start(self) -> None:
        """Enter it."""
        self.__enter__()

    def stop(self) -> None:
        """Leave it."""
        self.__exit__(None, None, None)


def fake_jit(enable_patching: bool = True) -> FakeContext:
    """A context in which `jit` compiles nothing: functions, loops and branches run as Python.

    Args:
        enable_patching: whether it does anything.

    >>> import verax
    >>> with fake_jit():
    ...     verax.jit(lambda x: 1 if x > 0 else 0)(verax.numpy.ones(()))
    1
    """
    stack, jax = FakeContext(), imported("jax")
    if enable_patching:
        stack.enter_context(disable_jit())
        if jax is not None:
            stack.enter_context(jax.disable_jit())
    return stack


def fake_pmap(
    enable_patching: bool = True,
    jit_result: bool = False,
    ignore_axis_index_groups: bool = False,
    fake_parallel_axis: bool = False,
) -> FakeContext:
    """A context in which `pmap`, Verax's and JAX's, is `vmap`: it asks for no devices.

    What was made inside stays so outside. ``out_axes`` and ``axis_size`` are as of `pmap`; devices and donations play
    no part.

    Args:
        enable_patching: whether it does anything.
        jit_result: whether the mapped function is compiled.
        ignore_axis_index_groups: accepted for Chex's sake: Verax's `vmap` knows groups of lanes, and JAX's says that
            it does not. Nothing is left out of a program in silence.
        fake_parallel_axis: whether arguments come without the mapped axis; it is added, and taken from results.

    >>> import verax
    >>> with fake_pmap():
    ...     total = verax.pmap(lambda x: verax.lax.psum(x, "i"), axis_name="i")
    >>> total(verax.numpy.arange(3.0)).tolist()
    [3.0, 3.0, 3.0]
    """
    stack = FakeContext()
    if enable_patching:
        options: dict[str, Any] = {"jit_result": jit_result, "fake_parallel_axis": fake_parallel_axis}
        stack.enter_context(pmap_replaced(functools.partial(_mapped, vmap, jit, **options)))
        jax = imported("jax")
        if jax is not None:
            theirs = functools.partial(_mapped, jax.vmap, jax.jit, **options)
            stack.enter_context(mock.patch.object(jax, "pmap", theirs))
    return stack


def fake_pmap_and_jit(enable_pmap_patching: bool = True, enable_jit_patching: bool = True) -> FakeContext:
    """`fake_pmap` and `fake_jit` in one; arguments say which."""
    stack = FakeContext()
    stack.enter_context(fake_pmap(enable_pmap_patching))
    stack.enter_context(fake_jit(enable_jit_patching))
    return stack


def _mapped(
    vmap: Function,
    jit: Function,
    fun: Function,
    axis_name: Any = None,
    *,
    in_axes: Any = 0,
    out_axes: Any = 0,
    static_broadcasted_argnums: int | Iterable[int] = (),
    axis_size: int | None = None,
    jit_result: bool = False,
    fake_parallel_axis: bool = False,
    **unused: Any,
) -> Function:
    """`pmap` by `vmap`.

    Raises:
        NotImplementedError: there are static arguments, and axes in a dict.
    """
    given = static_broadcasted_argnums
    static = frozenset((given,) if isinstance(given, int) else given)
    if static and isinstance(in_axes, dict):
        raise NotImplementedError(  # as of Chex: which arguments the axes are of cannot be told
            "`in_axes` of a faked pmap with static arguments must be an axis or a tuple, got a dict."
        )
    signature = inspect.signature(fun, follow_wrapped=False)

    @functools.wraps(fun)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        places, named = bound.args, bound.kwargs  # by name are those that have no place
        moving = [i for i in range(len(places)) if i not in static]
        axes = in_axes if not isinstance(in_axes, (tuple, list)) else tuple(in_axes[i] for i in moving)

        def lane(*operands: Any, **rest: Any) -> Any:
            each = dict(zip(moving, operands, strict=True))
            return fun(*(each.get(i, x) for i, x in enumerate(places)), **rest)

        run = vmap(lane, in_axes=axes, out_axes=out_axes, axis_name=axis_name, axis_size=axis_size)
        if jit_result:
            run = jit(run)
        operands = [places[i] for i in moving]
        if not fake_parallel_axis:
            return run(*operands, **named)
        added, more = trees.map(lambda x: x[None], (operands, named))
        return trees.map(lambda y: y[0], vmap(lane, axis_name=axis_name)(*added, **more))

    return mapped


# -- devices -----------------------------------------------------------------------------------------------
_devices = ExitStack()


def set_n_cpu_devices(n: int | None = None) -> None:
    """Pretend from now on, in this context, that there are ``n`` CPU devices; 1 undoes it.

    Unlike Chex's it may be called at any time, again, with any number. `with fake_devices(n):` and the pytest mark of
    that name end where they should, and are to be preferred. JAX's own devices, where the program has imported JAX, are
    set too; JAX allows it before it has computed anything, and a warning says where it did not.

    Args:
        n: how many; by default the flag ``chex_n_cpu_devices``.
    """
    count = int(n or flag("chex_n_cpu_devices"))
    jax = imported("jax")
    if jax is not None:
        _set_those_of_jax(jax, count)
    _devices.close()
    if count > 1:
        _devices.enter_context(fake_devices(count))


def known_count() -> int:
    """How many CPU devices there are."""
    from .placement import num_devices_available

    return num_devices_available("cpu")


def _set_those_of_jax(jax: Any, count: int) -> None:
    try:
        if jax.config.jax_num_cpu_devices != count:
            jax.config.update("jax_num_cpu_devices", count)
    except RuntimeError:
        there = len(jax.devices("cpu"))
        if there != count:
            warnings.warn(
                f"JAX itself keeps its {there} CPU devices, for it has computed something already: call "
                f"set_n_cpu_devices({count}) first. Verax has {count} from here on.",
                RuntimeWarning,
                stacklevel=3,
            )


# -- watching ----------------------------------------------------------------------------------------------
class OnCallOfTransformedFunction:
    """A context in which every call of a function that a transform has made is told to a callback.

    Args:
        fn_transformation: the transform, by its dotted name: ``"verax.jit"``.
        callback_fn: is called with the transformed function and its arguments.
    """

    def __init__(self, fn_transformation: str, callback_fn: Function) -> None:
        self._name, self._callback = fn_transformation, callback_fn
        self._patch: Any = None

    def __enter__(self) -> None:
        module, _, name = self._name.rpartition(".")
        plain = getattr(importlib.import_module(module), name)

        def transform(fn: Function, *args: Any, **kwargs: Any) -> Function:
            transformed = plain(fn, *args, **kwargs)

            @functools.wraps(transformed)
            def watched(*args: Any, **kwargs: Any) -> Any:
                self._callback(transformed, *args, **kwargs)
                return transformed(*args, **kwargs)

            return watched

        self._patch = mock.patch(self._name, transform)
        self._patch.start()

    def __exit__(self, *_: object) -> None:
        self._patch.stop()
