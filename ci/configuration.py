"""Configuration: `[tool.verax]` of the nearest `pyproject.toml`, or a `verax.toml`; flags come on top."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..language.errors import UsageError

FILES = ("verax.toml", "pyproject.toml")


class Reasoned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code that is ignored, and why. What was not checked (VX9) can only be ignored like this.

    Attributes:
        code: a rule's code, or the beginning of several.
        reason: why that is right.
    """

    code: str
    reason: str


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How the gate judges.

    Attributes:
        select: the codes that are judged; a code stands for all that begin with it. Empty: all.
        ignore: the codes that are not reported.
        per_file_ignores: the same for the files that match a pattern, such as "examples/*.py".
        examples: inputs that are drawn for each subject and law.
        seed: a number that goes into every seed.
        time_budget: seconds after which no new work is begun; None: none.
        deadline: seconds that one subject may take before it counts as hanging.
        strict: whether ambiguous results and notes make the gate red.
        workers: processes; None: one a core.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str | Reasoned, ...] = ()
    per_file_ignores: dict[str, tuple[str | Reasoned, ...]] = {}
    examples: int = 40
    seed: int = 0
    time_budget: float | None = None
    deadline: float = 300.0
    strict: bool = False
    workers: int | None = None


def read_configuration(targets: Iterable[str], explicit: str | None = None) -> Configuration:
    """The configuration of the file named, or of the nearest one above the first target.

    Raises:
        UsageError: the file is missing, is not TOML, or says something that has no meaning.
    """
    path = explicit or _nearest(next(iter(targets), os.curdir))
    if path is None:
        return Configuration()
    table = _table(path)
    if table is None:
        table = {}
    try:
        configuration = msgspec.convert(table, Configuration)
    except msgspec.ValidationError as err:
        known = ", ".join(f.encode_name for f in msgspec.structs.fields(Configuration))
        raise UsageError(f"{_shown(path)} is not right: {err}. The keys are {known}.") from err
    check_values(configuration, _shown(path))
    return configuration


def _nearest(target: str) -> str | None:
    place = target.partition("::")[0]
    folder = os.path.dirname(os.path.abspath(place)) if os.path.isfile(place) else os.getcwd()
    while True:
        for name in FILES:
            path = os.path.join(folder, name)
            # A pyproject.toml that says nothing of Verax does not hide one further up.
            if os.path.isfile(path) and _table(path) is not None:
                return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _table(path: str) -> Mapping[str, Any] | None:
    """Verax's part of a file; None where it has none."""
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except OSError as err:
        raise UsageError(
            f"The configuration {_shown(path)} cannot be read: {err.strerror}. Check --config."
        ) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise UsageError(f"{_shown(path)} is not TOML: {err}. Mend that line.") from err
    if os.path.basename(path) != "pyproject.toml":
        return data
    tool = data.get("tool")
    table = tool.get("verax") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(
            f"`tool.verax` of {_shown(path)} must be a table, got {table!r}. Write [tool.verax]."
        )
    return table


def _shown(path: str) -> str:
    from ..reference.findings import relative_name

    return relative_name(path)


def check_values(configuration: Configuration, where: str) -> None:
    """Refuse values that the types allow and that mean nothing.

    Raises:
        UsageError: a code is unknown, a reason is missing, or a number is out of range.
    """
    rows = [*configuration.ignore, *(r for rows in configuration.per_file_ignores.values() for r in rows)]
    for code in (*configuration.select, *(code_of(row) for row in rows)):
        check_code(code, where)
    for row in rows:
        reason = row.reason if isinstance(row, Reasoned) else ""
        if code_of(row).startswith("VX9") and not reason.strip():
            raise UsageError(
                f"{where} ignores {code_of(row)} without a reason: what was not checked may only be ignored with "
                f'one. Write {{ code = "{code_of(row)}", reason = "..." }} in [tool.verax] ignore.'
            )
    for name, least in (("examples", 1), ("seed", 0), ("deadline", 0.1), ("time_budget", 0), ("workers", 1)):
        value = getattr(configuration, name)
        if value is not None and not value >= least:
            raise UsageError(
                f"`{name.replace('_', '-')}` of {where} must be at least {least}, got {value}. Raise it."
            )


def code_of(row: str | Reasoned) -> str:
    """The code of a row of `ignore`."""
    return row.code if isinstance(row, Reasoned) else row


def check_code(code: str, where: str) -> None:
    """Refuse a code that no rule begins with.

    Raises:
        UsageError: there is no such rule.
    """
    from ..property_tests.rules import RULES

    if not code or not any(known.startswith(code) for known in RULES):
        raise UsageError(
            f"{where} names the rule {code!r}, which there is not. `verax rule` lists them all: "
            f"{', '.join(sorted(RULES)[:3])}, ..."
        )


def matches(codes: Iterable[str | Reasoned], code: str) -> bool:
    """Whether one of the codes is this one, or stands for it."""
    return any(code.startswith(code_of(row)) for row in codes)
