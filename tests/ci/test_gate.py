"""The gate from the command line: verdicts, exit codes, isolation, resumption, and bad input in a sentence."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from verax.__main__ import run
from verax.ci.configuration import Configuration
from verax.ci.gate import run_gate

HEAD = """
import os, sys, time
from typing import Annotated
import verax.numpy as vnp
from annotated_types import Interval
from jaxtyping import Float32, Int32, Int4
from verax import Array, lax

Vector = Annotated[Float32[Array, "n"], Interval(ge=-2, le=2)]
"""
FINE = """
def double(x: Vector) -> Float32[Array, "n"]:
    return 2 * x
"""
TALLY = "{} hold, {} findings, {} unverified, {} ambiguous, {} notes"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def module(folder: Path, *bodies: str, name: str = "subjects.py") -> str:
    (folder / name).write_text(HEAD + "\n\n".join(map(textwrap.dedent, bodies)))
    return name


def gate(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the gate on few inputs; its exit code and its JSON."""
    code = run(["gate", *arguments, "--examples", "6", "--output", "json:gate.json"])
    return code, json.loads(Path("gate.json").read_text())


def codes(report: dict[str, Any]) -> dict[str, set[str]]:
    """Which codes are said of which function."""
    return {s["subject"].rpartition("::")[2]: {f["code"] for f in s["findings"]} for s in report["subjects"]}


def test_what_holds_exits_0_and_the_tally_is_the_last_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["gate", module(here, FINE), "--examples", "6"]) == 0
    lines = capsys.readouterr().out.rstrip("\n").splitlines()
    assert lines[-1].endswith(" hold, 0 findings, 0 unverified, 0 ambiguous, 0 notes")
    assert not lines[-1].startswith("0 hold")
    [row] = [line for line in lines if line.startswith("  double ")]
    assert row.count("holds") == 3  # jit, vmap, verdict
    assert row.count("<=") == 2  # value, gradient
    assert not list(here.glob(".verax/ledger/*"))


def test_a_subject_that_raises_hangs_or_crashes_is_a_finding_and_the_rest_goes_on(here: Path) -> None:
    (here / "verax.toml").write_text("deadline = 6.0\n")
    target = module(
        here,
        """
        def raises(x: Vector) -> Float32[Array, "n"]:
            raise KeyError("no such thing")


        def leaves(x: Vector) -> Float32[Array, "n"]:
            sys.exit(0)


        def hangs(x: Vector) -> Float32[Array, "n"]:
            while True:
                time.sleep(0.01)


        def crashes(x: Vector) -> Float32[Array, "n"]:
            os._exit(0)
        """,
        FINE,
    )
    code, report = gate(target)
    assert code == 1
    found = codes(report)
    assert "VX902" in found["raises"]
    assert "VX902" in found["leaves"]
    assert found["hangs"] == {"VX903"}
    assert found["crashes"] == {"VX904"}
    assert found["double"] == set()
    hang = next(f for s in report["subjects"] for f in s["findings"] if f["code"] == "VX903")
    assert hang["location"].startswith("subjects.py:")
    assert "still running after 6 s" in hang["message"]


def test_a_truth_that_takes_too_long_is_unverified_and_no_fault_of_the_subject(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # traced, all laws would take too long
    (here / "verax.toml").write_text("deadline = 10.0\n")
    target = module(
        here,
        """
        def halvings(x: Vector) -> Int32[Array, ""]:  # a machine's numbers end at 0; real numbers never do
            def more(state):
                return vnp.any(state[0] > 0)

            def halved(state):
                return state[0] / 2, state[1] + 1

            return lax.while_loop(more, halved, (vnp.abs(x), vnp.int32(0)))[1]
        """,
    )
    code, report = gate(target)
    assert codes(report)["halvings"] == {"VX907"}
    for finding in (f for s in report["subjects"] for f in s["findings"]):
        assert (finding["status"], finding["blame"]) == ("unverified", "not checked")
        assert finding["message"].startswith("While the truth was sought for ")
        assert finding["message"].endswith("it was still running after 10 s, and was stopped.")
    assert code == 5  # nothing was checked, which is never green


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_keeps_what_has_finished_and_the_next_run_goes_on(here: Path) -> None:
    target = module(
        here,
        FINE,
        """
        def waits(x: Vector) -> Float32[Array, "n"]:
            while not os.path.exists("go"):
                time.sleep(0.05)
            return x
        """,
    )
    command = [sys.executable, "-m", "verax", "gate", target, "--examples", "6", "--workers", "1"]
    # A shell's background jobs ignore ctrl-C, and so would what they start.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    while not list(here.glob(".verax/ledger/*/*.msgpack")):
        assert first.poll() is None
        time.sleep(0.1)
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "run the same command again" in err
    assert out.rstrip("\n").splitlines()[-1].endswith("0 ambiguous, 0 notes")

    kept = {path: path.stat().st_mtime_ns for path in here.glob(".verax/ledger/*/*.msgpack")}
    assert kept
    (here / "go").touch()
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "\n  waits " in second.stdout
    assert not list(here.glob(".verax/ledger/*/*.msgpack"))
    assert (here / ".verax" / ".gitignore").read_text().endswith("*\n")


def test_the_same_commit_and_configuration_give_the_same_findings(here: Path) -> None:
    target = module(
        here,
        FINE,
        """
        def overflows(x: Annotated[Float32[Array, "n"], Interval(ge=-200, le=200)]) -> Float32[Array, "n"]:
            return vnp.log(1 + vnp.exp(x))
        """,
    )
    _, one = gate(target)
    _, two = gate(target, "--workers", "1")
    assert codes(one)["overflows"] >= {"VX701"}
    for report in (one, two):
        for subject in report["subjects"]:
            del subject["seconds"]
            for law in subject["laws"]:
                del law["seconds"]
    assert one["subjects"] == two["subjects"]
    _, other = gate(target, "--seed", "1")
    assert [s["seed"] for s in other["subjects"]] != [s["seed"] for s in one["subjects"]]


def test_any_executor_will_do(here: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        report = run_gate([module(here, FINE)], Configuration(examples=4), threads)
    assert report.exit_code == 0


def test_a_finding_is_silenced_on_the_line_by_file_and_by_code(here: Path) -> None:
    wrong = """
    def wrong(x: Vector) -> Float32[Array, "n"]:{}
        return x[:, None]
    """
    target = module(here, wrong.format(""))
    assert gate(target)[0] == 1
    assert gate(target, "--ignore", "VX4")[0] == 0
    code, report = gate(target, "--select", "VX2")
    assert code == 0
    (here / "verax.toml").write_text('per-file-ignores = { "subjects.py" = ["VX401"] }\n')
    assert gate(target)[0] == 0
    (here / "verax.toml").unlink()
    code, report = gate(module(here, wrong.format("  # verax: ignore[VX401] on purpose"), name="silent.py"))
    assert (code, report["silenced"]) == (0, 1)


def test_an_ignore_that_silences_nothing_is_a_finding(here: Path) -> None:
    code, report = gate(module(here, FINE.replace('"n"]:', '"n"]:  # verax: ignore[VX203] once')))
    assert code == 1
    assert codes(report)["double"] == {"VX909"}


def test_functions_without_annotations_are_unverified_and_nothing_checked_is_not_green(here: Path) -> None:
    code, report = gate(module(here, "def plain(x, y):\n    return x + y\n"))
    assert code == 5
    [finding] = report["subjects"][0]["findings"]
    assert finding["code"] == "VX901"
    assert 'Annotate it, such as `x: Float32[Array, "n"]`' in finding["message"]


def test_functions_without_annotations_beside_annotated_ones_are_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = module(here, FINE, "def helper(x):\n    return x\n", "def main() -> None:\n    pass\n")
    assert run(["gate", target, "--examples", "6", "--output", "table", "--output", "json:gate.json"]) == 0
    assert json.loads(Path("gate.json").read_text())["passed_over"] == ["helper"]
    assert (
        "not judged, since no argument is annotated as an array: helper; annotate it, or mark it @verax.subject\n"
        in capsys.readouterr().out
    )


def test_a_dtype_that_verax_lacks_is_unverified_with_the_mend(here: Path) -> None:
    code, report = gate(
        module(here, 'def c(x: Int4[Array, "n"]) -> Float32[Array, "n"]:\n    return x.real\n')
    )
    assert code == 5
    [finding] = report["subjects"][0]["findings"]
    assert finding["code"] == "VX901"
    assert "int4" in finding["message"]


@pytest.mark.parametrize("folder", [".", "./", "inner/"])
def test_a_folder_is_the_python_files_right_in_it(folder: str, here: Path) -> None:
    place = here / folder
    place.mkdir(exist_ok=True)
    module(place, FINE, name="b.py")
    module(place, FINE, name="a.py")
    (place / "notes.txt").write_text("no code")
    (place / "deeper").mkdir()
    module(place / "deeper", "1 / 0\n")
    code, report = gate(folder)

    assert code == 0
    assert [s["subject"] for s in report["subjects"]] == [
        os.path.normpath(os.path.join(folder, name)).replace(os.sep, "/") + "::double"
        for name in ("a.py", "b.py")
    ]


def test_nothing_in_a_file_is_exit_5(here: Path) -> None:
    code, _ = gate(module(here, "LIMIT = 3\n"))
    assert code == 5


def test_the_time_budget_leaves_the_rest_unverified(here: Path) -> None:
    code, report = gate(module(here, FINE), "--time-budget", "0")
    assert code == 5
    assert codes(report)["double"] == {"VX907"}
    assert report["tally"]["hold"] == 0


@pytest.mark.parametrize(
    ("body", "arguments", "told"),
    [
        ("", ["missing.py"], "missing.py.* existing Python file"),
        ("", ["no_such_module_anywhere"], "no_such_module_anywhere"),
        ("", [".::double"], "must be named in a Python file, got '.::double'"),
        ("", ["nothing/"], "must hold Python files to be a target, got 'nothing/'"),
        ("", ["subjects.py::"], "got 'subjects.py::'"),
        ("", ["subjects.py::gone"], "gone"),
        (
            "1 / 0\n",
            ["subjects.py"],
            r"raises when it is imported: ZeroDivisionError: division by zero \(line",
        ),
        (
            "import os; os._exit(3)\n",
            ["subjects.py"],
            r"cannot be imported: it ended the process \(exit code 3\)",
        ),
        ("sys.exit(1)\n", ["subjects.py"], "raises when it is imported: SystemExit"),
        ("import numpyy\n", ["subjects.py"], "numpyy"),
        ("x = (\n", ["subjects.py"], "SyntaxError"),
        (FINE, ["subjects.py", "--select", "VX777"], "names the rule 'VX777'"),
        (FINE, ["subjects.py", "--ignore", "VX901"], "without a reason"),
        (FINE, ["subjects.py", "--config", "missing.toml"], "missing.toml cannot be read"),
        (FINE, ["subjects.py", "--output", "yaml"], "`--output` must be one of"),
        (FINE, ["subjects.py", "--examples", "0"], "`examples` .* at least 1"),
        (FINE, ["subjects.py", "--seed", "x"], "not a valid integer"),
        ("# verax: ignore[VX777]\n" + FINE, ["subjects.py"], "subjects.py.*names the rule 'VX777'"),
        (FINE, [], "Usage: verax gate"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(
    body: str, arguments: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module(here, body)
    (here / "nothing").mkdir()
    assert run(["gate", *arguments]) == 2
    streams = capsys.readouterr()
    assert re.search(told, (streams.err + streams.out).replace("\n", " "))
    assert "Traceback" not in streams.err


@pytest.mark.parametrize(
    "text", ["[tool.verax\n", "[tool.verax]\nexampels = 3\n", '[tool.verax]\nselect = ["VX777"]\n']
)
def test_a_broken_configuration_file_is_exit_2(
    text: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "pyproject.toml").write_text(text)
    assert run(["gate", module(here, FINE)]) == 2
    assert "pyproject.toml" in capsys.readouterr().err


def test_json_on_the_standard_output_is_nothing_but_json(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = module(here, 'print("hello from the module")\n' + FINE)
    assert run(["gate", target, "--examples", "4", "-o", "json"]) == 0
    streams = capfd.readouterr()
    assert json.loads(streams.out)["exit_code"] == 0
    assert streams.err.rstrip("\n").endswith("0 ambiguous, 0 notes")


def test_rules_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "vx701"]) == 0
    assert "Mend:" in capsys.readouterr().out
    assert run(["rule"]) == 0
    assert "VX203" in capsys.readouterr().out
    assert run(["rule", "VX777"]) == 2
    assert "`verax rule` lists them all" in capsys.readouterr().err


def test_a_failure_replays_from_its_capsule_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = module(
        here,
        """
        def overflows(x: Annotated[Float32[Array, "n"], Interval(ge=-200, le=200)]) -> Float32[Array, "n"]:
            return vnp.log(1 + vnp.exp(x))
        """,
    )
    _, report = gate(target)
    name = next(f["capsule"] for f in report["subjects"][0]["findings"] if f["code"] == "VX701")
    os.rename(target, "moved_away.py")
    capsys.readouterr()
    assert run(["replay", f".verax/capsules/{name}"]) == 1
    assert "VX701" in capsys.readouterr().out
    assert run(["replay", f".verax/capsules/{name}", "--live"]) == 2
    assert run(["replay", "missing.json"]) == 2
