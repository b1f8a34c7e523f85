"""`check_subject`: every law that fits, on every input, as one report."""

from __future__ import annotations

from collections.abc import Iterable

from ..adapters.profiles import profile_of
from ..language.errors import VeraxError
from ..language.platform import Platform
from ..language.program import Program
from ..language.subject import Undrawable
from ..reference.findings import Blame, Finding, Status, worst
from .arguments import Arguments, given
from .hosts import HOSTS, OWN
from .inputs import EXAMPLES, draw, sample, seed_of
from .laws import Checked, Law, laws_named
from .outcomes import LawOutcome, SubjectReport, Worst
from .strategies import arguments, hard_points
from .subjects import Subject
from .trial import Clock, Raised, Trial

_MOST_SAMPLES = 2000


def check_subject(
    subject: Subject,
    laws: Iterable[str] | None = None,
    *,
    examples: int = EXAMPLES,
    seed: int = 0,
    deadline: float | None = None,
    platform: Platform | str | None = None,
) -> SubjectReport:
    """Try every law that fits on every input. What the subject does wrong is in the report, never raised.

    Args:
        subject: of `discover` or `subject_of`.
        laws: their names; all of them by default.
        examples: how many inputs are drawn, edges among them; real inputs that the subject gives come first.
        seed: the run's seed; the inputs' seed derives from it and the subject's name.
        deadline: seconds after which nothing new is begun.
        platform: the profile that the machine is judged by; None: that of the device that computes.
    """
    clock = Clock(deadline)
    own_seed = seed_of(subject.key, seed)
    profile = profile_of(platform or HOSTS.get(subject.owner, OWN).platform)
    chosen = laws_named(laws)
    try:
        inputs = inputs_of(subject, examples, own_seed)
    except Undrawable as err:
        return _undrawable(subject, err, own_seed, profile)
    trial = Trial(subject, inputs, profile, own_seed, clock)
    outcomes: list[LawOutcome] = []
    findings: list[Finding] = []
    skipped: dict[str, str] = {}
    measured: dict[str, Checked] = {}
    if trial.unreadable:
        findings.append(_foreign(trial))
        outcomes.append(LawOutcome("value", Status.UNVERIFIED, 0, 0))
    for law in chosen:
        reason = law.fits(subject) or (trial.unreadable if law.needs_program else "")
        if reason:
            skipped[law.name] = reason
            continue
        begun = clock.spent
        checked = _late(trial, law) if clock.over else _checked(trial, law)
        if clock.over and checked.inputs < len(inputs) and not checked.findings:
            checked.findings.append(_unfinished(trial, law))
        measured[law.name] = checked
        findings += checked.findings
        status = worst(f.status for f in checked.findings)
        outcomes.append(
            LawOutcome(law.name, status, checked.inputs, checked.edges, clock.spent - begun, checked.elements)
        )
    samples = [s for c in measured.values() for s in c.samples]
    return SubjectReport(
        subject=subject.name,
        location=subject.location,
        findings=tuple(findings),
        laws=tuple(outcomes),
        value=_worst(measured, "value"),
        gradient=_worst(measured, "gradient"),
        inputs=len(inputs),
        edges=sum(a.source == "edge" for a in inputs),
        samples=tuple(samples[:: max(1, -(-len(samples) // _MOST_SAMPLES))]),
        skipped=skipped,
        platform=profile.name,
        seed=own_seed,
        seconds=clock.spent,
        complete=not any(f.code == "VX907" for f in findings),
    )


def inputs_of(subject: Subject, examples: int, seed: int) -> list[Arguments]:
    """The inputs of a subject: those that it gives, and those that are drawn.

    Raises:
        Undrawable: the signature cannot be drawn, and the subject gives no inputs either.
    """
    real = [given(batch, subject.signature) for batch in subject.mark.given_inputs()]
    if subject.signature is None:
        if not real:
            assert subject.problem is not None, "a subject has a signature or a problem"
            raise subject.problem
        return real
    if subject.owner not in HOSTS:
        return real
    points = points_of(subject, seed)
    drawn = draw(subject.signature, examples, seed, points)
    # By turns, so that a deadline leaves both sorts tried.
    edges = [a for a in drawn if a.source == "edge"]
    ordinary = [a for a in drawn if a.source != "edge"]
    return real + _by_turns(ordinary, edges)


def _by_turns(many: list[Arguments], few: list[Arguments]) -> list[Arguments]:
    step = max(1, len(many) // max(1, len(few)))
    found: list[Arguments] = []
    for i, one in enumerate(few):
        found += [*many[i * step : (i + 1) * step], one]
    return found + many[len(few) * step :]


def points_of(subject: Subject, seed: int) -> tuple[float, ...]:
    """The hard points of the primitives that a subject's program uses; none if it cannot be traced."""
    program = program_of(subject, seed)
    return hard_points(program) if program is not None else ()


def program_of(subject: Subject, seed: int) -> Program | None:
    """The subject's program at some input; None if it has none, or cannot be traced."""
    host = HOSTS.get(subject.owner)
    if subject.signature is None or host is None or not host.transforms:
        return None
    first = sample(arguments(subject.signature), 1, seed)[:1]
    trial = Trial(subject, first, profile_of(host.platform), seed)
    try:
        return trial.program(0) if first else None
    except (Exception, SystemExit):  # noqa: BLE001  # other laws tell it; here it only costs the hard points
        return None


def _checked(trial: Trial, law: Law) -> Checked:
    try:
        return law.check(trial)
    except (VeraxError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as err:
        # A law that cannot be checked is told, in red: it is never taken for one that holds.
        raised = Raised.of(err, trial.subject)
        message = f"The law could not be checked: {raised.error}."
        finding = trial.finding(
            law.name, "VX905", message, blame=Blame.NOTHING, location=raised.location, mend=_mend(err)
        )
        return Checked([finding])


def _mend(err: BaseException) -> str:
    if isinstance(err, VeraxError):
        return "Avoid what the message names, or ignore this code with a reason."
    return "Report this as a fault of Verax, with the function."


def _late(trial: Trial, law: Law) -> Checked:
    return Checked([_unfinished(trial, law)])


def _unfinished(trial: Trial, law: Law) -> Finding:
    return trial.finding(
        law.name,
        "VX907",
        f"The deadline of {trial.clock.seconds:g} s came before the law {law.name!r} was tried on every input.",
        blame=Blame.NOTHING,
    )


def _foreign(trial: Trial) -> Finding:
    return trial.finding(
        "value",
        "VX908",
        f"The values are unverified: {trial.unreadable.removesuffix('.')}.",
        blame=Blame.NOTHING,
        mend="Avoid what is named, or ignore this code with a reason." if trial.host.transforms else "",
    )


def _undrawable(subject: Subject, err: Undrawable, seed: int, platform: Platform) -> SubjectReport:
    trial = Trial(subject, [], platform, seed)
    finding = trial.finding("inputs", "VX901", str(err), blame=Blame.NOTHING)
    return SubjectReport(
        subject=subject.name,
        location=subject.location,
        findings=(finding,),
        laws=(LawOutcome("inputs", finding.status, 0, 0),),
        platform=platform.name,
        seed=seed,
        complete=False,
    )


def _worst(measured: dict[str, Checked], law: str) -> Worst | None:
    return measured[law].worst if law in measured else None
