"""`python -m verax.property_tests.laws`: every law, over every primitive and over random programs.

A check is one element of a result, held against the truth, or against the result that it must equal to
the bit. Nothing here knows a primitive by name: a new row of the catalogue is tried without a new test.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ...language.errors import UsageError
from ..profiles import PROFILES, profile_named
from .record import Run, write
from .trying import Outcome, Task, safely
from .workers import Crashed, Hung, answers

_STATE = Path(".verax")
_FAILURES = "laws-failures.json"
_MOST_FAILURES = 500
_ENOUGH = 100  # disagreements after which no new task is begun
# Truth may need thousands of digits; a task that takes longer than this is told, and left.
_MOST_SECONDS = 60


def primitive_names() -> list[str]:
    """The catalogue's rows."""
    from ...language.catalogue import PRIMITIVES

    return list(PRIMITIVES)


def tasks_of(seed: int, examples: int, device: str = "") -> Iterator[Task]:
    """Tasks for ever: a primitive and a random program by turns, then again with the next seeds."""
    names = primitive_names()
    for turn in itertools.count():
        base = seed + turn * len(names)
        for i, name in enumerate(names):
            yield Task("primitive", name, base, examples, device)
            yield Task("program", "", base + i, examples, device)


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
        return [_task(row) for row in rows[:_MOST_FAILURES]]
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
    begun = shown = time.monotonic()

    def wanted() -> Iterator[Task]:
        yield from known_failures(folder)
        for task in tasks_of(seed, examples, device):
            if outcome.total >= checks or len(outcome.disagreements) >= _ENOUGH:
                return
            yield task

    for task, answer in answers(safely, wanted(), processes, _MOST_SECONDS):
        if isinstance(answer, Hung):
            outcome.slow.append(task)
        elif isinstance(answer, Crashed):
            outcome.disagreements.append((task, f"{task} crashed its process (exit code {answer.exitcode})"))
        else:
            outcome.add(answer)
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            click.echo(f"{outcome.total:,} checks in {shown - begun:.0f} s", err=True)
    keep(folder, [t for t, _ in outcome.disagreements] + outcome.slow)
    return outcome


@click.command()
@click.option("--checks", type=click.IntRange(1), default=100_000, show_default=True, help="How many.")
@click.option("--seed", type=int, help="What programs and inputs are drawn from; the profile's by default.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="ci", show_default=True)
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--device", type=click.Choice(["cpu", "gpu"]), help="Where fast computes; a GPU if one answers."
)
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a page that says what was tried and found.",
)
def main(
    checks: int, seed: int | None, profile: str, processes: int, device: str | None, record: Path | None
) -> None:
    """Hold fast against the reference: every primitive, and random programs, under every law.

    Exit codes: 0 no disagreement, 1 a disagreement, 2 usage or internal error.
    """
    chosen = profile_named(profile)
    start = chosen.seed() if seed is None else seed
    begun = time.monotonic()
    # Few inputs of many functions find more than many inputs of few.
    outcome = run(checks, start, max(6, chosen.examples // 4), processes, device=device or "")
    ended = Run(outcome, start, time.monotonic() - begun, processes, device or "")
    for _, text in outcome.disagreements:
        click.echo(f"{text}\n")
    for text in outcome.unverified:
        click.echo(f"unverified: {text}")
    for task in outcome.slow:
        click.echo(f"left after {_MOST_SECONDS} s: {task}")
    click.echo(ended.summary())
    if record is not None:
        click.echo(f"recorded in {write(record, ended)}")
    sys.exit(1 if outcome.disagreements else 0)


if __name__ == "__main__":
    main()
