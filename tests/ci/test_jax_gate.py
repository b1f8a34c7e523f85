"""The gate on functions of `jax.Array`: capsules that replay what JAX answered, and what is said without JAX."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from verax.__main__ import run
from verax.ci.configuration import Configuration
from verax.ci.gate import run_gate

STEEP = """
import jax
import jax.numpy as jnp
from typing import Annotated
from annotated_types import Interval
from jaxtyping import Float32

@jax.custom_jvp
def steep(x: Annotated[Float32[jax.Array, ""], Interval(ge=-2, le=2)]) -> Float32[jax.Array, ""]:
    return jnp.sin(x)

steep.defjvp(lambda p, t: (steep(p[0]), {factor} * jnp.cos(p[0]) * t[0]))
"""


def test_a_red_gradient_of_jax_is_stored_and_replayed_as_stored_and_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("subjects.py").write_text(STEEP.format(factor=1.001))
    with ThreadPoolExecutor(1) as executor:
        report = run_gate(["subjects.py"], Configuration(examples=1), executor)
    [finding] = [f for s in report.subjects for f in s.findings if f.code == "VX201"]
    assert finding.platform == "jax-cpu"
    assert report.environment["jax"]
    capsule = str(Path(".verax", "capsules", str(finding.capsule)))
    for arguments in (["replay", capsule], ["replay", "--live", capsule]):
        assert run(arguments) == 1
        assert "VX201" in capsys.readouterr().out.partition("now:")[2]


def test_without_jax_the_line_that_installs_it_is_told(tmp_path: Path) -> None:
    """In a process of its own, where `import jax` raises as if JAX were not there."""
    (tmp_path / "subjects.py").write_text(STEEP.format(factor=1))
    (tmp_path / "jax.py").write_text('raise ModuleNotFoundError("No module named \'jax\'", name="jax")\n')
    done = subprocess.run(
        [sys.executable, "-m", "verax", "gate", "subjects.py", "--workers", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'verax[jax]'" in done.stderr
