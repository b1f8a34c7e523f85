"""Adopting one part costs only that part: what an import loads, and how long it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Nobody pays for these before asking for what needs them.
HEAVY = {"cupy", "jax", "llvmlite", "matplotlib", "mpmath", "scipy", "sklearn", "torch"}


def measure(statement: str, *, before: str = "pass", path: Path | None = None) -> tuple[float, set[str]]:
    """Seconds that an import takes in a fresh interpreter (the best of 5), and the top-level modules it loads."""
    code = (
        f"import json, sys, time\n{before}\nloaded = set(sys.modules)\nstart = time.perf_counter()\n{statement}\n"
        "taken = time.perf_counter() - start\n"
        "print(json.dumps([taken, sorted(set(sys.modules) - loaded)]))"
    )
    # A fresh interpreter that coverage does not slow down.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    runs = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout))
    return min(taken for taken, _ in runs), {name for _, names in runs for name in names}


def top_level(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_importing_verax_takes_at_most_150_ms_and_loads_no_numpy() -> None:
    taken, loaded = measure("import verax")

    assert taken <= 0.15
    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich", "click"}) == set()


@pytest.mark.parametrize("module", ["verax.chex_like", "verax.numpy", "verax.fake_devices", "verax.fast"])
def test_a_part_loads_nothing_heavy(module: str) -> None:
    _, loaded = measure(f"import {module}")

    assert top_level(loaded) & HEAVY == set()


def test_the_unused_plugin_takes_at_most_20_ms_and_loads_no_room() -> None:
    taken, loaded = measure("import verax.property_tests.plugin", before="import pytest")

    assert taken <= 0.02
    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich", "click"}) == set()
    rooms = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("verax.")}
    # The face registers the implementations, by name, in the language; the plugin stands in property_tests.
    assert rooms <= {"verax.language", "verax.property_tests"}


def test_the_command_starts_without_its_rooms() -> None:
    _, loaded = measure("import verax.__main__")

    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich"}) == set()


def test_a_heavy_import_is_caught(tmp_path: Path) -> None:
    (tmp_path / "torch.py").touch()  # a stand-in: the real one may not be installed
    (tmp_path / "part.py").write_text("import torch")

    _, loaded = measure("import part", path=tmp_path)

    assert top_level(loaded) & HEAVY == {"torch"}


def test_a_slow_import_is_caught(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("import time\ntime.sleep(0.05)")

    taken, _ = measure("import part", path=tmp_path)

    assert taken >= 0.05
