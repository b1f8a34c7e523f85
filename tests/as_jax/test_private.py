"""The names of JAX's that only libraries touch: each one is there, and has somebody who needs it."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from verax.as_jax.private import ROWS
from verax.as_jax.version import VERSION, VERSION_INFO


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_names_what_there_is_and_who_needs_it(row) -> None:  # type: ignore[no-untyped-def]  # of the table
    assert hasattr(importlib.import_module(row.module), row.attribute)
    assert row.needed_by
    assert row.name.startswith("jax.")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_private_names_are_found_in_jaxs_places() -> None:
    shown = run(
        "import verax.as_jax as a; a.install()\n"
        "import jax, jax.core, jax.extend.core, verax\n"
        "from jax.custom_derivatives import SymbolicZero\n"
        "print(jax.__version__, jax.__version_info__, jax.core.Tracer.__name__, SymbolicZero.__name__)\n"
        "print(jax.extend.core.get_opaque_trace_state() == jax.extend.core.get_opaque_trace_state())\n"
        "seen = []\n"
        "jax.jit(lambda x: seen.append(jax.extend.core.get_opaque_trace_state()) or x)(1.0)\n"
        "jax.checkpoint(lambda x: seen.append(jax.extend.core.get_opaque_trace_state()) or x)(1.0)\n"
        "print(jax.extend.core.get_opaque_trace_state() in seen)\n"
        "print('Tracer' in dir(jax.core), 'jit' in dir(jax), 'exp' in dir(jax.numpy))\n"
    )

    assert shown.split("\n")[:4] == [
        f"{VERSION} {VERSION_INFO} Tracer SymbolicZero",
        "True",
        "False",
        "True True True",
    ]


def test_what_is_absent_refuses_when_it_is_used() -> None:
    shown = run(
        "import verax.as_jax as a; a.install()\n"
        "from jax._src.compiler import backend_compile_and_load as load\n"
        "try: load()\nexcept NotImplementedError as e: print(e)\n"
    )

    assert shown.startswith("`jax._src.compiler.backend_compile_and_load` of JAX is not in Verax")
    assert "docs/coverage.md" in shown


def test_a_name_whose_value_is_none_is_there() -> None:
    assert run("import verax.as_jax as a; a.install()\nimport jax.numpy as n; print(n.newaxis)") == "None\n"
