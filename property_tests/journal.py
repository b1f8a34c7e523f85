"""What a run has tried so far, on disk: a run that was ended in the middle goes on where it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ..language.errors import UsageError

Task = TypeVar("Task")
Tried = TypeVar("Tried")


class Row(msgspec.Struct, Generic[Task, Tried]):
    """One line of a journal.

    Attributes:
        task: what was tried: a frozen dataclass.
        tried: what came of it: a dataclass.
        by: the digest of the sources that it was tried by.
    """

    task: Task
    tried: Tried
    by: str


@cache
def sources(rooms: Sequence[str]) -> str:
    """A digest of the code of some rooms."""
    found = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for path in sorted(p for room in rooms for p in (root / room).rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


class Journal(Generic[Task, Tried]):
    """A file of one line for each task that was tried.

    Args:
        path: of the file; its folder is made, with a .gitignore of its own, when the first line is written.
        rows: the type of its lines.
        rooms: those whose code decides what comes of a task.
        is_open: whether what came of a task is to be tried again when those sources have changed.
    """

    def __init__(
        self,
        path: Path,
        rows: type[Row[Task, Tried]],
        rooms: tuple[str, ...],
        is_open: Callable[[Tried], bool],
    ) -> None:
        self.path, self.rooms = path, rooms
        self._rows, self._is_open = msgspec.json.Decoder(rows), is_open
        self._begun = False

    def known(self) -> dict[Task, tuple[Tried, str]]:
        """What was tried, each with the digest of the sources it was tried by.

        What is open is tried again if the sources have changed since. A last line that was cut off is too.

        Raises:
            UsageError: the file is not what `add` wrote.
        """
        lines = self.path.read_bytes().split(b"\n")[:-1] if self.path.exists() else []
        found: dict[Task, tuple[Tried, str]] = {}
        for number, line in enumerate(lines, 1):
            try:
                row = self._rows.decode(line)
            except msgspec.MsgspecError as err:
                raise UsageError(
                    f"Line {number} of `{self.path}` must be a task that was tried, and cannot be read ({err}). "
                    "Delete the file to begin anew."
                ) from err
            if row.by == sources(self.rooms) or not self._is_open(row.tried):
                found[row.task] = row.tried, row.by
            else:
                found.pop(row.task, None)
        return found

    def add(self, task: Task, tried: Tried) -> None:
        """Write down what came of a task."""
        if not self._begun:
            self._begin()
        row = Row(task, tried, sources(self.rooms))
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(row) + b"\n")

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
        """The run is at its end: the next one begins anew."""
        self.path.unlink(missing_ok=True)


def left(tasks: Iterable[Task], known: dict[Task, tuple[Tried, str]]) -> Iterator[Task]:
    """The tasks that are still to be tried."""
    return (task for task in tasks if task not in known)
