"""`python -m verax.property_tests.derivatives`: limits against dual numbers, for all that can be differentiated.

Nothing here knows a primitive by name: a new row of the catalogue is tried without a new test.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from ...language.catalogue import PRIMITIVES
from ..journal import Journal, Row, left, sources
from ..laws.workers import Crashed, Hung, answers
from .agreement import Agreement
from .record import Outcome, page, write
from .trying import Task, Tried, has_derivative, safely

# A derivative far behind its value needs hundreds of digits; a point that takes longer than this is told, and left.
_MOST_SECONDS = 300
_STATE = Path(".verax")
# The rooms whose code decides what a derivative is, and at which points it is tried.
_ROOMS = ("language", "reference", "property_tests")


def tasks_of(names: list[str], points: int, programs: int, seed: int) -> Iterator[Task]:
    """One point of each primitive and a few programs by turns, so that a run that is cut short is even."""
    for i in range(points):
        for name in names:
            yield Task("primitive", name, seed + i)
        for k in range(programs * i // points, programs * (i + 1) // points):
            yield Task("program", "", seed + k)


def run(
    points: int, programs: int, seed: int, processes: int, seconds: float, folder: Path = _STATE
) -> Outcome:
    """Try every primitive that has a derivative at so many points, and so many programs at one each, for so long.

    What a run of the same seed tried before it was ended, and left in ``folder``, is not tried again.
    """
    names = [name for name in PRIMITIVES if has_derivative(name, seed)]
    outcome = Outcome(without=[name for name in PRIMITIVES if name not in names])
    shown = begun = time.monotonic()
    journal, tasks = journal_of(folder, seed), list(tasks_of(names, points, programs, seed))
    known = journal.known()
    for task in tasks:
        if task in known:
            outcome.add(task, *known[task])
    wanted = itertools.takewhile(lambda _: time.monotonic() - begun < seconds, left(tasks, known))
    for task, answer in answers(safely, wanted, processes, _MOST_SECONDS):
        tried = _told(task, answer)
        journal.add(task, tried)
        outcome.add(task, tried, sources(_ROOMS))
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            click.echo(f"{outcome.points:,} points of {len(tasks):,} after {shown - begun:.0f} s", err=True)
    if time.monotonic() - begun < seconds:
        journal.close()
    return outcome


def journal_of(folder: Path, seed: int) -> Journal[Task, Tried]:
    """What the run of a seed has tried; what did not agree is open."""
    path = folder / f"derivatives-seed-{seed}.jsonl"
    return Journal(
        path, Row[Task, Tried], _ROOMS, lambda t: bool(t.found.disagreements or t.found.unverified)
    )


def _told(task: Task, answer: Tried | Hung | Crashed) -> Tried:
    """What came of a task, also where it came to no end."""
    if isinstance(answer, Hung):
        return Tried(True, Agreement(unverified=[f"left after {_MOST_SECONDS} s"]), str(task))
    if isinstance(answer, Crashed):
        ended = f"the process ended (exit code {answer.exitcode})"
        return Tried(True, Agreement(disagreements=[ended]), str(task))
    return answer


@click.command()
@click.option("--points", type=click.IntRange(1), default=100, show_default=True, help="Of each primitive.")
@click.option("--programs", type=click.IntRange(0), default=200, show_default=True, help="Random ones.")
@click.option("--seed", type=int, default=0, show_default=True, help="What everything is drawn from.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--seconds", type=click.FloatRange(0), default=math.inf, help="After these, no new point is begun."
)
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a page that says what was tried and found.",
)
def main(points: int, programs: int, seed: int, processes: int, seconds: float, record: Path | None) -> None:
    """Hold derivatives as limits against derivatives by dual numbers: every primitive, and random programs.

    Exit codes: 0 no disagreement, 1 a disagreement, 2 usage or internal error, 130 interrupted: then the same
    command goes on.
    """
    begun = time.monotonic()
    try:
        outcome = run(points, programs, seed, processes, seconds)
    except KeyboardInterrupt:
        click.echo("Interrupted. The same command goes on from here.", err=True)
        sys.exit(130)
    for text in outcome.disagreements:
        click.echo(f"{text}\n")
    for text in outcome.unverified:
        click.echo(f"unverified: {text}")
    click.echo(outcome.summary())
    if record is not None:
        limit = "" if math.isinf(seconds) else f" --seconds {seconds:g}"
        what = f"--points {points} --programs {programs} --seed {seed}{limit}"
        command = f"python -m verax.property_tests.derivatives {what}"
        day = dt.datetime.now(dt.UTC).date()
        text = page(outcome, command, time.monotonic() - begun, day)
        click.echo(f"recorded in {write(record, seed, text, day)}")
    sys.exit(1 if outcome.disagreements else 0)


if __name__ == "__main__":
    main()
