"""Adopting one part costs only that part: what an import loads. `benchmarks/startup.py` says what it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Nobody pays for these before asking for what needs them.
HEAVY = {"cupy", "jax", "llvmlite", "matplotlib", "mpmath", "scipy", "sklearn", "torch"}


def loaded_by(statement: str, *, before: str = "pass", path: Path | None = None) -> set[str]:
    """The modules that an import loads in a fresh interpreter."""
    code = (
        f"import json, sys\n{before}\nloaded = set(sys.modules)\n{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - loaded)))"
    )
    # A fresh interpreter without coverage, which loads modules of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def top_level(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_importing_verax_loads_no_numpy() -> None:
    loaded = loaded_by("import verax")

    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich", "click"}) == set()


@pytest.mark.parametrize("module", ["verax.chex_like", "verax.numpy", "verax.fake_devices", "verax.fast"])
def test_a_part_loads_nothing_heavy(module: str) -> None:
    loaded = loaded_by(f"import {module}")

    assert top_level(loaded) & HEAVY == set()


def test_the_unused_plugin_loads_no_room_and_a_dozen_modules_at_most() -> None:
    loaded = loaded_by("import verax.property_tests.plugin", before="import pytest")

    assert len([name for name in loaded if name.startswith("verax")]) <= 12
    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich", "click"}) == set()
    rooms = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("verax.")}
    # The face registers the implementations, by name, in the language; the plugin stands in property_tests.
    assert rooms <= {"verax.language", "verax.property_tests"}


def test_the_command_starts_without_its_rooms() -> None:
    loaded = loaded_by("import verax.__main__")

    assert top_level(loaded) & (HEAVY | {"numpy", "hypothesis", "rich"}) == set()


def test_a_heavy_import_is_caught(tmp_path: Path) -> None:
    (tmp_path / "torch.py").touch()  # a stand-in: the real one may not be installed
    (tmp_path / "part.py").write_text("import torch")

    loaded = loaded_by("import part", path=tmp_path)

    assert top_level(loaded) & HEAVY == {"torch"}
