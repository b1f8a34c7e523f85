"""The gate: targets in, judgements out. Orchestration only; what is wrong with a function, laws say."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from .. import reference
from ..language.errors import UsageError
from ..property_tests.outcomes import SubjectReport
from ..property_tests.rules import RULES
from ..reference.findings import Blame, Finding, Status, Tally
from .configuration import Configuration, check_values, matches
from .executors import IsolatedExecutor, WorkerCrashed, WorkerError, WorkerHung, WorkerRaised, cores
from .ignores import apply_ignores, stale
from .ledger import Ledger
from .targets import Found, files_of
from .units import COSTLY, Discovery, Unit, discover, merged, outcome, run_unit, without

SCHEMA = 1


class GateReport(msgspec.Struct, frozen=True):
    """Everything that the gate says: what the outputs print and `verax report` reads.

    Attributes:
        schema: the version of this structure.
        verax: the version of Verax.
        environment: what it ran on: Python, NumPy, the machine's kind.
        targets: what was typed, a folder as its files.
        configuration: how it was judged.
        subjects: one report for each function, in the order of the targets and of their definitions.
        silenced: how many findings an ignore took out.
        interrupted: whether it was stopped before its end.
        seconds: how long it took.
        passed_over: the public functions of the targets that were not judged, because no argument says that it
            is an array.
    """

    schema: int
    verax: str
    environment: dict[str, str]
    targets: tuple[str, ...]
    configuration: Configuration
    subjects: tuple[SubjectReport, ...]
    silenced: int = 0
    interrupted: bool = False
    seconds: float = 0.0
    passed_over: tuple[str, ...] = ()

    @property
    def tally(self) -> Tally:
        """How many judgements ended how."""
        return sum((s.tally for s in self.subjects), Tally())

    @property
    def checked(self) -> bool:
        """Whether anything was tried at all: a gate that checked nothing is never green."""
        tried = [law for s in self.subjects for law in s.laws]
        return any(law.inputs > 0 or law.status is Status.FINDING for law in tried)

    @property
    def exit_code(self) -> int:
        """0 all hold, 1 findings, 5 nothing was checked, 130 interrupted."""
        if self.interrupted:
            return 130
        return self.tally.exit_code(self.configuration.strict) if self.checked else 5


# Told of each finished unit: how many are done, how many there are, and the subject.
Progress = Callable[[int, int, str], None]


def run_gate(
    targets: Sequence[str],
    configuration: Configuration | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> GateReport:
    """Judge every public annotated function of the targets.

    Args:
        targets: modules, files, folders of files, or ``file.py::function``.
        configuration: how; by default all codes, 40 inputs a subject and law.
        executor: where the work units run; by default one isolated process a core.
        progress: called after every unit.

    Raises:
        UsageError: a target cannot be found or imported, or the configuration has no meaning.
    """
    configuration = configuration or Configuration()
    check_values(configuration, "The configuration")
    wanted = list(dict.fromkeys(file for target in targets for file in files_of(target)))
    if not wanted:
        raise UsageError("The gate needs a target: a module, a file, or `file.py::function`.")
    own = executor is None
    engine = executor or IsolatedExecutor(configuration.workers, configuration.deadline)
    run = _Run(wanted, configuration, engine, progress or (lambda done, total, subject: None))
    try:
        return run.report()
    finally:
        if own:
            engine.shutdown(wait=True, cancel_futures=True)


class _Run:
    """One run of the gate."""

    def __init__(
        self, targets: list[str], configuration: Configuration, engine: Executor, progress: Progress
    ) -> None:
        self.targets, self.configuration, self.engine = targets, configuration, engine
        self.progress = progress
        self.began = time.monotonic()
        self.found: list[Found] = []
        self.discoveries: list[Discovery] = []
        self.done: dict[str, dict[tuple[str, ...], SubjectReport]] = {}
        self.lost: set[str] = set()
        self.interrupted = False

    def report(self) -> GateReport:
        self.discover()
        units = self.in_order([unit for found in self.found for unit in self.units(found)])
        ledger = Ledger(self.fingerprint())
        try:
            self.run(units, ledger)
        except KeyboardInterrupt:  # what has finished is in the ledger, and is told
            self.interrupted = True
        else:
            ledger.clear()
        subjects, silenced = self.after_ignores([self.subject(found) for found in self.found])
        return GateReport(
            schema=SCHEMA,
            verax=own_version(),
            environment=environment(),
            targets=tuple(self.targets),
            configuration=self.configuration,
            subjects=tuple(s for s in subjects if s.laws or not self.interrupted),
            silenced=silenced,
            interrupted=self.interrupted,
            seconds=round(time.monotonic() - self.began, 3),
            passed_over=tuple(dict.fromkeys(name for d in self.discoveries for name in d.passed_over)),
        )

    # -- what there is to do
    def discover(self) -> None:
        seen: set[str] = set()
        futures = [self.engine.submit(discover, target) for target in self.targets]
        for target, future in zip(self.targets, futures, strict=True):
            try:
                discovery: Discovery = future.result()
            except WorkerError as err:
                raise UsageError(
                    f"`{target}` cannot be imported: {err.text}. Mend it until Python itself can import it."
                ) from err
            if discovery.refusal:
                raise UsageError(discovery.refusal)
            self.discoveries.append(discovery)
            fresh = [f for f in discovery.found if f.subject not in seen]
            seen.update(f.subject for f in fresh)
            self.found += fresh
            for f in fresh:
                self.done[f.subject] = {}

    def units(self, found: Found) -> Iterator[Unit]:
        for group in self.laws_of(found):
            yield Unit(
                found=found,
                laws=group,
                seed=self.configuration.seed,
                examples=self.configuration.examples,
                seconds=_SHARE * self.configuration.deadline,
            )

    def in_order(self, units: list[Unit]) -> list[Unit]:
        """Cheap laws first, which notice what hangs or crashes; then the long ones, so that the end is even.

        When time is short, values come before derivatives.
        """
        costly = COSTLY if self.configuration.time_budget is None else COSTLY[::-1]
        return sorted(units, key=lambda unit: costly.index(unit.laws[0]) if unit.laws[0] in costly else -1)

    def laws_of(self, found: Found) -> tuple[tuple[str, ...], ...]:
        return next(d.laws[found.subject] for d in self.discoveries if found.subject in d.laws)

    def fingerprint(self) -> str:
        """What a run can be taken up by: the same targets, code, configuration and platform."""
        kept = msgspec.structs.replace(self.configuration, time_budget=None, workers=None, strict=False)
        facts = [*environment().items(), *(d.code for d in self.discoveries), *self.targets]
        return msgspec.json.encode([own_version(), kept, facts]).decode()

    # -- doing it
    def run(self, units: list[Unit], ledger: Ledger) -> None:
        waiting = []
        for unit in units:
            kept = ledger.read(unit.key)
            if kept is None:
                waiting.append(unit)
            else:
                self.done[unit.found.subject][unit.laws] = kept
        total = len(units)
        running: dict[Future[SubjectReport], Unit] = {}
        width = self.configuration.workers or cores()
        while waiting or running:
            while waiting and len(running) < width:
                unit = waiting.pop(0)
                if unit.found.subject in self.lost:
                    continue  # it hung or crashed already: once is enough to know
                if self.out_of_time:
                    self.done[unit.found.subject][unit.laws] = _out_of_time(unit)
                    continue
                running[self.engine.submit(run_unit, unit)] = unit
            if not running:
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                unit = running.pop(future)
                self.finish(unit, future, ledger)
            self.progress(total - len(waiting) - len(running), total, unit.found.subject)

    @property
    def out_of_time(self) -> bool:
        budget = self.configuration.time_budget
        return budget is not None and time.monotonic() - self.began > budget

    def finish(self, unit: Unit, future: Future[SubjectReport], ledger: Ledger) -> None:
        try:
            report = future.result()
        except WorkerError as err:
            if type(err) is WorkerHung and _sought_the_truth(err.trace):
                report = _unverified(
                    unit, f"While the truth was sought for {_listed(unit.laws)}, {err.text}."
                )
            else:
                report = _lost(unit, err)
                self.lost.add(unit.found.subject)
        except Exception as err:  # noqa: BLE001  # another executor hands on what the subject raised
            report = _lost(unit, WorkerRaised(f"{type(err).__name__}: {err}"))
        ledger.write(unit.key, report)
        self.done[unit.found.subject][unit.laws] = report

    # -- what came of it
    def subject(self, found: Found) -> SubjectReport:
        done = self.done[found.subject]
        # In the order of the units, whichever of them ended first.
        reports = [done[laws] for laws in self.laws_of(found) if laws in done]
        if not reports:  # interrupted before anything of it was done
            return SubjectReport(subject=found.subject, location=found.location)
        return merged(reports)

    def after_ignores(self, subjects: list[SubjectReport]) -> tuple[list[SubjectReport], int]:
        ignores = tuple(dict.fromkeys(i for d in self.discoveries for i in d.ignores))
        places = self.found
        everything = [f for s in subjects for f in s.findings]
        _, by_comment, used = apply_ignores(everything, ignores, places)
        by_configuration = [f for f in everything if self.is_ignored(f)]
        gone = {id(f): f for f in (*by_comment, *by_configuration)}
        subjects = [without(s, list(gone.values())) for s in subjects]
        if not self.interrupted and not self.configuration.select:
            unused = stale(ignores, used, places)
            subjects = [_with(s, [f for f in unused if f.subject == s.subject]) for s in subjects]
        return subjects, len(gone)

    def is_ignored(self, finding: Finding) -> bool:
        configuration = self.configuration
        if configuration.select and not matches(configuration.select, finding.code):
            return True
        if matches(configuration.ignore, finding.code):
            return True
        file = finding.location.rpartition(":")[0]
        return any(
            fnmatch(file, pattern) and matches(codes, finding.code)
            for pattern, codes in configuration.per_file_ignores.items()
        )


def own_version() -> str:
    """Verax's version."""
    try:
        return version("verax")
    except PackageNotFoundError:  # run from a source tree that nobody installed
        return "source"


def environment() -> dict[str, str]:
    """What the results may depend on, JAX's version where it is installed; no name of a user or a host."""
    found = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "system": platform.system(),
        "machine": platform.machine(),
    }
    with contextlib.suppress(PackageNotFoundError):
        found["jax"] = version("jax")  # what judged functions of `jax.Array`; its profile is of one version
    return found


# What befell a worker -> the rule that says so.
_LOSSES: dict[type[WorkerError], str] = {WorkerRaised: "VX902", WorkerHung: "VX903", WorkerCrashed: "VX904"}


def _lost(unit: Unit, err: WorkerError) -> SubjectReport:
    code = _LOSSES[type(err)]
    finding = Finding(
        code=code,
        subject=unit.found.subject,
        law="returns",
        message=f"While {_listed(unit.laws)} was tried, {err.text}.",
        blame=Blame.SUBJECT,
        mend=RULES[code].mend,
        location=_guilty_line(unit, err.trace) or unit.found.location,
    )
    return SubjectReport(
        subject=unit.found.subject,
        location=unit.found.location,
        findings=(finding,),
        laws=(outcome("returns", Status.FINDING),),
        seed=unit.seed,
        complete=False,
    )


def _guilty_line(unit: Unit, trace: str) -> str:
    """The newest frame of a trace that lies in the function's own file, as "file:line"."""
    from ..reference.findings import relative_name

    own = unit.found.file
    hits = [line.split('"') for line in trace.splitlines() if line.strip().startswith('File "')]
    lines = [
        rest.split("line ")[1].split(",")[0].split(" ")[0]
        for _, file, rest in hits
        if relative_name(file) == own
    ]
    return f"{own}:{lines[-1]}" if lines else ""


# Of the time that a subject may take this part goes by before no new input is begun; what was begun has the rest.
_SHARE = 0.8


def _sought_the_truth(trace: str) -> bool:
    """Whether a trace has frames of the reference: then it is no fault of the subject's how long it takes."""
    own = str(Path(reference.__file__).parent)
    return any(line.strip().startswith(f'File "{own}') for line in trace.splitlines())


def _out_of_time(unit: Unit) -> SubjectReport:
    return _unverified(unit, f"The time budget ended before {_listed(unit.laws)} was tried.")


def _unverified(unit: Unit, message: str) -> SubjectReport:
    finding = Finding(
        code="VX907",
        subject=unit.found.subject,
        law=unit.laws[0],
        message=message,
        status=Status.UNVERIFIED,
        blame=Blame.NOTHING,
        mend=RULES["VX907"].mend,
        location=unit.found.location,
    )
    return SubjectReport(
        subject=unit.found.subject,
        location=unit.found.location,
        findings=(finding,),
        laws=tuple(outcome(law, Status.UNVERIFIED) for law in unit.laws),
        seed=unit.seed,
        complete=False,
    )


def _with(report: SubjectReport, findings: list[Finding]) -> SubjectReport:
    if not findings:
        return report
    return msgspec.structs.replace(
        report,
        findings=(*report.findings, *findings),
        laws=(*report.laws, *(outcome(f.law, f.status) for f in findings)),
    )


def _listed(laws: Sequence[str]) -> str:
    return (
        f"the law `{laws[0]}`" if len(laws) == 1 else "one of the laws " + ", ".join(f"`{x}`" for x in laws)
    )
