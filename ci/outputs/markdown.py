"""Markdown: for a pull request's comment or a step's summary."""

from __future__ import annotations

import re
from typing import TextIO

from ..gate import GateReport
from ..wording import details, head, law_mark, passed_over, plain, ulps, verdict

# GitHub drops a step's summary above 1 MiB, and the step stays green.
_MOST_CHARACTERS = 900_000


def write(report: GateReport, stream: TextIO) -> None:
    """Write a table of the subjects, then the findings, cut off where a summary would be dropped."""
    lines = [
        "| subject | value (ULP) | gradient (ULP) | jit | vmap | inputs (edges) | verdict |",
        "|---|--:|--:|---|---|--:|---|",
    ]
    for s in report.subjects:
        cells = (
            s.subject,
            ulps(s.value),
            ulps(s.gradient),
            law_mark(s, "jit"),
            law_mark(s, "vmap"),
            f"{s.inputs} ({s.edges})",
            verdict(s),
        )
        lines.append("| " + " | ".join(map(escaped, cells)) + " |")
    blocks = ["\n".join(lines)]
    findings = [f for s in report.subjects for f in s.findings]
    size = len(blocks[0])
    for i, finding in enumerate(findings):
        rows = [f"- {escaped(label)}: {escaped(text)}" for label, text in details(finding)]
        block = "\n".join([f"### {escaped(head(finding))}", "", escaped(plain(finding.message)), "", *rows])
        size += len(block)
        if size > _MOST_CHARACTERS:
            blocks.append(f"{len(findings) - i} more findings: see the gate's own output.")
            break
        blocks.append(block)
    if report.passed_over:
        blocks.append(escaped(passed_over(report.passed_over)))
    blocks.append(str(report.tally))
    stream.write("\n\n".join(blocks) + "\n")


def escaped(text: str) -> str:
    """The text as Markdown that means just that text."""
    flat = plain(text).replace("\n", " ").replace("\t", " ")
    return re.sub(r"([\\`*_{}\[\]<>#|!~&])", lambda match: f"&#{ord(match[1])};", flat)
