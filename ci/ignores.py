"""Ignores on the line: `# verax: ignore[VX203] reason`, on the definition's line or on the guilty one.

What was not checked (VX9) is ignored only with a reason. An ignore that silences nothing is a finding.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..language.errors import UsageError
from ..property_tests.rules import RULES
from ..reference.findings import Blame, Finding, relative_name
from .configuration import check_code
from .targets import Found

_COMMENT = re.compile(r"#\s*verax:\s*ignore\s*(?:\[(?P<codes>[^\]]*)\])?(?P<reason>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment.

    Attributes:
        file: the file that it stands in, relative to the working directory where it can be.
        line: its line.
        codes: what it silences.
        reason: why.
    """

    file: str
    line: int
    codes: tuple[str, ...]
    reason: str

    @property
    def location(self) -> str:
        """Where it stands, as "file:line"."""
        return f"{self.file}:{self.line}"


def read_ignores(path: str) -> list[Ignore]:
    """The ignores of a file.

    Raises:
        UsageError: one names no code, an unknown code, or gives no reason where one is needed.
    """
    try:
        with tokenize.open(path) as file:
            comments = [
                (token.start[0], token.string)
                for token in tokenize.generate_tokens(file.readline)
                if token.type == tokenize.COMMENT
            ]
    except (OSError, SyntaxError, UnicodeDecodeError, tokenize.TokenError):
        return []  # a subject without a readable source has no comments either
    return [ignore for line, text in comments if (ignore := _ignore(relative_name(path), line, text))]


def _ignore(file: str, line: int, comment: str) -> Ignore | None:
    match = _COMMENT.search(comment)
    if match is None:
        return None
    where = f"{file}:{line}"
    codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
    if not codes:
        raise UsageError(f"{where} ignores without saying what. Write `# verax: ignore[VX203] reason`.")
    for code in codes:
        check_code(code, where)
    reason = match["reason"].strip(" :-")
    if any(code.startswith("VX9") for code in codes) and not reason:
        raise UsageError(
            f"{where} ignores what was not checked (VX9) without a reason. "
            f"Write `# verax: ignore[{codes[0]}] why that is right`."
        )
    return Ignore(file, line, codes, reason)


def apply_ignores(
    findings: Iterable[Finding], ignores: Sequence[Ignore], places: Sequence[Found]
) -> tuple[list[Finding], list[Finding], set[Ignore]]:
    """The findings that stay, those that an ignore silences, and the ignores that did so.

    An ignore silences what points at its line, and, from a line of a definition's head, all that is
    said of that function.
    """
    heads = {place.subject: place for place in places}
    stay: list[Finding] = []
    silenced: list[Finding] = []
    used: set[Ignore] = set()
    for finding in findings:
        hits = [i for i in ignores if _reaches(i, finding, heads.get(finding.subject))]
        used.update(hits)
        (silenced if hits else stay).append(finding)
    return stay, silenced, used


def _reaches(ignore: Ignore, finding: Finding, place: Found | None) -> bool:
    if not any(finding.code.startswith(code) for code in ignore.codes):
        return False
    if finding.location == ignore.location:
        return True
    return place is not None and place.file == ignore.file and place.lines[0] <= ignore.line <= place.head


def stale(ignores: Sequence[Ignore], used: set[Ignore], places: Sequence[Found]) -> list[Finding]:
    """A finding for each ignore inside the judged functions that silenced nothing."""
    found = []
    for ignore in ignores:
        inside = [p for p in places if p.file == ignore.file and p.lines[0] <= ignore.line <= p.lines[1]]
        if inside and ignore not in used:
            codes = ", ".join(ignore.codes)
            found.append(
                Finding(
                    code="VX909",
                    subject=inside[0].subject,
                    law="ignores",
                    message=f"The ignore of {codes} silences nothing: {RULES[_first(ignore)].title} no more.",
                    blame=Blame.SUBJECT,
                    mend="Remove the comment.",
                    location=ignore.location,
                )
            )
    return found


def _first(ignore: Ignore) -> str:
    return min(code for code in RULES if code.startswith(ignore.codes[0]))
