"""Whether a derivative's program is the derivative: its exact value against the limit.

A gradient has many entries and a limit costs several runs of the function. A linear form in all entries
with random coefficients tells a wrong entry as surely as all entries by themselves do; so large gradients
are held to two such forms and 8 entries of their own. Where a form differs, entries are looked at to say
which one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..language import dispatch
from ..language.dtypes import DType, is_float
from ..language.inlining import inlined
from ..language.program import Atom, Constant, Program, Variable
from ..reference.array import ReferenceArray
from ..reference.differentiation import dual_jvp
from ..reference.exact import Exact
from ..reference.formula import Run
from ..reference.interpreter import implementation
from ..reference.reals import real
from ..reference.system import current_system
from ..reference.truth import Derivative, Truth
from ..reference.verdict import CERTIFIED, exact, is_special, rule_differs, ulp_of
from .case import Case

# Up to so many entries, each has a limit of its own; above, two linear forms in all of them are taken, and
# above `entries` so many drawn ones besides.
_FEW = 2
_FORMS = 2
_DRAWN = 8
# A constant with so few bits was meant as it is written; others are known to half an ulp.
_PLAIN_BITS = 12


@dataclass(slots=True)
class RuleCheck:
    """What holding a derivative's program against the limit came to.

    Attributes:
        fault: the place and numbers of a difference; None if there is none.
        slack: for each output and element what rounding the program's constants can explain; empty
            where no constant matters.
        unsettled: for each output and element why its limit could not be taken; few.
        kink: whether the point is a kink, where the table says what the derivative is.
    """

    fault: RuleFault | None = None
    slack: list[list[Any]] = field(default_factory=list)
    unsettled: dict[tuple[int, int], str] = field(default_factory=dict)
    kink: bool = False


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Where a derivative's program differs from the limit."""

    output: int
    place: int
    value: Any
    limit: Any


@dataclass(frozen=True, slots=True)
class _Form:
    """A linear form in the entries: coefficients for each floating input."""

    coefficients: list[np.ndarray[Any, Any]]
    entry: tuple[int, int] | None = None


def check_rule(case: Case, truth: Truth, entries: int, seed: int) -> RuleCheck:
    """Hold the exact value of the derivative's program against the limit.

    Args:
        case: of order 1 or more, with a program, at finite inputs.
        truth: the exact value of that program.
        entries: above how many entries only some of them are looked at.
        seed: what the forms are drawn from.
    """
    rows = [t.scalars for t in truth.outputs]
    special = {(o, i) for o, row in enumerate(rows) for i, x in enumerate(row) if is_special(x)}
    check = RuleCheck()
    limits = _Limits(case)
    for form in _forms(case, rows, special, entries, seed):
        _hold(case, limits, form, rows, check)
        if check.fault is not None:
            _locate(case, limits, rows, check, entries)
            break
    return check


def _forms(
    case: Case, rows: Sequence[Sequence[Any]], special: set[tuple[int, int]], entries: int, seed: int
) -> Iterator[_Form]:
    rng = np.random.default_rng([seed, zlib.crc32(case.subject.encode()), case.order])
    every = [(o, i) for o, row in enumerate(rows) for i in range(len(row))]
    for _ in range(_FORMS if len(every) > _FEW else 0):
        coefficients = [_coefficients(rng, case.inputs[k].aval) for k in case.floats]
        for o, i in special:
            coefficients[o].reshape(-1)[i] = 0
        yield _Form(coefficients)
    single = every if len(every) <= _FEW else _some(every, rng) if len(every) > entries else []
    for entry in dict.fromkeys([*sorted(special)[:_DRAWN], *single]):
        yield _unit(case, entry)


def _coefficients(rng: np.random.Generator, aval: Any) -> np.ndarray[Any, Any]:
    """Random numbers of size 1/2 to 1 with 7 bits, which every format holds: entries seldom cancel."""
    sizes = rng.integers(64, 128, aval.shape) * rng.choice([-1, 1], aval.shape)
    return np.asarray(sizes / 128.0).astype(aval.dtype)


def _some(every: Sequence[tuple[int, int]], rng: np.random.Generator) -> list[tuple[int, int]]:
    return [every[int(k)] for k in rng.choice(len(every), _DRAWN, replace=False)]


def _unit(case: Case, entry: tuple[int, int]) -> _Form:
    coefficients = [np.zeros(case.inputs[k].shape, case.inputs[k].dtype) for k in case.floats]
    coefficients[entry[0]].reshape(-1)[entry[1]] = 1
    return _Form(coefficients, entry)


def _hold(case: Case, limits: _Limits, form: _Form, rows: Sequence[Sequence[Any]], check: RuleCheck) -> None:
    """Compare one form; a difference that constants explain becomes slack, any other is a fault."""
    found = limits.along(form.coefficients)
    if found is None:
        check.unsettled.setdefault(form.entry or (0, 0), "the limit of difference quotients does not settle")
        return
    limit = found.value
    check.kink = check.kink or found.kink
    value = _weighted(form, rows)
    dtype = _widest([case.inputs[k].dtype for k in case.floats])
    if not rule_differs(value, limit, _weighted_slack(form, check.slack) + found.radius, dtype):
        return
    if not check.slack:
        check.slack = constants_slack(case)
    if rule_differs(value, limit, _weighted_slack(form, check.slack) + found.radius, dtype):
        entry = form.entry or (0, 0)
        check.fault = RuleFault(entry[0], entry[1], value, limit)


def _locate(
    case: Case, limits: _Limits, rows: Sequence[Sequence[Any]], check: RuleCheck, entries: int
) -> None:
    """Replace the difference of a form by that of the single entry that differs most."""
    worst = None
    every = [(o, i) for o, row in enumerate(rows) for i in range(len(row))]
    for o, i in every[:entries]:
        found = limits.along(_unit(case, (o, i)).coefficients)
        dtype = case.inputs[case.floats[o]].dtype
        if found is None:
            continue
        slack = (check.slack[o][i] if check.slack else exact(0)) + found.radius
        if not rule_differs(rows[o][i], found.value, slack, dtype):
            continue
        size = _relative(rows[o][i], found.value)
        if worst is None or size > worst[0]:
            worst = (size, RuleFault(o, i, rows[o][i], found.value))
    if worst is not None:
        check.fault = worst[1]


def _relative(value: Any, limit: Any) -> float:
    if is_special(value) or is_special(limit):
        return float("inf")
    size = max(abs(exact(value)), abs(exact(limit)))
    return float(abs(exact(value) - exact(limit)) / size) if size else 0.0


def _widest(dtypes: Sequence[DType]) -> DType:
    return max(dtypes, key=lambda d: d.itemsize)


def _weighted(form: _Form, rows: Sequence[Sequence[Any]]) -> Any:
    """The form's value: its coefficients are machine numbers, and 0 leaves an entry out."""
    if form.entry is not None:
        return rows[form.entry[0]][form.entry[1]]
    total = exact(0)
    for weights, row in zip(form.coefficients, rows, strict=True):
        for w, x in zip(weights.reshape(-1), row, strict=True):
            if w:
                total += exact(float(w)) * exact(x)
    return total


def _weighted_slack(form: _Form, slack: Sequence[Sequence[Any]]) -> Any:
    total = exact(0)
    if not slack:
        return total
    for weights, row in zip(form.coefficients, slack, strict=True):
        for w, x in zip(weights.reshape(-1), row, strict=True):
            if w:
                total += abs(exact(float(w))) * exact(x)
    return total


# -- limits --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Limit:
    """The true derivative along a direction, weighted by the cotangents."""

    value: Any
    radius: Any
    kink: bool


class _Limits:
    """Limits of one case along as many directions as are asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.weights = [x.machine_value().reshape(-1) for x in case.cotangents]
        self.primals = [case.inputs[i] for i in case.floats]
        self.first = self._derivative(case.restricted()) if case.order == 1 else None

    def _derivative(self, call: Any) -> Derivative:
        return Derivative(lambda *xs: list(call(*xs)), self.primals)

    def along(self, coefficients: Sequence[np.ndarray[Any, Any]]) -> _Limit | None:
        """The limit along a direction; None if it does not settle."""
        if self.first is not None:
            return self._weighted(self.first.along(list(coefficients)))
        # Second derivatives are symmetric: the derivative along the coefficients, in the fixed direction.
        call = self.case.restricted()
        for _ in range(self.case.order - 1):
            call = _derivative_along(call, coefficients)
        directions = [x.machine_value() for x in self.case.directions]
        return self._weighted(self._derivative(call).along(directions))

    def _weighted(self, truth: Truth) -> _Limit | None:
        total, radius = exact(0), exact(0)
        for row, weights in zip(truth.tangents, self.weights, strict=True):
            if row is None:
                continue
            for w, x, certified in zip(weights, row.scalars, row.certified, strict=True):
                weight = exact(float(w))
                if not certified:
                    return None
                if is_special(x):
                    return _Limit(x if weight > 0 else -x, exact(0), truth.kink)
                total += weight * exact(x)
                radius += abs(weight) * CERTIFIED * ulp_of(x, row.aval.dtype)
        return _Limit(total, radius, truth.kink)


def _derivative_along(call: Any, coefficients: Sequence[np.ndarray[Any, Any]]) -> Any:
    """The derivative as a function, by dual numbers that ignore custom rules, to all digits in force."""

    def owned(*xs: Any) -> list[ReferenceArray]:
        return [implementation.own(x) for x in call(*xs)]

    def along(*xs: Any) -> list[ReferenceArray]:
        system = current_system()
        tangents = [implementation.own(c) for c in coefficients]
        values, found = dual_jvp(owned, [implementation.own(x) for x in xs], tangents, system)
        return [
            t if t is not None else ReferenceArray([0.0] * len(y.scalars), y.aval, system)
            for y, t in zip(values, found, strict=True)
        ]

    return along


# -- constants -------------------------------------------------------------------------------------------------
def constants_slack(case: Case) -> list[list[Any]]:
    """How far the derivative's exact value moves when each constant moves by half an ulp, added up.

    ln 2 or 2/sqrt(pi) in a derivative rule is written in the dtype, half an ulp off; that is no fault.
    """
    assert case.program is not None, "derivatives have a program"
    flat = inlined(case.program)
    system = Exact()
    base = Run(flat, case.operands, system)
    shapes = [dispatch.aval_of(r).size for r in case.results]
    total = [[exact(0)] * n for n in shapes]
    for k, constant in enumerate(_rough(flat)):
        del k
        moved = Run(_nudged(flat, constant), case.operands, system)
        for o, n in enumerate(shapes):
            for i in range(n):
                a, b = moved.scalar(o, i), base.scalar(o, i)
                if not is_special(a) and not is_special(b):
                    total[o][i] += abs(exact(a) - exact(b))
    return total


def _rough(program: Program) -> list[Constant]:
    """The floating constants that are not short binary fractions, each value once."""
    found: dict[bytes, Constant] = {}
    for equation in program.equations:
        for atom in equation.inputs:
            if isinstance(atom, Constant) and is_float(atom.aval.dtype) and not _is_plain(atom):
                found.setdefault(atom.value.tobytes() + str(atom.aval.dtype).encode(), atom)
    return list(found.values())


def _is_plain(constant: Constant) -> bool:
    value = float(constant.value)
    if not np.isfinite(value):
        return True
    fraction, _ = np.frexp(value)
    return bool(fraction * 2**_PLAIN_BITS == np.floor(fraction * 2**_PLAIN_BITS))


def _nudged(program: Program, constant: Constant) -> Program:
    """The program with a constant, wherever it is written, replaced by a captured real next to it."""
    value = exact(float(constant.value))
    moved = value + ulp_of(value, constant.aval.dtype) / 2
    array = ReferenceArray([real(moved._mpf_)], constant.aval, Exact())
    variable = Variable(constant.aval)

    def read(atom: Atom) -> Atom:
        same = isinstance(atom, Constant) and atom.aval == constant.aval
        return variable if same and atom.value.tobytes() == constant.value.tobytes() else atom  # type: ignore[union-attr]  # `same` says that it is a constant

    equations = tuple(replace(e, inputs=tuple(read(a) for a in e.inputs)) for e in program.equations)
    return replace(program, captured=(*program.captured, (variable, array)), equations=equations)
