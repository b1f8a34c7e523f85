"""The examples are judged as the README says: green where they are right, red and well explained where not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verax.__main__ import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Coverage is not traced in the gate's workers here: it takes four times as long, and tests/ci covers them.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


def judged(*targets: str, examples: int) -> tuple[int, dict[str, dict[str, Any]]]:
    """The gate's exit code and its subjects by their function's name."""
    code = run(["gate", *targets, "--examples", str(examples), "--output", "json:gate.json"])
    report = json.loads(Path("gate.json").read_text())
    return code, {s["subject"].rpartition("::")[2]: s for s in report["subjects"]}


def faults(subject: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in subject["findings"] if f["status"] in ("finding", "unverified")]


def test_losses_hold() -> None:
    code, subjects = judged(str(EXAMPLES / "losses.py"), examples=40)
    assert {name: faults(s) for name, s in subjects.items() if faults(s)} == {}
    assert code == 0
    assert len(subjects) == 12
    for subject in subjects.values():
        assert subject["value"]["error"] <= subject["value"]["bound"]
        assert subject["gradient"]["error"] <= subject["gradient"]["bound"]
        assert {"value", "gradient", "second derivative", "jit", "vmap"} <= {
            law["law"] for law in subject["laws"]
        }
        for law in subject["laws"]:
            assert law["inputs"] >= 40
            assert law["edges"] >= 10


def test_each_unstable_formula_is_blamed_and_its_rewrite_passes() -> None:
    code, subjects = judged(str(EXAMPLES / "unstable.py"), examples=24)
    naive = {name: s for name, s in subjects.items() if name.startswith("naive_")}
    stable = {name: s for name, s in subjects.items() if name.startswith("stable_")}
    assert code == 1
    assert (len(naive), len(stable)) == (10, 10)
    assert {n.removeprefix("naive_") for n in naive} == {n.removeprefix("stable_") for n in stable}
    assert {name: faults(s) for name, s in stable.items() if faults(s)} == {}
    for name, subject in naive.items():
        blamed = [f for f in subject["findings"] if f["blame"] == "formula" and f["status"] == "finding"]
        assert blamed, name
        assert all(f["code"] == "VX701" and f["worst_input"] and f["equation"] for f in blamed), name


def test_each_wrong_rule_is_blamed_and_its_twin_passes() -> None:
    code, subjects = judged(str(EXAMPLES / "wrong.py"), examples=16)
    wrong = {name: s for name, s in subjects.items() if name.startswith("wrong_")}
    right = {name: s for name, s in subjects.items() if name.startswith("right_")}
    assert code == 1
    assert (len(wrong), len(right)) == (6, 6)
    assert {name: faults(s) for name, s in right.items() if faults(s)} == {}
    for name, subject in wrong.items():
        assert any(f["blame"] == "rule" and f["code"] == "VX201" for f in subject["findings"]), name


def test_names_shapes_and_places_change_no_verdict(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "fruit.py"
    moved.parent.mkdir()
    text = (EXAMPLES / "unstable.py").read_text() + (EXAMPLES / "wrong.py").read_text().partition(
        "import verax\n"
    )[2]
    keep = ("softplus", "variance", "order", "broadcast")
    text = "from __future__ import annotations\nfrom typing import Any\nimport verax\n" + text.replace(
        "from __future__ import annotations\n", ""
    )
    for i, word in enumerate(keep):
        text = text.replace(word, f"fruit{i}")
    for shape, other in (('"n k"', '"a 2 k"'), ('"n"', '"b c"')):
        text = text.replace(f"Float32[Array, {shape}]", f"Float32[Array, {other}]")
    moved.write_text(text)
    bad = [f"{moved}::{kind}_fruit{i}" for i, kind in enumerate(("naive", "naive", "wrong", "wrong"))]
    good = [f"{moved}::{kind}_fruit{i}" for i, kind in enumerate(("stable", "stable", "right", "right"))]
    _, subjects = judged(*bad, *good, examples=16)
    blamed = {
        name: {f["blame"] for f in s["findings"] if f["status"] == "finding"} for name, s in subjects.items()
    }
    assert blamed["naive_fruit0"] >= {"formula"}
    assert blamed["naive_fruit1"] >= {"formula"}
    assert blamed["wrong_fruit2"] >= {"rule"}
    assert blamed["wrong_fruit3"] >= {"rule"}
    assert not any(faults(s) for name, s in subjects.items() if name.startswith(("stable", "right")))


def test_the_digits_network_learns_and_its_loss_holds_at_real_batches() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "digits.py")], capture_output=True, text=True, check=True, timeout=60
    )
    words = done.stdout.split()
    assert float(words[words.index("after") - 1].rstrip("%")) >= 95
    assert float(words[-2]) <= 20
    code, subjects = judged(str(EXAMPLES / "digits.py"), examples=12)
    assert {name: faults(s) for name, s in subjects.items()} == {"loss_at_start": [], "loss_when_trained": []}
    assert code == 0
    for subject in subjects.values():
        assert subject["gradient"]["error"] <= subject["gradient"]["bound"]
