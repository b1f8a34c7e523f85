"""The ids of the tests that pass on JAX 0.10.2: `python -m tests.peers.baseline` writes them from a run.

A text file for each library under ``passing_on_jax/``: a test file's path, and below it, indented, its ids.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from .libraries import LIBRARIES
from .run import STATE, ended, files, journal, outcomes, packages

FOLDER = Path(__file__).parent / "passing_on_jax"
HEAD = "# {wheel}: its tests that pass on JAX 0.10.2. Written by `python -m tests.peers.baseline`.\n"


def written(ids: Iterable[str], wheel: str) -> str:
    """Ids as text."""
    text, last = HEAD.format(wheel=wheel), ""
    for one in sorted(ids):
        file, _, test = one.partition("::")
        if file != last:
            text, last = f"{text}{file}\n", file
        text += f"  {test}\n"
    return text


def read(text: str) -> list[str]:
    """The ids of a text that `written` wrote."""
    ids, file = [], ""
    for line in text.splitlines():
        if line.startswith("  "):
            ids.append(f"{file}::{line[2:]}")
        elif line and not line.startswith("#"):
            file = line
    return ids


def baseline(library: str) -> list[str]:
    """The ids of a library; none where its tests have not been run on JAX yet."""
    path = FOLDER / f"{library}.txt"
    return read(path.read_text("utf-8")) if path.exists() else []


def main() -> int:
    """Write the ids that passed in the run on JAX under ``.verax/peers/jax``, of each library that was run whole."""
    folder = packages()
    FOLDER.mkdir(exist_ok=True)
    for name, library in LIBRARIES.items():
        run = [journal(STATE / "jax", file) for file in files(name, folder)]
        left = sum(not ended(path) for path in run)
        if left:
            print(f"{name}: {left} of {len(run)} files have not been run")
            continue
        passed = [one.id for path in run for one in outcomes(path) if one.outcome == "passed"]
        (FOLDER / f"{name}.txt").write_text(written(passed, library.wheel), "utf-8", newline="\n")
        print(f"{name}: {len(passed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
