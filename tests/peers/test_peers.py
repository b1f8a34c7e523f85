"""The libraries' tests: what a run is held against, what is kept of it, and what it says where it falls short."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.peers import chex_like
from tests.peers.baseline import FOLDER, baseline, written
from tests.peers.baseline import read as read_ids
from tests.peers.compare import Run, result, shortcomings
from tests.peers.compatibility import grouped, page, pinned, record
from tests.peers.libraries import JRAPH_UTILS_LEAST, LIBRARIES, Library
from tests.peers.outcomes import VARIABLE, cause
from tests.peers.run import Found, ended, executed, outcomes

HERE = Path(__file__).parent
LIBRARY = Library("some", "some-wheel", 10, 0.9)
IDS = [f"some/x_test.py::Test::test_{i}" for i in range(10)]
PASSED = [Found(i, "passed", "") for i in IDS]

TESTS = """
import pytest, unittest
def test_good(): pass
def test_bad(): assert [object()] == 3
def test_skipped(): pytest.skip("no such thing")
class TestParts(unittest.TestCase):
    def test_one_part_fails(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
"""


def run_pytest(folder: Path, text: str) -> Path:
    (folder / "some_test.py").write_text(text)
    journal = folder / "journal.jsonl"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.peers.outcomes", "-p", "no:cacheprovider"]
    subprocess.run(
        [*command, f"--rootdir={folder}", "-c", os.devnull, "some_test.py"],
        cwd=folder,
        env={
            **os.environ,
            VARIABLE: str(journal),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(HERE.parents[1]),
        },
        check=False,
        capture_output=True,
    )
    return journal


def test_each_tests_outcome_is_written_with_its_cause_on_a_line(tmp_path: Path) -> None:
    found = {one.id.rpartition("::")[2]: one for one in outcomes(run_pytest(tmp_path, TESTS))}
    assert {name: one.outcome for name, one in found.items()} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_skipped": "skipped",
        "test_one_part_fails": "failed",
    }
    assert found["test_bad"].cause == "assert [<object object at 0x...>] == 3"
    assert found["test_skipped"].cause == "Skipped: no such thing"
    assert "1 == 1" in found["test_one_part_fails"].cause


def test_a_file_that_cannot_be_imported_has_a_line(tmp_path: Path) -> None:
    (found,) = outcomes(run_pytest(tmp_path, "import no_such_library"))
    assert found == ("some_test.py", "not imported", "ModuleNotFoundError: No module named 'no_such_library'")


def test_causes_are_short_and_name_no_folder_of_this_machine() -> None:
    assert cause("a\n  b at 0x7f00aa55aa55") == "a b at 0x..."
    assert cause("in /home/who/env/lib/python3.11/site-packages/optax/x.py") == "in optax/x.py"
    assert len(cause("x" * 1000)) < 250


def test_a_journal_that_was_cut_off_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    line = json.dumps({"id": "a", "outcome": "passed", "cause": ""}) + "\n"
    path.write_text(line + line[:9])
    assert [one.id for one in outcomes(path)] == ["a"]
    assert ended(path) == ""
    said = "x\nverax.as_jax: 12 primitives executed by Verax.\n"
    path.write_text(line + json.dumps({"ended": "1", "seconds": "2", "said": said}) + "\n")
    assert (ended(path), executed(path)) == ("1", 12)
    assert executed(tmp_path / "absent.jsonl") == 0


def test_ids_are_written_and_read_alike() -> None:
    ids = ["b_test.py::T::test_1", "a_test.py::test_x[1 - 2]", "a_test.py::T::test_(a, b)"]
    assert read_ids(written(ids, "w")) == sorted(ids)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_a_baseline_has_all_that_is_asked_and_no_id_twice(name: str) -> None:
    ids = baseline(name)
    assert len(ids) == len(set(ids)) >= LIBRARIES[name].least
    assert all(re.fullmatch(rf"{name}/\S+_test\.py::\S.*", one) for one in ids)


def test_a_library_without_a_baseline_falls_short() -> None:
    assert baseline("no_such_library") == []


def test_the_page_has_a_row_for_each_library_and_each_cause() -> None:
    rlax = LIBRARIES["rlax"]
    found = [
        Found("x_test.py::test_a", "failed", "5 | 3"),
        Found("x_test.py::test_b", "skipped", "default_prng_impl"),
    ]
    failing = result(rlax, ["x_test.py::test_a", "x_test.py::test_b", "x_test.py::test_c"], found).failing
    run = Run([result(rlax, IDS, PASSED)._replace(failing=failing)], [Found("y", "passed", "")], 7)
    text = page(run, dt.date(2026, 1, 2))
    assert f"| rlax | {pinned('rlax')} | 7 | 10 | 70.0% | 97% of at least 730 |" in text
    assert "| `` 5 \\| 3 `` | 1: `` x_test.py: test_a `` |" in text
    assert (
        "| Threefry is the one generator that there is: `` skipped: default_prng_impl `` | 1: `` x_test.py: test_b `` |"
        in text
    )
    assert "1 of 1 pass, 80 are asked for" in text
    assert f"| haiku | {pinned('dm-haiku')} | not run whole yet |" in text


def test_the_record_counts_every_outcome_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    said = [
        {"id": i, "outcome": o, "cause": ""} for i, o in (("a", "passed"), ("b", "failed"), ("c", "passed"))
    ]
    path.write_text(
        "".join(json.dumps(x) + "\n" for x in [*said, {"ended": "1", "seconds": "2.5", "said": ""}])
    )
    assert record([("x_test.py", path)], 3, dt.date(2026, 1, 2)).endswith(
        "| x_test.py | 1 failed, 2 passed | 2.5 |\n"
    )


def test_a_run_that_has_all_that_is_asked_falls_short_of_nothing() -> None:
    assert shortcomings([result(LIBRARY, IDS, PASSED)], JRAPH_UTILS_LEAST, 1) == []


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        (Found(IDS[0], "failed", "because"), "failed"),
        (Found(IDS[0], "skipped", "Skipped: why"), "skipped"),
        (Found("some/x_test.py", "not imported", "no module"), "not imported"),
        (None, "not run"),
    ],
)
def test_an_id_that_did_not_pass_has_failed_whatever_happened(worse: Found | None, why: str) -> None:
    found = result(LIBRARY, IDS, [*PASSED[2:], *([worse] if worse else []), *PASSED[1:2]])
    assert [(one.id, one.outcome) for one in found.failing] == [(IDS[0], why)]
    assert found.passed == 9


def test_what_falls_short_is_said() -> None:
    short = result(LIBRARY, IDS, PASSED[2:])
    (line,) = shortcomings([short], JRAPH_UTILS_LEAST, 1)
    assert line == "some: 8 of 10 pass, 90% are asked for."
    (line,) = shortcomings([result(LIBRARY, IDS[:9], PASSED)], JRAPH_UTILS_LEAST, 1)
    assert line == "some: the baseline has 9 ids, at least 10 are asked for."
    lines = shortcomings([], JRAPH_UTILS_LEAST - 1, 0)
    assert "80 are asked for" in lines[0]
    assert lines[1] == "Verax executed no primitive: the tests did not run on it."


def test_causes_that_differ_in_numbers_are_one() -> None:
    found = [
        Found("a", "failed", "off by 1.5"),
        Found("b", "failed", "no"),
        Found("c", "failed", "off by 22"),
    ]
    assert grouped(found) == [("off by 1.5", ["a", "c"]), ("no", ["b"])]


def test_a_package_that_stands_for_jax_raises(tmp_path: Path) -> None:
    for name in ("jax", "jaxlib"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {name}"],
            env={**os.environ, "PYTHONPATH": str(HERE / "raising" / name)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"ImportError: {name} itself was imported" in done.stderr


def test_chexs_tests_on_chex_like_are_held_to_two_shares() -> None:
    inner = [f"chex/_src/asserts_internal_test.py::T::test_{i}" for i in range(10)]
    ids = [f"chex/_src/asserts_test.py::T::test_{i}" for i in range(600)] + inner
    parts = chex_like.parted(ids)
    assert [len(part) for part in parts.values()] == [600, 10]

    def run(failing: int, apart: int) -> list[str]:
        passed = [Found(one, "passed", "") for one in [*ids[failing:600], *inner[apart:]]]
        return chex_like.shortcomings({name: result(LIBRARY, part, passed) for name, part in parts.items()})

    assert run(30, 2) == []
    assert run(31, 2) == ["chex_like: 569 of 600 pass, 95% are asked for."]
    assert run(30, 3) == ["chex_like, apart: 7 of 10 pass, 80% are asked for."]
    few = {
        name: result(LIBRARY, part[:5], [Found(one, "passed", "") for one in ids])
        for name, part in parts.items()
    }
    assert chex_like.shortcomings(few) == ["The baseline has 10 ids, at least 560 are asked for."]
