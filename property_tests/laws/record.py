"""The record of a run of the laws: what was tried, on what, and what came of it, as a page."""

from __future__ import annotations

import datetime as dt
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from .trying import Outcome

_PACKAGES = ("verax", "numpy", "mpmath", "ml_dtypes", "hypothesis")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended.

    Attributes:
        outcome: what came of it.
        seed: what was drawn from.
        seconds: how long it took.
        processes: how many worked.
        device: the platform that was asked for; empty for wherever fast computes by itself.
    """

    outcome: Outcome
    seed: int
    seconds: float
    processes: int
    device: str

    def summary(self) -> str:
        """What the command prints last."""
        o = self.outcome
        by_law = ", ".join(f"{law} {count:,}" for law, count in sorted(o.checks.items()) if count)
        return (
            f"{o.total:,} checks of {o.functions:,} functions at {o.inputs:,} inputs, seed {self.seed}: {by_law}\n"
            f"{len(o.disagreements)} disagreements, {len(o.unverified)} unverified, {o.notes} notes"
        )

    def page(self, day: dt.date) -> str:
        """The record as Markdown."""
        o = self.outcome
        lines = [
            f"# The laws on {day.isoformat()}",
            "",
            f"`python -m verax.property_tests.laws --checks {o.total} --seed {self.seed} --processes {self.processes}"
            + (f" --device {self.device}`" if self.device else "`"),
            "",
            f"{o.total:,} checks of {o.functions:,} functions at {o.inputs:,} inputs in {self.seconds:,.0f} s:",
            f"**{len(o.disagreements)} disagreements**, {len(o.unverified)} unverified, {o.notes} notes.",
            "",
            "| law | checks |",
            "|---|---:|",
            *(f"| {law} | {count:,} |" for law, count in sorted(o.checks.items()) if count),
            "",
            f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
            f"{_device(self.device)}; " + ", ".join(f"{p} {version(p)}" for p in _PACKAGES) + ".",
        ]
        lines += _listed("Disagreements", [text for _, text in o.disagreements])
        lines += _listed("Unverified", o.unverified)
        lines += _listed("Left for want of time", [str(task) for task in o.slow])
        return "\n".join(lines) + "\n"


def _device(asked: str) -> str:
    from ...fast import devices

    return str((devices(asked) if asked else devices())[0])


def _listed(title: str, texts: list[str]) -> list[str]:
    if not texts:
        return []
    return ["", f"## {title}", "", *(f"- {text.splitlines()[0]}" for text in texts)]


def write(folder: Path, run: Run) -> Path:
    """Write the page of a run into a folder, whole or not at all; returns its path."""
    day = dt.datetime.now(dt.UTC).date()
    where = f"-{run.device}" if run.device else ""
    path = folder / f"laws{where}-{day.isoformat()}-seed-{run.seed}.md"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(run.page(day), encoding="utf-8")
    temporary.replace(path)
    return path
