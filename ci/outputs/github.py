"""GitHub's annotations: a line each, at the place in the file; the surplus is counted, never dropped."""

from __future__ import annotations

from typing import TextIO

from ...reference.findings import Finding, Status
from ..gate import GateReport
from ..wording import plain

_LEVELS: dict[Status, str] = {
    Status.FINDING: "error",
    Status.UNVERIFIED: "error",
    Status.AMBIGUOUS: "warning",
    Status.NOTE: "notice",
}
# GitHub shows ten of a level for a step and drops the rest without a word.
_MOST = 9


def write(report: GateReport, stream: TextIO) -> None:
    """Write the annotations and the tally."""
    findings = [f for s in report.subjects for f in s.findings]
    for level in ("error", "warning", "notice"):
        own = [f for f in findings if _LEVELS.get(f.status) == level]
        stream.writelines(_annotation(level, finding) + "\n" for finding in own[:_MOST])
        if len(own) > _MOST:
            stream.write(f"::{level} title=verax::{len(own) - _MOST} more: see the log of this step.\n")
    stream.write(f"{report.tally}\n")


def _annotation(level: str, finding: Finding) -> str:
    file, _, line = finding.location.rpartition(":")
    where = f",file={_property(file)},line={line}" if file and line.isdigit() else ""
    text = f"{finding.subject}: {finding.message}" + (f"\nMend: {finding.mend}" if finding.mend else "")
    return f"::{level} title={_property(f'verax {finding.code}')}{where}::{_data(text)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return plain(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
