"""Discovery: which functions of a module or file are subjects, and what is said when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verax.language.errors import UsageError
from verax.property_tests.subjects import Subject, discover, find, load, subject_of

SOURCE = '''
"""A module of subjects."""
from __future__ import annotations
import functools
from math import sqrt
from jaxtyping import Float32
import verax
from verax import Array

def total(x: Float32[Array, "n"]) -> Float32[Array, ""]:
    return x.sum()

def _private(x: Float32[Array, "n"]): ...

def helper(path): ...

class Model: ...

@verax.subject(name="renamed", gradient="declared")
def marked(x): ...

def half(x: Float32[Array, "n"], y): ...

@verax.custom_jvp
def custom(x: Float32[Array, "n"]) -> Float32[Array, "n"]:
    return x

@functools.wraps(total)
def wrapped(*args):
    return total(*args)
'''


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "subjects_of_mine.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def named(target: str) -> dict[str, Subject]:
    return {s.name.rpartition("::")[2]: s for s in discover(target)}


def test_annotated_and_marked_public_functions_are_subjects(file: Path) -> None:
    assert list(named(str(file))) == ["total", "renamed", "half", "custom", "wrapped"]


def test_a_subject_knows_its_name_place_and_mark(file: Path) -> None:
    found = named(str(file))

    assert found["total"].name == "subjects_of_mine.py::total"
    assert found["total"].location == "subjects_of_mine.py:10"
    assert found["renamed"].mark.gradient == "declared"
    assert found["total"].key == "subjects_of_mine::total"


def test_a_signature_that_cannot_be_drawn_is_kept_as_the_problem(file: Path) -> None:
    half = named(str(file))["half"]

    assert half.signature is None
    assert half.problem is not None
    assert half.problem.argument == "y"


def test_moving_a_file_changes_no_seed(file: Path) -> None:
    folder = file.parent / "deeper"
    folder.mkdir()
    moved = folder / file.name
    moved.write_text(SOURCE, encoding="utf-8")

    assert named(str(moved))["total"].key == named(str(file))["total"].key


def test_one_function_can_be_named(file: Path) -> None:
    assert [s.name for s in discover(f"{file}::half")] == ["subjects_of_mine.py::half"]
    assert [s.name for s in discover(f"{file}::helper")] == ["subjects_of_mine.py::helper"]
    one = discover(str(file))[0]
    assert find(one.target, one.name).function.__name__ == "total"


def test_a_file_of_a_package_is_imported_as_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    package = tmp_path / "package_of_mine"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "losses.py").write_text(SOURCE + "from . import other\n", encoding="utf-8")
    (package / "other.py").touch()

    assert load(str(package / "losses.py")).__name__ == "package_of_mine.losses"
    assert "total" in named("package_of_mine.losses")


def test_a_module_named_like_another_shadows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "random.py"
    path.write_text(SOURCE, encoding="utf-8")

    assert "total" in named(str(path))
    import random

    assert hasattr(random, "Random")


def test_without_any_annotation_all_public_functions_are_told(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("def f(x): ...\ndef g(x): ...\n", encoding="utf-8")

    assert [s.problem is None for s in discover(str(path))] == [False, False]


@pytest.mark.parametrize(
    ("target", "text", "message"),
    [
        ("missing.py", None, "must be an existing Python file"),
        ("broken.py", "1 / 0", r"raises when it is imported: ZeroDivisionError: .*\(line 1 of broken.py\)"),
        ("broken.py", "def f(:", "raises when it is imported: SyntaxError"),
        ("broken.py", "raise SystemExit(3)", "raises when it is imported: SystemExit"),
        ("needs.py", "import nothing_like_it", "raises when it is imported: ModuleNotFoundError"),
        ("good.py::g", "def f(x): ...", "must name a function of `.*good.py`, which has f"),
        (".", None, "got a folder"),
    ],
)
def test_bad_targets_are_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, text: str | None, message: str
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    place, _, function = target.partition("::")
    if text is not None:
        (tmp_path / place).write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=message):
        discover(f"{tmp_path / place}{'::' + function if function else ''}")


def test_a_module_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="must be an importable module or the path"):
        discover("no_such_module_anywhere.at_all")
    with pytest.raises(UsageError, match="must be a module or a file"):
        discover("")


def test_a_callable_object_is_a_subject_too() -> None:
    class Model:
        def __call__(self, x: int = 3) -> int:
            return x

    assert subject_of(Model()).name == "Model"
