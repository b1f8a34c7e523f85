"""`python -m verax.property_tests.laws`: every law, over every primitive and over random programs.

A check is one element of a result, held against the truth, or against the result that it must equal to
the bit. Nothing here knows a primitive by name: a new row of the catalogue is tried without a new test.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from ...language.errors import UsageError
from ..profiles import PROFILES, profile_named

_STATE = Path(".verax")
_FAILURES = "laws-failures.json"
_MOST_FAILURES = 500
# Truth may need thousands of digits; a task that takes longer than this is told, and left.
_MOST_SECONDS = 120
# Of a random program nobody claims that it is well written.
_NOT_OURS = {"formula", "problem"}


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
    unverified: int = 0
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
    from ...reference.findings import Status
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
        ours = task.kind == "primitive" or finding.blame not in _NOT_OURS
        if finding.status is Status.FINDING and ours:
            outcome.disagreements.append((task, f"{finding}\n{text}"))
        elif finding.status is Status.UNVERIFIED:
            outcome.unverified += 1
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


class TooSlow(BaseException):
    """Raised when one task takes longer than it may; no `except Exception` on the way takes it for a finding."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Interrupt the block after that many seconds, where the system can (POSIX, main thread)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TooSlow(f"{seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def together(tasks: Sequence[Task], seconds: int = _MOST_SECONDS) -> Outcome:
    """Try several, one after another; a fault of the harness itself is a disagreement too."""
    outcome = Outcome()
    for task in tasks:
        try:
            with at_most(seconds):
                outcome.add(tried(task))
        except TooSlow:
            outcome.slow.append(task)
        except Exception as err:  # noqa: BLE001  # one crash must not hide the other tasks' results
            outcome.disagreements.append((task, f"{task} crashed: {type(err).__name__}: {err}"))
    return outcome


def primitive_names() -> list[str]:
    """The catalogue's rows."""
    from ...language.catalogue import PRIMITIVES

    return list(PRIMITIVES)


def tasks_of(seed: int, examples: int, device: str = "") -> Iterator[list[Task]]:
    """Tasks for ever: all primitives, as many random programs, then again with the next seeds."""
    names = primitive_names()
    size = 8
    for turn in range(sys.maxsize):
        base = seed + turn * len(names)
        primitives = [Task("primitive", name, base, examples, device) for name in names]
        programs = [Task("program", "", base + i, examples, device) for i in range(len(names))]
        mixed = [t for pair in zip(primitives, programs, strict=True) for t in pair]
        for i in range(0, len(mixed), size):
            yield mixed[i : i + size]


# -- what failed before ----------------------------------------------------------------------------------
def known_failures(folder: Path) -> list[Task]:
    """The tasks that failed last time.

    Raises:
        UsageError: the file is not what `keep` wrote.
    """
    path = folder / _FAILURES
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            Task(str(r["kind"]), str(r["name"]), int(r["seed"]), int(r["examples"]))
            for r in rows[:_MOST_FAILURES]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise UsageError(f"`{path}` must be a list of tasks, and cannot be read ({err}). Delete it.") from err


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        str(row["kind"]), str(row["name"]), int(row["seed"]), int(row["examples"]), str(row.get("device", ""))
    )


def keep(folder: Path, failed: Sequence[Task]) -> None:
    """Remember what failed, so that it is tried first."""
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    rows = [asdict(t) for t in dict.fromkeys(failed)][:_MOST_FAILURES]
    temporary = folder / f"{_FAILURES}.{os.getpid()}"
    temporary.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    temporary.replace(folder / _FAILURES)


# -- running -----------------------------------------------------------------------------------------------
def run(
    checks: int, seed: int, examples: int, processes: int, folder: Path = _STATE, device: str = ""
) -> Outcome:
    """Try until that many checks are made; what failed before comes first."""
    outcome = Outcome()
    again = known_failures(folder)
    source = tasks_of(seed, examples, device)
    begun, shown = time.monotonic(), 0.0
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        running: set[Future[Outcome]] = {pool.submit(together, [t]) for t in again}
        while running or outcome.total < checks:
            while len(running) < 2 * processes and outcome.total < checks:
                running.add(pool.submit(together, next(source)))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                outcome.add(future.result())
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                click.echo(f"{outcome.total:,} checks in {shown - begun:.0f} s", err=True)
    keep(folder, [t for t, _ in outcome.disagreements])
    return outcome


@click.command()
@click.option("--checks", type=click.IntRange(1), default=100_000, show_default=True, help="How many.")
@click.option("--seed", type=int, help="What programs and inputs are drawn from; the profile's by default.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="ci", show_default=True)
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--device", type=click.Choice(["cpu", "gpu"]), help="Where fast computes; a GPU if one answers."
)
def main(checks: int, seed: int | None, profile: str, processes: int, device: str | None) -> None:
    """Hold fast against the reference: every primitive, and random programs, under every law.

    Exit codes: 0 no disagreement, 1 a disagreement, 2 usage or internal error.
    """
    chosen = profile_named(profile)
    start = chosen.seed() if seed is None else seed
    # Few inputs of many functions find more than many inputs of few.
    outcome = run(checks, start, max(6, chosen.examples // 4), processes, device=device or "")
    for _, text in outcome.disagreements:
        click.echo(f"{text}\n")
    by_law = ", ".join(f"{law} {count:,}" for law, count in sorted(outcome.checks.items()) if count)
    click.echo(
        f"{outcome.total:,} checks of {outcome.functions:,} functions at {outcome.inputs:,} inputs, seed "
        f"{start}: {by_law}"
    )
    for task in outcome.slow:
        click.echo(f"left after {_MOST_SECONDS} s: {task}")
    click.echo(
        f"{len(outcome.disagreements)} disagreements, {outcome.unverified} unverified, {outcome.notes} notes"
    )
    sys.exit(1 if outcome.disagreements else 0)


if __name__ == "__main__":
    main()
