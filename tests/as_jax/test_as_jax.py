"""While verax.as_jax is installed, `import jax` is Verax; otherwise nothing is touched."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import jax, jax.numpy as jnp
from jax import lax
import sys
print(jax.__verax__, float(jax.grad(lambda x: jnp.sin(x) * x)(2.0)).hex(), sys.argv[1:])
print(jax.jit(jnp.exp)(jnp.zeros(2)).tolist(), jax.lax.add(1, 2), lax.mul(2, 3))
"""


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "verax.as_jax", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_jax_script_runs_on_verax(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    done = run(str(script), "--epochs", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True ")
    assert "['--epochs', '3']" in done.stdout
    assert "[1.0, 1.0] 3 6" in done.stdout
    told = re.fullmatch(r"verax\.as_jax: (\d+) primitives executed by Verax\.", done.stderr.splitlines()[-1])
    assert told is not None
    assert 5 < int(told[1]) < 100


def test_a_script_that_executes_nothing_says_so(tmp_path: Path) -> None:
    script = tmp_path / "idle.py"
    script.write_text("import jax")
    assert run(str(script)).stderr == "verax.as_jax: 0 primitives executed by Verax.\n"


def test_a_jax_module_runs_on_verax(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    done = run("-m", "train", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True ")


def test_usage_and_missing_scripts_exit_2(tmp_path: Path) -> None:
    assert run().returncode == 2
    assert "usage" in run("-m").stderr
    done = run(str(tmp_path / "absent.py"))
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_a_missing_name_says_that_verax_stands_in() -> None:
    code = "import verax.as_jax as a; a.install(); import jax\ntry: jax.image\nexcept AttributeError as e: print(e)"
    assert "`jax.image` is not in Verax yet" in python(code).stdout
    code = "import verax.as_jax as a; a.install()\ntry: import jax.export\nexcept ModuleNotFoundError as e: print(e)"
    assert "No module 'jax.export' in Verax" in python(code).stdout


def test_it_refuses_to_install_after_jax_and_uninstalls_cleanly() -> None:
    code = (
        "import sys, types; sys.modules['jax'] = types.ModuleType('jax')\nimport verax.as_jax as a\n"
        "try: a.install()\nexcept ImportError as e: print(e)"
    )
    assert "must be installed before JAX is imported" in python(code).stdout
    code = (
        "import sys, verax.as_jax as a\na.install(); a.install(); import jax; a.uninstall(); a.uninstall()\n"
        "print('jax' in sys.modules, a.installed())"
    )
    assert python(code).stdout.strip() == "False False"


def test_both_spellings_are_one_object() -> None:
    code = (
        "import verax, verax.as_jax as a; a.install(); import jax, jax.numpy as jnp\n"
        "import verax.numpy as vnp\nprint(jax.grad is verax.grad, jnp.add is vnp.add, jax.Array is verax.Array)"
    )
    assert python(code).stdout.strip() == "True True True", python(code).stderr


def test_compilations_are_logged_to_who_listens_to_jax() -> None:
    code = (
        "import logging, sys, verax.as_jax as a; a.install(); import jax\n"
        "logging.getLogger('jax').addHandler(logging.StreamHandler(sys.stdout))\n"
        "f = jax.jit(lambda x: x * 2)\nf(1.0)\n"
        "with jax.log_compiles():\n    f(1.0); print('again'); f(1); f(2)"
    )
    done = python(code)
    assert done.stdout.splitlines() == ["again", "Finished tracing and compilation of jit(<lambda>)"], (
        done.stderr
    )
    assert not done.stderr


def test_a_log_that_nobody_listens_to_goes_to_stderr() -> None:
    code = (
        "import verax.as_jax as a; a.install(); import jax\n"
        "with jax.log_compiles(): jax.jit(lambda x: x * 2)(1.0)"
    )
    assert python(code).stderr.splitlines() == ["Finished tracing and compilation of jit(<lambda>)"]
