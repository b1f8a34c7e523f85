"""The ledger: finished work units on disk, so that an interrupted run goes on where it stopped.

`.verax/` holds it, with a .gitignore of its own. A unit's record is a file, written whole and then
given its name, so that a reader never meets half of one, and two gates can run side by side.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import msgspec

from ..property_tests.outcomes import SubjectReport
from ..reference.state import state_folder, trim, write_whole

# All runs together; the oldest records go first.
_MOST_BYTES = 64 * 2**20


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
