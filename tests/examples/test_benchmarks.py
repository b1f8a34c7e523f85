"""The benchmark runs, compares what it says it compares, and its ratios are ratios."""

import runpy
import sys
from pathlib import Path

import pytest

FIRST = Path(__file__).resolve().parents[2] / "benchmarks" / "first.py"


def test_every_program_is_compared_with_every_peer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["first.py", "--turns", "2"])
    found = runpy.run_path(str(FIRST), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    for program in found["PROGRAMS"]:
        assert sum(line.startswith(program) for line in lines) == len(found["PAIRS"])


def test_a_ratio_is_of_the_same_turn_and_its_middle_is_the_median() -> None:
    ratio = runpy.run_path(str(FIRST))["ratio"]
    middle, low, high = ratio([2.0, 40.0, 6.0], [1.0, 10.0, 2.0])
    assert middle == 3.0
    assert low <= middle <= high
