"""The record of a run of limits against dual numbers: what was held against what, and what came of it, as a page."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from .agreement import SIGNIFICANT
from .trying import Task, Tried

_PACKAGES = ("verax", "numpy", "mpmath")


@dataclass(slots=True)
class Row:
    """What came of one primitive, or of all random programs."""

    points: int = 0
    complex: int = 0
    elements: int = 0
    zeros: int = 0
    kinks: int = 0
    unverified: int = 0

    def add(self, tried: Tried) -> None:
        """Count one point."""
        self.points += 1
        self.complex += "complex" in tried.text.split(" ")[0]
        self.elements += tried.found.elements
        self.zeros += tried.found.zeros
        self.kinks += bool(tried.found.kinks)
        self.unverified += bool(tried.found.unverified)


@dataclass(slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        rows: by primitive; "random programs" is a row of its own.
        without: the primitives with no floating operand, or no floating result.
        disagreements: in words, with the function.
        unverified: in words: points with a derivative that has no limit within the digits that are tried.
        kinks: in words: points with a derivative where a decision flips within the step.
        sources: how many points were tried by the code of which digest: a run may be ended, and go on later.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    kinks: list[str] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)

    def add(self, task: Task, tried: Tried, by: str = "") -> None:
        """Add what came of one task, if it had a point; ``by`` is the digest of the sources that tried it."""
        if not tried.place and not tried.found.disagreements:
            return
        self.sources[by] += 1
        self.rows.setdefault(task.name or "random programs", Row()).add(tried)
        self.disagreements += [f"{text}\n{tried.text}" for text in tried.found.disagreements]
        where = f"{task.name or 'program'}, seed {task.seed}"
        self.unverified += [f"{where}: {text}" for text in tried.found.unverified[:1]]
        self.kinks += [f"{where}: {text}" for text in tried.found.kinks[:1]]

    @property
    def points(self) -> int:
        """All points."""
        return sum(row.points for row in self.rows.values())

    def summary(self) -> str:
        """What the command prints last."""
        elements = sum(row.elements for row in self.rows.values())
        zeros = sum(row.zeros for row in self.rows.values())
        return (
            f"{elements:,} elements of derivatives agree to {SIGNIFICANT} significant digits, {zeros:,} of them "
            f"exactly zero, at {self.points:,} points of {len(self.rows)} primitives and kinds\n"
            f"{len(self.disagreements)} disagreements, {len(self.unverified)} points unverified "
            f"({100 * len(self.unverified) / max(1, self.points):.2f} %), {len(self.kinks)} at a kink"
        )


def page(outcome: Outcome, command: str, seconds: float, day: dt.date) -> str:
    """The record as Markdown."""
    summary = outcome.summary().replace("\n", ": ")
    lines = [
        f"# Limits against dual numbers on {day.isoformat()}",
        "",
        f"`{command}`",
        "",
        f"{summary}. It took {seconds:,.0f} s.",
        "",
        "At each point the derivatives along three directions, at orders 1 to 3, as limits of difference quotients",
        "and by the chain rule. A point is unverified if any of its derivatives is.",
        "",
        "| primitive | points | complex | elements that agree | exactly zero | at a kink | unverified |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {name} | {r.points} | {r.complex} | {r.elements:,} | {r.zeros:,} | {r.kinks} | {r.unverified} |"
            for name, r in sorted(outcome.rows.items())
        ),
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}; "
        + ", ".join(f"{p} {version(p)}" for p in _PACKAGES)
        + ".",
        "",
        "Tried by the code of digest " + _counted(outcome.sources) + ".",
        "",
        "Without a floating operand or a floating result: " + ", ".join(outcome.without) + ".",
    ]
    lines += _listed("Disagreements", outcome.disagreements)
    lines += _listed("Unverified", outcome.unverified)
    lines += _listed("At a kink, where a convention answers", outcome.kinks)
    return "\n".join(lines) + "\n"


def _counted(sources: Mapping[str, int]) -> str:
    return ", ".join(f"{by} ({count:,} points)" for by, count in sources.items())


def _listed(title: str, texts: Iterable[str]) -> list[str]:
    rows = [f"- {'; '.join(text.splitlines())}" for text in texts]
    return ["", f"## {title}", "", *rows] if rows else []


def write(folder: Path, seed: int, text: str, day: dt.date) -> Path:
    """Write a page into a folder, whole or not at all; returns its path."""
    path = folder / f"derivatives-{day.isoformat()}-seed-{seed}.md"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path
