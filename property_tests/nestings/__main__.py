"""`python -m verax.property_tests.nestings`: every primitive, the twelve programs and many random ones, nested."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path

import click

from ...language.catalogue import PRIMITIVES
from ..laws.workers import Crashed, Hung, answers
from .programs import PROGRAMS
from .trying import Task, Tried, attempt

_MOST_SECONDS = 600


def tasks_of(programs: int, depth: int, seed: int) -> list[Task]:
    """All nestings to depth 2 of each primitive, to ``depth`` of each program, and one of each random program."""
    primitives = [Task("primitive", name, seed) for name in PRIMITIVES]
    twelve = [Task("program", name, seed, depth) for name in PROGRAMS]
    return [*primitives, *twelve, *(Task("random", "", seed + i, depth) for i in range(programs))]


def page(counts: Counter[str], wrong: list[str], seed: int, date: str) -> str:
    """The record."""
    rows = "".join(f"| {name} | {count:,} |\n" for name, count in counts.items())
    found = "".join(f"- {line}\n" for line in wrong) or "None.\n"
    return (
        f"# Nestings, {date}, seed {seed}\n\n`python -m verax.property_tests.nestings --seed {seed}` on `fast`.\n\n"
        f"| what | how many |\n|---|---|\n{rows}\n## What is not its plain form\n\n{found}"
    )


@click.command()
@click.option("--programs", default=2000, show_default=True, help="Random programs, one nesting each.")
@click.option("--depth", default=4, show_default=True, help="Of the programs' nestings.")
@click.option("--seed", default=0, show_default=True, help="What is drawn.")
@click.option("--processes", default=2, show_default=True, help="Worker processes.")
@click.option("--record", type=click.Path(path_type=Path), help="A folder to write the record to.")
def main(programs: int, depth: int, seed: int, processes: int, record: Path | None) -> None:
    """Hold nestings of transforms to their plain forms, and exit with 1 if one is not."""
    counts, wrong = Counter[str](), []
    for task, answer in answers(attempt, iter(tasks_of(programs, depth, seed)), processes, _MOST_SECONDS):
        if isinstance(answer, (Hung, Crashed)):
            counts["left, after ten minutes or a crash"] += 1
            continue
        counts[f"{_KINDS[task.kind]} tried"] += bool(answer.held or answer.refused or answer.wrong)
        counts["nestings that are their plain forms"] += answer.held
        counts["nestings refused by design"] += answer.refused
        wrong += answer.wrong
    text = page(counts, wrong, seed, str(dt.datetime.now(dt.UTC).date()))
    click.echo(text)
    if record is not None:
        name = f"nestings-{dt.datetime.now(dt.UTC).date()}-seed-{seed}.md"
        (record / name).write_text(text, encoding="utf-8")
    sys.exit(1 if wrong or not counts else 0)


_KINDS = {"primitive": "primitives", "program": "programs", "random": "random programs"}

__all__ = ["Tried", "main", "page", "tasks_of"]

if __name__ == "__main__":
    main()
