"""Tracing a function to a `Program`. It holds no rules: what an operation means is not its business."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from . import dispatch
from .arrays import Array
from .collecting import looking
from .dispatch import FlatFunction, Level, Operand, Tracer, aval_of
from .errors import (
    ConcretizationTypeError,
    TracerArrayConversionError,
    TracerBoolConversionError,
    TracerIntegerConversionError,
)
from .leaks import refuse_leaks
from .primitive import Primitive
from .program import Atom, Constant, Equation, Program, SourceLine, Variable
from .shapes import ShapedArray

# Frames of Verax's own code are passed over when the user's line is looked for.
_FLOOR = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
_ROOMS = ("language", "reference", "fast", "fake_devices", "chex_like", "property_tests", "ci")
_OWN = tuple(os.path.join(_FLOOR, room, "") for room in _ROOMS)
# What stands outside these called the harness, and is no part of the function that it judges.
_HARNESS = tuple(os.path.join(_FLOOR, room, "") for room in ("chex_like", "property_tests"))


class AbstractTracer(Tracer):
    """A value of which only shape and dtype are known: a variable of the program being traced."""

    __slots__ = ("atom",)

    def __init__(self, level: ProgramLevel, atom: Atom) -> None:
        self.level, self.atom, self.aval = level, atom, atom.aval

    def __repr__(self) -> str:
        return f"Traced<{self.aval}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def _refuse(self, error: type[TypeError], what: str, mend: str) -> NoReturn:
        where = user_line()
        raise error(
            f"A traced value ({self.aval}) cannot be {what}: its value is not known while the function is "
            f"traced. {mend}" + (f" At {where}." if where else "")
        )

    def __bool__(self) -> bool:  # noqa: PLE0304  # it always raises
        self._refuse(
            TracerBoolConversionError,
            "used as a truth value",
            "Use verax.numpy.where, verax.lax.cond or verax.lax.while_loop, or mark the argument static.",
        )

    def __index__(self) -> int:  # noqa: PLE0305  # it always raises
        self._refuse(TracerIntegerConversionError, "used as a Python index", "Mark the argument static.")

    def __int__(self) -> int:
        self._refuse(ConcretizationTypeError, "converted to int", "Use .astype(int), or mark it static.")

    def __float__(self) -> float:
        self._refuse(ConcretizationTypeError, "converted to float", "Use .astype(float), or mark it static.")

    def __complex__(self) -> complex:
        self._refuse(ConcretizationTypeError, "converted to complex", "Mark the argument static.")

    def item(self) -> Any:
        """Refuse: there is no value yet."""
        self._refuse(
            ConcretizationTypeError, "read by item()", "Keep it an array, or mark the argument static."
        )

    def tolist(self) -> Any:
        """Refuse: there is no value yet."""
        self._refuse(
            ConcretizationTypeError, "read by tolist()", "Keep it an array, or mark the argument static."
        )

    def machine_value(self) -> np.ndarray[Any, Any]:
        """Refuse: there is no value yet."""
        self._refuse(
            TracerArrayConversionError,
            "handed to NumPy or read out",
            "Use verax.numpy instead of numpy, or compute it outside the traced function.",
        )


class ProgramLevel(Level):
    """The level that writes down every operation."""

    staging = True

    def __init__(self) -> None:
        super().__init__(dispatch.current())
        self.equations: list[Equation] = []
        self.captured: dict[int, tuple[Variable, Any]] = {}
        self._outside = len(_SCOPES.get())

    def lift(self, value: Operand) -> AbstractTracer:
        """A scalar becomes a written constant; everything else is captured, once."""
        aval = aval_of(value)
        if not isinstance(value, Array) and aval.shape == ():
            with np.errstate(over="ignore", invalid="ignore"):
                written = np.asarray(value).astype(aval.dtype)
            return AbstractTracer(self, Constant(written, aval))
        variable, _ = self.captured.setdefault(id(value), (Variable(aval), value))
        return AbstractTracer(self, variable)

    def bind(self, primitive: Primitive, operands: list[Any], params: Any) -> list[Array]:
        """Write one equation."""
        outputs = tuple(Variable(a) for a in primitive.infer([x.aval for x in operands], params))
        self.equations.append(
            Equation(
                primitive,
                tuple(x.atom for x in operands),
                outputs,
                dict(params),
                user_line(),
                _SCOPES.get()[self._outside :],
            )
        )
        results: list[Array] = [AbstractTracer(self, v) for v in outputs]
        into = looking(self.depth)
        if into is not None:
            from .automatic_checks import look

            look(into, primitive, operands, params, results)
        return results

    def origin(self, tracer: Tracer) -> SourceLine | None:
        """The line of the equation that gives a tracer; arguments and constants have none."""
        atom = tracer.atom if isinstance(tracer, AbstractTracer) else None
        return next((e.source for e in self.equations if any(v is atom for v in e.outputs)), None)

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """Write one ``custom_jvp_call`` equation that carries the rule along."""
        from .catalogue import custom_jvp_call_p

        program, captured = trace_closed(function, [x.aval for x in operands])
        own = [self.lift_any(x) for x in captured]
        return self.bind(
            custom_jvp_call_p,
            own + operands,
            {"call": program, "rule": rule, "num_captured": len(own)},
        )

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """Write one ``custom_vjp_call`` equation that carries the rules along."""
        from .catalogue import custom_vjp_call_p

        program, captured = trace_closed(function, [x.aval for x in operands])
        own = [self.lift_any(x) for x in captured]
        return self.bind(
            custom_vjp_call_p,
            own + operands,
            {"call": program, "forward": forward, "backward": backward, "num_captured": len(own)},
        )

    def lift_any(self, x: Operand) -> AbstractTracer:
        """``x`` itself if it is a tracer of this level, else lifted."""
        return x if isinstance(x, AbstractTracer) and x.level is self else self.lift(x)


def trace(function: FlatFunction, avals: Sequence[ShapedArray], name: str | None = None) -> Program:
    """The program that ``function`` (flat arrays in, list of arrays out) is on such arguments."""
    level = ProgramLevel()
    inputs = tuple(Variable(a) for a in avals)
    with dispatch.push(level):
        results = function(*(AbstractTracer(level, v) for v in inputs))
        outputs = tuple(level.lift_any(x).atom for x in results)
    del results
    refuse_leaks(level, str(getattr(function, "__name__", "a function")))
    label = name or str(getattr(function, "__name__", "program"))
    return Program(inputs, tuple(level.captured.values()), tuple(level.equations), outputs, label)


def trace_closed(function: FlatFunction, avals: Sequence[ShapedArray]) -> tuple[Program, list[Any]]:
    """`trace`, with what the function closed over as leading inputs of the program, and those values."""
    return trace(function, avals).closed()


# The names of the `named_scope` blocks that are under way, outermost first.
_SCOPES: ContextVar[tuple[str, ...]] = ContextVar("verax_scopes", default=())


@contextmanager
def in_scope(name: str) -> Iterator[None]:
    """A block whose equations bear a name beside those of the blocks around it."""
    token = _SCOPES.set((*_SCOPES.get(), name))
    try:
        yield
    finally:
        _SCOPES.reset(token)


_SOURCE: ContextVar[SourceLine | None] = ContextVar("verax_source", default=None)


@contextmanager
def attributed(source: SourceLine | None) -> Iterator[None]:
    """Attribute what is traced in the block to a line: a derivative's equations to what they derive.

    None leaves it to the line that the block stands in.
    """
    token = _SOURCE.set(source or _SOURCE.get())
    try:
        yield
    finally:
        _SOURCE.reset(token)


def user_line() -> SourceLine | None:
    """The innermost line on the stack that is not Verax's own, nor contextlib's or functools'."""
    given = _SOURCE.get()
    if given is not None:
        return given
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        own = _is_own(code.co_filename)
        if own is None:
            return None
        if not own:
            return SourceLine(code.co_filename, frame.f_lineno, code.co_name)
        frame = frame.f_back
    return None


_KNOWN: dict[str, bool | None] = {}


def _is_own(filename: str) -> bool | None:
    """Whether a file is passed over; None if the search ends there."""
    if filename not in _KNOWN:
        _KNOWN[filename] = _is_own_path(filename)
    return _KNOWN[filename]


def _is_own_path(filename: str) -> bool | None:
    if filename.endswith(("contextlib.py", "functools.py")) or filename.startswith("<frozen"):
        return True
    path = os.path.realpath(filename)
    if path.startswith(_HARNESS) and not os.path.basename(path).startswith("test_"):
        return None
    return path.startswith(_OWN)
