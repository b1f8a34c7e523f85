"""The benchmark runs, compares what it says it compares, and its ratios are ratios."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FIRST = BENCHMARKS / "first.py"
REFERENCE = BENCHMARKS / "reference.py"


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


def test_the_reference_stands_beside_loops_and_the_report_is_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "reference.md"
    small = "--turns 2 --scale 0.03 --product 20 --batch 1 --size 16 --width 0.0625"
    monkeypatch.setattr(sys, "argv", ["reference.py", *small.split(), "--record", str(file)])
    found = runpy.run_path(str(REFERENCE), run_name="__main__")
    said = capsys.readouterr().out

    for name in found["subjects"](0.03):
        rows = [line for line in said.splitlines() if line.startswith(name)]
        assert [row.split()[-6:-5] for row in rows] == [["mpmath"], ["Arb"]][: len(rows)]
    assert "20 elements of a 20 x 20 product: " in said
    assert "one training step of a ResNet-18, batch 1, 16 x 16, 0.0625 of its width: " in said
    assert said.splitlines()[-1].startswith("Missed: ")
    assert file.read_text(encoding="utf-8").startswith(found["HEADING"])


def test_the_reference_and_the_loops_compute_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    names = runpy.run_path(str(REFERENCE))
    for subject in names["subjects"](0.03).values():
        runs = names["contestants"](subject)
        rounded = {who: _doubles(run()) for who, run in runs.items()}
        assert all(numbers == rounded["mpmath"] for numbers in rounded.values())


def _doubles(found: list[Any]) -> list[float]:
    """The nearest doubles of what a contestant gives: an array of the reference, or a list of numbers."""
    scalars = found[0].scalars if hasattr(found[0], "scalars") else found
    return [float(getattr(s, "value", s)) for s in scalars]
