"""Whether a derivative's program is the derivative: its exact value against the limit.

A gradient has many entries and a limit costs several runs of the function. A linear form in all entries
with random coefficients tells a wrong entry as surely as all entries by themselves do, if small entries get
large coefficients: so large gradients are held to two such forms, of which one is in the entries that are
zero if there are any, and very large ones to 8 entries of their own besides; second derivatives are taken along
directions only. Where a form differs, entries are looked at to say which one.

What differs from the limit is held against two more witnesses before it is called wrong: dual numbers,
which at a kink follow the subgradient table, and with a rule of the user's own whatever lies between the sides. Where a
comparison comes out differently next to the point and the difference quotients of all sides come together all the
same, there is a derivative: then it is those that it is held against, and no convention. Where they all go to the same
infinity, an infinite derivative is right.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...language.dtypes import finfo, is_complex, is_float, is_inexact, real_of
from ...language.inlining import inlined
from ...language.program import Atom, Constant, Program, subprograms
from ...reference import evaluate
from ...reference.exact import Exact
from ...reference.reals import magnitude, real, to_machine
from ...reference.truth import Truth
from ...reference.verdict import exact, is_infinite, is_nan, is_special, rule_differs, ulp_of
from .case import Case
from .witnesses import Limit, Witnesses

# Up to so many entries, each has a limit of its own; above, two linear forms are taken, and above `entries` so
# many drawn ones besides.
_FEW = 2
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
        ambiguous: an entry where there is no derivative, so that any value is a convention; None if there
            is none.
    """

    fault: RuleFault | None = None
    slack: list[list[Any]] = field(default_factory=list)
    unsettled: dict[tuple[int, int], str] = field(default_factory=dict)
    ambiguous: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Where a derivative's program differs from the limit; no place is the sum of all entries of its output."""

    output: int
    place: int | None
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
    checker = _Checker(case, [t.scalars for t in truth.outputs], entries)
    known = [t.certified for t in truth.outputs]
    if (
        not any(checker.found(form) for form in _forms(case, checker.rows, known, entries, seed))
        and checker.kinked
    ):
        # At a kink a form may lie between its sides by chance, though no entry does; or mix entries that have a
        # derivative with others that have none.
        any(checker.found(_unit(case, entry)) for entry in _certified(known)[:entries])
    if checker.kinked and checker.check.fault is None and case.order == 1 and all(map(all, known)):
        checker.add_up(seed)
    return checker.check


def _certified(known: Sequence[Sequence[bool]]) -> list[tuple[int, int]]:
    """The entries whose exact value is known."""
    return [(o, i) for o, row in enumerate(known) for i, certified in enumerate(row) if certified]


def _forms(
    case: Case,
    rows: Sequence[Sequence[Any]],
    known: Sequence[Sequence[bool]],
    entries: int,
    seed: int,
) -> Iterator[_Form]:
    """Forms in the entries that are known: of the others there is nothing to hold against a limit."""
    rng = np.random.default_rng([seed, zlib.crc32(case.subject.encode()), case.order])
    every = _certified(known)
    special = [(o, i) for o, i in every if is_special(rows[o][i])]
    if len(every) > _FEW:
        still = [[not is_special(x) and exact(x) == 0 for x in row] for row in rows]
        yield _mixed(case, rows, rng, known)
        both = [[k and s for k, s in zip(*pair, strict=True)] for pair in zip(known, still, strict=True)]
        yield _mixed(case, rows, rng, both if any(map(any, both)) else known)
    drawn = _some(every, rng) if len(every) > entries and case.order == 1 else []
    single = every if len(every) <= _FEW else drawn
    for entry in dict.fromkeys([*special[:_DRAWN], *single]):
        yield _unit(case, entry)


def _mixed(
    case: Case,
    rows: Sequence[Sequence[Any]],
    rng: np.random.Generator,
    among: Sequence[Sequence[bool]],
) -> _Form:
    """A form in those entries that are ``among``, and not special."""
    coefficients = []
    for o, (k, weights) in enumerate(zip(case.floats, _weights(rows), strict=True)):
        drawn = _coefficients(rng, case.inputs[k].aval, weights)
        left_out = [is_special(x) or not among[o][i] for i, x in enumerate(rows[o])]
        drawn[np.asarray(left_out, bool).reshape(drawn.shape)] = 0
        coefficients.append(drawn)
    return _Form(coefficients)


def _weights(rows: Sequence[Sequence[Any]]) -> list[list[int]]:
    """For each entry the power of two that brings it to the size of the largest; 0 for zeros."""
    sizes = [[None if is_special(x) or exact(x) == 0 else int(magnitude(x)) for x in row] for row in rows]
    most = max((size for row in sizes for size in row if size is not None), default=0)
    return [[0 if size is None else most - size for size in row] for row in sizes]


def _coefficients(rng: np.random.Generator, aval: Any, weights: Sequence[int]) -> np.ndarray[Any, Any]:
    """Random numbers of size 1/2 to 1 with 7 bits, which every format holds, times powers of two.

    Entries seldom cancel, and none is too small beside the others to be seen.
    """
    sizes = rng.integers(64, 128, aval.shape) * rng.choice([-1, 1], aval.shape)
    most = int(np.log2(float(finfo(aval.dtype).max)))
    powers = np.asarray([min(w, most) for w in weights], np.float64).reshape(aval.shape)
    return np.asarray(sizes / 128.0 * 2.0**powers).astype(aval.dtype)


def _some(every: Sequence[tuple[int, int]], rng: np.random.Generator) -> list[tuple[int, int]]:
    return [every[int(k)] for k in rng.choice(len(every), _DRAWN, replace=False)]


def _unit(case: Case, entry: tuple[int, int]) -> _Form:
    coefficients = [np.zeros(case.inputs[k].shape, case.inputs[k].dtype) for k in case.floats]
    coefficients[entry[0]].reshape(-1)[entry[1]] = 1
    return _Form(coefficients, entry)


class _Checker:
    """The exact entries of one derivative, held against its witnesses."""

    def __init__(self, case: Case, rows: list[list[Any]], entries: int) -> None:
        self.case, self.rows, self.entries = case, rows, entries
        self.witnesses = Witnesses(case)
        self.check = RuleCheck()
        self.kinked = False
        self.dtype = max((case.inputs[k].dtype for k in case.floats), key=lambda d: d.itemsize)

    def found(self, form: _Form) -> bool:
        """Whether a form differs; then the entry that does is looked for."""
        if not self.differs(form):
            return False
        self.locate(form)
        return True

    def differs(self, form: _Form) -> Limit | None:
        """What the limit is, if the form differs from every witness; None if it does not."""
        limit = self.witnesses.limit(form.coefficients)
        value = _weighted(form, self.rows)
        self.kinked = self.kinked or (limit is not None and limit.kink)
        if limit is None or limit.kink:
            smooth = self.witnesses.smooth(form.coefficients, value)
            if smooth is not None:
                return smooth if self._still_apart(form, value, smooth) else None
        if limit is None:
            dual = self.witnesses.dual(form.coefficients)
            if dual is not None and not self._apart(form, value, dual):
                return None
            why = "the limit of difference quotients does not settle"
            self.check.unsettled.setdefault(form.entry or (0, 0), why)
            return None
        if not self._still_apart(form, value, limit):
            return None
        for witness in (self.witnesses.dual, self.witnesses.between)[: 1 + limit.kink]:
            other = witness(form.coefficients)
            if other is not None and not self._apart(form, value, other):
                return None
        if limit.kink and is_infinite(value) and self.witnesses.vertical(form.coefficients, value):
            return None
        return limit

    def _still_apart(self, form: _Form, value: Any, limit: Limit) -> bool:
        """Whether they are apart, also if the program's constants are only what they are."""
        if not self._apart(form, value, limit):
            return False
        if not self.check.slack:
            self.check.slack = constants_slack(self.case)
        return self._apart(form, value, limit) and self._apart(form, value, self._widened(form, limit))

    def _widened(self, form: _Form, limit: Limit) -> Limit:
        """The limit with a radius for the function's own constants, which are as rough as the derivative's."""
        program = self.case.plain_program()
        if program is None or is_special(limit.value):
            return limit
        flat = inlined(program)
        first, *others = (
            Witnesses(replace(self.case, function=one)).dual(form.coefficients)
            for one in (flat, *(_nudged(flat, constant) for constant in _rough(flat).values()))
        )
        if first is None or is_special(first.value):
            return limit
        known = [exact(other.value) for other in others if other is not None and not is_special(other.value)]
        total = sum((abs(one - exact(first.value)) / 2 for one in known), exact(0))
        return replace(limit, radius=limit.radius + total)

    def _apart(self, form: _Form, value: Any, limit: Limit) -> bool:
        if is_special(value) and is_special(limit.value):
            return False  # neither is a derivative: there is none
        if is_nan(limit.value):
            self.check.ambiguous = form.entry or (0, 0)
            return False
        slack = _weighted_slack(form, self.check.slack) + limit.radius
        return rule_differs(value, limit.value, slack, self.dtype)

    def add_up(self, seed: int) -> None:
        """Hold the sums of the entries: single ones may each lie between their sides at a tie, and all of them not."""
        for output, row in enumerate(self.rows):
            if len(row) < _FEW or any(map(is_special, row)):
                continue
            coefficients = [
                np.zeros(self.case.inputs[k].shape, self.case.inputs[k].dtype) for k in self.case.floats
            ]
            coefficients[output][...] = 1
            form = _Form(coefficients)
            limit, value = self._steady(form, seed)
            if limit is not None and self._still_apart(form, value, limit):
                self.check.fault = RuleFault(output, None, value, limit.value)
                return

    def _steady(self, form: _Form, seed: int) -> tuple[Limit | None, Any]:
        value = _weighted(form, self.rows)
        return self.witnesses.steady(form.coefficients, value, seed), value

    def locate(self, form: _Form) -> None:
        """Find the single entry that differs most, after a form did."""
        every = [(o, i) for o, row in enumerate(self.rows) for i in range(len(row))]
        worst: tuple[float, RuleFault, bool] | None = None
        for o, i in [form.entry] if form.entry is not None else every[: self.entries]:
            limit = self.differs(_unit(self.case, (o, i)))
            if limit is None:
                continue
            size = _relative(self.rows[o][i], limit.value)
            if worst is None or size > worst[0]:
                worst = (size, RuleFault(o, i, self.rows[o][i], limit.value), limit.kink)
        if worst is None and len(every) > self.entries:
            limit = self.differs(form)
            assert limit is not None, "the form differs"
            worst = (0.0, RuleFault(0, 0, _weighted(form, self.rows), limit.value), limit.kink)
        # No single entry differs: each one has a witness, and the form only mixes them.
        if worst is not None and worst[2] and self.case.order > 1:
            self.check.ambiguous = (worst[1].output, worst[1].place or 0)
        elif worst is not None:
            self.check.fault = worst[1]


def _relative(value: Any, limit: Any) -> float:
    if is_special(value) or is_special(limit):
        return float("inf")
    size = max(abs(exact(value)), abs(exact(limit)))
    return float(abs(exact(value) - exact(limit)) / size) if size else 0.0


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


# -- constants -------------------------------------------------------------------------------------------------
def constants_slack(case: Case) -> list[list[Any]]:
    """How far the derivative's exact value moves when each constant moves by half an ulp, added up.

    ln 2 or 2/sqrt(pi) in a derivative rule is written in the dtype, half an ulp off; that is no fault.
    """
    assert case.program is not None, "derivatives have a program"
    flat = inlined(case.program)
    base = evaluate(flat, case.operands, Exact())
    total = [[exact(0)] * len(row.scalars) for row in base]
    for constant in _rough(flat).values():
        moved = evaluate(_nudged(flat, constant), case.operands, Exact())
        for o, (row, other) in enumerate(zip(base, moved, strict=True)):
            for i, (a, b) in enumerate(zip(row.scalars, other.scalars, strict=True)):
                if is_float(row.dtype) and not is_special(a) and not is_special(b):
                    total[o][i] += abs(exact(a) - exact(b)) / 2  # it was moved by a whole ulp
    return total


def _key(constant: Constant) -> tuple[str, bytes]:
    return str(constant.aval.dtype), constant.value.tobytes()


def _rough(program: Program) -> dict[tuple[str, bytes], Constant]:
    """The floating constants that are not short binary fractions, each value once; loops' bodies too."""
    atoms = [*program.outputs, *(a for e in program.equations for a in e.inputs)]
    constants = [a for a in atoms if isinstance(a, Constant) and is_inexact(a.aval.dtype)]
    found = {_key(c): c for c in constants if not _is_plain(c)}
    for equation in program.equations:
        for _, inner in subprograms(equation.params):
            found.update(_rough(inner))
    return found


def _parts(constant: Constant) -> list[float]:
    value = complex(constant.value)
    return [value.real, value.imag] if is_complex(constant.aval.dtype) else [value.real]


def _is_plain(constant: Constant) -> bool:
    return all(map(_is_short, _parts(constant)))


def _is_short(value: float) -> bool:
    if not np.isfinite(value):
        return True
    fraction, _ = np.frexp(value)
    return bool(fraction * 2**_PLAIN_BITS == np.floor(fraction * 2**_PLAIN_BITS))


def _nudged(program: Program, constant: Constant) -> Program:
    """The program with a constant, wherever it is written, replaced by the machine number next to it."""
    dtype = constant.aval.dtype
    parts = [to_machine(_next(part, real_of(dtype)), real_of(dtype)) for part in _parts(constant)]
    next_one = np.asarray(complex(*parts) if is_complex(dtype) else parts[0]).astype(dtype)

    def read(atom: Atom) -> Atom:
        if not isinstance(atom, Constant) or _key(atom) != _key(constant):
            return atom
        return replace(atom, value=next_one)

    def param(value: Any) -> Any:
        if isinstance(value, Program):
            return _nudged(value, constant)
        if isinstance(value, tuple) and value and all(isinstance(p, Program) for p in value):
            return tuple(_nudged(p, constant) for p in value)
        return value

    equations = tuple(
        replace(e, inputs=tuple(read(a) for a in e.inputs), params={k: param(v) for k, v in e.params.items()})
        for e in program.equations
    )
    return replace(program, equations=equations, outputs=tuple(read(a) for a in program.outputs))


def _next(part: float, dtype: Any) -> Any:
    value = exact(part)
    return real((value + ulp_of(value, dtype))._mpf_) if part else part
