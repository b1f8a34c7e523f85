"""The benchmark runs, compares what it says it compares, and its ratios are ratios."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

FIRST = Path(__file__).resolve().parents[2] / "benchmarks" / "first.py"


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the benchmark defines."""
    return runpy.run_path(str(FIRST))


def test_every_program_is_compared_and_the_report_is_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "first.md"
    monkeypatch.setattr(
        sys, "argv", ["first.py", "--turns", "2", "--sizes", "1", "100", "--record", str(file)]
    )
    found = runpy.run_path(str(FIRST), run_name="__main__")
    said = capsys.readouterr().out

    lines = said.splitlines()
    beside, _, compiled = said.partition("time of jit over that of eager")
    for program in found["PROGRAMS"]:
        assert sum(line.startswith(program) for line in beside.splitlines()) == len(found["PAIRS"])
    for subject in found["subjects"]():
        assert sum(line.startswith(subject.ljust(28)) for line in compiled.splitlines()) == 1
    assert len(found["losses"]()) == 12
    assert lines[-1].startswith("Slower under jit than eager, beyond the spread: ")
    assert f"```text\n{said}```\n" in file.read_text(encoding="utf-8")


def test_a_record_stands_below_the_older_ones(names: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "first.md"
    names["record"](file, ["2026-01-01; x", "a"])
    older = file.read_text(encoding="utf-8")
    names["record"](file, ["2026-02-02; x", "b"])

    assert older.startswith(names["HEADING"])
    assert file.read_text(encoding="utf-8").startswith(older + "\n## 2026-02-02\n")


def test_a_ratio_is_of_the_same_turn_and_its_middle_is_the_median(names: dict[str, Any]) -> None:
    middle, low, high = names["ratio"]([2.0, 40.0, 6.0], [1.0, 10.0, 2.0])
    assert middle == 3.0
    assert low <= middle <= high


def test_what_is_slower_beyond_its_spread_is_named(names: dict[str, Any]) -> None:
    verdict = names["verdict"]
    ratios = {"neg at 1": (1.2, 1.1, 1.3), "exp at 1": (1.2, 0.9, 1.5)}

    assert verdict(ratios) == "Slower under jit than eager, beyond the spread: neg at 1 (1.20) of 2."
    del ratios["neg at 1"]
    assert verdict(ratios) == "Slower under jit than eager, beyond the spread: none of 1."
