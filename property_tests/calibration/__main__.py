"""`python -m verax.property_tests.calibration`: NumPy's answers, held against the bounds made with NumPy's promises."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ...adapters.profiles import profile_of
from ...language.platform import Platform
from .judging import Judged, bounds_of, judged
from .plain import run as run_plainly
from .programs import drawn
from .record import Run, write


def tried(seed: int, platform: Platform) -> Judged:
    """What comes of the program of a seed in plain NumPy."""
    trial = drawn(seed)
    return judged(trial, run_plainly(trial.program, trial.operands), bounds_of(trial, platform))


def calibrated(programs: int, seed: int, platform: Platform) -> Run:
    """Try so many programs, from that seed on."""
    begun = shown = time.monotonic()
    found: list[Judged] = []
    raised: list[str] = []
    for each in range(seed, seed + programs):
        try:
            found.append(tried(each, platform))
        except Exception as err:  # noqa: BLE001  # told as a fault of the run, with its seed
            raised.append(f"{each}: {type(err).__name__}: {err}")
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            click.echo(f"{len(found):,} programs in {shown - begun:.0f} s", err=True)
    return Run(found, seed, time.monotonic() - begun, platform.name, raised)


@click.command()
@click.option("--programs", type=click.IntRange(1), default=1000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first program.")
@click.option("--platform", default="numpy-ufuncs", show_default=True, help="Whose promises hold.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a page that says what was tried and found.",
)
def main(programs: int, seed: int, platform: str, record: Path | None) -> None:
    """Hold NumPy's answers on random programs against the bounds and the typical errors that are derived for it.

    Exit codes: 0 all within bounds and calibrated, 1 not so, 2 usage or internal error.
    """
    done = calibrated(programs, seed, profile_of(platform))
    for text in done.faults:
        click.echo(text)
    click.echo(done.summary())
    if record is not None:
        click.echo(f"recorded in {write(record, done)}")
    sys.exit(1 if done.faults else 0)


if __name__ == "__main__":
    main()
