"""What is said in several places is said alike: versions, Pythons, lower bounds, extras."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    """The pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name -> lower bound of requirements such as "numpy>=2.0"."""
    found = dict(requirement.split(">=") for requirement in requirements)
    return {canonical(name): bound for name, bound in found.items()}


def test_the_version_is_one(root: Path, project: dict[str, Any]) -> None:
    said = project["project"]["version"]

    assert re.search(r"^version: (\S+)$", (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE)[1] == said  # type: ignore[index]
    assert f"\n## {said}\n" in (root / "CHANGELOG.md").read_text("utf-8")


def test_the_pythons_are_those_that_ci_runs(root: Path, project: dict[str, Any]) -> None:
    prefix = "Programming Language :: Python :: 3."
    said = [c.removeprefix(prefix) for c in project["project"]["classifiers"] if c.startswith(prefix)]
    oldest = f"3.{said[0]}"

    workflow = (root / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert "python: [" + ", ".join(f'"3.{minor}"' for minor in said) + "]" in workflow
    assert project["project"]["requires-python"] == f">={oldest}"
    assert project["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"OLDEST = {ast.literal_eval(oldest.replace('.', ','))}" in (root / "toxfile.py").read_text(
        "utf-8"
    )
    assert f"Verax needs Python {oldest} or newer" in (root / "README.md").read_text("utf-8")
    assert f"Verax needs Python {oldest} or newer" in workflow
    assert f"base_python = python{oldest}" in (root / "tox.ini").read_text("utf-8")


def test_the_oldest_versions_that_are_tested_are_the_lower_bounds(
    root: Path, project: dict[str, Any]
) -> None:
    pins = (root / "tests" / "house" / "oldest.txt").read_text("utf-8").splitlines()
    tested = dict(line.split("==") for line in pins if not line.startswith("#"))
    said = bounds(project["project"]["dependencies"]) | bounds(
        project["project"]["optional-dependencies"]["report"]
    )

    assert {canonical(name): pin for name, pin in tested.items()} == said


def test_every_extra_is_resolved_by_ci(root: Path, project: dict[str, Any]) -> None:
    extras = ", ".join(sorted(project["project"]["optional-dependencies"]))

    assert f"extra: [{extras}]" in (root / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def test_core_dependencies_are_those_that_the_rooms_import(root: Path, project: dict[str, Any]) -> None:
    imported = set()
    for room in (root / "src" / "verax").iterdir():
        for file in [room] if room.suffix == ".py" else room.resolve().rglob("*.py"):
            if not file.name.startswith("test_"):
                for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                    if isinstance(node, ast.Import):
                        imported |= {alias.name.partition(".")[0] for alias in node.names}
                    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                        imported.add(node.module.partition(".")[0])

    unused = bounds(project["project"]["dependencies"]).keys() - {canonical(name) for name in imported}
    # jaxtyping is what a subject's annotations are written in: read by what they say, so never imported.
    assert unused == {"jaxtyping"}


def test_what_tools_leave_is_ignored(root: Path) -> None:
    left = [
        ".tox/x",
        ".venv/x",
        "build/x",
        "dist/x",
        "src/verax.egg-info/x",
        ".verax/x",
        "site/x",
        ".hypothesis/x",
    ]
    done = subprocess.run(
        ["git", "check-ignore", *left], cwd=root, capture_output=True, text=True, check=False
    )

    if (root / ".git").exists():  # a source archive is no repository
        assert done.stdout.split() == left
