"""`python -m verax.property_tests.laws`: counts what it checks, keeps what fails, and finds a planted fault."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from verax.fast.rules import jvp
from verax.language.errors import UsageError
from verax.property_tests.laws import __main__ as command
from verax.property_tests.laws.__main__ import keep, known_failures, tasks_of
from verax.property_tests.laws.record import Run
from verax.property_tests.laws.trying import Outcome, Task, safely, tried
from verax.property_tests.laws.workers import Crashed, Hung, answers


def test_failures_are_kept_and_come_back(tmp_path: Path) -> None:
    failed = [
        Task("primitive", "log", 3, 8),
        Task("program", "", 4, 8, "gpu"),
        Task("primitive", "log", 3, 8),
    ]
    keep(tmp_path / ".verax", failed)

    assert known_failures(tmp_path / ".verax") == failed[:2]
    assert (tmp_path / ".verax" / ".gitignore").read_text() == "*\n"
    assert known_failures(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '[{"kind": "primitive"}]', "[1]"])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "laws-failures.json").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match="must be a list of tasks, and cannot be read"):
        known_failures(tmp_path)


def test_tasks_cover_the_catalogue_and_never_end() -> None:
    tasks = list(itertools.islice(tasks_of(0, 8), 600))

    assert {t.name for t in tasks if t.kind == "primitive"} >= set(command.primitive_names())
    assert len({(t.kind, t.name, t.seed) for t in tasks}) == len(tasks)


def test_a_fault_of_the_harness_is_a_disagreement() -> None:
    outcome = safely(Task("primitive", "no such primitive", 0, 8))

    assert "raised KeyError" in outcome.disagreements[0][1]
    assert safely(Task("primitive", "neg", 0, 6)).disagreements == []


def answer_of(task: str) -> str:
    """What the workers of the next test run."""
    if task == "hang":
        time.sleep(60)
    if task == "crash":
        os._exit(7)
    return task.upper()


def test_a_worker_that_hangs_or_crashes_is_replaced() -> None:
    tasks = ["a", "hang", "b", "crash", "c", "d"]
    found = dict(answers(answer_of, iter(tasks), 2, 3.0))

    assert found == {"a": "A", "hang": Hung(), "b": "B", "crash": Crashed(7), "c": "C", "d": "D"}


def test_outcomes_add_up() -> None:
    total = Outcome()
    for name in ("neg", "add"):
        total.add(tried(Task("primitive", name, 0, 6)))

    assert total.functions == 2
    assert total.inputs == 12
    assert total.total == sum(total.checks.values()) > 100


def test_a_planted_fault_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(Task("primitive", "sin", 1, 6)).disagreements == []
    monkeypatch.setitem(jvp.JVP, "sin", jvp.JVP["cos"])

    found: list[tuple[Any, str]] = tried(Task("primitive", "sin", 1, 6)).disagreements
    assert any("[gradient]" in text for _, text in found)


def test_the_command_prints_its_count(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "-m", "verax.property_tests.laws"),
            *("--checks", "300", "--seed", "5", "--record", "pages"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " checks of " in done.stdout
    assert "0 disagreements" in done.stdout
    (page,) = (tmp_path / "pages").iterdir()
    assert f"recorded in {Path('pages') / page.name}" in done.stdout
    assert page.name.endswith("-seed-5.md")
    assert "**0 disagreements**, 0 unverified" in page.read_text(encoding="utf-8")


def test_a_record_names_what_disagreed_and_what_was_left() -> None:
    task = Task("primitive", "sin", 1, 6)
    outcome = Outcome(disagreements=[(task, "VX201 wrong\nmore")], unverified=["VX905 unknown"], slow=[task])
    page = Run(outcome, 7, 1.5, 2, "cpu").page(dt.date(2026, 1, 2))

    assert page.startswith("# The laws on 2026-01-02\n")
    assert "--seed 7 --processes 2 --device cpu`" in page
    assert "## Disagreements\n\n- VX201 wrong\n\n## Unverified\n\n- VX905 unknown\n" in page
    assert "## Left for want of time\n\n- Task(kind='primitive', name='sin'" in page


def test_an_unknown_profile_is_a_usage_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "verax.property_tests.laws", "--profile", "hourly"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "'hourly' is not one of 'dev', 'ci', 'nightly'" in done.stderr
