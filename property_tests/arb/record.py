"""The record of a run of the reference against Arb, as a page."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from .functions import WITHOUT
from .holding import DIGITS, Held

_PACKAGES = ("verax", "mpmath", "python-flint")


def summary(rows: Mapping[str, Held]) -> str:
    """What the command prints last."""
    points = sum(r.points for r in rows.values())
    others = sum(r.poles + r.beyond for r in rows.values())
    unknown = sum(r.unknown for r in rows.values())
    wrong = sum(len(r.disagreements) for r in rows.values())
    return (
        f"{points:,} points of {len(rows)} primitives lie in Arb's balls to {DIGITS} digits; {others:,} more are at "
        f"poles or beyond 2^(2^12) for both, {unknown:,} have no narrow ball\n{wrong} disagreements"
    )


def page(rows: Mapping[str, Held], command: str, seconds: float, day: dt.date) -> str:
    """The record as Markdown."""
    lines = [
        f"# The reference against Arb on {day.isoformat()}",
        "",
        f"`{command}`",
        "",
        f"{summary(rows)}. It took {seconds:,.0f} s.".replace("\n", ": "),
        "",
        "Half of the points are float32's and half float64's: of every exponent, subnormal, huge, ordinary, and next",
        "to hard points and to whole and half numbers, strictly inside of the domain. Arb is asked for more and more",
        f"bits until its ball tells whether the reference's number is the value to {DIGITS} digits.",
        "",
        "| primitive | in Arb's ball | at a pole | beyond 2^(2^12) | no narrow ball | outside of the ball |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {name} | {r.points:,} | {r.poles} | {r.beyond} | {r.unknown} | {len(r.disagreements)} |"
            for name, r in sorted(rows.items())
        ),
        "",
        "Not tried: " + "; ".join(f"{name}, {why}" for name, why in WITHOUT.items()) + ".",
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}; "
        + ", ".join(f"{p} {version(p)}" for p in _PACKAGES)
        + ".",
    ]
    wrong = [text for r in rows.values() for text in r.disagreements]
    if wrong:
        lines += ["", "## Outside of the ball", "", *(f"- {text}" for text in wrong)]
    return "\n".join(lines) + "\n"


def write(folder: Path, seed: int, text: str, day: dt.date) -> Path:
    """Write a page into a folder, whole or not at all; returns its path."""
    path = folder / f"arb-{day.isoformat()}-seed-{seed}.md"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path
