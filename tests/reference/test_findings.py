"""Findings are data: they go to JSON and back, and add up to the gate's last line."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from verax.language.program import SourceLine
from verax.reference.findings import Blame, Finding, Status, Tally, location_of, worst

# The fields that every finding has; the type says that the others may join them.
_PLAIN: dict[str, Any] = {
    "code": "VX101",
    "subject": "losses.py::huber",
    "law": "value",
    "message": "It is wrong.",
}


def test_a_finding_survives_json_with_infinities_and_enums() -> None:
    finding = Finding(
        **_PLAIN, error=float("inf"), bound=2.5, count=7, worst_input=("0x1p+0",), blame=Blame.RULE
    )
    assert Finding.from_json(json.loads(json.dumps(finding.to_json(), allow_nan=False))) == finding


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "no field 'colour'"),
        ({"message": 3}, "`message` of a finding must be a string"),
        ({"error": "much"}, "`error` of a finding must be a number"),
        ({"count": 1.5}, "`count` of a finding must be an integer"),
        ({"worst_input": "0x1p+0"}, "`worst_input` of a finding must be a list"),
        ({"status": "red"}, "'red' is not a valid Status"),
    ],
)
def test_a_broken_finding_is_refused_with_the_field_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Finding.from_json({**_PLAIN, **change})


def test_a_finding_without_its_message_is_refused() -> None:
    with pytest.raises(ValueError, match="must have code, subject, law and message"):
        Finding.from_json({"code": "VX101"})


def test_the_tally_reads_as_the_gates_last_line() -> None:
    tally = Tally.of([Status.HOLD, Status.HOLD, Status.FINDING]) + Tally(notes=1)
    assert str(tally) == "2 hold, 1 findings, 0 unverified, 0 ambiguous, 1 notes"
    assert tally.checked == 4


@pytest.mark.parametrize(
    ("tally", "code", "strict"),
    [
        (Tally(), 5, 5),
        (Tally(hold=1), 0, 0),
        (Tally(hold=1, notes=1), 0, 1),
        (Tally(hold=1, ambiguous=1), 0, 1),
        (Tally(hold=1, unverified=1), 1, 1),
        (Tally(findings=1), 1, 1),
    ],
)
def test_exit_codes(tally: Tally, code: int, strict: int) -> None:
    assert tally.exit_code() == code
    assert tally.exit_code(strict=True) == strict


def test_the_gravest_status_sums_up_several() -> None:
    assert worst([Status.HOLD, Status.NOTE, Status.UNVERIFIED]) is Status.UNVERIFIED
    assert worst([]) is Status.HOLD


def test_notes_and_ambiguous_results_do_not_fail_a_gate() -> None:
    assert not Finding(**_PLAIN, status=Status.NOTE).fails
    assert Finding(**_PLAIN, status=Status.UNVERIFIED).fails


def test_a_location_holds_no_path_of_the_machine() -> None:
    inside = SourceLine(os.path.join(os.getcwd(), "examples", "losses.py"), 12, "huber")
    outside = SourceLine(os.path.join(os.path.dirname(os.getcwd()), "elsewhere", "secret.py"), 3, "f")
    assert location_of(inside) == "examples/losses.py:12"
    assert location_of(outside) == "secret.py:3"
    assert location_of(None) == ""


def test_a_finding_prints_its_error_its_bound_and_its_mend() -> None:
    text = str(Finding(**_PLAIN, error=12.25, bound=0.5, mend="Use log1p.", location="losses.py:3"))
    assert text.splitlines()[0].startswith("losses.py:3: VX101 losses.py::huber [value]")
    assert "12.2 ULP (allowed 0.5)" in text
    assert "mend: Use log1p." in text
