"""`assert_max_traces`: how often a function is traced, and which argument made it so."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Hashable
from typing import Any

from .array_kinds import dtype_of, is_array, is_tracer, shape_of
from .assertion import PREFIX, asserts_are_disabled, has_tracers
from .leaves import leaves_with_paths, structure
from .owners import is_transformed
from .scalars import assert_scalar_non_negative

# Which traces a function has had: a path in its arguments -> what stood there.
Trace = dict[str, str]
_traces: dict[Hashable, list[Trace]] = {}
_lock = threading.Lock()


def clear_trace_counter() -> None:
    """Forget all traces that `assert_max_traces` has counted. The pytest plugin does it before every test."""
    _traces.clear()


def assert_max_traces(fn: Any = None, n: Any = None) -> Any:
    """A function that may be traced ``n`` times: the decorator goes inside of `jit`.

    A call counts where an argument is traced. A function that is defined again and again by the same line counts as
    one. When there is one trace too many, the message says which arguments were not as before.

    >>> import verax
    >>> @verax.jit
    ... @assert_max_traces(n=1)
    ... def double(x):
    ...     return 2 * x
    >>> double(1.0), double(2.0)
    (Array(2., dtype=float32, weak_type=True), Array(4., dtype=float32, weak_type=True))

    Args:
        fn: a function that no transform has been applied to; without it, the result is a decorator.
        n: how often, 0 or more. It may stand in the first place.

    Raises:
        ValueError: a transform has been applied to ``fn`` already.
        AssertionError: later, the function is traced more often.
    """
    if not callable(fn) and n is None:
        fn, n = None, fn
    caller = sys._getframe(1)
    place = (caller.f_code, caller.f_lineno)
    if fn is None:
        return lambda function: _counted(function, n, place)
    return _counted(fn, n, place)


def _counted(fn: Callable[..., Any], n: int, place: Hashable) -> Callable[..., Any]:
    assert_scalar_non_negative(n)
    if is_transformed(fn):
        raise ValueError(
            "@assert_max_traces must not wrap JAX-transformed function (@jit, @vmap, @pmap etc.); change wrappers "
            "ordering."
        )
    # The code of a function that is defined in a loop is one; so is the line that decorates it.
    key = (getattr(fn, "__code__", None) or id(fn), place)
    name = getattr(fn, "__name__", repr(fn))

    @functools.wraps(fn)
    def counted(*args: Any, **kwargs: Any) -> Any:
        if has_tracers((args, kwargs)):
            trace = _described(args, kwargs)
            with _lock:
                seen = _traces.setdefault(key, [])
                seen.append(trace)
                before, count = seen[:-1], len(seen)
            if count > n and not asserts_are_disabled():
                raise AssertionError(
                    f"{PREFIX}Function '{name}' is traced > {n} times! {_changed(trace, before)} "
                    "A jitted function that is defined inside of another, and again at every call, is traced at "
                    "every call: define it once. In tests, `chex.clear_trace_counter()` starts the count anew."
                )
        return fn(*args, **kwargs)

    return counted


def _described(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Trace:
    found = {"its tree": str(structure((args, kwargs)))}
    for path, x in leaves_with_paths((args, kwargs)):
        where, *rest = path
        keys = [str(key) for key in rest]
        name = f"argument {keys[0]}" if where == 0 else f"argument '{keys[0]}'"
        found["/".join([name, *keys[1:]])] = _kind(x)
    return found


def _kind(x: Any) -> str:
    if not (is_array(x) or is_tracer(x)):
        return f"the {type(x).__name__} {x!r}"
    weak = getattr(x, "weak_type", False)
    return f"{dtype_of(x)}{list(shape_of(x))}{' (weak)' if weak else ''}"


def _changed(trace: Trace, before: list[Trace]) -> str:
    if not before:
        return "This is its first trace."
    last = before[-1]
    if trace in before:
        return "Its arguments are as they were in an earlier trace: it was defined, or transformed, anew."
    moved = [
        f"{where} was {last[where]}, is {what}"
        for where, what in trace.items()
        if where != "its tree" and where in last and last[where] != what
    ]
    if set(trace) != set(last) or (not moved and trace["its tree"] != last["its tree"]):
        moved.append(f"its arguments were {last['its tree']}, are {trace['its tree']}")
    return f"Since the trace before: {'; '.join(moved)}."
