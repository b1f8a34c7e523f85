"""What is said of elements that did not hold, and of a derivative that is none."""

from __future__ import annotations

import numpy as np

from ...language.dtypes import is_float
from ...language.program import some_equation
from ...reference.findings import Blame, Finding, Status
from ...reference.verdict import Evidence, Measured, exact, is_special, quiet_fault, ulp_of
from .case import Case
from .derivatives import RuleCheck, RuleFault
from .options import Options
from .origins import first_wrong
from .outputs import Output
from .telling import count_of, number, told
from .witnesses import has_rules


def untraceable(case: Case, options: Options) -> Finding:
    """The finding about a derivative that has no program."""
    return told(
        case,
        options,
        "unverified",
        f"The derivative has no program, so no bound can be derived: {case.untraceable}",
        status=Status.UNVERIFIED,
        blame=Blame.NOTHING,
        mend="Write the branch with verax.numpy.where or verax.lax.cond.",
    )


def rule_findings(case: Case, options: Options, outputs: list[Output], check: RuleCheck) -> list[Finding]:
    """What the comparison of a derivative with its limit came to."""
    if check.fault is not None:
        return [_rule_told(case, options, outputs, check.fault)]
    if check.ambiguous is not None:
        o, i = check.ambiguous
        place = outputs[o].place(i)
        message = f"{place} is taken where there is no derivative: any value is a convention."
        known = {"status": Status.AMBIGUOUS, "blame": Blame.NOTHING, "output": place}
        return [told(case, options, "ambiguous", message, **known)]
    return [
        told(
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


def _rule_told(case: Case, options: Options, outputs: list[Output], fault: RuleFault) -> Finding:
    output = outputs[fault.output]
    blown = is_special(fault.value)
    key = "blown" if blown else "rule" if case.order == 1 else "second"
    place = f"the sum of {output.label}" if fault.place is None else output.place(fault.place)
    unit = error = None
    if not blown and not is_special(fault.limit):
        unit = ulp_of(fault.limit, output.dtype)
        error = float(abs(exact(fault.value) - exact(fault.limit)) / unit)
    return told(
        case,
        options,
        key,
        f"{place} is {number(fault.value)} by its own program in exact numbers; the limit is "
        f"{number(fault.limit)}.",
        blame=Blame.RULE,
        error=error,
        output=place,
        mend=_rule_mend(case, blown),
    )


def _rule_mend(case: Case, blown: bool) -> str:
    """What mends a derivative that is none, by what the function is made of."""
    program = case.plain_program()
    if blown:
        hides = program is None or some_equation(program, lambda e: e.primitive.name == "select_n")
        return _HIDDEN if hides else _GUARDED
    return _RULED if has_rules(program) else _UNRULED


_HIDDEN = "Make the value that `where` hides harmless first: where(ok, f(where(ok, x, 1)), 0)."
_GUARDED = (
    "Guard the point where the derivative is lost, inside and outside: where(ok, f(where(ok, x, 1)), 0)."
)
_RULED = "Mend the custom rule, or mark the function @verax.subject(gradient='declared')."
_UNRULED = (
    "Write the function so that nothing in it changes there (a tie of max or min, abs at 0, an edge of where or clip), "
    "or give it a custom rule."
)


def element_findings(case: Case, options: Options, output: Output) -> list[Finding]:
    """One finding for each way in which elements of an output did not hold, about the worst of them."""
    found = []
    for status in (Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE):
        places = [i for i, m in enumerate(output.measured) if m.status is status]
        if places:
            i = max(places, key=lambda k: (output.measured[k].share, output.measured[k].error))
            found.append(_element_told(case, options, output, i, len(places)))
    return found


def _element_told(case: Case, options: Options, output: Output, i: int, many: int) -> Finding:
    m, e = output.measured[i], output.evidence[i]
    place = output.place(i)
    others = f" ({many} of {len(output.measured)} elements)" if many > 1 else ""
    key = _key(case, m, e)
    equation, location = "", ""
    if m.status is Status.FINDING:
        equation, location = first_wrong(case, options.platform)
    message = f"{place} {m.reason}{others}: got {number(e.got)}, the truth is {number(e.true)}."
    return told(
        case,
        options,
        key,
        message,
        status=m.status,
        blame=m.blame or Blame.NOTHING,
        error=m.error,
        count=count_of(e),
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


def quiet_findings(case: Case, options: Options, outputs: list[Output]) -> list[Finding]:
    """The finding that errors are too large together, if they are."""
    elements = [m for o in outputs for m in o.measured]
    rms = quiet_fault(elements)
    if rms is None:
        return []
    over = sum(m.status is Status.FINDING for m in elements)
    single = f"{over} are over their bounds besides." if over else "No single one is over its bound."
    return [
        told(
            case,
            options,
            "quiet gradient" if case.order else "quiet",
            f"The root-mean-square of error over typical error is {rms:.3g} over "
            f"{len(elements)} elements; 3 is allowed. {single}",
            blame=Blame.IMPLEMENTATION,
            mend="Find out which primitive runs in a narrower format.",
        )
    ]
