"""A Python that is too old is told what is needed, before anything is installed."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


class Fail(Exception):
    """Stands for tox's own, which ends an environment with a message."""


class Python(SimpleNamespace):
    """Stands for tox's environment that has a Python."""


@pytest.fixture
def refuse(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[int, int, int]], Any]:
    """What tox asks before it installs, for a Python of a version. tox itself is not there when tests run."""
    stand_ins: dict[str, dict[str, Any]] = {
        "tox": {},
        "tox.plugin": {"impl": lambda hook: hook},
        "tox.tox_env": {},
        "tox.tox_env.api": {"ToxEnv": object},
        "tox.tox_env.errors": {"Fail": Fail},
        "tox.tox_env.python": {},
        "tox.tox_env.python.api": {"Python": Python},
    }
    for name, members in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    hook = runpy.run_path(str(root / "toxfile.py"))["tox_on_install"]
    return lambda version: hook(Python(base_python=SimpleNamespace(version_info=version)), None, "", "")


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 9, 2), (2, 7, 18)])
def test_an_old_python_is_told_which_is_needed(
    refuse: Callable[..., Any], version: tuple[int, int, int]
) -> None:
    with pytest.raises(Fail) as told:
        refuse(version)

    found = ".".join(map(str, version))
    assert str(told.value).startswith(
        f"Python {found}: Verax needs Python 3.11 or newer. Delete .venv and .tox, "
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1)])
def test_a_new_enough_python_is_let_pass(refuse: Callable[..., Any], version: tuple[int, int, int]) -> None:
    assert refuse(version) is None
