"""The record of a run: how often NumPy lay beyond its bound, and how large its errors were beside what is typical."""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from .judging import Judged
from .programs import MOST_EQUATIONS, SHARES

_PACKAGES = ("verax", "numpy", "mpmath")
_COLUMNS = (
    *("kind", "programs", "elements", "beyond bound", "no bound", "undecided", "median b/e"),
    *("programs with z", "least z", "median z", "greatest z"),
)
# What the typical error is called calibrated within.
LOW, HIGH = 1 / 3, 3.0
CALIBRATED_SHARE = 0.95
MOST_SLACK = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended.

    Attributes:
        programs: what came of each.
        seed: of the first one.
        seconds: how long it took.
        platform: whose promises were tried.
        raised: programs that could not be judged, with the error.
    """

    programs: Sequence[Judged]
    seed: int
    seconds: float
    platform: str
    raised: Sequence[str] = ()

    @property
    def short(self) -> list[Judged]:
        """The elementwise programs of up to 20 equations, of ordinary operands."""
        return [p for p in self.programs if p.kind == "elementwise" and p.equations <= MOST_EQUATIONS]

    @property
    def alarms(self) -> list[str]:
        """Every element beyond its bound, by program."""
        return [f"{p.name}: {text}" for p in self.programs for text in p.alarms]

    @property
    def slack(self) -> float:
        """The median of bound over error, over all elements of elementwise programs."""
        return _median([s for p in self.short for s in p.slack])

    @property
    def zs(self) -> list[float]:
        """Error over typical error of the elementwise programs, ascending."""
        return sorted(p.z for p in self.programs if p.kind == "elementwise" and p.z is not None)

    @property
    def calibrated(self) -> float:
        """The share of them within a factor of 3."""
        return sum(LOW <= z <= HIGH for z in self.zs) / len(self.zs) if self.zs else 1.0

    @property
    def greatest_z(self) -> float:
        """Over the programs of all kinds."""
        return max((p.z for p in self.programs if p.z is not None), default=0.0)

    @property
    def faults(self) -> list[str]:
        """What the run shows to be wrong; empty if the bounds are what they claim to be."""
        found = [f"{text} (beyond its bound)" for text in self.alarms]
        found += [f"{p.name}: z = {p.z:.3g}, a quiet fault" for p in self.programs if p.quiet]
        found += [f"{text} (could not be judged)" for text in self.raised]
        if self.short and not self.slack <= MOST_SLACK:
            found.append(f"the median of bound over error is {self.slack:.3g}; {MOST_SLACK:g} is allowed")
        if self.calibrated < CALIBRATED_SHARE:
            found.append(f"z is within a factor of 3 for {self.calibrated:.1%} only")
        return found

    def summary(self) -> str:
        """What the command prints last."""
        elements = sum(p.elements for p in self.programs)
        unverified = sum(p.unverified for p in self.programs)
        ambiguous = sum(p.ambiguous for p in self.programs)
        spread = "no program to pool" if not self.zs else f"{self.zs[0]:.3g} to {self.zs[-1]:.3g}"
        return (
            f"{len(self.programs):,} programs, seeds {self.seed} to {self.seed + len(self.programs) - 1}, "
            f"{elements:,} elements by {self.platform}: {len(self.alarms)} alarms "
            f"({unverified:,} elements without a bound, {ambiguous:,} undecided)\n"
            f"elementwise: bound over error {self.slack:.3g} in the median; z of {len(self.zs)} programs {spread}, "
            f"median {_median(self.zs):.3g}, {self.calibrated:.1%} within [1/3, 3]\n"
            f"z of all kinds at most {self.greatest_z:.3g}"
        )

    def page(self, day: dt.date) -> str:
        """The record as Markdown."""
        lines = [
            f"# The calibration of bounds on {day.isoformat()}",
            "",
            f"`python -m verax.property_tests.calibration --programs {len(self.programs)} --seed {self.seed}`",
            "",
            *(f"{line}." for line in self.summary().replace(" alarms", " **alarms**").splitlines()),
            f"It took {self.seconds:,.0f} s.",
            "",
            "e is an element's error, b its bound, E its typical error; z = rms(e / E) over the elements of a program,",
            "where at least 512 of independent operands of full mantissa have one. Truth to 50 digits; NumPy's own",
            "functions in the dtype stated; budgets and depths as the profile declares them.",
            "",
            f"| {' | '.join(_COLUMNS)} |",
            "|---|" + "---:|" * (len(_COLUMNS) - 1),
            *(self._row(kind) for kind in SHARES),
            "",
            f"Of {len(self.zs)} elementwise programs z is",
            "",
            "| below 1/3 | 1/3 to 1/2 | 1/2 to 1 | 1 to 2 | 2 to 3 | above 3 |",
            "|---:|---:|---:|---:|---:|---:|",
            "| " + " | ".join(map(str, _histogram(self.zs))) + " |",
            "",
            _machine(),
        ]
        if self.faults:
            lines += ["", "## Faults", "", *(f"- {text}" for text in self.faults)]
        return "\n".join(lines) + "\n"

    def _row(self, kind: str) -> str:
        programs = [p for p in self.programs if p.kind == kind]
        zs = [p.z for p in programs if p.z is not None]
        cells = [
            kind,
            f"{len(programs):,}",
            f"{sum(p.elements for p in programs):,}",
            str(sum(len(p.alarms) for p in programs)),
            f"{sum(p.unverified for p in programs):,}",
            f"{sum(p.ambiguous for p in programs):,}",
            f"{_median([s for p in programs for s in p.slack]):.3g}",
            str(len(zs)),
            *(f"{f(zs):.3g}" if zs else "" for f in (min, _median, max)),
        ]
        return f"| {' | '.join(cells)} |"


def _median(xs: Sequence[float]) -> float:
    return statistics.median(xs) if xs else math.nan


def _histogram(zs: Sequence[float]) -> list[int]:
    edges = (0.0, LOW, 0.5, 1.0, 2.0, HIGH, math.inf)
    return [sum(low <= z < high for z in zs) for low, high in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class PlantedRun:
    """Planted faults and honest programs, judged.

    Attributes:
        planted: each fault's name and what was said.
        honest: what was said of programs without a fault.
        seconds: how long it took.
    """

    planted: Sequence[tuple[str, Judged]]
    honest: Sequence[Judged]
    seconds: float

    @property
    def faults(self) -> list[str]:
        """Faults that are not told, and honest programs that are."""
        found = [f"{name} is not told: z = {p.z}" for name, p in self.planted if not p.told]
        return found + [f"{p.name} is told: z = {p.z}, {list(p.alarms[:1])}" for p in self.honest if p.told]

    def summary(self) -> str:
        """What the command prints last."""
        told = sum(p.told for _, p in self.planted)
        alarms = sum(p.told for p in self.honest)
        greatest = max((p.z for p in self.honest if p.z is not None), default=0.0)
        return (
            f"{told} planted faults of {len(self.planted)} told, {alarms} alarms on {len(self.honest)} honest programs "
            f"(z at most {greatest:.3g})"
        )

    def page(self, day: dt.date) -> str:
        """The record as Markdown."""
        rows = [
            f"| {name} | {'' if p.z is None else f'{p.z:.3g}'} | {len(p.alarms)} | {'yes' if p.told else '**no**'} |"
            for name, p in self.planted
        ]
        lines = [
            f"# Planted faults of the quiet kind on {day.isoformat()}",
            "",
            "`python -m verax.property_tests.calibration.planted`",
            "",
            f"{self.summary()}, in {self.seconds:,.0f} s.",
            "",
            "| fault | z | elements beyond their bound | told |",
            "|---|---:|---:|---|",
            *rows,
            "",
            _machine(),
        ]
        return "\n".join(lines) + "\n"


def write(folder: Path, run: Run) -> Path:
    """Write the page of a run into a folder, whole or not at all; returns its path."""
    day = dt.datetime.now(dt.UTC).date()
    return _written(folder / f"calibration-{day.isoformat()}-seed-{run.seed}.md", run.page(day))


def write_planted(folder: Path, run: PlantedRun) -> Path:
    """The same of a run of planted faults."""
    day = dt.datetime.now(dt.UTC).date()
    return _written(folder / f"planted-{day.isoformat()}.md", run.page(day))


def _written(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path


def _machine() -> str:
    packages = ", ".join(f"{p} {version(p)}" for p in _PACKAGES)
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}; {packages}."
