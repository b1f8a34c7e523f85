"""What was installed in a process holds in those that it starts; the same script runs on the reference."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verax import as_jax
from verax.as_jax.children import FOLDER, VARIABLE, announce, join, withdraw

CHILDREN = """
import multiprocessing, subprocess, sys
import jax, jax.numpy as jnp

def work(x):
    return jax.__verax__, float(jnp.sum(jnp.ones(3)) * x)

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [2.0]))
    code = "import jax; print(jax.__verax__)"
    print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
"""
LARGE = """
import jax, jax.numpy as jnp
print(jax.jit(lambda x: x + 1 - x)(jnp.float32(1e8)))
"""
TESTS = """
import jax
def test_it(): assert jax.__verax__
"""


def run(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **more},
    )


def test_children_run_on_verax(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(CHILDREN)
    done = run("-m", "verax.as_jax", "parent.py", cwd=tmp_path)
    assert done.stdout.split("\n")[:2] == ["[(True, 6.0)]", "True"], done.stderr


def test_workers_of_xdist_run_on_verax(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    done = run("-m", "verax.as_jax", "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_children_have_chex_like_where_the_parent_has(tmp_path: Path) -> None:
    code = "import chex; print(chex.assert_rank.__module__)"
    (tmp_path / "parent.py").write_text(
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}])"
    )
    done = run("-m", "verax.as_jax", "--chex", "parent.py", cwd=tmp_path)
    assert done.stdout.startswith("verax.chex_like"), done.stderr


def test_another_sitecustomize_is_run_too(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.other = 7")
    path = os.pathsep.join([FOLDER, str(tmp_path), os.environ.get("PYTHONPATH", "")])
    code = "import builtins, jax; print(builtins.other, jax.__verax__)"
    done = run("-c", code, cwd=tmp_path, PYTHONPATH=path, **{VARIABLE: "verax.as_jax.children:fast:50:"})
    assert done.stdout == "7 True\n", done.stderr


def test_the_same_script_runs_on_the_reference(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(LARGE)
    fast = run("-m", "verax.as_jax", "large.py", cwd=tmp_path)
    exact = run(
        "-m", "verax.as_jax", "--implementation", "reference", "--digits", "30", "large.py", cwd=tmp_path
    )
    assert fast.stdout == "0.0\n"
    assert exact.stdout == "1.0\n", exact.stderr
    assert exact.stderr.splitlines()[-1].startswith("verax.as_jax: ")
    wrong = run("-m", "verax.as_jax", "--digits", "0", "large.py", cwd=tmp_path)
    assert (wrong.returncode, "must be at least 1" in wrong.stderr) == (2, True)


def test_what_is_announced_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.delenv(VARIABLE, raising=False)
    join()
    assert not as_jax.installed()
    announce("reference", 20)
    announce("reference", 20)
    assert os.environ[VARIABLE] == "verax.as_jax.children:reference:20:"
    assert os.environ["PYTHONPATH"] == os.pathsep.join([FOLDER, "elsewhere"])
    withdraw()
    assert (VARIABLE in os.environ, os.environ["PYTHONPATH"]) == (False, "elsewhere")
    monkeypatch.delenv("PYTHONPATH")
    announce()
    withdraw()
    assert "PYTHONPATH" not in os.environ


def test_a_notebook_loads_it_as_an_extension() -> None:
    code = (
        "import verax.as_jax as a\na.load_ipython_extension(None); import jax; print(jax.__verax__)\n"
        "a.unload_ipython_extension(None); print(a.installed())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False"]
