"""Traces that a library defines: what `jax.core.Trace` and its kin are for code that interposes on primitives.

A trace that is set current is a level of Verax's dispatch, which hands every primitive to `process_primitive`. Custom
rules are dropped: under such a trace a function that has some is its plain self.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..language import dispatch, trees
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Level
from .jaxprs import JaxprParams, viewed_params


class TraceTag:
    """What tells the tracers of one trace from those of another."""


class Trace:
    """The base of a library's traces: it defines ``process_primitive(primitive, tracers, params)``.

    Attributes:
        level: the level that it is while it is current.
    """

    level: Level | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: a trace becomes a level when it is set current."""

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: Any) -> Any:
        """Apply a primitive to the tracers and values: its result, or the list of its results.

        Raises:
            NotImplementedError: the library's trace has no such method.
        """
        raise NotImplementedError(  # for a library to define
            f"`process_primitive` must be defined by {type(self).__name__}, a trace of its own. Define it."
        )

    def stage_value(self, val: Any) -> Any:
        """A value as one of the trace's: itself."""
        return val


class _AnyTracer(type(Array)):  # type: ignore[misc]  # whatever class of classes arrays have
    """Every tracer of Verax is an instance of `Tracer` itself; of a class derived from it its own instances are."""

    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, dispatch.Tracer) if cls is Tracer else super().__instancecheck__(x)


class Tracer(dispatch.Tracer, metaclass=_AnyTracer):
    """The base of a library's tracers, and the class that every tracer is of."""

    def __init__(self, trace: Trace, aval: Any) -> None:
        if trace.level is None:
            raise ValueError(
                f"`trace` of a tracer must be current, got {trace!r}. Set it by set_current_trace."
            )
        self._trace, self.level, self.aval = trace, trace.level, aval


class _Interposed(Level):
    """The level of a library's trace."""

    staging = True

    def __init__(self, trace: Trace) -> None:
        super().__init__(dispatch.current())
        self.trace = trace

    def lift(self, value: Any) -> Any:
        """The value as one of the trace's."""
        with dispatch.below(self):
            return self.trace.stage_value(value)

    def bind(self, primitive: Any, operands: list[Any], params: Any) -> list[Array]:
        """What the trace makes of a primitive."""
        with dispatch.below(self):
            found = self.trace.process_primitive(primitive, operands, viewed_params(primitive.name, params))
        return list(found) if isinstance(found, (list, tuple)) else [found]

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """The function without its rule."""
        return [dispatch.lift(y) for y in function(*operands)]

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """Likewise."""
        return [dispatch.lift(y) for y in function(*operands)]


class Parent(Level):
    """What was current before a library's trace: the levels that are under way, as a trace."""

    def __init__(self) -> None:
        super().__init__(dispatch.current())
        self.depth = len(dispatch.levels_in_force())

    def stage_value(self, val: Any) -> Any:
        """The value as an array."""
        with dispatch.below(self):
            return dispatch.lift(val)

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: Any) -> list[Array]:
        """The results, of whoever owns the operands."""
        own = params.own if isinstance(params, JaxprParams) else params
        with dispatch.below(self):
            return dispatch.bind(primitive, *tracers, **own)


@contextmanager
def take_current_trace() -> Iterator[Parent]:
    """A block that has what is current here as a trace."""
    yield Parent()


@contextmanager
def set_current_trace(trace: Any) -> Iterator[None]:
    """A block whose primitives a trace processes: a library's, or what `take_current_trace` gave."""
    if isinstance(trace, Parent):
        with dispatch.below(trace):
            yield
        return
    trace.level = _Interposed(trace)
    with dispatch.push(trace.level):
        yield


class WrappedFun:
    """A function, and the generators that transform its arguments and results, the outermost first.

    Attributes:
        f: the function.
    """

    def __init__(self, f: Callable[..., Any], around: tuple[tuple[Any, tuple[Any, ...]], ...] = ()) -> None:
        self.f, self.around = f, around
        self.__name__ = getattr(f, "__name__", type(f).__name__)

    def call_wrapped(self, *args: Any, **kwargs: Any) -> Any:
        """The result, after each generator has had the arguments, and the results in the other order."""
        running = []
        for generator, given in self.around:
            one = generator(*given, *args, **kwargs)
            args, kwargs = next(one)
            running.append(one)
        found = self.f(*args, **kwargs)
        while running:
            one = running.pop()
            found = one.send(found)
            one.close()
        return found


def wrap_init(f: Callable[..., Any], params: Any = None, *, debug_info: Any = None) -> WrappedFun:
    """A function that may be transformed by generators."""
    return WrappedFun(functools.partial(f, **params) if params else f)


def transformation(generator: Callable[..., Any]) -> Callable[..., WrappedFun]:
    """A decorator: ``generator(*given, *args)`` yields ``(args, kwargs)``, is sent the result, and yields another."""
    return lambda fun, *given: WrappedFun(fun.f, ((generator, given), *fun.around))


def flatten_fun(fun: WrappedFun, in_tree: trees.TreeDef) -> tuple[WrappedFun, Callable[[], trees.TreeDef]]:
    """A function of the leaves of ``(args, kwargs)``, and what gives the structure of its last result."""
    structures: list[trees.TreeDef] = []

    def flat(*leaves: Any) -> Any:
        args, kwargs = trees.unflatten(in_tree, leaves)
        found, structure = trees.flatten((yield args, kwargs))
        structures[:] = [structure]
        yield found

    return transformation(flat)(fun), lambda: structures[0]
