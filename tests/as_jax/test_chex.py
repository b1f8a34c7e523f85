"""`import chex` gives `verax.chex_like` where it is asked for: each row names what there is."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from verax import chex_like
from verax.as_jax.chex_names import MODULES, NAMES, PLACES, ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_names_what_there_is_and_who_needs_it(row) -> None:  # type: ignore[no-untyped-def]  # of the table
    if row.name.rpartition(".")[0] != "chex._src.asserts" or row.attribute != "asserts_internal":
        module = importlib.import_module(row.module)
        assert not row.attribute or hasattr(module, row.attribute)
    assert row.needed_by
    assert row.name.rpartition(".")[0] in MODULES


def test_all_89_names_of_chex_are_there() -> None:
    names = [name for row in PLACES.values() for name in row.split()]

    assert len(names) == len(set(names)) == 89
    assert set(names) <= set(chex_like.__all__)
    assert all(f"chex.{name}" in NAMES for name in names)


SCRIPT = """
import sys
import chex
from chex._src import asserts, asserts_internal
assert chex.assert_rank is asserts.assert_rank
assert asserts._ai is asserts_internal
print(chex.assert_rank.__module__, chex.__version__)
try:
    chex.no_such_name
except AttributeError as err:
    print(err)
"""


def test_a_script_with_chex_runs_on_it(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "verax.as_jax", "--chex", str(tmp_path / "script.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "verax.chex_like.sizes 0.1.92"
    assert second.startswith("`chex.no_such_name` is not in Verax, which stands in for Chex here.")


def test_chex_that_is_imported_already_is_refused_and_installing_is_undone() -> None:
    code = (
        "import json, sys, types, verax.as_jax.chex as hook\n"
        "hook.install(); hook.install(); import chex; mine = chex.__verax__; hook.uninstall(); hook.uninstall()\n"
        "gone = 'chex' not in sys.modules\n"
        "sys.modules['chex'] = types.ModuleType('chex')\n"
        "try: hook.install()\n"
        "except ImportError as err: print(json.dumps([mine, gone, str(err)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    mine, gone, said = json.loads(done.stdout)

    assert mine
    assert gone
    assert said.startswith("verax.as_jax.chex must be installed before Chex is imported")
