"""What the documents say is so: commands exist, code runs, links lead somewhere."""

import configparser
import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verax.__main__ import COMMANDS
from verax.reference.subgradients import page

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/assertions.md",
    "docs/coverage.md",
    "docs/fake_devices.md",
    "docs/from_jax.md",
    "docs/reference.md",
    "docs/stability.md",
    "docs/findings.md",
    "docs/subgradients.md",
)
FIRST = "python3 -m venv .venv && .venv/bin/pip install tox && .venv/bin/tox run -e gate"
SECOND = "python3 -m venv .venv && .venv/bin/pip install tox && .venv/bin/tox run -e tests"


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def commands(document: str) -> list[str]:
    """The command lines of the console blocks, without their comments."""
    found = [
        line
        for block in blocks(document, "console")
        for line in block.splitlines()
        if line[:2] in ("$ ", "> ")
    ]
    return [line[2:].split("  #")[0].strip() for line in found]


@pytest.fixture(scope="session")
def environments(root: Path) -> set[str]:
    """The environments of tox.ini."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(root / "tox.ini")
    return {name.removeprefix("testenv:") for name in tox.sections() if name.startswith("testenv:")}


def test_the_readme_shows_its_two_commands_first(root: Path) -> None:
    _, _, section = (root / "README.md").read_text(encoding="utf-8").partition("\n## Try it\n")

    assert commands(section)[:2] == [FIRST, SECOND]


def test_the_readmes_finding_is_found(root: Path, tmp_path: Path) -> None:
    shown = (root / "README.md").read_text(encoding="utf-8").split("<!-- finding:")[1].partition("-->")[2]
    shutil.copytree(root / "examples", tmp_path / "examples")

    [command] = commands(shown)
    arguments = command.removeprefix("verax ").split()
    done = subprocess.run(
        [sys.executable, "-m", "verax", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    codes = set(re.findall(r"VX\d+", shown))
    assert codes != set()
    assert done.returncode == 1, done.stderr
    assert codes <= set(re.findall(r"VX\d+", done.stdout))


def test_the_worked_example_of_the_reference_is_so(root: Path) -> None:
    found = doctest.testfile(str(root / "docs" / "reference.md"), module_relative=False)

    assert found.attempted >= 20
    assert found.failed == 0


def test_the_examples_of_fake_devices_are_so(root: Path) -> None:
    flags = doctest.ELLIPSIS
    found = doctest.testfile(str(root / "docs" / "fake_devices.md"), module_relative=False, optionflags=flags)

    assert found.attempted >= 25
    assert found.failed == 0


def test_the_examples_of_the_assertions_are_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # failures are stored in the working directory
    flags = doctest.ELLIPSIS
    found = doctest.testfile(str(root / "docs" / "assertions.md"), module_relative=False, optionflags=flags)

    assert found.attempted >= 20
    assert found.failed == 0


def test_the_subgradient_table_is_printed_as_it_is(root: Path) -> None:
    assert (root / "docs" / "subgradients.md").read_text(encoding="utf-8") == page()


def test_the_repositorys_own_checks_run_the_readmes_test_command(root: Path) -> None:
    script = (root / ".ci" / "run").read_text(encoding="utf-8")

    assert SECOND in script.replace('"$python"', "python3")
    assert os.name == "nt" or os.access(root / ".ci" / "run", os.X_OK)


def test_ci_runs_the_readmes_first_command(root: Path) -> None:
    assert f"run: {FIRST}\n" in (root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_the_python_of_a_document_runs(root: Path, tmp_path: Path, name: str) -> None:
    code = "\n".join(blocks((root / name).read_text(encoding="utf-8"), "python"))

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", [*DOCUMENTS, "tox.ini", ".ci/run", ".github/workflows/ci.yml", ".github/workflows/nightly.yml"]
)
def test_named_environments_and_commands_exist(root: Path, environments: set[str], name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    named = {each for group in re.findall(r"tox run -e ([\w,-]+)", text) for each in group.split(",")}
    run = set(re.findall(r"(?:^| |`)verax (\w+) (?:[\w./]+\.(?:py|json)|[A-Z]{2}|mylib)", text, re.MULTILINE))

    assert named <= environments
    assert run <= COMMANDS.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(root: Path, name: str) -> None:
    document = root / name
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))

    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_a_planted_environment_would_be_found(environments: set[str]) -> None:
    assert {
        "gate",
        "tests",
        "lint",
        "types",
        "laws",
        "calibration",
        "derivatives",
        "nestings",
        "peer-types",
        "packs",
        "peers",
        "peer-values",
        "programs",
        "seeds",
        "arb",
        "assertions",
        "report",
        "gpu",
        "oldest",
    } == environments
    assert commands("```console\n$ tox run -e nope  # a comment\noutput\n```") == ["tox run -e nope"]
