"""What the command line names, seen from the gate: each function's name, place and lines.

Finding and importing are `property_tests.subjects`'; this is what of it travels between processes.
"""

from __future__ import annotations

import ast
import inspect
import os
import textwrap
from collections.abc import Callable
from typing import Any

import msgspec

from ..language.errors import UsageError
from ..property_tests.subjects import Subject, discover


class Found(msgspec.Struct, frozen=True):
    """A function of a target.

    Attributes:
        target: the text that it was found by.
        subject: its name in every output, such as "examples/losses.py::huber".
        key: what its seed derives from.
        file: its source file, relative to the working directory where it can be.
        line: the line of its `def`.
        lines: the first and the last line of its definition, decorators included.
        head: the last line before its body.
    """

    target: str
    subject: str
    key: str
    file: str = ""
    line: int = 0
    lines: tuple[int, int] = (0, 0)
    head: int = 0

    @property
    def location(self) -> str:
        """Where it is defined, as "file:line"."""
        return f"{self.file}:{self.line}" if self.file else ""


def files_of(target: str) -> list[str]:
    """The Python files right in a folder, by their names; any other target itself.

    A bare name is a module, though there be a folder of that name: a slash says that the folder is meant.

    Raises:
        UsageError: a folder holds no Python file.
    """
    is_path = target.startswith(".") or "/" in target or os.sep in target
    if not (is_path and os.path.isdir(target)):
        return [target]
    names = sorted(name for name in os.listdir(target) if name.endswith(".py"))
    if not names:
        raise UsageError(f"A folder must hold Python files to be a target, got {target!r}, which holds none.")
    return [os.path.join(target, name).replace(os.sep, "/") for name in names]


def found_in(target: str) -> list[tuple[Found, Subject]]:
    """The functions of a target, with where they stand.

    Raises:
        UsageError: there is no such module, file or function, or importing it raises.
    """
    place, colons, function = target.partition("::")
    if (colons and not function) or not place:
        raise UsageError(
            f"A target must be a module, a file, or `file.py::function`, got {target!r}. "
            f"Try `verax gate {place or 'examples/losses.py'}`."
        )
    if place.startswith(".") and not place.endswith(".py"):
        raise UsageError(
            f"A function must be named in a Python file, got {target!r}. Write `file.py::function`."
        )
    return [(_found(target, subject), subject) for subject in discover(target)]


def _found(target: str, subject: Subject) -> Found:
    file = subject.location.rpartition(":")[0]
    lines, line, head = _place(subject.function)
    return Found(target, subject.name, subject.key, file, line or subject.line, lines, head)


def _place(function: Callable[..., Any]) -> tuple[tuple[int, int], int, int]:
    """The first and last line of a definition, the line of its `def`, and the last one of its head."""
    plain: Any = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    try:
        source, first = inspect.getsourcelines(plain)
    except (OSError, TypeError):  # it has no source: made by `exec`, or not in Python
        return (0, 0), 0, 0
    first = max(first, 1)
    line = head = first
    try:
        node = ast.parse(textwrap.dedent("".join(source))).body[0]
    except (SyntaxError, IndexError):  # a lambda in the middle of an expression
        node = None
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        line = first + node.lineno - 1
        head = max(line, first + node.body[0].lineno - 2)
    return (first, first + len(source) - 1), line, head
