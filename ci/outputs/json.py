"""JSON: everything, as `verax report` and other programs read it."""

from __future__ import annotations

import json
import math
from typing import Any, TextIO

import msgspec

from ..gate import GateReport


def write(report: GateReport, stream: TextIO) -> None:
    """Write the report as one JSON object."""
    json.dump(as_data(report), stream, indent=1, ensure_ascii=False, allow_nan=False)
    stream.write("\n")


def as_data(report: GateReport) -> dict[str, Any]:
    """The report as JSON's own kinds of values; infinities and NaN are the strings "inf", "-inf", "nan"."""
    data: dict[str, Any] = _plain(msgspec.to_builtins(report))
    data["tally"] = _plain(msgspec.to_builtins(report.tally))
    data["exit_code"] = report.exit_code
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inside) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inside) for inside in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
