"""A table for people: a row for each subject, then each finding in full, and the tally as the last line."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...property_tests.outcomes import SubjectReport
from ...reference.findings import Finding, Status
from ..gate import GateReport
from ..wording import details, head, law_mark, passed_over, plain, ulps, verdict

_STYLES: dict[Status, str] = {
    Status.HOLD: "green",
    Status.FINDING: "bold red",
    Status.UNVERIFIED: "yellow",
    Status.AMBIGUOUS: "cyan",
    Status.NOTE: "cyan",
}
# Narrower terminals would break the names of subjects; a file or a log has any width.
_LEAST_WIDTH = 120


def write(report: GateReport, stream: TextIO) -> None:
    """Print the report."""
    console = Console(file=stream, soft_wrap=False, highlight=False, emoji=False)
    console = Console(
        file=stream, width=max(console.width, _LEAST_WIDTH), highlight=False, emoji=False, markup=False
    )
    if report.subjects:
        console.print(_table(report.subjects))
    for finding in _ordered(report):
        _print_finding(console, finding)
    console.print(
        Text(
            f"errors in ULPs, worst against their bound; seed {report.configuration.seed}, "
            f"{report.configuration.examples} inputs a subject and law; {report.seconds:.1f} s"
            + (f"; {report.silenced} silenced" if report.silenced else ""),
            style="dim",
        )
    )
    if report.passed_over:
        console.print(Text(passed_over(report.passed_over), style="yellow"))
    console.print(Text(str(report.tally), style="bold"))


def _table(subjects: tuple[SubjectReport, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("subject", no_wrap=True)
    for name in ("value", "gradient"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("jit", "vmap"):
        table.add_column(name, no_wrap=True)
    table.add_column("inputs (edges)", justify="right", no_wrap=True)
    table.add_column("verdict", overflow="fold")
    place = ""
    for report in subjects:
        here, _, function = report.subject.rpartition("::")
        if here != place:
            table.add_row(Text(plain(here), style="bold"))
            place = here
        table.add_row(
            Text(f"  {plain(function)}"),
            Text(ulps(report.value)),
            Text(ulps(report.gradient)),
            *(Text(law_mark(report, law), style=_style_of(report, law)) for law in ("jit", "vmap")),
            Text(f"{report.inputs} ({report.edges})"),
            Text(verdict(report), style=_STYLES[report.status]),
        )
    return table


def _style_of(report: SubjectReport, law: str) -> str:
    return next((_STYLES[o.status] for o in report.laws if o.law == law), "dim")


def _ordered(report: GateReport) -> list[Finding]:
    """Findings first, then what was not verified, what is ambiguous, and the notes."""
    found = [f for s in report.subjects for f in s.findings]
    order = [Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE, Status.HOLD]
    return sorted(found, key=lambda f: order.index(f.status))


def _print_finding(console: Console, finding: Finding) -> None:
    console.print()
    console.print(Text(head(finding), style=_STYLES[finding.status]))
    console.print(Padding(Text(plain(finding.message)), (0, 0, 0, 2)))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in details(finding):
        grid.add_row(Text(label), Text(text))
    console.print(Padding(grid, (0, 0, 0, 2)))
