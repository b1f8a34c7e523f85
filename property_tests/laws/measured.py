"""What value, gradient and second derivative share: judge each input, pool, and tell each thing once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...language.dtypes import finfo
from ...reference.findings import Blame, Finding, Status
from ...reference.verdict import Measured, Verdict, law_name, quiet_fault
from ..arguments import Arguments
from ..outcomes import Sample, Worst
from ..strategies import all_declared
from ..trial import Raised, Trial, at_inputs
from .law import Checked

_GRAVITY = {s: i for i, s in enumerate((Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE))}


# Where digits vanish is a note, and dear to find: after so many elements of a law it is not asked again.
_MOST_SEARCHED = 2048


def measured(trial: Trial, law: str, order: int) -> Checked:
    """Judge a derivative of that order (0: the value) at every input at which the function returns."""
    checked = Checked()
    found: list[tuple[int, Finding]] = []
    pooled: list[Measured] = []
    searched = 0
    for i, result in trial.returning():
        arguments = trial.inputs[i]
        if not arguments.dynamic or (order and (result.has_nan or not result.is_floating)):
            continue  # what has no value has no derivative, nor has an integer
        # Where the value itself is too large for its format, no form of its derivative is to blame.
        formula = arguments.judged_as_formula and (order == 0 or result.is_finite)
        formula = formula and not _is_flushed(trial, arguments)
        verdict = _judged(trial, i, order, formula, searched < _MOST_SEARCHED)
        checked.tried(trial, i)
        if isinstance(verdict, Raised):
            found.append((i, _unjudged(trial, law, i, verdict)))
            break  # what cannot be judged at one input cannot be judged at the others
        checked.elements += len(verdict.elements)
        searched += len(verdict.elements) if verdict.searched else 0
        claimed = arguments.judged_as_formula and result.is_finite and not _is_flushed(trial, arguments)
        found += [(i, f if claimed else _as_a_note(f)) for f in verdict.findings]
        checked.samples += _samples(trial, i, verdict)
        checked.worst = _worse(checked.worst, verdict)
        if arguments.source == "ordinary":
            pooled += verdict.elements
    checked.findings += _told_once(trial, law, found, checked.inputs)
    rms = quiet_fault(pooled)
    if rms is not None:
        checked.findings.append(_quiet(trial, law, order, rms, len(pooled)))
    return checked


def _judged(trial: Trial, index: int, order: int, formula: bool, vanishing: bool) -> Verdict | Raised:
    from ...chex_like.judging.judgement import judge

    arguments = trial.inputs[index]
    function = arguments.closed(trial.subject.function)
    try:
        with trial.machine():
            return judge(
                function,
                *trial.lifted(arguments.dynamic),
                order=order,
                platform=trial.platform,
                scale=declared_scale(trial, order),
                formula=formula,
                vanishing=vanishing,
                relative=trial.subject.relative,
                gradient=trial.subject.mark.gradient,
                seed=trial.seed % 2**31 + index,
                name=trial.subject.name,
            )
    except Exception as err:  # noqa: BLE001  # told as unverified, in red, with the error
        return Raised.of(err, trial.subject)


def _is_flushed(trial: Trial, arguments: Arguments) -> bool:
    """Whether some argument is a number that the platform takes for zero."""
    if not trial.platform.flushes_subnormals:
        return False
    sizes = [(_size(x), x) for x in arguments.dynamic if not isinstance(x, float) and _is_float(x)]
    return any(bool(((size > 0) & (size < float(finfo(x.dtype).smallest_normal))).any()) for size, x in sizes)


def _as_a_note(finding: Finding) -> Finding:
    """Where no declared domain reaches, or nothing finite is returned, what cannot be verified is no alarm."""
    return replace(finding, status=Status.NOTE) if finding.status is Status.UNVERIFIED else finding


# -- the scale ---------------------------------------------------------------------------------------------
def declared_scale(trial: Trial, order: int) -> Callable[[], Sequence[float]] | None:
    """The largest true sizes over the inputs, found once and only if they are needed.

    None where no domain is declared: then inputs of the same decade are asked. Several given inputs declare it,
    as intervals do.
    """
    signature = trial.subject.signature
    several = len(trial.inputs) > 1 and all(a.source == "given" for a in trial.inputs)
    if not several and (signature is None or not all_declared(signature)):
        return None

    def largest() -> Sequence[float]:
        if order not in trial.scales:
            trial.scales[order] = _largest(trial, order)
        return trial.scales[order]

    return largest


def _largest(trial: Trial, order: int) -> list[float]:
    from ...chex_like.judging.case import case_of
    from ...chex_like.judging.scales import scales_over

    cases = []
    with trial.machine():
        for i, _ in trial.returning():
            arguments = trial.inputs[i]
            if arguments.judged_as_formula:
                function = arguments.closed(trial.subject.function)
                operands = trial.lifted(arguments.dynamic)
                cases.append(case_of(function, operands, order, trial.seed % 2**31, trial.subject.name))
        return [float(size) for size in scales_over(cases)]


# -- gathering -----------------------------------------------------------------------------------------------
def _told_once(trial: Trial, law: str, found: Sequence[tuple[int, Finding]], inputs: int) -> list[Finding]:
    """The worst finding of each code, with how many inputs show it."""
    by_code: dict[tuple[str, Status], list[tuple[int, Finding]]] = {}
    red = {f.code for _, f in found if f.fails}
    for i, finding in found:
        if finding.fails or finding.code not in red:  # a note beside a finding of the same code says nothing
            by_code.setdefault((finding.code, finding.status), []).append((i, finding))
    told = []
    for several in by_code.values():
        count = len({i for i, _ in several})
        worst = max(several, key=lambda pair: _badness(pair[1]))[1]
        told.append(
            replace(
                worst,
                law=law,
                message=_with_count(worst.message, count, inputs),
                location=worst.location or trial.subject.location,
            )
        )
    return sorted(told, key=lambda f: _GRAVITY[f.status])


def _with_count(message: str, count: int, inputs: int) -> str:
    stop = "." if message.endswith(".") else ""
    return f"{message.removesuffix('.')}{at_inputs(count, inputs)}{stop}"


def _badness(finding: Finding) -> tuple[int, float, float]:
    error = math.inf if finding.error is None else finding.error
    share = error / finding.bound if finding.bound else error
    return -_GRAVITY[finding.status], share, error


def _worse(known: Worst | None, verdict: Verdict) -> Worst | None:
    """The worst of what is known and a verdict's worst element, by error over bound."""
    if not verdict.elements or verdict.bound is None or math.isnan(verdict.error):
        return known
    found = Worst(verdict.error, verdict.bound)
    return found if known is None or _share(found) > _share(known) else known


def _share(worst: Worst) -> float:
    if worst.bound > 0:
        return worst.error / worst.bound
    return math.inf if worst.error > 0 else 0.0


def _samples(trial: Trial, index: int, verdict: Verdict) -> list[Sample]:
    """A point for each finite element that has a bound."""
    floats = [_size(x) for x in trial.inputs[index].dynamic if _is_float(x)]
    if not floats:
        return []
    first = floats[0]
    found = []
    for element, output in zip(verdict.elements, verdict.outputs, strict=True):
        if element.bound is None or not math.isfinite(element.error):
            continue
        x = _under(first, element.index)
        if math.isfinite(x):
            found.append(Sample(x, element.error, element.bound, output))
    return found


def _under(array: np.ndarray[Any, Any], index: tuple[int, ...]) -> float:
    """The entry that an element rests on: at its own place, or the largest below it."""
    if not array.size:
        return math.nan
    if len(index) <= array.ndim and all(i < n for i, n in zip(index, array.shape, strict=False)):
        part = array[index]
    else:
        part = array
    part = np.asarray(part).reshape(-1)
    return float(part[int(np.argmax(np.abs(part)))])


def _is_float(x: Any) -> bool:
    return isinstance(x, float) or x.dtype.kind in "fVc"


def _size(x: Any) -> np.ndarray[Any, Any]:
    """A real as it is, a complex number's absolute value."""
    return np.asarray(np.abs(x) if np.iscomplexobj(x) else x, np.float64)


def _unjudged(trial: Trial, law: str, index: int, raised: Raised) -> Finding:
    return trial.finding(
        law,
        "VX905",
        f"The {law} could not be judged: {raised.error}.",
        blame=Blame.NOTHING,
        index=index,
        location=raised.location,
    )


def _quiet(trial: Trial, law: str, order: int, rms: float, count: int) -> Finding:
    message = (
        f"Over {count} elements the root-mean-square error of the {law_name(order)} is {rms:.3g} times the "
        f"typical one, also of those within their bounds"
    )
    code = "VX103" if order == 0 else "VX205"
    return trial.finding(law, code, f"{message}.", blame=Blame.IMPLEMENTATION)
