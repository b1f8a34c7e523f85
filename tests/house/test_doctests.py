"""Every example in a docstring runs and prints what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

import verax


def modules() -> list[str]:
    """Every module of every room, by its own name."""
    package = Path(verax.__file__).parent
    files = [file for room in verax.ROOMS for file in sorted((package / room).rglob("*.py"))]
    paths = [file.relative_to(package).with_suffix("") for file in files if not file.name.startswith("test_")]
    names = [".".join(["verax", *path.parts]).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.endswith(".__main__")]


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_hold(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # an example may write files

    failed, _ = doctest.testmod(importlib.import_module(name))

    assert failed == 0
