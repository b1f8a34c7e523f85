"""SARIF 2.1.0, the part that code-scanning services read."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TextIO

from ...property_tests.rules import RULES, Rule
from ...reference.findings import Finding, Status
from ..gate import GateReport
from ..wording import plain

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Status, str] = {
    Status.FINDING: "error",
    Status.UNVERIFIED: "warning",
    Status.AMBIGUOUS: "note",
    Status.NOTE: "note",
}
# Services store so many results and drop the rest.
_MOST = 5000


def write(report: GateReport, stream: TextIO) -> None:
    """Write one run with its rules and results."""
    findings = [f for s in report.subjects for f in s.findings if f.status in _LEVELS]
    findings.sort(key=lambda f: list(_LEVELS).index(f.status))
    used = sorted({f.code for f in findings})
    driver = {
        "name": "verax",
        "semanticVersion": report.verax,
        "rules": [_rule(RULES[code]) for code in used if code in RULES],
    }
    run = {"tool": {"driver": driver}, "results": [_result(f) for f in findings[:_MOST]]}
    json.dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, stream, indent=1)
    stream.write("\n")


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation[:1024]},
        "help": {"text": rule.mend[:1024]},
    }


def _result(finding: Finding) -> dict[str, Any]:
    text = f"{plain(finding.subject)}: {plain(finding.message)}"
    identity = "|".join((finding.code, finding.subject, finding.law, finding.platform))
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.status],
        "message": {"text": f"{text} {plain(finding.mend)}".strip()},
        "partialFingerprints": {"verax/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }
    file, _, line = finding.location.rpartition(":")
    if file and line.isdigit():
        place = {"artifactLocation": {"uri": file}, "region": {"startLine": int(line)}}
        result["locations"] = [{"physicalLocation": place}]
    return result
