"""Outputs: each format says the same, escapes what it is given, and keeps within its service's limits."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from verax.ci.configuration import Configuration
from verax.ci.gate import SCHEMA, GateReport
from verax.ci.outputs import NAMES, Output
from verax.language.errors import UsageError
from verax.property_tests.outcomes import LawOutcome, Sample, SubjectReport, Worst
from verax.reference.findings import Blame, Finding, Status

HOSTILE = "m.py::\x1b[31m[bold]<script>|`%\n"


def finding(status: Status = Status.FINDING, number: int = 0) -> Finding:
    return Finding(
        code="VX701",
        subject=HOSTILE,
        law="value",
        message=f"The formula, number {number}, overflows: 100% of it.\x07",
        status=status,
        blame=Blame.FORMULA,
        mend="Use logaddexp.",
        location="m.py:3",
        worst_input=("float32[1] 0x1.9p+6", "float32[] 0x0.0p+0"),
        error=float("inf"),
        bound=2.5,
        output="out[0]",
        equation="c = exp b",
        capsule="VX701-m.json",
    )


def judged(findings: int = 1) -> GateReport:
    told = tuple(finding(number=i) for i in range(findings))
    laws = (
        LawOutcome("value", Status.FINDING if findings else Status.HOLD, 40, 12),
        LawOutcome("jit", Status.HOLD, 40, 12),
    )
    return GateReport(
        schema=SCHEMA,
        verax="0.1.0",
        environment={"python": "3.11"},
        targets=("m.py",),
        configuration=Configuration(),
        subjects=(
            SubjectReport(
                subject=HOSTILE,
                location="m.py:1",
                findings=told,
                laws=laws,
                value=Worst(float("inf"), 2.5),
                gradient=Worst(0.75, 3.0),
                inputs=40,
                edges=12,
                samples=(Sample(1.0, float("nan"), float("inf")),),
            ),
        ),
    )


def written(name: str, report: GateReport) -> str:
    stream = io.StringIO()
    Output(name).write(report, stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("json", "junit", "sarif")])
def test_the_last_line_is_the_tally(name: str) -> None:
    last = written(name, judged()).rstrip("\n").splitlines()[-1]
    assert last == "1 hold, 1 findings, 0 unverified, 0 ambiguous, 0 notes"


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_drives_no_terminal(name: str) -> None:
    assert "\x1b[31m" not in written(name, judged())


def test_the_table_tells_a_row_and_a_finding_in_full() -> None:
    text = written("table", judged())
    for told in (
        "[bold]<script>",
        "inf > 2.5",
        "0.75 <= 3",
        "40 (12)",
        "FINDING VX701",
        "(formula)",
        "m.py:3",
        "0x1.9p+6",
        "c = exp b",
        "Use logaddexp.",
        "verax replay .verax/capsules/VX701-m.json",
    ):
        assert told in text


def test_json_has_no_number_that_json_lacks() -> None:
    data = json.loads(written("json", judged()), parse_constant=pytest.fail)
    assert data["exit_code"] == 1
    assert data["tally"] == {"hold": 1, "findings": 1, "unverified": 0, "ambiguous": 0, "notes": 0}
    assert data["subjects"][0]["findings"][0]["error"] == "inf"
    assert data["subjects"][0]["samples"][0] == {"x": 1.0, "error": "nan", "bound": "inf", "output": 0}


def test_github_counts_what_it_would_not_show() -> None:
    lines = written("github", judged(25)).splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert lines[9] == "::error title=verax::16 more: see the log of this step."
    assert lines[0].startswith("::error title=verax VX701,file=m.py,line=3::m.py")
    assert "100%25 of it" in lines[0]
    assert "%0AMend: Use logaddexp." in lines[0]


def test_markdown_is_text_and_stays_below_the_limit() -> None:
    text = written("markdown", judged(4000))
    assert "<script>" not in text
    assert len(text.encode()) < 2**20
    assert "more findings" in text


def test_junit_is_well_formed_and_has_a_case_for_each_judgement() -> None:
    suite = ET.fromstring(written("junit", judged())).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in suite.iter("testcase")] == ["value", "jit"]
    [failure] = suite.iter("failure")
    assert failure.get("type") == "VX701"


def test_sarif_names_rule_place_and_a_stable_identity() -> None:
    [one] = json.loads(written("sarif", judged(1)))["runs"]
    [two] = json.loads(written("sarif", judged(1)))["runs"]
    [result] = one["results"]
    assert (result["ruleId"], result["level"]) == ("VX701", "error")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert [rule["id"] for rule in one["tool"]["driver"]["rules"]] == ["VX701"]
    assert one["results"] == two["results"]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    Output(f"json:{tmp_path / 'gate.json'}").write(judged())
    assert json.loads((tmp_path / "gate.json").read_text())["schema"] == SCHEMA
    assert [path.name for path in tmp_path.iterdir()] == ["gate.json"]


@pytest.mark.parametrize(
    ("text", "told"), [("yaml", "must be one of .*table"), ("json:no/such/folder/x.json", "needs the folder")]
)
def test_an_output_that_cannot_be_is_refused(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=told):
        Output(text)
