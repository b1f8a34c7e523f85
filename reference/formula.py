"""Whether a formula loses digits, which of its equations does, and which stable form would not.

The ideal machine rounds every primitive correctly (`Rounded`; float32 stands in for narrower formats).
Where even it is far off, the program is run again in exact numbers with a single equation rounded, for
each equation in turn: the one that moves the result most is where the digits go.
"""

from __future__ import annotations

import linecache
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..language import dispatch
from ..language.dtypes import DType, float32, float64, is_float
from ..language.inlining import inlined
from ..language.program import Atom, Constant, Equation, Program, Variable, constant_array, printed_equation
from .array import ReferenceArray
from .exact import Exact
from .findings import location_of
from .machine_numbers import MachineNumbers
from .reals import Scalar, real
from .rewrites import REWRITES, Match, Rewrite, matches
from .rounded import Rounded
from .system import NumberSystem, arithmetic
from .verdict import exact, is_special, overflows_at, ulp_of, wide

DIGITS = 40
DIRECTIONS = 8
MOST_EQUATIONS = 300
# A stable form is shown if it leaves at most this share of the error.
BETTER = 0.25
# Primitives whose whole inside is rounded together, because their programs are run by themselves.
_LOOPS = frozenset({"while", "scan", "cond"})


@dataclass(frozen=True, slots=True)
class Culprit:
    """Where the digits go.

    Attributes:
        equation: as the program prints it.
        location: "file:line" of the user's code; empty if unknown.
        line: that line of code; empty if it cannot be read.
        size: how far rounding this equation alone moves the result; infinite if it overflows.
        rewrite: the stable form that was tried and is better; None if no row of the table is.
    """

    equation: str
    location: str
    line: str
    size: float
    rewrite: Rewrite | None

    @property
    def overflows(self) -> bool:
        """Whether this equation overflows, or underflows so that the result does."""
        return math.isinf(self.size)

    def __str__(self) -> str:
        where = f" at {self.location}" if self.location else ""
        return f"{self.equation}{where}" + (f": {self.line}" if self.line else "")


def ideal_machine() -> Rounded:
    """The machine that a formula is judged on: it rounds correctly, to float32 where a dtype is narrower."""
    return Rounded(at_least=float32)


# -- runs ---------------------------------------------------------------------------------------------
class Run:
    """One run of a program in a number system, with every intermediate value kept.

    Attributes:
        program: without calls.
        values: what each variable is.
    """

    def __init__(self, program: Program, operands: Sequence[Any], system: NumberSystem) -> None:
        from .interpreter import implementation

        self.program, self.system, self.owner = program, system, implementation
        with self.running():
            lifted = [self.lift(x) for x in operands]
            self.values: dict[Variable, Any] = dict(zip(program.inputs, lifted, strict=True))
            self.values.update((v, self.lift(x)) for v, x in program.captured)
            for equation in program.equations:
                found = self.apply(equation, self.values)
                self.values.update(zip(equation.outputs, found, strict=True))

    def running(self) -> Any:
        """The context that this run's equations are applied in."""
        return _Running(self.owner, self.system)

    def lift(self, x: Any) -> Any:
        """An operand as an array of the reference; one that has exact scalars keeps them."""
        return x if isinstance(x, ReferenceArray) else dispatch.lift_to(self.owner, x)

    def read(self, atom: Atom, values: dict[Variable, Any]) -> Any:
        """What an atom is."""
        return constant_array(atom) if isinstance(atom, Constant) else values[atom]

    def apply(self, equation: Equation, values: dict[Variable, Any]) -> list[Any]:
        """The results of one equation on these values."""
        operands = [self.read(a, values) for a in equation.inputs]
        return dispatch.bind(equation.primitive, *operands, **equation.params)

    def scalar(self, output: int, place: int, values: dict[Variable, Any] | None = None) -> Scalar:
        """One element of one output, as a real."""
        atom = self.program.outputs[output]
        array = self.lift(self.read(atom, self.values if values is None else values))
        return self.system.value(array.scalars[place])

    def again(self, equation: Equation, results: Sequence[Any]) -> dict[Variable, Any]:
        """The values if ``equation`` had given ``results``: what does not depend on it is kept."""
        changed: dict[Variable, Any] = dict(zip(equation.outputs, results, strict=True))
        after = False
        for other in self.program.equations:
            if other is equation:
                after = True
            elif after and any(a in changed for a in other.inputs if isinstance(a, Variable)):
                found = self.apply(other, {**self.values, **changed})
                changed.update(zip(other.outputs, found, strict=True))
        return {**self.values, **changed}


class _Running:
    """`using(reference)` and `arithmetic(system)` at once."""

    def __init__(self, owner: Any, system: NumberSystem) -> None:
        self.contexts = (dispatch.using(owner), arithmetic(system))

    def __enter__(self) -> None:
        self.contexts[0].__enter__()
        self.contexts[1].__enter__()

    def __exit__(self, *error: Any) -> None:
        self.contexts[1].__exit__(*error)
        self.contexts[0].__exit__(*error)


def at_reals(x: Any, scalars: Sequence[Scalar], system: NumberSystem) -> ReferenceArray:
    """An array of the shape of ``x`` that holds these reals, which need not be machine numbers."""
    aval = dispatch.aval_of(x)
    return ReferenceArray([system.adopt(s) for s in scalars], aval, system)


# -- which equation --------------------------------------------------------------------------------------
def blamed(program: Program, operands: Sequence[Any], output: int, place: int) -> Culprit | None:
    """The equation whose rounding moves an element of an output most; None if none moves it.

    Args:
        program: what the machine runs.
        operands: its arguments.
        output: which output.
        place: which element of it, row-major.
    """
    flat = inlined(program).pruned()
    run = Run(flat, operands, Exact(DIGITS))
    true = run.scalar(output, place)
    worst: tuple[float, Equation] | None = None
    for equation in _rounding(flat):
        size = _moved(run, equation, output, place, true)
        if size > 0 and (worst is None or size > worst[0]):
            worst = (size, equation)
    if worst is None:
        return None
    size, equation = worst
    source = equation.source
    line = linecache.getline(source.file, source.line).strip() if source else ""
    better = _better(flat, operands, equation, output, place, true)
    return Culprit(printed_equation(flat, equation), location_of(source), line, size, better)


def _rounding(program: Program) -> list[Equation]:
    """The equations that round, at most as many as there is time for."""
    found = [
        e
        for e in program.equations
        if e.primitive.name in _LOOPS
        or any(is_float(v.aval.dtype) and e.primitive.budget.of(v.aval.dtype) > 0 for v in e.outputs)
    ]
    return found[:MOST_EQUATIONS]


def _moved(run: Run, equation: Equation, output: int, place: int, true: Scalar) -> float:
    """How far the element moves when only this equation is rounded."""
    largest = 0.0
    for results in _roundings(run, equation):
        with run.running():
            now = run.scalar(output, place, run.again(equation, results))
        if is_special(now) or is_special(true):
            same = is_special(now) and is_special(true) and str(now) == str(true)
            moved = 0.0 if same else math.inf
        else:
            moved = float(abs(exact(now) - exact(true)))
        largest = max(largest, moved)
    return largest


def _roundings(run: Run, equation: Equation) -> Iterator[list[Any]]:
    """The equation's results, off by half an ulp: all upwards, and up and down in turn."""
    results = [run.values[v] for v in equation.outputs]
    if equation.primitive.name in _LOOPS:
        yield _ideally(run, equation)
        return
    yield [_nudged(x, run.system, lambda i: 1) for x in results]
    if any(x.aval.size > 1 for x in results):
        yield [_nudged(x, run.system, lambda i: -1 if i % 2 else 1) for x in results]


def _nudged(x: Any, system: NumberSystem, sign: Callable[[int], int]) -> Any:
    if not is_float(x.aval.dtype):
        return x
    dtype = wide(x.aval.dtype)
    found = [_half_ulp_off(system.value(s), dtype, sign(i)) for i, s in enumerate(x.scalars)]
    return at_reals(x, found, system)


def _half_ulp_off(x: Scalar, dtype: DType, sign: int) -> Scalar:
    """A real half an ulp further on; beyond the format's range infinity, below it zero."""
    if is_special(x) or exact(x) == 0:
        return x
    value = exact(x)
    if abs(value) >= overflows_at(dtype):
        return math.copysign(math.inf, float(value > 0) - 0.5)
    unit = ulp_of(x, dtype)
    if abs(value) < ulp_of(0.0, dtype) / 2:
        return 0.0
    return _scalar(value + sign * unit / 2)


def _scalar(x: Any) -> Scalar:
    """A real of `exact` as a scalar of the reference's own making."""
    return real(x._mpf_)


def _ideally(run: Run, equation: Equation) -> list[Any]:
    """A loop or branch run by the ideal machine from exact operands."""
    ideal = ideal_machine()
    with _Running(run.owner, ideal):
        operands = []
        for atom in equation.inputs:
            x = run.lift(run.read(atom, run.values))
            operands.append(at_reals(x, [run.system.value(s) for s in x.scalars], ideal))
        found = [run.lift(x) for x in dispatch.bind(equation.primitive, *operands, **equation.params)]
    return [at_reals(x, [ideal.value(s) for s in x.scalars], run.system) for x in found]


# -- stable forms ------------------------------------------------------------------------------------------
def _better(
    program: Program, operands: Sequence[Any], guilty: Equation, output: int, place: int, true: Scalar
) -> Rewrite | None:
    """The first row of the table that covers the guilty equation and leaves a quarter of the error."""
    if is_special(true):
        return None
    run = Run(program, operands, ideal_machine())
    before = _distance(run.scalar(output, place), true)
    for rewrite in REWRITES:
        for match in matches(rewrite, program):
            covers = guilty is match.root or any(e is guilty for e in match.equations)
            if covers and _distance(_tried(run, rewrite, match, output, place), true) <= BETTER * before:
                return rewrite
    return None


def _distance(x: Scalar | None, true: Scalar) -> float:
    return math.inf if x is None or is_special(x) else float(abs(exact(x) - exact(true)))


def _tried(run: Run, rewrite: Rewrite, match: Match, output: int, place: int) -> Scalar | None:
    """The element if the ideal machine computed the match in its stable form; None if it does not fit."""
    from ..language import numpy as vnp

    (root,) = match.root.outputs
    with run.running():
        letters = {k: run.lift(run.read(a, run.values)) for k, a in match.letters.items()}
        try:
            found = rewrite.stable(vnp, letters, match)
            if found.size != root.aval.size:
                return None
            result = vnp.reshape(found, root.aval.shape).astype(root.aval.dtype)
        except (TypeError, ValueError):  # the letters' shapes are not those that the row is for
            return None
        return run.scalar(output, place, run.again(match.root, [result]))


# -- problems ----------------------------------------------------------------------------------------------
def movements(
    function: Callable[..., list[Any]] | Program, operands: Sequence[Any], seed: int
) -> list[list[list[Scalar]]]:
    """How the truth moves when the floating inputs move by half an ulp, in 8 random directions.

    Returns for each output and element the differences, one for each direction.
    """
    from .interpreter import implementation

    rng = random.Random(seed)
    system = Exact(DIGITS)
    with _Running(implementation, system):
        base = [dispatch.lift_to(implementation, x) for x in operands]
        still = _scalars(function(*base), system)
        found: list[list[list[Scalar]]] = [[[] for _ in row] for row in still]
        for _ in range(DIRECTIONS):
            moved = [_nudged_input(x, system, rng) for x in base]
            for o, row in enumerate(_scalars(function(*moved), system)):
                for i, now in enumerate(row):
                    found[o][i].append(_difference(now, still[o][i]))
    return found


def _scalars(arrays: Sequence[Any], system: NumberSystem) -> list[list[Scalar]]:
    return [[system.value(s) for s in x.scalars] for x in arrays]


def _nudged_input(x: Any, system: NumberSystem, rng: random.Random) -> Any:
    dtype = x.aval.dtype
    if not is_float(dtype):
        return x
    if x.untouched is not None and dtype != float64:
        return _nudged_numbers(x, x.untouched, system, rng)
    found = []
    for s in x.scalars:
        value = system.value(s)
        if is_special(value):
            found.append(value)
        else:
            found.append(_scalar(exact(value) + rng.choice((-1, 1)) * ulp_of(value, wide(dtype)) / 2))
    return at_reals(x, found, system)


def _nudged_numbers(x: Any, numbers: MachineNumbers, system: NumberSystem, rng: random.Random) -> Any:
    """The same by NumPy, where half an ulp more is a double: of many numbers few may ever be looked at."""
    values = numbers.values.astype(np.float64)
    finite = np.isfinite(values)
    signs = np.array([rng.choice((-1, 1)) for _ in range(int(finite.sum()))], np.float64)
    ulps = np.abs(np.spacing(values[finite].astype(wide(x.dtype)))).astype(np.float64)
    values[finite] += signs * ulps / 2
    return ReferenceArray(MachineNumbers(values, float64, system), x.aval, system)


def _difference(a: Scalar, b: Scalar) -> Scalar:
    if is_special(a) or is_special(b):
        return 0.0 if is_special(a) and is_special(b) and str(a) == str(b) else math.inf
    return exact(a) - exact(b)
