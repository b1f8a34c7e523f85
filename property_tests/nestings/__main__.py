"""`python -m verax.property_tests.nestings`: every primitive, the twelve programs and many random ones, nested."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import click

from ...language.catalogue import PRIMITIVES
from ...reference.state import write_whole
from ..journal import Journal, Row, left, sources
from ..laws.workers import Crashed, Hung, answers
from .nesting import nestings
from .programs import PROGRAMS
from .trying import Task, Tried, attempt, drawn_nesting

_MOST_SECONDS = 600
_STATE = Path(".verax")
# The rooms whose code decides what a nesting gives, and what its plain form.
_ROOMS = ("language", "fast", "reference", "property_tests")
_KINDS = {"primitive": "primitives", "program": "programs", "random": "random programs"}


def tasks_of(programs: int, depth: int, seed: int) -> list[Task]:
    """Nestings to depth 2 of each primitive, all to ``depth`` of each program, and one of each random program."""
    primitives = [Task("primitive", name, seed) for name in PRIMITIVES]
    twelve = [Task("program", name, seed, (names,)) for name in PROGRAMS for names in nestings(depth)]
    seeds = range(seed, seed + programs)
    return [*primitives, *twelve, *(Task("random", "", s, (drawn_nesting(s, depth),)) for s in seeds)]


@dataclass(slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        subjects: of each kind, what had a place to be tried at.
        counts: nestings that are their plain forms, and such as are refused by design.
        wrong: in words.
        left: in words: what took too long, or ended its process.
        without: primitives with no floating operand or result, tried under vmap and jit alone.
        untried: primitives of which no draw is small and finite.
        sources: how many tasks were tried by the code of which digest: a run may be ended, and go on later.
    """

    subjects: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: {k: set() for k in _KINDS})
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)

    def add(self, task: Task, answer: Tried, by: str) -> None:
        """Add what came of one task."""
        self.sources[by] += 1
        if answer.held or answer.refused or answer.wrong:
            self.subjects[task.kind].add((task.name, task.seed))
        elif task.kind == "primitive":
            self.untried.append(task.name)
        if not answer.floats:
            self.without.append(task.name)
        self.counts["nestings that are their plain forms"] += answer.held
        self.counts["nestings refused by design"] += answer.refused
        self.wrong += answer.wrong

    def rows(self) -> list[tuple[str, int]]:
        """What there was, and how many of it."""
        tried = [(f"{_KINDS[kind]} tried", len(found)) for kind, found in self.subjects.items()]
        return [*tried, *self.counts.items(), ("left, after ten minutes or a crash", len(self.left))]


def run(programs: int, depth: int, seed: int, processes: int, folder: Path = _STATE) -> Outcome:
    """Try everything that a run of the same seed, ended before, has not; that is left in ``folder``."""
    outcome, tasks = Outcome(), tasks_of(programs, depth, seed)
    journal = Journal(
        folder / f"nestings-seed-{seed}.jsonl", Row[Task, Tried], _ROOMS, lambda t: bool(t.wrong)
    )
    known = journal.known()
    for task in tasks:
        if task in known:
            outcome.add(task, *known[task])
    shown = begun = time.monotonic()
    for task, answer in answers(attempt, left(tasks, known), processes, _MOST_SECONDS):
        if isinstance(answer, (Hung, Crashed)):
            outcome.left.append(f"{task}: {answer}")
            continue
        journal.add(task, answer)
        outcome.add(task, answer, sources(_ROOMS))
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            done = sum(outcome.sources.values())
            click.echo(f"{done:,} tasks of {len(tasks):,} after {shown - begun:.0f} s", err=True)
    journal.close()
    return outcome


def page(outcome: Outcome, command: str, date: str) -> str:
    """The record."""
    rows = "".join(f"| {name} | {count:,} |\n" for name, count in outcome.rows())
    by = ", ".join(f"{digest} ({count:,} tasks)" for digest, count in outcome.sources.items())
    return (
        f"# Nestings, {date}\n\n`{command}` on `fast`.\n\n"
        f"| what | how many |\n|---|---|\n{rows}\n"
        f"Tried by the code of digest {by}.\n\n"
        f"Under vmap and jit alone, for want of floats: {', '.join(outcome.without) or 'none'}.\n\n"
        f"Not tried: {', '.join(outcome.untried) or 'none'}.\n"
        + _listed("What is not its plain form", outcome.wrong)
        + _listed("Left", outcome.left)
    )


def _listed(title: str, texts: list[str]) -> str:
    found = "".join("- " + text.replace("\n", "\n  ") + "\n" for text in texts)
    return f"\n## {title}\n\n{found or 'None.'}".rstrip() + "\n"


@click.command()
@click.option("--programs", default=2000, show_default=True, help="Random programs, one nesting each.")
@click.option("--depth", default=4, show_default=True, help="Of the programs' nestings.")
@click.option("--seed", default=0, show_default=True, help="What is drawn.")
@click.option("--processes", default=2, show_default=True, help="Worker processes.")
@click.option("--record", type=click.Path(path_type=Path), help="A folder to write the record to.")
def main(programs: int, depth: int, seed: int, processes: int, record: Path | None) -> None:
    """Hold nestings of transforms to their plain forms.

    Exit codes: 0 all are, 1 one is not or was left, 2 usage or internal error, 130 interrupted: then the same
    command goes on.
    """
    try:
        outcome = run(programs, depth, seed, processes)
    except KeyboardInterrupt:
        click.echo("Interrupted. The same command goes on from here.", err=True)
        sys.exit(130)
    date = str(dt.datetime.now(dt.UTC).date())
    text = page(
        outcome,
        f"python -m verax.property_tests.nestings --programs {programs} --depth {depth} --seed {seed}",
        date,
    )
    click.echo(text)
    if record is not None:
        write_whole(record / f"nestings-{date}-seed-{seed}.md", text.encode())
    sys.exit(1 if outcome.wrong or outcome.left or not outcome.sources else 0)


if __name__ == "__main__":
    main()
