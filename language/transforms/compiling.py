"""`jit`: programs that are traced once and kept."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakSet

from .. import dispatch, trees
from ..arrays import Array
from ..collecting import asked, collected
from ..config import looks_for_nonfinite
from ..dispatch import Tracer
from ..eagerness import jit_is_disabled
from ..flat import Flat, check_array, name_of, own
from ..nonfinite import refuse_jitted
from ..recall import Recall
from .arguments import Function, check_callable, with_static
from .donation import donated_places, with_donation
from .looking import traced
from .retraces import Signature, Statistics, Traces
from .sharding import with_shardings
from .staging import ArgInfo, Traced, parameters_of


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
        donate_argnums: positions of arguments that the caller gives away: those that a result is like are deleted.
        donate_argnames: the same by name.
        keep_unused: accepted for JAX's sake, like all that follow.
        device: likewise; see `device_put`.
        backend: likewise.
        inline: likewise.
        compiler_options: likewise.

    Returns:
        A function with, beside its call, JAX's ``lower``, ``trace``, ``eval_shape`` and ``clear_cache``, and
        ``statistics()``, which says how often it was traced, and why.

    Raises:
        TypeError: ``fun`` is no function; later, an argument that is not static is no array.
        ValueError: a static name is no argument's, or a donated one's; later, a static argument cannot be hashed, or an
            array does not fit its sharding.
    """
    if fun is None:
        return functools.partial(
            jit,
            in_shardings=in_shardings,
            out_shardings=out_shardings,
            static_argnums=static_argnums,
            static_argnames=static_argnames,
            donate_argnums=donate_argnums,
            donate_argnames=donate_argnames,
        )
    check_callable(fun, "jit")
    numbers, names = _static(
        fun,
        () if static_argnums is None else static_argnums,
        () if static_argnames is None else static_argnames,
    )
    given = _Given(
        numbers,
        names,
        () if donate_argnums is None else donate_argnums,
        () if donate_argnames is None else donate_argnames,
    )
    jitted = _jitted(fun, given)
    if given.donates:
        _check_apart(fun, given)
        jitted = with_donation(jitted, given.donated_numbers, given.donated_names)
    if in_shardings is None and out_shardings is None:
        return jitted
    return with_shardings(jitted, in_shardings, out_shardings, numbers)


class _Given(NamedTuple):
    """Which arguments are static, and which are given away: by place and by name."""

    numbers: tuple[int, ...]
    names: frozenset[str]
    donated_numbers: int | Sequence[int]
    donated_names: str | Iterable[str]

    @property
    def donates(self) -> bool:
        """Whether any argument is given away."""
        return self.donated_numbers not in ((), []) or self.donated_names not in ((), [], "")


def _check_apart(fun: Function, given: _Given) -> None:
    parameters = parameters_of(fun)
    places, names = donated_places(fun, len(parameters), given.donated_numbers, given.donated_names)
    both = (names & given.names) | {parameters[i] for i in places if parameters[i] in given.names}
    if both:
        raise ValueError(
            f"`donate_argnums` and `donate_argnames` of jit must name traced arguments, got {sorted(both)} of "
            f"{name_of(fun)!r}, which are static. Name each in one of them."
        )


def _jitted(fun: Function, given: _Given) -> Any:
    numbers, names = given.numbers, given.names
    name, plain = name_of(fun), not numbers and not names
    recalls: dict[Hashable, Recall] = {None: Recall()}
    traces = Traces(name, parameters_of(fun, numbers))
    calls = 0

    @functools.wraps(fun)
    def jitted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        if jit_is_disabled():
            return fun(*args, **kwargs)
        if collected() is not None:
            return _checked(args, kwargs)
        calls += 1
        fixed: _Statics = ()
        named: _Statics = ()
        key: Hashable = None
        if not plain:
            args, kwargs, fixed, named = _parted(args, kwargs, numbers, names)
            key = _typed(_hashable(fixed, "static_argnums")), _typed(_hashable(named, "static_argnames"))
        recall = recalls.get(key) or _another(recalls, key)
        known = recall(args, kwargs)
        if known is not None:
            if looks_for_nonfinite():
                again = functools.partial(with_static(fun, fixed, named), *args, **kwargs)
                refuse_jitted(name, trees.leaves(known[0]), again)
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
            if flat.out_tree is not None:  # the function has been run
                traces.add(Signature.of((*fixed, *named), tree, [x.aval for x in operands]))
        if looks_for_nonfinite() and not any(isinstance(x, Tracer) for x in found):
            refuse_jitted(name, found, functools.partial(with_static(fun, fixed, named), *args, **kwargs))
        return trees.unflatten(out_tree, found)

    checked: dict[Any, Any] = {}

    def _checked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from .. import checked_flow
        from ..checkify import as_around

        kinds = asked()
        if kinds not in checked:
            checked[kinds] = _jitted(as_around(fun), given)
        return checked_flow.call(checked[kinds], args, kwargs)

    def trace(*args: Any, **kwargs: Any) -> Traced:
        return _stage(fun, given, args, kwargs)

    def clear_cache() -> None:
        nonlocal calls
        recalls.clear()
        recalls[None] = Recall()
        dispatch.current().forget(fun)
        traces.forget()
        calls = 0

    functions: dict[str, Function] = {
        "trace": trace,
        "lower": lambda *args, **kwargs: trace(*args, **kwargs).lower(),
        "eval_shape": lambda *args, **kwargs: trace(*args, **kwargs).out_info,
        "clear_cache": clear_cache,
        "_cache_size": lambda: dispatch.current().kept(fun),
        "statistics": lambda: Statistics(calls, traces.count, tuple(traces.reasons)),
    }
    for attribute, function in functions.items():
        setattr(jitted, attribute, function)
    with contextlib.suppress(TypeError, ValueError):  # builtins without a signature
        jitted.__signature__ = inspect.signature(fun)  # type: ignore[attr-defined]  # what `inspect` looks for
    _JITTED.add(jitted)
    return jitted


# Every jitted function that is alive, for `clear_caches`.
_JITTED: WeakSet[Any] = WeakSet()


def clear_caches() -> None:
    """Forget every trace and every compiled program: each function is traced again when it is next called.

    Returns:
        None; the functions stay what they are.

    Raises nothing.
    """
    for jitted in list(_JITTED):
        jitted.clear_cache()


def _stage(fun: Function, given: _Given, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Traced:
    """The program of a call, and what is known of its arguments, which may be types alone."""
    dynamic, rest, fixed, named = _parted(args, kwargs, given.numbers, given.names)
    _hashable(fixed, "static_argnums")
    _hashable(named, "static_argnames")
    program, flat = traced(with_static(fun, fixed, named), dynamic, rest, ())
    static = {i for i, _ in fixed}
    places, names = donated_places(fun, len(args), given.donated_numbers, given.donated_names)
    kept = [i for i in range(len(args)) if i not in static]
    donated = {kept.index(i) for i in places if i in kept}
    avals = iter(program.in_avals)
    info = (
        tuple(trees.map(lambda _, i=i: ArgInfo(next(avals), i in donated), x) for i, x in enumerate(dynamic)),
        {k: trees.map(lambda _, k=k: ArgInfo(next(avals), k in names), rest[k]) for k in sorted(rest)},
    )
    return Traced(
        program, name_of(fun), flat.in_tree, flat.structure(), info, parameters_of(fun, given.numbers)
    )


def _static(fun: Function, numbers: Any, names: Any) -> tuple[tuple[int, ...], frozenset[str]]:
    given = (numbers,) if isinstance(numbers, int) else tuple(numbers)
    named = {names} if isinstance(names, str) else set(names)
    try:
        signature = inspect.signature(fun).parameters
    except (TypeError, ValueError):  # builtins without a signature: positions are all there is
        return given, frozenset(named)
    parameters, kinds = list(signature), [p.kind for p in signature.values()]
    unknown = named - set(parameters)
    if unknown and inspect.Parameter.VAR_KEYWORD not in kinds:
        raise ValueError(
            f"`static_argnames` must be among {parameters} of {name_of(fun)!r}, got {sorted(unknown)}."
        )
    places = sum(
        k in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for k in kinds
    )
    beyond = [i for i in given if not -places <= i < places]
    if beyond and inspect.Parameter.VAR_POSITIONAL not in kinds:
        raise ValueError(
            f"`static_argnums` must lie in [{-places}, {places}), the positional arguments of {name_of(fun)!r}, got "
            f"{beyond}. Count the arguments from 0."
        )
    by_name = tuple(parameters.index(n) for n in sorted(named) if n in parameters)
    by_number = {parameters[i] for i in given if -len(parameters) <= i < len(parameters)}
    return tuple(dict.fromkeys(given + by_name)), frozenset(named | by_number)


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
