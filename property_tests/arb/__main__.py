"""`python -m verax.property_tests.arb`: every transcendental primitive against Arb (the extra `arb`).

The rows are the catalogue's: a new one needs Arb's function in `FUNCTIONS`, and no new test.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

import click

from .functions import transcendental
from .holding import held
from .record import page, summary, write


@click.command()
@click.option(
    "--points", type=click.IntRange(1), default=10_000, show_default=True, help="Of each primitive."
)
@click.option("--seed", type=int, default=0, show_default=True, help="What points are drawn from.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a page that says what was tried and found.",
)
def main(points: int, seed: int, record: Path | None) -> None:
    """Hold the reference's numbers against Arb's balls.

    Exit codes: 0 no disagreement, 1 a disagreement, 2 usage or internal error.
    """
    begun = time.monotonic()
    rows = {}
    for name in transcendental():
        rows[name] = held(name, points, seed)
        for text in rows[name].disagreements:
            click.echo(text)
        click.echo(f"{name}: {points:,} points in {time.monotonic() - begun:.0f} s", err=True)
    click.echo(summary(rows))
    if record is not None:
        day = dt.datetime.now(dt.UTC).date()
        command = f"python -m verax.property_tests.arb --points {points} --seed {seed}"
        text = page(rows, command, time.monotonic() - begun, day)
        click.echo(f"recorded in {write(record, seed, text, day)}")
    sys.exit(1 if any(r.disagreements for r in rows.values()) else 0)


if __name__ == "__main__":
    main()
