"""A pytest plugin that writes each test's outcome as a line of JSON, as soon as it is known.

``-p tests.peers.outcomes``; the file is named by the environment variable VERAX_PEERS_OUTCOMES. It imports
neither JAX nor Verax.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

VARIABLE = "VERAX_PEERS_OUTCOMES"
# The most bytes that a process may have, where the variable is set: one test must not take the machine with it.
MEMORY = "VERAX_PEERS_MEMORY"
LONGEST = 240
# What differs from run to run: addresses, and where the packages lie.
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_FOLDER = re.compile(r"/\S*/(?:site-packages|lib/python3\.\d+|verax)/")
_SPACE = re.compile(r"\s+")


def cause(message: str) -> str:
    """A failure's message on one line, without what differs from run to run."""
    line = _SPACE.sub(" ", _FOLDER.sub("", _ADDRESS.sub("0x...", message))).strip()
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


class Outcomes:
    """Gathers the reports of each test and writes its line when the test is over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, tuple[str, str]] = {}

    def write(self, **line: object) -> None:
        """Append a line, at once on the disk: the process may be ended at any moment."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of a test's reports: its subtests and its fixtures have reports too."""
        before, why = self.found.get(report.nodeid, ("", ""))
        if report.failed and before != "failed":
            crash = getattr(report.longrepr, "reprcrash", None)
            why = cause(crash.message if crash is not None else str(report.longrepr))
            self.found[report.nodeid] = "failed", why
        elif report.skipped and not before:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.found[report.nodeid] = "skipped", cause(reason)
        elif report.passed and report.when == "call" and not before:
            self.found[report.nodeid] = "passed", ""

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the test's line."""
        outcome, why = self.found.pop(nodeid, ("failed", "no report"))
        self.write(id=nodeid, outcome=outcome, cause=why)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Write a line for a file that cannot be imported."""
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            last = str(report.longrepr).strip().splitlines()[-1]
            why = cause(crash.message if crash is not None else last.removeprefix("E").strip())
            self.write(id=report.nodeid, outcome="not imported", cause=why)


def pytest_configure(config: pytest.Config) -> None:
    """Begin; absl's flags have their defaults, as after `absltest.main`."""
    config.pluginmanager.register(Outcomes(Path(os.environ[VARIABLE])))
    if MEMORY in os.environ:
        import resource

        most = int(os.environ[MEMORY])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        from absl import flags
    except ImportError:  # no library that is tested here uses it
        return
    flags.FLAGS.mark_as_parsed()
