"""The ledger: finished work units on disk, so that an interrupted run goes on where it stopped.

`.verax/` holds it, with a .gitignore of its own. A unit's record is a file, written whole and then
given its name, so that a reader never meets half of one, and two gates can run side by side.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from pathlib import Path

import msgspec

from ..property_tests.outcomes import SubjectReport

FOLDER = ".verax"
# All runs together; the oldest records go first.
_MOST_BYTES = 64 * 2**20


def state_folder() -> Path:
    """`.verax/` in the working directory, made with its .gitignore if it is not there."""
    folder = Path(FOLDER)
    folder.mkdir(exist_ok=True)
    mark = folder / ".gitignore"
    if not mark.exists():
        write_whole(
            mark, b"# Verax's findings, capsules and unfinished runs: yours, not the repository's.\n*\n"
        )
    return folder


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class Ledger:
    """The finished units of one run: the same targets, configuration, code and platform.

    Args:
        fingerprint: what identifies the run; any other run's records are left alone.
    """

    def __init__(self, fingerprint: str) -> None:
        self._folder = state_folder() / "ledger" / _digest(fingerprint)
        self._folder.mkdir(parents=True, exist_ok=True)

    def read(self, unit: str) -> SubjectReport | None:
        """What a unit came to; None if it has not finished yet, or its record is damaged."""
        try:
            return msgspec.msgpack.decode(self._path(unit).read_bytes(), type=SubjectReport)
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, unit: str, report: SubjectReport) -> None:
        """Keep what a unit came to."""
        self._folder.mkdir(parents=True, exist_ok=True)  # another gate of the same run may have ended
        try:
            write_whole(self._path(unit), msgspec.msgpack.encode(report))
        except FileNotFoundError:  # it ended at this very moment: then nobody needs the record
            return

    def clear(self) -> None:
        """Forget the run: it has ended, and the next one judges afresh."""
        for path in self._folder.glob("*.msgpack"):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another gate may be writing there
            self._folder.rmdir()
        self._trim()

    def _path(self, unit: str) -> Path:
        return self._folder / f"{_digest(unit)}.msgpack"

    def _trim(self) -> None:
        """Remove the oldest records of runs that nobody took up again, down to the cap."""
        trim(self._folder.parent, "*/*.msgpack", _MOST_BYTES)


def trim(folder: Path, pattern: str, most: int) -> None:
    """Remove the oldest files that match, until the rest has at most ``most`` bytes."""
    files = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):  # another gate may just have removed it
            facts = path.stat()
            files.append((facts.st_mtime, facts.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > most:
            path.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
