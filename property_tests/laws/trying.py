"""What a worker of the laws' command does: one function, every law."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...reference.findings import Finding, Status

# Of a random program nobody claims that it is well written: neither that it keeps its digits, nor that its
# gradient has no trap. Of second derivatives nobody claims that they keep their digits.
_NOT_CLAIMED = ("VX204", "VX7")


def is_claimed(task: Task, finding: Finding) -> bool:
    """Whether a finding contradicts what somebody claims."""
    if finding.status is not Status.FINDING:
        return False
    if task.kind == "program":
        return not finding.code.startswith(_NOT_CLAIMED)
    return not (finding.law == "second derivative" and finding.code.startswith("VX7"))


@dataclass(frozen=True, slots=True)
class Task:
    """One function to try: a primitive of the catalogue, or a random program; on a platform if it says one."""

    kind: str
    name: str
    seed: int
    examples: int
    device: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of some tasks; adds up."""

    checks: Counter[str] = field(default_factory=Counter)
    inputs: int = 0
    functions: int = 0
    unverified: list[str] = field(default_factory=list)
    notes: int = 0
    disagreements: list[tuple[Task, str]] = field(default_factory=list)
    slow: list[Task] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add another outcome to this one."""
        self.checks += other.checks
        self.inputs += other.inputs
        self.functions += other.functions
        self.unverified += other.unverified
        self.notes += other.notes
        self.disagreements += other.disagreements
        self.slow += other.slow

    @property
    def total(self) -> int:
        """All checks."""
        return sum(self.checks.values())


def tried(task: Task) -> Outcome:
    """Try every law that fits on one function."""
    from ..checking import check_subject
    from ..primitive_cases import case_of
    from ..random_programs import random_program

    if task.kind == "primitive":
        subject, text = case_of(task.name, task.seed).subject(), f"{task.name}, seed {task.seed}"
    else:
        program = random_program(task.seed)
        subject, text = program.subject(), str(program)
    with _on(task.device):
        report = check_subject(subject, examples=task.examples, seed=task.seed)
    outcome = Outcome(inputs=report.inputs, functions=1)
    for law in report.laws:
        outcome.checks[law.law] += law.elements
    for finding in report.findings:
        if is_claimed(task, finding):
            outcome.disagreements.append((task, f"{finding}\n{text}"))
        elif finding.status is Status.UNVERIFIED:
            outcome.unverified.append(f"{task}: {finding.code} {finding.law}: {finding.message}")
        else:
            outcome.notes += 1
    return outcome


@contextmanager
def _on(platform: str) -> Iterator[None]:
    """Compute on the first device of a platform; wherever fast does by itself for an empty one."""
    from ...fast import devices, on_device

    if not platform:
        yield
        return
    with on_device(devices(platform)[0]):
        yield


def safely(task: Task) -> Outcome:
    """Try one function; a fault of the harness itself is a disagreement too."""
    try:
        return tried(task)
    except Exception as err:  # noqa: BLE001  # one crash must not hide the other tasks' results
        return Outcome(disagreements=[(task, f"{task} raised {type(err).__name__}: {err}")])
