"""The site: an index and a page for each function, static files that load nothing from anywhere.

The policy that each page declares allows its own style, by digest, and images that are part of the page.
The same judgements give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..ci.gate import SCHEMA, GateReport
from ..ci.wording import VERDICTS, details, head, law_mark, plain, ulps, verdict
from ..language.errors import UsageError
from ..property_tests.outcomes import SubjectReport
from ..property_tests.rules import FAMILIES, RULES
from ..reference.findings import Status
from ..reference.state import write_whole
from .figures import error_figure, missing

_TEMPLATES = Path(__file__).parent / "templates"
_NUMBERS = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}
# The fields whose values JSON has no numbers for when they are infinite or NaN.
_FLOATS = frozenset({"x", "error", "bound", "typical", "seconds"})


def read_judgements(path: Path) -> GateReport:
    """The report in a file that `verax gate --output json:FILE` wrote.

    Raises:
        UsageError: there is no such file, or it is something else.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as err:
        raise UsageError(
            f"{path} cannot be read: {err.strerror}. Write it with `verax gate TARGET --output json:{path}`."
        ) from err
    except (ValueError, RecursionError) as err:
        raise UsageError(
            f"{path} is not JSON: {err}. Write it with `verax gate --output json:FILE`."
        ) from err
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        raise UsageError(
            f"{path} must hold a gate's report of schema {SCHEMA}, got {schema!r}. "
            f"Write it with `verax gate --output json:FILE`."
        )
    try:
        return msgspec.convert(_numbers(data), GateReport)
    except msgspec.ValidationError as err:
        raise UsageError(f"{path} is damaged: {err}. Write it again with `verax gate`.") from err


def _numbers(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _numbers(inside, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [_numbers(inside) for inside in value]
    if name in _FLOATS and isinstance(value, str):
        return _NUMBERS.get(value, value)
    return value


def build_site(report: GateReport, out: Path) -> list[Path]:
    """Write the pages and return their paths, the index first.

    Raises:
        UsageError: jinja2 or matplotlib is not installed, or the folder cannot be written.
    """
    environment = _environment()
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    shared = {
        "style": style,
        "policy": _policy(style),
        "report": report,
        "tally": str(report.tally),
        "words": VERDICTS,
        "families": FAMILIES,
        "plain": plain,
    }
    subjects = [_facts(s) for s in report.subjects]
    pages: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        pages.append(_write(out / "index.html", environment, "index.html", {**shared, "subjects": subjects}))
        for facts in subjects:
            if facts["figure"] is not None:
                write_whole(out / f"{facts['slug']}.svg", facts["figure"].encode())
            page = {**shared, **facts, "rules": RULES}
            pages.append(_write(out / f"{facts['slug']}.html", environment, "subject.html", page))
    except OSError as err:
        raise UsageError(
            f"{out} cannot be written: {err.strerror}. Choose another folder with --out."
        ) from err
    return pages


def _write(path: Path, environment: Any, template: str, values: Mapping[str, Any]) -> Path:
    write_whole(path, environment.get_template(template).render(values).encode())
    return path


def _environment() -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as err:
        raise missing("report", "jinja2") from err
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str) -> str:
    # 'self' does not cover file:// in every browser: the one style is named by its digest instead.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _facts(subject: SubjectReport) -> dict[str, Any]:
    """What a page says of one function, worded."""
    figure = error_figure(subject.samples, plain(subject.subject))
    return {
        "subject": subject,
        "name": plain(subject.subject),
        "slug": slug_of(subject.subject),
        "value": ulps(subject.value),
        "gradient": ulps(subject.gradient),
        "jit": law_mark(subject, "jit"),
        "vmap": law_mark(subject, "vmap"),
        "verdict": plain(verdict(subject)),
        "status": subject.status,
        "figure": figure,
        "image": None if figure is None else base64.b64encode(figure.encode()).decode(),
        "worst": sorted(subject.samples, key=lambda s: (-_ratio(s.error, s.bound), s.x))[:10],
        "findings": [
            {
                "code": f.code,
                "status": f.status,
                "head": head(f),
                "message": plain(f.message),
                "rows": details(f),
            }
            for f in subject.findings
        ],
        "unverified": [law.law for law in subject.laws if law.status is Status.UNVERIFIED],
    }


def _ratio(error: float, bound: float) -> float:
    return error / bound if bound > 0 else float("inf") if error else 0.0


def slug_of(name: str) -> str:
    """A file name for a subject: readable, safe on every system, and no other subject's."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[-60:]
    return f"{readable or 'subject'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
