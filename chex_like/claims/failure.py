"""How an assertion fails: what was asserted, the worst offender, the user's lines, and how to see it again."""

from __future__ import annotations

import linecache
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, NoReturn

from ...language.program import SourceLine
from ...reference.capsules import Capsule, write
from ...reference.findings import Finding, location_of, shown
from ...reference.state import FOLDER, state_folder, trim
from ...reference.verdict import Condemned

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
_ROOM = os.path.join(_PACKAGE, "chex_like", "")


def raise_failure(
    sentence: str,
    finding: Finding,
    f: Any,
    capsule: Callable[[], Capsule | None],
    recheck: Callable[[Capsule], Finding | None],
) -> NoReturn:
    """Raise with the whole message; a failure that its stored program shows becomes a capsule.

    Raises:
        Condemned: always.
    """
    __tracebackhide__ = True
    replay = replay_line(*_stored(capsule(), recheck))
    raise Condemned(told(sentence, finding, f, replay))


def told(sentence: str, finding: Finding, f: Any, replay: str) -> str:
    """The message: a line for each thing that is known."""
    rows = [("worst", finding.message)]
    if finding.error is not None:
        apart = "" if finding.count is None else f", {finding.count} representable steps apart"
        allowed = "" if finding.bound is None else f" (allowed {shown(finding.bound)})"
        rows.append(("error", f"{shown(finding.error)} ULP{allowed}{apart}"))
    if finding.equation:
        rows.append(("step", finding.equation))
    caller = calling_line()
    known = [line.file for line in (definition_of(f), caller) if line is not None]
    rows.append(("line", _line_of(finding.location, known) or shown_line(definition_of(f))))
    rows.append(("at", shown_line(caller)))
    if finding.mend:
        rows.append(("mend", finding.mend))
    rows.append(("replay", replay))
    head = f"{sentence}, of {finding.subject!r}, and {finding.code} says it does not:"
    return "\n".join([head, *(f"  {name + ':':8} {text}" for name, text in rows if text)])


def _stored(capsule: Capsule | None, recheck: Callable[[Capsule], Finding | None]) -> tuple[str, str]:
    """The file of a failure whose stored program fails too; or an empty string, and why there is none."""
    if capsule is None:
        return "", "there is nothing that a capsule can hold"
    try:
        if recheck(capsule) is None:
            return "", "its stored program holds: what fails is the Python function"
        folder = state_folder() / "capsules"
        name = write(folder, capsule)
    except (OSError, ValueError, TypeError) as err:
        return "", f"it could not be stored: {err}"
    trim(folder, "*.json")
    return name or "", "it is too large to be stored"


def replay_line(capsule: str, why: str) -> str:
    """The command that replays a capsule; where there is none, what runs the test again, and why."""
    if capsule:
        return f"verax replay {FOLDER}/capsules/{capsule}"
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    return f"{f'pytest {shlex.quote(test)}' if test else 'run the line above again'}  # {why}"


# -- the user's lines ------------------------------------------------------------------------------------------
def calling_line() -> SourceLine | None:
    """The innermost line on the stack outside of this room: where the assertion stands."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = os.path.realpath(frame.f_code.co_filename)
        if not path.startswith(_ROOM):
            return SourceLine(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back
    return None


def definition_of(f: Any) -> SourceLine | None:
    """The line where a function is defined; None where that is not known."""
    code = getattr(getattr(f, "__wrapped__", f), "__code__", None)
    return None if code is None else SourceLine(code.co_filename, code.co_firstlineno, code.co_name)


def shown_line(line: SourceLine | None) -> str:
    """A line as "file:line: text"."""
    return "" if line is None else f"{location_of(line)}: {_source(line.file, line.line)}".rstrip(": ")


def _line_of(location: str, files: Sequence[str]) -> str:
    """A location with what stands there; ``files`` are those whose folders are known."""
    name, _, line = location.rpartition(":")
    if not line.isdigit():
        return location
    whole = [file for file in files if os.path.basename(file) == os.path.basename(name)]
    return f"{location}: {_source((whole or [name])[0], int(line))}".rstrip(": ")


def _source(file: str, line: int) -> str:
    return linecache.getline(file, line).strip()
