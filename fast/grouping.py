"""Which equations of a program are computed together, block by block (`blocks`)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from ..language.dtypes import is_float
from ..language.program import Equation, Program, Variable
from .kernels.call import NARROW
from .kernels.elementwise import ELEMENTWISE, IN_DOUBLE

_JOINING = ELEMENTWISE.keys() - {"threefry2x32"}
# A number beside an array is slow in NumPy's maximum and minimum, which have no fast loop for it.
EXTREMES = frozenset({"max", "min"})


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Elementwise equations whose results have one shape.

    Attributes:
        program: what they compute: its inputs are what they read from elsewhere, its outputs what is read
            elsewhere.
        light: whether none of them writes arrays of its own on the way.
    """

    program: Program
    light: bool

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """What is read from elsewhere."""
        return self.program.inputs

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """What is read elsewhere."""
        return tuple(v for v in self.program.outputs if isinstance(v, Variable))


def grouped(program: Program, thin: Container[Variable], block: int | None) -> list[Equation | Group]:
    """The program's equations in an order of execution, those that gain by it in groups.

    Args:
        program: without calls and dead code.
        thin: results that their readers broadcast.
        block: elements below twice that many are not grouped; None: nothing is.
    """
    if block is None:
        return list(program.equations)
    parts: list[Equation | list[Equation]] = []
    held: list[Equation] = []  # the group that still grows
    made: set[Variable] = set()
    for e in program.equations:
        if e.primitive.name in _JOINING and e.outputs[0].aval.size >= 2 * block:
            if held and held[0].outputs[0].aval.shape != e.outputs[0].aval.shape:
                held = _closed(parts, held, made)
            held.append(e)
            made.update(e.outputs)
            continue
        if not made.isdisjoint(a for a in e.inputs if isinstance(a, Variable)):
            held = _closed(parts, held, made)
        parts.append(e)  # it reads nothing of the group, and goes before it
    _closed(parts, held, made)
    found: list[Equation | Group] = []
    for part in parts:
        if isinstance(part, Equation):
            found.append(part)
            continue
        light = not any(_is_heavy(e) for e in part)
        # A heavy operation by itself has blocks in its own kernel.
        if (light or len(part) == 1) and not any(_has_extreme(e, thin) for e in part):
            found += part
        else:
            found.append(Group(_program_of(part, program), light))
    return found


def _closed(
    parts: list[Equation | list[Equation]], held: list[Equation], made: set[Variable]
) -> list[Equation]:
    if held:
        parts.append(held)
    made.clear()
    return []


def _is_heavy(equation: Equation) -> bool:
    """Whether an operation writes arrays of its own on the way."""
    dtype = equation.inputs[0].aval.dtype
    return dtype in NARROW or (equation.primitive.name in IN_DOUBLE and is_float(dtype))


def _has_extreme(equation: Equation, thin: Container[Variable]) -> bool:
    """Whether an operation has no fast loop for the number beside its array."""
    return equation.primitive.name in EXTREMES and any(
        isinstance(a, Variable) and a in thin for a in equation.inputs
    )


def _program_of(equations: Sequence[Equation], program: Program) -> Program:
    own = {v for e in equations for v in e.outputs}
    inside = {id(e) for e in equations}
    elsewhere = {
        a for e in program.equations if id(e) not in inside for a in e.inputs if isinstance(a, Variable)
    }
    elsewhere.update(a for a in program.outputs if isinstance(a, Variable))
    read = dict.fromkeys(a for e in equations for a in e.inputs if isinstance(a, Variable) and a not in own)
    outputs = tuple(v for e in equations for v in e.outputs if v in elsewhere)
    return Program(tuple(read), (), tuple(equations), outputs, program.name)
