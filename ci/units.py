"""Work units: what is sent to a worker, and what it does with it. Pure, picklable, the same everywhere."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence

import msgspec

from ..language.errors import UsageError
from ..property_tests.outcomes import LawOutcome, Sample, SubjectReport, Worst
from ..property_tests.subjects import Subject, passed_over
from ..reference.findings import Status
from .ignores import Ignore, read_ignores
from .targets import Found, found_in

# The laws that hold the machine against the truth, which takes long.
COSTLY = ("second derivative", "gradient", "value")


class Discovery(msgspec.Struct, frozen=True):
    """What a worker found in a target.

    Attributes:
        found: its functions.
        ignores: the comments of its files.
        laws: for each function, by its name, its laws in groups: one unit each.
        code: a digest of every source file that importing it loaded, Verax's own included.
        refusal: why it cannot be judged at all, for the user; empty if it can.
        passed_over: its public functions that take arguments and none that is annotated as an array.
    """

    found: tuple[Found, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    laws: dict[str, tuple[tuple[str, ...], ...]] = {}
    code: str = ""
    refusal: str = ""
    passed_over: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True):
    """One piece of work: a group of laws, tried on one function.

    Attributes:
        found: where the function is.
        laws: the names of the laws.
        seed: what goes into the seed of its inputs, beside its name.
        examples: how many inputs each law is tried on.
        seconds: when to begin no new input; None: never.
    """

    found: Found
    laws: tuple[str, ...]
    seed: int
    examples: int
    seconds: float | None = None

    @property
    def key(self) -> str:
        """What tells it from every other unit of a run."""
        return msgspec.json.encode(self).decode()


def discover(target: str) -> Discovery:
    """Import a target and look what is in it."""
    try:
        pairs = found_in(target)
        files = sorted({subject.file for _, subject in pairs if subject.file})
        ignores = [i for file in files for i in read_ignores(file)]
        left = tuple(passed_over(target))
    except UsageError as err:
        return Discovery(refusal=str(err))
    laws = {found.subject: _groups(subject) for found, subject in pairs}
    found = tuple(one for one, _ in pairs)
    return Discovery(found, tuple(ignores), laws, _code_digest(), passed_over=left)


def _groups(subject: Subject) -> tuple[tuple[str, ...], ...]:
    """How the laws are shared out: the cheap ones together, then those that need the truth, one by one."""
    from ..property_tests.laws import LAWS

    drawable = subject.signature is not None or subject.mark.inputs is not None
    costly = [name for name in COSTLY if drawable and not LAWS[name].fits(subject)]
    return (tuple(name for name in LAWS if name not in costly), *((name,) for name in costly))


def run_unit(unit: Unit) -> SubjectReport:
    """Try a unit's laws on its function, and store what fails."""
    from ..property_tests.checking import check_subject
    from ..property_tests.subjects import find
    from .failures import with_capsules

    subject = find(unit.found.target, unit.found.subject)
    report = check_subject(
        subject, laws=unit.laws, seed=unit.seed, examples=unit.examples, deadline=unit.seconds
    )
    return with_capsules(report, subject, unit.examples)


def merged(reports: Sequence[SubjectReport]) -> SubjectReport:
    """What several units said of one subject, as one report."""
    from ..property_tests.laws import LAWS

    order = list(LAWS)
    first = reports[0]
    skipped: dict[str, str] = {}
    for report in reports:
        skipped |= report.skipped
    samples: list[Sample] = [s for r in reports for s in r.samples]
    return msgspec.structs.replace(
        first,
        findings=tuple(
            sorted(dict.fromkeys(f for r in reports for f in r.findings), key=lambda f: _place(f.law, order))
        ),
        laws=tuple(sorted((law for r in reports for law in r.laws), key=lambda o: _place(o.law, order))),
        value=_worst([r.value for r in reports]),
        gradient=_worst([r.gradient for r in reports]),
        inputs=max(r.inputs for r in reports),
        edges=max(r.edges for r in reports),
        samples=tuple(samples[:2000]),
        skipped=skipped,
        platform=next((r.platform for r in reports if r.platform), ""),
        seconds=sum(r.seconds for r in reports),
        complete=all(r.complete for r in reports),
    )


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _worst(found: Sequence[Worst | None]) -> Worst | None:
    """The one that comes nearest to its bound, or is furthest above it."""
    return max((w for w in found if w is not None), key=_excess, default=None)


def _excess(w: Worst) -> float:
    if w.bound > 0:
        return w.error / w.bound
    return float("inf") if w.error > 0 else 0.0


def without(report: SubjectReport, silenced: Sequence[object]) -> SubjectReport:
    """The report without some of its findings; a law that nothing else is said of then says nothing."""
    gone = set(map(id, silenced))
    stay = tuple(f for f in report.findings if id(f) not in gone)
    laws = []
    for law in report.laws:
        own = [f.status for f in report.findings if f.law == law.law]
        left = [f.status for f in stay if f.law == law.law]
        if len(left) == len(own):
            laws.append(law)
        elif left:
            laws.append(msgspec.structs.replace(law, status=_gravest(left)))
    return msgspec.structs.replace(report, findings=stay, laws=tuple(laws))


def _gravest(statuses: Sequence[Status]) -> Status:
    from ..reference.findings import worst

    return worst(statuses)


def outcome(law: str, status: Status) -> LawOutcome:
    """The outcome of a law that was tried on nothing."""
    return LawOutcome(law=law, status=status, inputs=0, edges=0)


def _code_digest() -> str:
    """A digest of the sources that are loaded, those of installed libraries and of Python apart."""
    files = {
        os.path.realpath(file)
        for module in list(sys.modules.values())
        if (file := getattr(module, "__file__", None)) and file.endswith(".py")
    }
    digest = hashlib.sha256()
    for file in sorted(files):
        if "site-packages" in file or file.startswith((sys.base_prefix, sys.prefix)):
            continue
        try:
            with open(file, "rb") as source:
                digest.update(hashlib.sha256(source.read()).digest())
        except OSError:  # a module whose file is gone cannot change any more
            continue
    return digest.hexdigest()
