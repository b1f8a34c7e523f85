"""The wheel holds what the tree holds: no lost link, no stale module, nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path


def tree_files(root: Path) -> set[str]:
    """What the wheel must hold of the package, by the folders of the rooms."""
    files = set()
    package = root / "src" / "verax"
    for item in package.iterdir():
        if item.is_file() and not item.is_symlink():
            files.add(item.name)
        elif item.is_symlink():
            room = item.resolve()
            files |= {
                f"{item.name}/{file.relative_to(room).as_posix()}"
                for file in room.rglob("*")
                if file.is_file()
            }
    return {f for f in files if "__pycache__" not in f and not any(p.startswith(".") for p in f.split("/"))}


def wheel_files(wheel: Path) -> set[str]:
    """What the wheel holds of the package."""
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix("verax/") for name in archive.namelist() if name.startswith("verax/")}


def build(tree: Path, to: Path) -> Path:
    """Build the wheel of a tree, in this environment: no index is asked."""
    code = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, to], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"The wheel was not built. setuptools must be 77 or newer.\n{done.stderr}"
    [wheel] = to.glob("verax-*.whl")
    return wheel


def copy_tree(root: Path, to: Path) -> Path:
    """The files that a build reads, links kept, so that it leaves nothing in the working tree."""
    rooms = [item.name for item in (root / "src" / "verax").iterdir() if item.is_symlink()]
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ["src", *rooms]:
        shutil.copytree(root / folder, to / folder, symlinks=True, ignore=ignore)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / file, to)
    return to


def test_the_wheel_holds_the_tree(root: Path, tmp_path: Path) -> None:
    built = build(copy_tree(root, tmp_path / "tree"), tmp_path / "dist")

    assert wheel_files(built) == tree_files(root)
    for installed in filter(
        None, os.environ.get("TOX_PACKAGE", "").split(os.pathsep)
    ):  # what this suite runs on
        assert wheel_files(Path(installed)) == tree_files(root), (
            "A stale module? Delete build/ and run tox again."
        )


def test_a_wheel_with_a_lost_link_is_caught(root: Path, tmp_path: Path) -> None:
    tree = copy_tree(root, tmp_path / "tree")
    link = tree / "src" / "verax" / "fast"
    link.unlink()
    link.write_text("../../fast", encoding="utf-8")

    lost = tree_files(root) - wheel_files(build(tree, tmp_path / "dist"))

    assert lost != set()
    assert all(file.startswith("fast/") for file in lost)


def test_data_ships_and_caches_do_not(root: Path, tmp_path: Path) -> None:
    tree = copy_tree(root, tmp_path / "tree")
    for planted in ("fast/__pycache__/planted.pyc", "reports/assets/planted.css", "reports/.planted"):
        (tree / planted).parent.mkdir(exist_ok=True)
        (tree / planted).touch()

    assert wheel_files(build(tree, tmp_path / "dist")) - tree_files(root) == {"reports/assets/planted.css"}
