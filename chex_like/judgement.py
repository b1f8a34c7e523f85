"""`judge`: one Python face of the verdict. The gate, the plugin and `assert_accurate` are calls of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np

from ..adapters.profiles import profile_of
from ..language import dispatch
from ..language.dtypes import finfo, is_float
from ..language.inlining import inlined
from ..language.platform import Platform
from ..language.program import Constant, Equation, Program, constant_array, printed_equation
from ..reference import evaluate
from ..reference.bounded import Bounded
from ..reference.capsules import Capsule, digits_of, hexadecimal
from ..reference.findings import Blame, Finding, Status, location_of
from ..reference.formula import Culprit, blamed, ideal_machine, movements
from ..reference.reals import to_machine as machine_number
from ..reference.rewrites import REWRITES, matches
from ..reference.rounded import Rounded
from ..reference.truth import Truth, true_value
from ..reference.verdict import (
    Evidence,
    Measured,
    Verdict,
    count_between,
    each,
    exact,
    half_of_the_digits,
    is_problem,
    is_special,
    largest,
    law_name,
    loses_digits,
    measure,
    quiet_fault,
    root_mean_square,
    ulp_of,
    wide,
    worst_element,
)
from .case import Case, case_of, case_of_programs
from .derivatives import RuleCheck, RuleFault, check_rule
from .scales import scale_of_decade

Scales = Sequence[float] | Callable[[], Sequence[float]] | None

# (order of the derivative, what is wrong) -> the rule's code.
_CODES = {
    "value": "VX101",
    "special": "VX102",
    "quiet": "VX103",
    "rule": "VX201",
    "gradient": "VX202",
    "second": "VX203",
    "blown": "VX204",
    "quiet gradient": "VX205",
    "formula": "VX701",
    "problem": "VX702",
    "vanishing": "VX703",
    "unverified": "VX905",
    "ambiguous": "VX906",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a case is judged; see `judge`."""

    platform: Platform
    scale: Scales = None
    drawn: bool = False
    formula: bool = True
    vanishing: bool = True
    relative: bool = False
    believe_rules: bool = False
    entries: int = 64
    seed: int = 0


def judge(
    f: Callable[..., Any],
    *args: Any,
    order: int = 0,
    platform: Platform | str | None = None,
    scale: Scales = None,
    drawn: bool = False,
    formula: bool = True,
    vanishing: bool = True,
    relative: bool = False,
    gradient: str = "true",
    entries: int = 64,
    seed: int = 0,
    name: str | None = None,
) -> Verdict:
    """Run a function and say how far it is from the truth, how far it may be, and who is at fault.

    Args:
        f: a function of arrays in trees, written in Verax's vocabulary.
        args: the very arrays to run it on; Python numbers are weakly typed, as everywhere.
        order: 0 for the value, 1 for the gradient, 2 for the directional second derivative.
        platform: whose promises hold; None for those of the device that runs it.
        scale: for each output the largest true size over the declared domain, or a function that finds
            them when they are needed; None: over inputs of the same decade as ``args``.
        drawn: whether ``args`` were drawn by the harness (continuous, full mantissa, independent): then
            errors are also judged together, for faults of the quiet kind.
        formula: whether the formula is judged too.
        vanishing: whether digits that are lost only beside larger values are also looked into, for a note;
            that costs a run of the program for each of its equations.
        relative: hold the formula against each true value itself, as for catalogue primitives.
        gradient: "true", or "declared" if custom rules are meant to differ from the derivative.
        entries: a gradient of more entries than this is judged at 8 of them and along 2 directions.
        seed: what random directions derive from.
        name: what to call the function; its own name by default.

    Returns:
        The verdict: prints as the gate's row; ``.raise_if_red()`` raises if there is a finding.

    Raises:
        ValueError: an option is out of range.
        Exception: whatever ``f`` raises.

    >>> import verax.numpy as vnp
    >>> judge(lambda x: vnp.log1p(x), vnp.array([1e-10, 0.5])).status.value
    'hold'
    """
    if order < 0:
        raise ValueError(f"`order` must be 0 for the value or the order of a derivative, got {order}.")
    if gradient not in ("true", "declared"):
        raise ValueError(f"`gradient` must be 'true' or 'declared', got {gradient!r}.")
    options = Options(
        platform_of(platform),
        scale,
        drawn,
        formula,
        vanishing,
        relative,
        gradient == "declared",
        entries,
        seed,
    )
    return judge_case(case_of(f, args, order, seed, name), options)


def platform_of(platform: Platform | str | None) -> Platform:
    """The profile meant; None for that of the device that computations go to."""
    if platform is not None:
        return profile_of(platform)
    devices = getattr(dispatch.current(), "devices", None)
    gpu = devices is not None and devices()[0].platform == "gpu"
    return profile_of("cupy" if gpu else "numpy")


def replay(capsule: Capsule) -> Verdict:
    """Judge a stored failure again, from its stored programs alone.

    Raises:
        ValueError: the capsule holds no program.
    """
    from ..language.config import enable_x64

    with enable_x64(capsule.x64):
        case = case_of_programs(
            capsule.finding.subject,
            capsule.program,
            capsule.derivative,
            capsule.order,
            list(zip(capsule.inputs, capsule.weak or (False,) * len(capsule.inputs), strict=True)),
            capsule.extras,
        )
        known = capsule.platform or None
        return judge_case(case, Options(platform_of(known), scale=capsule.scale, seed=capsule.seed or 0))


def capsule_of(
    f: Callable[..., Any], args: Sequence[Any], finding: Finding, order: int = 0, seed: int = 0
) -> Capsule:
    """The capsule of a finding of `judge` at ``args``: everything that `replay` needs."""
    from ..language.config import config

    case = case_of(f, args, order, seed, finding.subject)
    meaning = case.meaning if case.is_small else None
    truth = true_value(meaning, case.operands) if meaning is not None else None
    return Capsule(
        finding=finding,
        order=order,
        inputs=tuple(x.machine_value() for x in case.inputs),
        weak=tuple(x.weak_type for x in case.inputs),
        extras=tuple(x.machine_value() for x in case.extras),
        program=case.plain_program(),
        derivative=case.program if order else None,
        got=tuple(case.results),
        truth=tuple(digits_of(t.scalars) for t in truth.outputs) if truth else (),
        platform=finding.platform,
        seed=seed,
        x64=config.enable_x64,
    )


# -- one case --------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Output:
    """What is known of one output: rows of scalars, one for each element."""

    label: str
    got: np.ndarray[Any, Any]
    evidence: list[Evidence]
    measured: list[Measured]

    @property
    def dtype(self) -> Any:
        """The element type."""
        return self.got.dtype

    def place(self, i: int) -> str:
        """How an element is written."""
        index = np.unravel_index(i, self.got.shape)
        return self.label + (f"[{', '.join(str(int(k)) for k in index)}]" if index else "")


def judge_case(case: Case, options: Options) -> Verdict:
    """Judge what was prepared by `case_of`."""
    if case.meaning is None:
        return _summed_up(case, options, [], [_untraceable(case, options)])
    truth = true_value(case.meaning, case.operands)
    check = RuleCheck()
    if case.order and case.is_finite and not options.believe_rules:
        check = check_rule(case, truth, options.entries, options.seed)
    outputs = _measured(case, options, truth, check)
    findings = _rule_findings(case, options, outputs, check)
    for output in outputs:
        findings += _element_findings(case, options, output)
    if options.drawn:
        findings += _quiet_findings(case, options, outputs)
    if not (options.formula and check.fault is None and any(_is_suspicious(o) for o in outputs)):
        return _summed_up(case, options, outputs, findings)
    formula = _formula_findings(case, options, outputs)
    findings = [f for f in findings if not (f.status is Status.UNVERIFIED and f.output in formula.explained)]
    return _summed_up(case, options, outputs, findings + formula.findings, formula.scale, formula.searched)


def _measured(case: Case, options: Options, truth: Truth, check: RuleCheck) -> list[_Output]:
    assert case.meaning is not None, "checked by the caller"
    bounded = evaluate(case.meaning, case.operands, Bounded(options.platform))
    outputs = []
    for o, got in enumerate(case.results):
        true = truth.outputs[o]
        evidence = [
            Evidence(
                got=got.reshape(-1)[i],
                true=true.scalars[i],
                dtype=got.dtype,
                bound=getattr(b, "bound", 0.0),
                typical=getattr(b, "typical", 0.0),
                undecided=bool(getattr(b, "undecided", False)),
                unbounded=getattr(b, "unverified", None) or "",
                certified=true.certified[i],
                slack=check.slack[o][i] if check.slack else 0,
            )
            for i, b in enumerate(bounded[o].scalars)
        ]
        measured = [measure(e, index) for e, index in zip(evidence, each(got.shape), strict=True)]
        outputs.append(_Output(case.labels[o], got, evidence, measured))
    if any(m.status is not Status.HOLD for o in outputs for m in o.measured):
        _ask_the_ideal_machine(case, outputs)
    return outputs


def _ask_the_ideal_machine(case: Case, outputs: list[_Output]) -> None:
    """Measure again, knowing what a machine that rounds correctly answers in the same dtypes."""
    assert case.meaning is not None, "there is something to evaluate"
    for output, row in zip(outputs, evaluate(case.meaning, case.operands, Rounded()), strict=True):
        ideal = [row.system.value(s) for s in row.scalars]
        output.evidence = [replace(e, ideal=v) for e, v in zip(output.evidence, ideal, strict=True)]
        output.measured = [measure(e, m.index) for e, m in zip(output.evidence, output.measured, strict=True)]


# -- findings ---------------------------------------------------------------------------------------------
def _finding(case: Case, options: Options, key: str, message: str, **known: Any) -> Finding:
    return Finding(
        code=_CODES[key],
        subject=case.subject,
        law=law_name(case.order),
        message=message,
        worst_input=tuple(hexadecimal(np.asarray(x.machine_value())) for x in case.inputs),
        platform=options.platform.name,
        **known,
    )


def _untraceable(case: Case, options: Options) -> Finding:
    return _finding(
        case,
        options,
        "unverified",
        f"The derivative has no program, so no bound can be derived: {case.untraceable}",
        status=Status.UNVERIFIED,
        blame=Blame.NOTHING,
        mend="Write the branch with verax.numpy.where or verax.lax.cond.",
    )


def _rule_findings(case: Case, options: Options, outputs: list[_Output], check: RuleCheck) -> list[Finding]:
    if check.fault is not None:
        return [_rule_finding(case, options, outputs, check.fault)]
    if check.ambiguous is not None:
        o, i = check.ambiguous
        place = outputs[o].place(i)
        message = f"{place} is taken where there is no derivative: any value is a convention."
        known = {"status": Status.AMBIGUOUS, "blame": Blame.NOTHING, "output": place}
        return [_finding(case, options, "ambiguous", message, **known)]
    return [
        _finding(
            case,
            options,
            "unverified",
            f"{outputs[o].place(i)}: {why}.",
            status=Status.UNVERIFIED,
            blame=Blame.NOTHING,
            output=outputs[o].place(i),
            mend="Declare a domain inside which the function is differentiable.",
        )
        for (o, i), why in list(check.unsettled.items())[:1]
        if not is_special(outputs[o].evidence[i].true)
    ]


def _rule_finding(case: Case, options: Options, outputs: list[_Output], fault: RuleFault) -> Finding:
    output = outputs[fault.output]
    blown = is_special(fault.value)
    key = "blown" if blown else "rule" if case.order == 1 else "second"
    place = output.place(fault.place)
    unit = error = None
    if not blown and not is_special(fault.limit):
        unit = ulp_of(fault.limit, output.dtype)
        error = float(abs(exact(fault.value) - exact(fault.limit)) / unit)
    mend = (
        "Make the value that `where` hides harmless first: where(ok, f(where(ok, x, 1)), 0)."
        if blown
        else "Mend the custom rule, or mark the function @verax.subject(gradient='declared')."
    )
    return _finding(
        case,
        options,
        key,
        f"{place} is {_number(fault.value)} by its own program in exact numbers; the limit is "
        f"{_number(fault.limit)}.",
        blame=Blame.RULE,
        error=error,
        output=place,
        mend=mend,
    )


def _element_findings(case: Case, options: Options, output: _Output) -> list[Finding]:
    """One finding for each way in which elements of an output did not hold, about the worst of them."""
    found = []
    for status in (Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE):
        places = [i for i, m in enumerate(output.measured) if m.status is status]
        if places:
            i = max(places, key=lambda k: (output.measured[k].share, output.measured[k].error))
            found.append(_element_finding(case, options, output, i, len(places)))
    return found


def _element_finding(case: Case, options: Options, output: _Output, i: int, many: int) -> Finding:
    m, e = output.measured[i], output.evidence[i]
    place = output.place(i)
    others = f" ({many} of {len(output.measured)} elements)" if many > 1 else ""
    key = _key(case, m, e)
    equation, location = "", ""
    if m.status is Status.FINDING:
        equation, location = first_wrong(case, options.platform)
    message = f"{place} {m.reason}{others}: got {_number(e.got)}, the truth is {_number(e.true)}."
    return _finding(
        case,
        options,
        key,
        message,
        status=m.status,
        blame=m.blame or Blame.NOTHING,
        error=m.error,
        count=_count(e),
        bound=m.bound,
        typical=m.typical,
        output=place,
        equation=equation,
        location=location,
        mend=_MENDS[m.status],
    )


_MENDS = {
    Status.FINDING: "Replay the capsule; if the function is right, its platform's profile is too narrow.",
    Status.UNVERIFIED: "Declare a domain on which the program is well-posed, or rewrite the step.",
    Status.AMBIGUOUS: "Nothing, if both branches agree there.",
    Status.NOTE: "Compute in a wider format.",
    Status.HOLD: "",
}


def _key(case: Case, m: Measured, e: Evidence) -> str:
    if m.status is Status.UNVERIFIED:
        return "unverified"
    if m.status is Status.AMBIGUOUS:
        return "ambiguous"
    if m.status is Status.NOTE:
        return "formula"
    if case.order > 1:
        return "second"
    blown = is_float(e.dtype) and (is_special(e.true) or not np.isfinite(float(e.got)))
    if case.order:
        return "blown" if blown and not is_special(e.true) else "gradient"
    return "special" if blown else "value"


def _quiet_findings(case: Case, options: Options, outputs: list[_Output]) -> list[Finding]:
    rms = quiet_fault(m for o in outputs for m in o.measured)
    if rms is None:
        return []
    return [
        _finding(
            case,
            options,
            "quiet gradient" if case.order else "quiet",
            f"The root-mean-square of error over typical error is {rms:.3g} over "
            f"{sum(len(o.measured) for o in outputs)} elements; 3 is allowed. No single one is over its bound.",
            blame=Blame.IMPLEMENTATION,
            mend="Find out which primitive runs in a narrower format.",
        )
    ]


# -- formula ------------------------------------------------------------------------------------------------
def _is_suspicious(output: _Output) -> bool:
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
class _Judged:
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


def _formula_findings(case: Case, options: Options, outputs: list[_Output]) -> _Judged:
    program = case.traced()
    meaning, operands = case.meaning, case.operands
    assert meaning is not None, "checked by the caller"
    ideal = evaluate(meaning, operands, ideal_machine())
    judged = _Formula(case, options, outputs, [[r.system.value(s) for s in r.scalars] for r in ideal])
    lost = judged.lost()
    looked_into = options.vanishing and (case.order == 0 or _may_be_rewritten(program))
    if not any(lost.values()) and not (lost and looked_into):
        return _Judged([], judged.scale)
    moved = movements(meaning, operands, options.seed)
    problems = {(o, i) for o, i in lost if is_problem(moved[o][i], judged.error(o, i))}
    faults = [p for p in lost if lost[p] and p not in problems]
    ill = [p for p in lost if lost[p] and p in problems]
    vanishing = [p for p in lost if not lost[p] and p not in problems and looked_into]
    found = [judged.fault(faults, program)] if faults else []
    found += [judged.problem(ill)] if ill and not faults else []
    found += judged.vanishing(vanishing, program) if vanishing and not faults else []
    explained = frozenset(outputs[o].place(i) for o, i in faults + ill)
    return _Judged(found, judged.scale, explained, searched=True)


@dataclass(slots=True)
class _Formula:
    """The formula of a case, held against a scale."""

    case: Case
    options: Options
    outputs: list[_Output]
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
        if not self.options.relative and any(self._is_lost(o, i, here[o]) for o, i in found):
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
        return _finding(
            self.case,
            self.options,
            key,
            f"{output.place(i)} {message}",
            error=m.error,
            count=_count(e),
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
        return (
            f"it gives {_number(self.ideal[o][i])} where {_number(self.outputs[o].evidence[i].true)} is true"
        )

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


# -- implementation: where it begins ----------------------------------------------------------------------------
def first_wrong(case: Case, platform: Platform) -> tuple[str, str]:
    """The first equation that breaks its own bound on the inputs that it really got, and its line.

    Empty strings if every equation by itself holds, or there is no program.
    """
    program = case.traced()
    if program is None:
        return "", ""
    flat = inlined(program)
    values: dict[Any, Any] = dict(zip(flat.inputs, case.operands, strict=True))
    values.update(flat.captured)
    for equation in flat.equations:
        xs = [constant_array(a) if isinstance(a, Constant) else values[a] for a in equation.inputs]
        results = dispatch.bind(equation.primitive, *xs, **equation.params)
        values.update(zip(equation.outputs, results, strict=True))
        if _is_wrong(equation, xs, results, platform):
            return printed_equation(flat, equation), location_of(equation.source)
    return "", ""


def _is_wrong(equation: Equation, xs: Sequence[Any], results: Sequence[Any], platform: Platform) -> bool:
    def alone(*operands: Any) -> list[Any]:
        return dispatch.bind(equation.primitive, *operands, **equation.params)

    lifted = [dispatch.lift_to(dispatch.current(), x) for x in xs]
    allowed = evaluate(alone, lifted, Bounded(platform))
    for got, row in zip(results, allowed, strict=True):
        flat = got.machine_value().reshape(-1)
        for value, b in zip(flat, row.scalars, strict=True):
            e = Evidence(
                got=value,
                true=row.system.value(b),
                dtype=got.dtype,
                bound=getattr(b, "bound", 0.0),
                typical=0.0,
                undecided=bool(getattr(b, "undecided", False)),
                unbounded=getattr(b, "unverified", None) or "",
            )
            if measure(e).status is Status.FINDING:
                return True
    return False


# -- the row ------------------------------------------------------------------------------------------------------
def _summed_up(
    case: Case,
    options: Options,
    outputs: list[_Output],
    findings: list[Finding],
    scale: tuple[float, ...] | None = None,
    searched: bool = False,
) -> Verdict:
    elements = [m for o in outputs for m in o.measured]
    owners = [k for k, o in enumerate(outputs) for _ in o.measured]
    evidence = [e for o in outputs for e in o.evidence]
    top = worst_element(elements)
    order = {status: k for k, status in enumerate(_GRAVITY)}
    return Verdict(
        subject=case.subject,
        order=case.order,
        platform=options.platform.name,
        findings=tuple(sorted(findings, key=lambda f: order[f.status])),
        elements=tuple(elements),
        outputs=tuple(owners),
        error=0.0 if top is None else elements[top].error,
        count=None if top is None else _count(evidence[top]),
        bound=None if top is None else elements[top].bound,
        typical=None if top is None else elements[top].typical,
        rms=root_mean_square(elements),
        scale=scale,
        searched=searched,
    )


_GRAVITY = (Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE, Status.HOLD)


def _count(e: Evidence) -> int | None:
    """How many representable values lie between the machine's answer and the correctly rounded one."""
    if not is_float(e.dtype):
        return abs(int(e.got) - int(e.true))
    with np.errstate(all="ignore"):
        return count_between(e.got, np.asarray(machine_number(e.true, e.dtype)).astype(e.dtype)[()], e.dtype)


def _number(x: Any) -> str:
    if hasattr(x, "_mpf_"):
        return str(mpmath.nstr(x, 17))
    return repr(x.item() if isinstance(x, np.generic) else x)
