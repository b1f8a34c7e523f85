"""The `verax` command finds its rooms' commands, and its exit codes mean what they say."""

import importlib
import subprocess
import sys
from importlib.metadata import entry_points, version

import click
import pytest

from verax import __main__ as face
from verax.language.errors import UsageError


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A command `verax planted` that raises, or returns, what the dictionary says."""
    says: dict[str, object] = {}

    @click.command()
    def command() -> object:
        if "raises" in says:
            raise says["raises"]  # type: ignore[misc]  # each test puts an exception there
        return says.get("returns")

    monkeypatch.setitem(face.COMMANDS, "planted", f"{__name__}:command")
    monkeypatch.setattr(importlib, "import_module", lambda name: type("room", (), {"command": command}))
    return says


@pytest.mark.parametrize("name", sorted(face.COMMANDS))
def test_every_command_exists_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert face.run([name, "--help"]) == 0
    assert f"Usage: verax {name}" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert face.run(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"\n  {name} " in told for name in face.COMMANDS)


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert face.run(["--version"]) == 0
    assert capsys.readouterr().out == f"verax {version('verax')}\n"


def test_the_installed_command_is_this_one() -> None:
    [script] = entry_points(group="console_scripts", name="verax")

    assert script.load() is face.main


def test_a_module_run_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "verax", "nope"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "No such command 'nope'" in done.stderr


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1), (5, 5)])
def test_a_commands_result_is_the_exit_code(planted: dict[str, object], returned: object, code: int) -> None:
    planted["returns"] = returned

    assert face.run(["planted"]) == code


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (
            UsageError("`target` must be a file, got x. Write it."),
            2,
            "Error: `target` must be a file, got x. Write it.\n",
        ),
        (click.ClickException("Could not open x."), 2, "Error: Could not open x.\n"),
        (click.exceptions.Exit(1), 1, ""),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
    ],
)
def test_an_error_is_told_in_a_sentence(
    planted: dict[str, object],
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    code: int,
    told: str,
) -> None:
    planted["raises"] = raised

    assert face.run(["planted"]) == code
    assert capsys.readouterr().err.lstrip() == told


def test_a_bug_is_no_finding(planted: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    planted["raises"] = ZeroDivisionError("planted")

    assert face.run(["planted"]) == 2
    told = capsys.readouterr().err
    assert "ZeroDivisionError: planted" in told
    assert "verax itself failed" in told


@pytest.mark.parametrize("arguments", [["nope"], ["--nope"], []])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert face.run(arguments) == 2
