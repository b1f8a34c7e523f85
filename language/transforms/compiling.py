"""`jit`: programs that are traced once and kept."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..eagerness import jit_is_disabled
from ..flat import Flat, check_array, name_of, own
from ..recall import Recall
from .arguments import Function, check_callable, with_static
from .sharding import with_shardings


def jit(
    fun: Function | None = None,
    *,
    in_shardings: Any = None,
    out_shardings: Any = None,
    static_argnums: int | Sequence[int] | None = (),
    static_argnames: str | Iterable[str] | None = (),
    donate_argnums: int | Sequence[int] | None = (),
    donate_argnames: str | Iterable[str] | None = (),
    keep_unused: bool = False,
    device: Any = None,
    backend: str | None = None,
    inline: bool = False,
    compiler_options: Any = None,
) -> Any:
    """Compile a function: traced once per shapes, dtypes and static arguments.

    Args:
        fun: arrays in trees in, arrays in trees out. Omit it to get a decorator.
        in_shardings: how arguments are laid out over a mesh, a tree prefix of the positional ones; None says nothing.
        out_shardings: the same for results. Shardings are checked; what is computed does not depend on them.
        static_argnums: positions of arguments that are part of the program; hashable. None is no argument.
        static_argnames: the same by name.
        donate_argnums: accepted for JAX's sake; buffers are not reused yet.
        donate_argnames: likewise.
        keep_unused: accepted for JAX's sake, like all that follow.
        device: likewise; see `device_put`.
        backend: likewise.
        inline: likewise.
        compiler_options: likewise.

    Raises:
        TypeError: ``fun`` is no function; later, an argument that is not static is no array.
        ValueError: a static name is no argument's; later, a static argument cannot be hashed, or an
            array does not fit its sharding.
    """
    if fun is None:
        return functools.partial(
            jit,
            in_shardings=in_shardings,
            out_shardings=out_shardings,
            static_argnums=static_argnums,
            static_argnames=static_argnames,
        )
    check_callable(fun, "jit")
    numbers, names = _static(
        fun,
        () if static_argnums is None else static_argnums,
        () if static_argnames is None else static_argnames,
    )
    name, plain = name_of(fun), not numbers and not names
    recalls: dict[Hashable, Recall] = {None: Recall()}

    @functools.wraps(fun)
    def jitted(*args: Any, **kwargs: Any) -> Any:
        if jit_is_disabled():
            return fun(*args, **kwargs)
        fixed: _Statics = ()
        named: _Statics = ()
        key: Hashable = None
        if not plain:
            args, kwargs, fixed, named = _parted(args, kwargs, numbers, names)
            key = _typed(_hashable(fixed, "static_argnums")), _typed(_hashable(named, "static_argnames"))
        recall = recalls.get(key) or _another(recalls, key)
        known = recall(args, kwargs)
        if known is not None:
            return known[0]
        leaves, tree = trees.flatten((args, kwargs))
        for i, x in enumerate(leaves):
            if not isinstance(x, Array):
                check_array(x, f"Leaf {i} of the arguments of {name!r}", "Mark it static.")
        implementation = dispatch.owner_of(leaves)
        flat = Flat(with_static(fun, fixed, named), tree, name)
        operands, memory = [own(implementation, x) for x in leaves], recall.memory(args, kwargs, tree)
        with dispatch.using(implementation):
            found, out_tree = implementation.jit(flat, operands, (fun, key, tree), memory)
        return trees.unflatten(out_tree, found)

    if in_shardings is None and out_shardings is None:
        return jitted
    return with_shardings(jitted, in_shardings, out_shardings, numbers)


def _static(fun: Function, numbers: Any, names: Any) -> tuple[tuple[int, ...], frozenset[str]]:
    given = (numbers,) if isinstance(numbers, int) else tuple(numbers)
    named = {names} if isinstance(names, str) else set(names)
    try:
        parameters = list(inspect.signature(fun).parameters)
    except (TypeError, ValueError):  # builtins without a signature: positions are all there is
        return given, frozenset(named)
    unknown = named - set(parameters)
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in inspect.signature(fun).parameters.values()):
        raise ValueError(
            f"`static_argnames` must be among {parameters} of {name_of(fun)!r}, got {sorted(unknown)}."
        )
    by_name = tuple(parameters.index(n) for n in sorted(named) if n in parameters)
    by_number = {parameters[i] for i in given if -len(parameters) <= i < len(parameters)}
    return given + by_name, frozenset(named | by_number)


# Static arguments, each with its place or name.
_Statics = tuple[tuple[Any, Any], ...]


# Static arguments that one function keeps memories for; when there are more, all are forgotten.
_STATICS = 256


def _another(recalls: dict[Hashable, Recall], key: Hashable) -> Recall:
    if len(recalls) >= _STATICS:
        recalls.clear()
    return recalls.setdefault(key, Recall())


def _parted(
    args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Sequence[int], names: Iterable[str]
) -> tuple[tuple[Any, ...], dict[str, Any], _Statics, _Statics]:
    """The arguments that are traced, and the static ones with their places and names."""
    fixed = tuple((i % len(args), args[i]) for i in numbers if -len(args) <= i < len(args))
    named = tuple((k, kwargs[k]) for k in sorted(names) if k in kwargs)
    places = {i for i, _ in fixed}
    dynamic = tuple(x for i, x in enumerate(args) if i not in places)
    return dynamic, {k: v for k, v in kwargs.items() if k not in names}, fixed, named


def _typed(statics: _Statics) -> Hashable:
    # 1, 1.0 and True are equal, but make different programs.
    return tuple((where, type(value), value) for where, value in statics)


def _hashable(value: _Statics, name: str) -> _Statics:
    try:
        hash(value)
    except TypeError as err:
        raise ValueError(
            f"`{name}` must point at hashable arguments, got {value!r}. Pass a tuple, or trace the argument."
        ) from err
    return value
