"""`python -m verax.property_tests.silence`: every assertion beyond Chex's, on random programs of which it is so."""

from __future__ import annotations

import datetime as dt
import platform
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import click

from .asserted import tried

_PACKAGES = ("verax", "numpy", "mpmath")


def run(programs: int, seed: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """How often each assertion was silent, how often it told what nobody denies, and what the others said."""
    silent: Counter[str] = Counter()
    unclaimed: Counter[str] = Counter()
    alarms: list[str] = []
    shown = begun = time.monotonic()
    for each in range(seed, seed + programs):
        found = tried(each)
        silent.update(found.silent)
        unclaimed.update(found.unclaimed)
        alarms += [f"{name}, program {each}: {said}" for name, said in found.alarms]
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            click.echo(f"{each - seed + 1:,} programs in {shown - begun:.0f} s", err=True)
    return silent, unclaimed, alarms


def page(
    silent: Counter[str], unclaimed: Counter[str], alarms: list[str], command: str, seconds: float
) -> str:
    """The record."""
    rows = [f"| {name} | {silent[name]:,} | {unclaimed[name]:,} |" for name in sorted(silent)]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    alarmed = [f"```\n{text}\n```\n" for text in alarms] or ["None.\n"]
    summary = (
        f"Each assertion was held of random programs of which it is so: {silent.total():,} were silent, "
        f"{len(alarms)} raised falsely. It took {seconds:,.0f} s, on Python {platform.python_version()}, {packages}."
    )
    return "\n".join(
        [
            f"# Assertions on correct code on {dt.datetime.now(dt.UTC).date()}",
            "",
            f"`{command}`",
            "",
            summary,
            "",
            "| assertion | silent | told of digits lost, a trap, or out of reach |",
            "|---|---:|---:|",
            *rows,
            "",
            "## False alarms",
            "",
            *alarmed,
        ]
    )


@click.command()
@click.option("--programs", type=click.IntRange(1), default=200, show_default=True, help="How many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first program.")
@click.option("--record", type=click.Path(file_okay=False, path_type=Path), help="A folder for the record.")
def main(programs: int, seed: int, record: Path | None) -> None:
    """Assert of random programs what is so of them.

    Exit codes: 0 all silent, 1 some assertion raised.
    """
    begun = time.monotonic()
    silent, unclaimed, alarms = run(programs, seed)
    for text in alarms:
        click.echo(text)
    click.echo(f"{silent.total():,} assertions silent, {len(alarms)} false alarms")
    if record is not None:
        command = f"python -m verax.property_tests.silence --programs {programs} --seed {seed}"
        text = page(silent, unclaimed, alarms, command, time.monotonic() - begun)
        record.mkdir(parents=True, exist_ok=True)
        file = record / f"assertions-{dt.datetime.now(dt.UTC).date()}-seed-{seed}.md"
        file.write_text(text, encoding="utf-8")
        click.echo(f"recorded in {file}")
    sys.exit(1 if alarms else 0)


if __name__ == "__main__":
    main()
