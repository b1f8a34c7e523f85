"""What a judgement says, as data: `Finding`, its `Status` and `Blame`, and the `Tally` of many.

Everything here is frozen, holds only strings and numbers, and goes to JSON and back unchanged.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from ..language.program import SourceLine


class Status(StrEnum):
    """How a judgement ended."""

    HOLD = "hold"
    FINDING = "finding"
    UNVERIFIED = "unverified"
    AMBIGUOUS = "ambiguous"
    NOTE = "note"


class Blame(StrEnum):
    """Who is at fault."""

    IMPLEMENTATION = "implementation"  # wrong beyond what its platform's budgets allow
    RULE = "rule"  # a derivative that is not the derivative
    FORMULA = "formula"  # written so that it loses digits
    PROBLEM = "problem"  # ill-conditioned: no program could do better
    PLATFORM = "platform"  # a primitive worse than it should be
    TRANSFORM = "transform"  # jit, vmap, pmap that changes the meaning
    CONTRACT = "contract"  # shape, dtype or weak type other than promised
    PURITY = "purity"  # effects, or results that differ from call to call
    DEVICE = "device"  # lanes that disagree
    SUBJECT = "subject"  # the function itself raised, hung or crashed
    NOTHING = "not checked"  # what could not be certified, bounded, drawn or run


# Worst first: how several judgements of one thing are summed up in one.
_GRAVITY = (Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE, Status.HOLD)


def worst(statuses: Iterable[Status]) -> Status:
    """The gravest of several; HOLD when there are none."""
    return min(statuses, key=_GRAVITY.index, default=Status.HOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a law or a judgement has to say of one subject.

    Attributes:
        code: the rule's code, such as "VX101".
        subject: the function's name, such as "losses.py::huber".
        law: the law's name, such as "value".
        message: what is wrong, in one or two sentences.
        status: finding, unverified, ambiguous or note (hold is said by there being no finding).
        blame: who is at fault.
        mend: what to do about it, in one sentence; empty when nothing is known.
        location: "file:line", relative where it can be; empty when unknown.
        worst_input: the arguments in hexadecimal, one string each (`hexadecimal`), the worst found.
        error: the error in ULPs, fractional; None where there is none to measure.
        count: the error as an integer number of representable values.
        bound: the error that the platform's budgets allow, in ULPs.
        typical: the typical error, in ULPs.
        equation: the equation where the digits go, as printed, with its source line if known.
        output: which output and element, such as "out[0][3, 1]".
        platform: the platform's name.
        capsule: the file name of the stored failure; empty until one is written.
    """

    code: str
    subject: str
    law: str
    message: str
    status: Status = Status.FINDING
    blame: Blame = Blame.IMPLEMENTATION
    mend: str = ""
    location: str = ""
    worst_input: tuple[str, ...] = ()
    error: float | None = None
    count: int | None = None
    bound: float | None = None
    typical: float | None = None
    equation: str = ""
    output: str = ""
    platform: str = ""
    capsule: str = ""

    @property
    def fails(self) -> bool:
        """Whether it makes a gate red: findings and what was not checked do; notes do not."""
        return self.status in (Status.FINDING, Status.UNVERIFIED)

    def with_capsule(self, name: str) -> Finding:
        """The same finding, pointing at its stored failure."""
        return replace(self, capsule=name)

    def to_json(self) -> dict[str, Any]:
        """Strings, numbers and lists only; infinities and NaN as strings, which JSON has no number for."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote.

        Raises:
            ValueError: a field is unknown, missing, or of a wrong kind.
        """
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ValueError(
                f"A finding has no field {unknown[0]!r}. Its fields are {', '.join(sorted(known))}."
            )
        try:
            return cls(**{name: _READ.get(name, _text)(name, value) for name, value in data.items()})
        except TypeError as err:
            raise ValueError(
                f"A finding must have code, subject, law and message, got {sorted(data)}."
            ) from err

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        lines = [f"{where}{self.code} {self.subject} [{self.law}] {self.message}"]
        if self.error is not None:
            allowed = f" (allowed {shown(self.bound)})" if self.bound is not None else ""
            lines.append(
                f"  error {shown(self.error)} ULP{allowed}{f' at {self.output}' if self.output else ''}"
            )
        if self.equation:
            lines.append(f"  digits go at: {self.equation}")
        lines += [f"  input {i}: {text}" for i, text in enumerate(self.worst_input)]
        if self.mend:
            lines.append(f"  mend: {self.mend}")
        return "\n".join(lines)


def shown(value: float | None) -> str:
    """A number of ULPs as people read it: three digits, or a dash."""
    return "-" if value is None else f"{value:.3g}"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, StrEnum) else value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"`{name}` of a finding must be a string, got {value!r}.")
    return value


def _number(name: str, value: Any) -> float | None:
    if value in ("inf", "-inf", "nan"):
        return float(value)
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return None if value is None else float(value)
    raise ValueError(f"`{name}` of a finding must be a number, got {value!r}.")


def _count(name: str, value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"`{name}` of a finding must be an integer, got {value!r}.")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"`{name}` of a finding must be a list of strings, got {value!r}.")
    return tuple(_text(name, x) for x in value)


_READ: dict[str, Any] = {
    "status": lambda _, value: Status(value),
    "blame": lambda _, value: Blame(value),
    "error": _number,
    "bound": _number,
    "typical": _number,
    "count": _count,
    "worst_input": _texts,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many judgements held and how many did not, by status. Adds up with ``+``."""

    hold: int = 0
    findings: int = 0
    unverified: int = 0
    ambiguous: int = 0
    notes: int = 0

    @classmethod
    def of(cls, statuses: Iterable[Status]) -> Tally:
        """The tally of several judgements."""
        counts = dict.fromkeys(Status, 0)
        for status in statuses:
            counts[status] += 1
        return cls(*(counts[s] for s in _IN_LINE))

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))

    @property
    def checked(self) -> int:
        """How many judgements there were. A gate that checked nothing is never green."""
        return self.hold + self.findings + self.unverified + self.ambiguous + self.notes

    def exit_code(self, strict: bool = False) -> int:
        """0 all hold, 1 findings (with ``strict`` ambiguous results and notes too), 5 nothing was checked."""
        if not self.checked:
            return 5
        red = self.findings + self.unverified + (self.ambiguous + self.notes if strict else 0)
        return 1 if red else 0

    def __str__(self) -> str:
        return (
            f"{self.hold} hold, {self.findings} findings, {self.unverified} unverified, "
            f"{self.ambiguous} ambiguous, {self.notes} notes"
        )


_IN_LINE = (Status.HOLD, Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE)


def location_of(source: SourceLine | None) -> str:
    """A source line as "file:line": relative to the working directory, else the file's name alone."""
    if source is None:
        return ""
    return f"{relative_name(source.file)}:{source.line}"


def relative_name(path: str) -> str:
    """A path without anything of this machine in it: relative to the working directory, or its last part."""
    if not os.path.isabs(path):
        return path
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive, on Windows
        relative = os.pardir
    return os.path.basename(path) if relative.startswith(os.pardir) else relative.replace(os.sep, "/")
