"""Ignores on the line: what they silence, what they must say, and what becomes of them when they are stale."""

from pathlib import Path

import pytest

from verax.ci.ignores import apply_ignores, read_ignores, stale
from verax.ci.targets import Found
from verax.language.errors import UsageError
from verax.reference.findings import Finding

SOURCE = """
def loss(  # verax: ignore[VX203] its second derivative is not used
    x,
):
    y = x * 2  # verax: ignore[VX7, VX101]
    return y


def text():
    return "# verax: ignore[VX1] is no comment"
"""
LOSS = Found("m.py", "m.py::loss", "m::loss", "m.py", 2, (2, 6), 4)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    found = tmp_path / "m.py"
    found.write_text(SOURCE)
    return found


def finding(code: str, location: str, subject: str = "m.py::loss") -> Finding:
    return Finding(code=code, subject=subject, law="value", message="It is wrong.", location=location)


def test_comments_are_read_with_their_reason(path: Path) -> None:
    head, line = read_ignores(str(path))
    assert (head.line, head.codes, head.reason) == (2, ("VX203",), "its second derivative is not used")
    assert (line.location, line.codes, line.reason) == ("m.py:5", ("VX7", "VX101"), "")


@pytest.mark.parametrize(
    ("found", "is_silenced"),
    [
        (finding("VX203", "m.py:2"), True),
        (finding("VX203", "m.py:5"), True),  # from the head: all that is said of the function
        (finding("VX203", ""), True),
        (finding("VX201", "m.py:2"), False),
        (finding("VX101", "m.py:5"), True),
        (finding("VX701", "m.py:5"), True),
        (finding("VX101", "m.py:6"), False),
        (finding("VX101", "other.py:5"), False),
        (finding("VX203", "m.py:9", "m.py::text"), False),
    ],
)
def test_an_ignore_silences_its_codes_at_its_place(path: Path, found: Finding, is_silenced: bool) -> None:
    ignores = read_ignores(str(path))
    stay, silenced, used = apply_ignores([found], ignores, [LOSS])
    assert (silenced == [found], stay == [found]) == (is_silenced, not is_silenced)
    assert bool(used) is is_silenced


def test_an_ignore_that_silences_nothing_is_a_finding(path: Path) -> None:
    ignores = read_ignores(str(path))
    _, _, used = apply_ignores([finding("VX203", "m.py:2")], ignores, [LOSS])
    [told] = stale(ignores, used, [LOSS])
    assert (told.code, told.location, told.subject) == ("VX909", "m.py:5", "m.py::loss")
    assert "VX7, VX101" in told.message


def test_ignores_of_functions_that_were_not_judged_are_let_alone(path: Path) -> None:
    assert stale(read_ignores(str(path)), set(), []) == []


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# verax: ignore", "without saying what"),
        ("# verax: ignore[]", "without saying what"),
        ("# verax: ignore[VX777]", "names the rule 'VX777'"),
        ("# verax: ignore[VX902]", r"\(VX9\) without a reason"),
        ("#verax:ignore[VX1,VX903] -", r"\(VX9\) without a reason"),
    ],
)
def test_a_comment_must_say_what_and_sometimes_why(path: Path, comment: str, told: str) -> None:
    path.write_text(f"x = 1  {comment}\n")
    with pytest.raises(UsageError, match=told) as caught:
        read_ignores(str(path))
    assert "m.py:1" in str(caught.value)
