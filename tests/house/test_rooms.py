"""Every room is a folder at the root, is linked into the package, and imports as `verax.<room>`."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verax


def run_python(code: str, *, path: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds modules in `path` first; coverage would report the copies in it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def copy_without_links(root: Path, to: Path) -> Path:
    """`src` as a clone without core.symlinks holds it: each link a text file with its target in it."""
    package = to / "src" / "verax"
    package.mkdir(parents=True)
    for item in (root / "src" / "verax").iterdir():
        if item.is_symlink():
            (package / item.name).write_text(os.readlink(item), encoding="utf-8")
        elif item.is_file():
            shutil.copy(item, package)
    return to / "src"


@pytest.mark.parametrize("room", verax.ROOMS)
def test_a_room_imports_under_its_own_name_and_holds_code(root: Path, room: str) -> None:
    module = importlib.import_module(f"verax.{room}")

    assert module.__name__ == f"verax.{room}"
    assert module is getattr(verax, room)
    assert list((root / room).rglob("*.py")) != []


@pytest.mark.parametrize("room", verax.ROOMS)
def test_a_room_is_linked_relatively(root: Path, room: str) -> None:
    link = root / "src" / "verax" / room

    assert os.readlink(link).replace("\\", "/") == f"../../{room}"
    assert link.resolve() == root / room


def test_every_link_is_a_room(root: Path) -> None:
    links = {item.name for item in (root / "src" / "verax").iterdir() if item.is_symlink()}

    assert links == set(verax.ROOMS)


def test_no_room_has_been_imported_without_its_verax() -> None:
    # pytest names property_tests/test_x.py after its path, and imports the parent package for it.
    strays = {name for name in sys.modules if name.partition(".")[0] in verax.ROOMS}

    assert {name for name in strays if not name.startswith("property_tests")} == set()


def test_a_lost_link_fails_with_the_mend(root: Path, tmp_path: Path) -> None:
    failed = run_python("import verax", path=copy_without_links(root, tmp_path))

    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("ImportError: Verax's room `adapters` must be a folder")
    assert "`git config core.symlinks true`, then `git checkout -- src/verax`" in last


def test_a_lost_room_fails_with_the_mend(root: Path, tmp_path: Path) -> None:
    src = copy_without_links(root, tmp_path)
    (src / "verax" / "adapters").unlink()  # what a wheel built from such a clone holds

    failed = run_python("import verax.language", path=src)

    assert "Verax's room `adapters` must be a folder, and is a text file or missing" in failed.stderr


def test_the_mend_mends(root: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    package = tmp_path / "src" / "verax"
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "__init__.py").touch()
    package.mkdir(parents=True)
    (package / "fast").symlink_to(os.path.join("..", "..", "fast"), target_is_directory=True)
    git("init")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "a room")
    git("config", "core.symlinks", "false")
    (package / "fast").unlink()
    git("checkout", "--", "src/verax")
    assert (package / "fast").is_file()

    git("config", "core.symlinks", "true")
    git("checkout", "--", "src/verax")

    assert (package / "fast").is_symlink()
    assert (package / "fast" / "__init__.py").is_file()
