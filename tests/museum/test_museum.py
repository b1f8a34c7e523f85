"""Correct code passes, and the known-wrong code is told: no false alarm, and no miss, on what people met."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from .case import Case

HERE = Path(__file__).parent
NAMES = sorted(file.stem for file in HERE.glob("*.py") if file.stem not in {"case", "test_museum"})


def case_of(name: str) -> Case:
    """The case in a file of this folder."""
    found: Case = importlib.import_module(f".{name}", __package__).CASE
    return found


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Capsules are written in the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_correct_code_passes(name: str) -> None:
    case = case_of(name)
    case.hold(case.right, case.args)


@pytest.mark.parametrize("name", NAMES)
def test_the_known_fault_is_told(name: str) -> None:
    case = case_of(name)
    with pytest.raises(AssertionError, match=f"(?s){case.says}"):
        case.hold(case.wrong, case.args if case.others is None else case.others)


def test_there_are_60_cases_each_with_its_source() -> None:
    cases = [case_of(name) for name in NAMES]
    assert len(cases) >= 60
    for name, case in zip(NAMES, cases, strict=True):
        assert re.fullmatch(r"https://github.com/[\w.-]+/[\w.-]+/(issues|pull)/\d+", case.source)
        assert len((HERE / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 50
