"""The pytest plugin: items for functions and laws, their failures, the summary, fake devices."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

# Installed, the plugin loads itself; from a working tree it is named.
INSTALLED = any(e.name == "verax" for e in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "verax.property_tests.plugin")

SUBJECTS = """
from __future__ import annotations
from typing import Annotated
from annotated_types import Interval
from jaxtyping import Float32
import verax.numpy as vnp
from verax import Array

def doubled(x: Float32[Array, "n"]) -> Float32[Array, "n"]:
    return x * 2

def wrong_shape(x: Float32[Array, "n k"]) -> Float32[Array, "n"]:
    return vnp.sum(x, axis=0)

def untyped(x: Float32[Array, "n"], y): ...
"""


@pytest.fixture
def mine(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(subjects_of_mine=SUBJECTS)
    pytester.makeini("[pytest]\nfilterwarnings = error\nmarkers =\naddopts = --strict-markers\n")
    return pytester


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*PLUGIN, "--verax-examples=8", *args)


def outcomes(result: pytest.RunResult) -> dict[str, int]:
    return {k: v for k, v in result.parseoutcomes().items() if k != "seconds"}


FAST = "returns or contract or purity or determinism or jit or inputs"


def test_one_item_for_each_function_and_law(mine: pytest.Pytester) -> None:
    result = run(mine, "--verax", "subjects_of_mine.py", "--collect-only", "-q")

    lines = [line for line in result.outlines if "::" in line]
    assert "subjects_of_mine.py::doubled::value" in lines
    assert "subjects_of_mine.py::doubled::second derivative" in lines
    assert "subjects_of_mine.py::untyped::inputs" in lines
    assert len(lines) == 9 + 9 + 1


def test_a_broken_law_fails_with_its_finding_and_the_rest_pass(mine: pytest.Pytester) -> None:
    result = run(mine, "--verax", "subjects_of_mine.py", "-k", FAST)

    assert outcomes(result) == {"passed": 9, "failed": 2, "deselected": 8}
    result.stdout.fnmatch_lines(
        [
            "*VX401 subjects_of_mine.py::wrong_shape*promises float32[[]n[]], and the result is float32*",
            "*VX901 subjects_of_mine.py::untyped*`y` of `untyped` has no annotation*",
            "verax: 9 hold, 1 findings, 1 unverified, 0 ambiguous, 0 notes",
        ],
        consecutive=False,
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in result.stdout.str()


def test_it_is_the_same_under_two_workers(mine: pytest.Pytester) -> None:
    result = run(mine, "--verax", "subjects_of_mine.py", "-k", FAST, "-n", "2")

    assert outcomes(result) == {"passed": 9, "failed": 2}
    result.stdout.fnmatch_lines(["verax: 9 hold, 1 findings, 1 unverified, 0 ambiguous, 0 notes"])


def test_a_function_and_a_law_are_selected_by_node(mine: pytest.Pytester) -> None:
    result = run(
        mine, "--verax", "subjects_of_mine.py::doubled::jit", "subjects_of_mine.py::doubled::contract"
    )

    assert outcomes(result) == {"passed": 2}


def test_a_module_is_named_as_such(mine: pytest.Pytester) -> None:
    mine.syspathinsert()

    assert outcomes(run(mine, "--verax", "subjects_of_mine", "-k", "doubled and jit"))["passed"] == 1


def test_test_files_stay_test_files(mine: pytest.Pytester) -> None:
    mine.makepyfile(test_mine="def test_plain(): pass\n")

    assert outcomes(run(mine, "--verax", "test_mine.py")) == {"passed": 1}
    assert outcomes(run(mine, "test_mine.py")) == {"passed": 1}
    assert "verax:" not in run(mine, "test_mine.py").stdout.str()


def test_a_file_that_raises_is_a_collection_error_in_a_sentence(mine: pytest.Pytester) -> None:
    mine.makepyfile(broken="1 / 0\n")
    result = run(mine, "--verax", "broken.py")

    assert outcomes(result) == {"errors": 1}
    result.stdout.fnmatch_lines(["*raises when it is imported: ZeroDivisionError*"])


def test_numbers_go_to_junit(mine: pytest.Pytester) -> None:
    run(mine, "--verax", "subjects_of_mine.py", "-k", "wrong_shape and contract", "--junitxml=report.xml")
    found = {p.get("name"): p.get("value") for p in ET.parse(mine.path / "report.xml").iter("property")}

    assert found["verax.status"] == "finding"
    assert found["verax.codes"] == "VX401"
    assert found["verax.inputs"] == "8"
    assert str(found["verax.worst_input"]).startswith("float32[")


def test_last_failed_runs_only_those(mine: pytest.Pytester) -> None:
    run(mine, "--verax", "subjects_of_mine.py", "-k", FAST)

    assert outcomes(run(mine, "--verax", "subjects_of_mine.py", "--lf"))["failed"] == 2


MESH = """
import pytest
from verax import devices

@pytest.mark.fake_devices(3)
def test_marked():
    assert len(devices()) == 3

def test_fixture(fake_devices):
    with fake_devices(5):
        assert len(devices()) == 5

@pytest.mark.fake_devices(2)
@pytest.mark.parametrize("n", [1, 4])
def test_nested(fake_devices, n):
    with fake_devices(n):
        assert len(devices()) == n
    assert len(devices()) == 2

@pytest.mark.fake_devices(mesh={"data": 4, "model": 2}, schedule=1)
def test_marked_with_axes():
    assert len(devices()) == 8

class TestClass:
    @pytest.mark.fake_devices(6)
    def test_method(self):
        assert len(devices()) == 6

@pytest.mark.fake_devices(2)
def test_fails():
    raise ValueError("mine")

def test_after():
    assert not any(d.platform == "fake" for d in devices())
"""


def test_marks_and_fixture_make_meshes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_mesh=MESH)
    result = run(pytester, "test_mesh.py", "--strict-markers")

    assert outcomes(result) == {"passed": 7, "failed": 1}
    result.stdout.fnmatch_lines(["E*ValueError: mine"])


def test_a_profile_is_loaded_into_hypothesis(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_profile="from hypothesis import settings\ndef test(): assert settings().max_examples == 200\n"
    )

    assert outcomes(run(pytester, "--verax-profile=nightly", "test_profile.py")) == {"passed": 1}


def test_unused_it_imports_nothing_of_verax(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_light=(
            "import sys\ndef test():\n"
            "    rooms = {'.'.join(m.split('.')[:2]) for m in sys.modules if m.startswith('verax.')}\n"
            "    assert rooms <= {'verax.language', 'verax.property_tests'}\n"
            "    assert not {'mpmath', 'optree', 'hypothesis.strategies'} & set(sys.modules)\n"
        )
    )

    assert outcomes(run(pytester, "-p", "no:hypothesispytest", "test_light.py")) == {"passed": 1}


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_plain="def test(): pass\n")
    result = pytester.runpytest_subprocess("-p", "no:verax", "test_plain.py")

    assert outcomes(result) == {"passed": 1}
