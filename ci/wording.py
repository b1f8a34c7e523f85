"""How numbers, names and verdicts are worded, whatever the output's format."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..property_tests.outcomes import SubjectReport, Worst
from ..reference.findings import Finding, Status, shown
from ..reference.state import FOLDER

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# A verdict in one word, as a row shows it.
VERDICTS: dict[Status, str] = {
    Status.HOLD: "holds",
    Status.FINDING: "FINDING",
    Status.UNVERIFIED: "unverified",
    Status.AMBIGUOUS: "ambiguous",
    Status.NOTE: "holds, note",
}


def plain(text: str) -> str:
    """The text without control characters: a subject's name must not drive a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def ulps(found: Worst | None) -> str:
    """The worst error and its bound: ``1.32 <= 4.5``."""
    if found is None:
        return "-"
    sign = "<=" if found.error <= found.bound else ">"
    return f"{shown(found.error)} {sign} {shown(found.bound)}"


def law_mark(report: SubjectReport, law: str) -> str:
    """How one law went: a word, or a dash where it was not tried."""
    found = [outcome.status for outcome in report.laws if outcome.law == law]
    return VERDICTS[found[0]].split(",")[0] if found else "-"


def verdict(report: SubjectReport) -> str:
    """The verdict on a subject: the codes where it does not simply hold."""
    word = VERDICTS[report.status]
    codes = dict.fromkeys(f.code for f in report.findings if f.status is report.status)
    return f"{word} {' '.join(codes)}" if codes else word


def passed_over(names: Sequence[str]) -> str:
    """The line that names the functions that were not judged."""
    them = "it" if len(names) == 1 else "them"
    listed = ", ".join(map(plain, names))
    mend = f"annotate {them}, or mark {them} @verax.subject"
    return f"not judged, since no argument is annotated as an array: {listed}; {mend}"


def head(finding: Finding) -> str:
    """The first line of a finding: code, who is to blame, the subject."""
    return f"{finding.code} {finding.status} ({finding.blame}) {plain(finding.subject)}"


def details(finding: Finding) -> list[tuple[str, str]]:
    """What there is to know of a finding, each under its label."""
    rows = [("where", finding.location), ("law", finding.law)]
    if finding.error is not None:
        bound = f", allowed {shown(finding.bound)}" if finding.bound is not None else ""
        at = f" at {finding.output}" if finding.output else ""
        rows.append(("error", f"{shown(finding.error)} ULP{bound}{at}"))
    rows += [("input" if i == 0 else "", text) for i, text in enumerate(finding.worst_input)]
    rows += [("equation", finding.equation), ("mend", finding.mend), ("replay", replay_line(finding))]
    return [(label, plain(text)) for label, text in rows if text]


def replay_line(finding: Finding) -> str:
    """The command that runs the failure again; empty if none was stored."""
    return f"verax replay {FOLDER}/capsules/{finding.capsule}" if finding.capsule else ""
