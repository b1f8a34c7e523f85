"""How a gate's report is written: one file here adds a format.

Such a file has ``write(report, stream)``; its name is what `--output` takes.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from pathlib import Path
from typing import TextIO

from ...language.errors import UsageError
from ...reference.state import write_whole
from ..gate import GateReport

NAMES = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


class Output:
    """One `--output FORMAT` or `--output FORMAT:FILE`.

    Raises:
        UsageError: there is no such format, or no such folder.
    """

    def __init__(self, text: str) -> None:
        self.format, _, file = text.partition(":")
        self.file = Path(file) if file else None
        if self.format not in NAMES:
            raise UsageError(
                f"`--output` must be one of {', '.join(NAMES)}, alone or as FORMAT:FILE, got {text!r}. "
                f"Try `--output json:gate.json`."
            )
        if self.file is not None and not self.file.parent.is_dir():
            raise UsageError(f"`--output {text}` needs the folder {os.fspath(self.file.parent)!r}. Make it.")

    def write(self, report: GateReport, stream: TextIO | None = None) -> None:
        """Write the report to the file, or to ``stream`` (by default the standard output)."""
        writer = importlib.import_module(f"{__name__}.{self.format}").write
        if self.file is None:
            writer(report, stream or sys.stdout)
            return
        text = io.StringIO()
        writer(report, text)
        write_whole(self.file, text.getvalue().encode())
