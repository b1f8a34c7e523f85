"""What a run has tried so far, on disk: a run that was ended in the middle goes on where it stood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from ...language.errors import UsageError
from .agreement import Agreement
from .trying import Task, Tried

# The rooms whose code decides what a derivative is, and at which points it is tried.
_ROOMS = ("language", "reference", "property_tests")


@cache
def sources() -> str:
    """A digest of the code that a point is tried by."""
    found = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for path in sorted(p for room in _ROOMS for p in (root / room).rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


class Journal:
    """A file of one line for each task that was tried.

    Args:
        folder: where it lies; made, with a .gitignore of its own, when the first line is written.
        seed: the run's, which names the file.

    Attributes:
        path: of the file.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.path = folder / f"derivatives-seed-{seed}.jsonl"
        self._begun = False

    def known(self) -> dict[Task, tuple[Tried, str]]:
        """What was tried, each with the digest of the sources it was tried by.

        What did not agree is tried again if the sources have changed since. A last line that was cut off is too.

        Raises:
            UsageError: the file is not what `add` wrote.
        """
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] if self.path.exists() else []
        found = {}
        for number, line in enumerate(lines, 1):
            try:
                task, tried, by = _read(line)
            except (ValueError, KeyError, TypeError) as err:
                raise UsageError(
                    f"Line {number} of `{self.path}` must be a task that was tried, and cannot be read ({err}). "
                    "Delete the file to begin anew."
                ) from err
            open_ = tried.found.disagreements or tried.found.unverified
            if by == sources() or not open_:
                found[task] = tried, by
            else:
                found.pop(task, None)
        return found

    def add(self, task: Task, tried: Tried) -> None:
        """Write down what came of a task."""
        if not self._begun:
            self._begin()
        row = {"task": asdict(task), "tried": asdict(tried), "by": sources()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def _begin(self) -> None:
        """Make the folder; leave out a last line that was cut off when the run before was ended."""
        self._begun = True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        ignore = self.path.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        if self.path.exists():
            lines = self.path.read_bytes()
            self.path.write_bytes(lines[: lines.rfind(b"\n") + 1])

    def close(self) -> None:
        """The run is at its end: the next one of this seed begins anew."""
        self.path.unlink(missing_ok=True)


def _read(line: str) -> tuple[Task, Tried, str]:
    row: dict[str, Any] = json.loads(line)
    tried = row["tried"]
    return (
        Task(**row["task"]),
        Tried(tried["place"], Agreement(**tried["found"]), tried["text"]),
        str(row["by"]),
    )


def left(tasks: Iterator[Task], known: dict[Task, tuple[Tried, str]]) -> Iterator[Task]:
    """The tasks that are still to be tried."""
    return (task for task in tasks if task not in known)
