"""The face hands on names, and only when they are used."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import verax

NAMES: dict[str, str] = verax._NAMES
MODULES: dict[str, str] = verax._MODULES


def typed_names(source: str) -> dict[str, str]:
    """Name -> module, as the face's imports for type checkers say it."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.ImportFrom) and inner.level == 1:
                    found |= {alias.name: f"verax.{inner.module}" for alias in inner.names}
    return found


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_is_the_one_its_module_defines(name: str) -> None:
    assert getattr(verax, name) is getattr(importlib.import_module(NAMES[name]), name)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_has_one_copy_under_both_names(name: str) -> None:
    module = importlib.import_module(f"verax.{name}")

    assert module is getattr(verax, name)
    assert module is importlib.import_module(MODULES[name])
    assert module.__spec__ is not None
    assert module.__spec__.name == module.__name__ == MODULES[name]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_has_a_stub_for_type_checkers(root: Path, name: str) -> None:
    stub = ast.parse((root / "src" / "verax" / f"{name}.pyi").read_text(encoding="utf-8"))

    [found] = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    assert f"verax.{found.module}" == MODULES[name]
    assert found.level == 1


def test_every_stub_stands_for_a_module(root: Path) -> None:
    assert {file.stem for file in (root / "src" / "verax").glob("*.pyi")} == set(MODULES)


def test_type_checkers_see_the_names_that_exist(root: Path) -> None:
    assert typed_names((root / "src" / "verax" / "__init__.py").read_text(encoding="utf-8")) == NAMES


def test_dir_lists_what_the_face_hands_on() -> None:
    assert set(dir(verax)) == {*NAMES, *MODULES, *verax.ROOMS, "__version__"} == set(verax.__all__)


def test_importing_from_an_alias_works_before_the_alias_is_loaded() -> None:
    code = "from verax.numpy import sin; import verax.numpy as vnp, verax; assert vnp.sin is sin is verax.numpy.sin"

    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'verax' has no attribute 'gard'"):
        verax.gard  # noqa: B018  # the access itself is what fails


def test_an_unknown_module_is_refused_by_its_own_name() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'verax\.jumpy'"):
        importlib.import_module("verax.jumpy")


def test_the_face_registers_both_implementations() -> None:
    from verax.language.dispatch import implementation_of

    assert implementation_of("fast") is verax.fast.implementation
    assert implementation_of("reference") is verax.reference.implementation
