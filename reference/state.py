"""`.verax/`: what is kept from run to run, in the working directory, under a cap."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

FOLDER = ".verax"
# Capsules: all of them together; the oldest go first.
MOST_BYTES = 64 * 2**20


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
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def trim(folder: Path, pattern: str, most: int = MOST_BYTES) -> None:
    """Remove the oldest files that match, until the rest has at most ``most`` bytes."""
    files = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):  # another run may just have removed it
            facts = path.stat()
            files.append((facts.st_mtime, facts.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > most:
            path.unlink(missing_ok=True)
