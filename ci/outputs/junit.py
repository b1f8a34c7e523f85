"""JUnit's XML: a test case for each function and law, for services that show test results."""

from __future__ import annotations

from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from ...reference.findings import Finding, Status
from ..gate import GateReport
from ..wording import details, plain


def write(report: GateReport, stream: TextIO) -> None:
    """Write one suite, whose cases are the judgements."""
    tally = report.tally
    failures, errors = tally.findings, tally.unverified
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write(
        f'<testsuites><testsuite name="verax" tests="{tally.checked}" failures="{failures}" errors="{errors}" '
        f'skipped="0" time="{report.seconds:.3f}">\n'
    )
    for subject in report.subjects:
        for law in subject.laws:
            name, group = quoteattr(plain(law.law)), quoteattr(plain(subject.subject))
            stream.write(f'<testcase name={name} classname={group} time="{law.seconds:.3f}">')
            for finding in subject.findings:
                if finding.law == law.law and finding.status in _TAGS:
                    stream.write(_problem(finding))
            stream.write("</testcase>\n")
    stream.write("</testsuite></testsuites>\n")


_TAGS: dict[Status, str] = {Status.FINDING: "failure", Status.UNVERIFIED: "error"}


def _problem(finding: Finding) -> str:
    tag = _TAGS[finding.status]
    text = "\n".join(f"{label}: {value}" for label, value in details(finding))
    return f"<{tag} type={quoteattr(finding.code)} message={quoteattr(plain(finding.message))}>{escape(text)}</{tag}>"
