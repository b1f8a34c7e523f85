"""The import hook for Chex: while it is installed, `import chex` gives `verax.chex_like`."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from .chex_names import MODULES, NAMES


class _Module(ModuleType):
    """A module of Chex's whose names are looked up in Verax when used."""

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if full in NAMES:
            row = NAMES[full]
            module = importlib.import_module(row.module)
            value = getattr(module, row.attribute) if row.attribute else module
        elif full in MODULES:
            value = importlib.import_module(full)
        else:
            raise AttributeError(
                f"`{full}` is not in Verax, which stands in for Chex here. docs/chex.md lists the names that there are."
            )
        setattr(self, name, value)
        return value


class _Finder(MetaPathFinder, Loader):
    """Finds `chex` and its modules; what else the installed Chex has below them, its tests, is its own."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of Chex's that is named in the table; None for every other."""
        if fullname not in MODULES:
            return None
        spec = ModuleSpec(fullname, self, is_package=fullname in ("chex", "chex._src"))
        installed = (
            PathFinder.find_spec(fullname, path) if spec.submodule_search_locations is not None else None
        )
        if installed is not None and installed.submodule_search_locations:
            spec.submodule_search_locations = list(installed.submodule_search_locations)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module that looks its names up in Verax."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Mark the module as ours."""
        module.__verax__ = True  # type: ignore[attr-defined]  # a mark


_FINDER = _Finder()


def install() -> None:
    """From here on, `import chex` gives `verax.chex_like` in this process. Installing twice does nothing.

    Raises:
        ImportError: Chex itself has been imported already.
    """
    if _FINDER in sys.meta_path:
        return
    if "chex" in sys.modules:
        raise ImportError(
            "verax.as_jax.chex must be installed before Chex is imported, and `chex` is imported already. "
            "Run `python -m verax.as_jax --chex script.py`."
        )
    sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Undo `install`: the next `import chex` finds Chex again."""
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    for name in [n for n, m in sys.modules.items() if isinstance(m, _Module)]:
        del sys.modules[name]


def message_pattern(message: str) -> str:
    """A regular expression for the message of a failed assertion in which ``message`` is found."""
    return rf"{re.escape('[Chex] ')}[\s\S]*{message}"
