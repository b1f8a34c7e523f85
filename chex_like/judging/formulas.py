"""Whether the formula of a case loses digits, and where: faults, problems, and digits that vanish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language.dtypes import finfo, is_float
from ...language.inlining import inlined
from ...language.program import Program
from ...reference import evaluate
from ...reference.findings import Blame, Finding, Status
from ...reference.formula import Culprit, blamed, ideal_machine, movements
from ...reference.rewrites import REWRITES, matches
from ...reference.verdict import (
    Evidence,
    exact,
    half_of_the_digits,
    is_problem,
    is_special,
    largest,
    loses_digits,
    ulp_of,
    wide,
)
from .case import Case
from .options import Options
from .outputs import Output
from .scales import scale_of_decade
from .telling import count_of, number, told


def is_suspicious(output: Output) -> bool:
    """Whether some element is off by half of its digits, so that the formula is worth looking at."""
    if not is_float(output.dtype):
        return False
    if wide(output.dtype) != output.dtype:
        return True  # half of a narrow format's digits is less than one rounding
    share = half_of_the_digits(output.dtype)
    for m, e in zip(output.measured, output.evidence, strict=True):
        if is_special(e.true) or not e.certified:
            continue
        if m.status is not Status.HOLD or not np.isfinite(float(e.got)):
            return True
        if abs(exact(e.got) - exact(e.true)) > share * abs(exact(e.true)):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Judged:
    """What the formula came to.

    Attributes:
        findings: what is said of it.
        scale: the size that errors were held against; None if that was not asked.
        explained: the elements that the findings explain.
        searched: whether the equations were run one by one.
    """

    findings: list[Finding]
    scale: tuple[float, ...] | None
    explained: frozenset[str] = frozenset()
    searched: bool = False


def formula_findings(case: Case, options: Options, outputs: list[Output]) -> Judged:
    """Hold the ideal machine against the truth, and find the equation at fault where it fails."""
    program = case.traced() if case.sampled is None else None  # at scale the equation is not looked for
    meaning, operands = case.meaning, case.operands
    assert meaning is not None, "checked by the caller"
    ideal = evaluate(meaning, operands, ideal_machine())
    values = [[r.system.value(s) for s in r.scalars] for r in ideal]
    if options.relative:
        values = [
            [e.ideal if _is_gone(e) else x for x, e in zip(row, output.evidence, strict=True)]
            for row, output in zip(values, outputs, strict=True)
        ]
    judged = _Formula(case, options, outputs, values)
    lost = judged.lost()
    looked_into = options.vanishing and (case.order == 0 or _may_be_rewritten(program))
    if not any(lost.values()) and not (lost and looked_into):
        return Judged([], judged.scale)
    moved = movements(meaning, operands, options.seed)
    problems = {(o, i) for o, i in lost if is_problem(moved[o][i], judged.error(o, i))}
    faults = [p for p in lost if lost[p] and p not in problems]
    ill = [p for p in lost if lost[p] and p in problems]
    vanishing = [p for p in lost if not lost[p] and p not in problems and looked_into]
    found = [judged.fault(faults, program)] if faults else []
    found += [judged.problem(ill)] if ill and not faults else []
    found += judged.vanishing(vanishing, program) if vanishing and not faults else []
    explained = frozenset(outputs[o].place(i) for o, i in faults + ill)
    return Judged(found, judged.scale, explained, searched=True)


def _is_gone(e: Evidence) -> bool:
    """Whether nothing is left of a result in its own format, narrow as that is, though steps are rounded correctly."""
    if e.ideal is None or not is_float(e.dtype) or is_special(e.true):
        return False
    true = abs(exact(e.true))
    if not exact(float(finfo(e.dtype).smallest_normal)) <= true <= exact(float(finfo(e.dtype).max)):
        return False
    return is_special(e.ideal) or abs(exact(e.ideal) - exact(e.true)) >= true / 2


@dataclass(slots=True)
class _Formula:
    """The formula of a case, held against a scale."""

    case: Case
    options: Options
    outputs: list[Output]
    ideal: list[list[Any]]
    scale: tuple[float, ...] | None = None

    def error(self, o: int, i: int) -> Any:
        """How far the ideal machine is off, absolute."""
        ideal, true = self.ideal[o][i], self.outputs[o].evidence[i].true
        return float("inf") if is_special(ideal) or is_special(true) else exact(ideal) - exact(true)

    def lost(self) -> dict[tuple[int, int], bool]:
        """The elements that lost half of their digits: True if against the scale, False if only to themselves."""
        found: dict[tuple[int, int], bool] = {}
        for o, output in enumerate(self.outputs):
            if not is_float(output.dtype):
                continue
            for i, e in enumerate(output.evidence):
                if e.certified and loses_digits(self.ideal[o][i], e.true, self._least(e), e.dtype):
                    found[o, i] = self.options.relative
        # The values here are among those of the scale: what keeps its digits beside them needs no scale.
        here = [largest(e.true for e in o.evidence if is_float(o.dtype)) for o in self.outputs]
        here = [
            size if is_float(o.dtype) and exact(size) >= ulp_of(0.0, o.dtype) else 0.0
            for size, o in zip(here, self.outputs, strict=True)
        ]
        if not self.options.relative and any(not here[o] or self._is_lost(o, i, here[o]) for o, i in found):
            scale = self._scales()
            return {(o, i): self._is_lost(o, i, max(scale[o], here[o])) for o, i in found}
        return found

    def _is_lost(self, o: int, i: int, scale: Any) -> bool:
        e = self.outputs[o].evidence[i]
        return loses_digits(self.ideal[o][i], e.true, scale, e.dtype)

    @staticmethod
    def _own(true: Any) -> Any:
        return exact(0) if is_special(true) else abs(exact(true))

    def _least(self, e: Evidence) -> Any:
        """The size of a true value; what is smaller than any normal number loses digits to the format."""
        return max(self._own(e.true), exact(float(finfo(wide(e.dtype)).smallest_normal)))

    def _scales(self) -> tuple[Any, ...]:
        given = self.options.scale
        found = given() if callable(given) else given
        if found is None:
            found = scale_of_decade(self.case, self.options.seed)
        scales = tuple(exact(s) for s in found)
        self.scale = tuple(float(s) for s in scales)
        return scales

    def worst(self, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """The element that is furthest off, relative to the truth."""

        def key(place: tuple[int, int]) -> float:
            error, true = self.error(*place), self._own(self.outputs[place[0]].evidence[place[1]].true)
            return float(abs(error) / true) if not is_special(error) and true else float("inf")

        return max(places, key=key)

    def said(self, place: tuple[int, int], key: str, message: str, **known: Any) -> Finding:
        """A finding about one element."""
        o, i = place
        output = self.outputs[o]
        e, m = output.evidence[i], output.measured[i]
        return told(
            self.case,
            self.options,
            key,
            f"{output.place(i)} {message}",
            error=m.error,
            count=count_of(e),
            bound=m.bound,
            typical=m.typical,
            output=output.place(i),
            **known,
        )

    def culprit(self, place: tuple[int, int], program: Program | None) -> Culprit | None:
        """The equation where the digits go."""
        return blamed(program, self.case.operands, *place) if program is not None else None

    def numbers(self, place: tuple[int, int]) -> str:
        """What the ideal machine says, and the truth."""
        o, i = place
        return f"it gives {number(self.ideal[o][i])} where {number(self.outputs[o].evidence[i].true)} is true"

    def fault(self, places: Sequence[tuple[int, int]], program: Program | None) -> Finding:
        """The finding that blames the formula."""
        place = self.worst(places)
        culprit = self.culprit(place, program)
        what = (
            "overflows on the way to a finite truth"
            if is_special(self.ideal[place[0]][place[1]])
            else ("loses more than half of its digits")
        )
        return self.said(
            place,
            "formula",
            f"{what} even on a machine that rounds correctly: {self.numbers(place)}.",
            blame=Blame.FORMULA,
            equation=str(culprit) if culprit else "",
            location=culprit.location if culprit else "",
            mend=_stable(culprit),
        )

    def problem(self, places: Sequence[tuple[int, int]]) -> Finding:
        """The note that the problem is ill-conditioned."""
        place = self.worst(places)
        return self.said(
            place,
            "problem",
            f"loses its digits, and so would any program: half an ulp of the inputs moves the truth as far; "
            f"{self.numbers(place)}.",
            status=Status.NOTE,
            blame=Blame.PROBLEM,
            mend="Compute in a wider format, or pose the problem in better variables.",
        )

    def vanishing(self, places: Sequence[tuple[int, int]], program: Program | None) -> list[Finding]:
        """The note that digits of small values vanish; of a derivative only if a stable form is known."""
        place = self.worst(places)
        culprit = self.culprit(place, program)
        known = culprit is not None and culprit.rewrite is not None
        if self.case.order and not known:
            return []
        return [
            self.said(
                place,
                "vanishing",
                f"loses its digits where it is small beside its largest values: {self.numbers(place)}.",
                status=Status.NOTE,
                blame=Blame.FORMULA,
                equation=str(culprit) if culprit else "",
                location=culprit.location if culprit else "",
                mend=_stable(culprit) if known else "",
            )
        ]


def _may_be_rewritten(program: Program | None) -> bool:
    """Whether the shape of some row of the table is found anywhere."""
    if program is None:
        return False
    flat = inlined(program)
    return any(True for r in REWRITES for _ in matches(r, flat))


def _stable(culprit: Culprit | None) -> str:
    if culprit is not None and culprit.rewrite is not None:
        return f"{culprit.rewrite.advice} (tried here: it keeps the digits)."
    return (
        "Rewrite the step that is named so that it does not cancel or overflow, or declare a smaller domain."
    )
