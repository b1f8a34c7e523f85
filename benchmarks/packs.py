"""What the gate says of the packs, as a record: `python benchmarks/packs.py --record docs/measured REPORT...`.

A REPORT is what `verax gate examples/packs/jax_nn.py --output json:report.json` wrote; `tox run -e packs` does both.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from verax.adapters.jax_profile import MEASURED_WITH
from verax.ci.gate import GateReport
from verax.ci.outputs import markdown
from verax.reports.site import read_judgements


def page(reports: Sequence[GateReport]) -> Iterator[str]:
    """The record as Markdown."""
    yield f"# Packs: JAX's activations and Optax's losses, judged on {dt.datetime.now(dt.UTC).date().isoformat()}"
    yield "\n`tox run -e packs`\n"
    facts = {name: text for report in reports for name, text in report.environment.items()}
    facts["optax"] = importlib.metadata.version("optax")
    yield ", ".join(f"{name} {text}" for name, text in facts.items())
    yield f"; the profile is of JAX {MEASURED_WITH['jax']} on {MEASURED_WITH['machine']}."
    yield "Red findings are confirmed in [findings.md](../findings.md)."
    for report in reports:
        c = report.configuration
        yield f"\n## {', '.join(report.targets)}\n"
        yield f"Seed {c.seed}, {c.examples} inputs for each function and law, {report.seconds:.0f} s.\n"
        text = io.StringIO()
        markdown.write(report, text)
        yield text.getvalue().rstrip("\n")


def main() -> None:
    """Write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT")
    parser.add_argument("--record", type=Path, required=True, help="a folder for the page")
    options = parser.parse_args()
    reports = [read_judgements(path) for path in options.reports]
    name = f"packs-{dt.datetime.now(dt.UTC).date().isoformat()}.md"
    (options.record / name).write_text("\n".join(page(reports)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
