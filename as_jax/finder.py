"""The import hook: while it is installed, `import jax` and its submodules give Verax."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..fake_devices.block import HOST
from . import logs
from .backends import CONFIG, device_count
from .private import PRIVATE
from .tree import MODULES, NAMES

_MARK = "__verax__"


class _Module(ModuleType):
    """A module of JAX's tree whose names are looked up in Verax when used."""

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if self.__name__ == "jax" and name in NAMES:
            module, real = NAMES[name]
            value = getattr(importlib.import_module(module), real)
        elif full in PRIVATE:
            row = PRIVATE[full]
            value = getattr(importlib.import_module(row.module), row.attribute)
        elif _is_module(full):
            value = importlib.import_module(full)
        elif self.__name__ in MODULES and not name.startswith("__"):
            home = importlib.import_module(MODULES[self.__name__])
            if not hasattr(home, name):
                raise _missing(full)
            value = getattr(home, name)
        elif name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        else:
            raise _missing(full)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        real = MODULES.get(self.__name__)
        below = f"{self.__name__}."
        private = [name.removeprefix(below) for name in PRIVATE if name.startswith(below)]
        public = NAMES if self.__name__ == "jax" else dir(importlib.import_module(real)) if real else ()
        return sorted({*self.__dict__, *public, *private})


def _missing(full: str) -> AttributeError:
    return AttributeError(
        f"`{full}` is not in Verax yet, which stands in for JAX here. "
        f"docs/coverage.md lists the names that there are; run without verax.as_jax to use JAX itself."
    )


class _Finder(MetaPathFinder, Loader):
    """Finds `jax` and everything below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of JAX's tree; None for every other.

        Raises:
            ModuleNotFoundError: JAX may have the module, Verax has not.
        """
        if fullname != "jax" and not fullname.startswith("jax."):
            return None
        if not _is_module(fullname):
            # Without its name: `from jax import image` would hide an error that names what it was to import.
            raise ModuleNotFoundError(
                f"No module {fullname!r} in Verax, which stands in for JAX here. It has {', '.join(sorted(MODULES))}; "
                f"docs/coverage.md lists the names."
            )
        return ModuleSpec(fullname, self, is_package=_is_package(fullname))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module that looks its names up in Verax."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Mark the module as ours."""
        setattr(module, _MARK, True)


def _is_module(fullname: str) -> bool:
    return fullname in MODULES or _is_package(fullname)


def _is_package(fullname: str) -> bool:
    """Whether there is anything below it."""
    return any(name.startswith(f"{fullname}.") for name in (*MODULES, *PRIVATE))


_FINDER = _Finder()


def installed() -> bool:
    """Whether `import jax` gives Verax in this process."""
    return _FINDER in sys.meta_path


def install() -> None:
    """From here on, `import jax` gives Verax in this process. Installing twice does nothing.

    Raises:
        ImportError: JAX itself has been imported already; two of them in one program would mix.
    """
    if installed():
        return
    if "jax" in sys.modules:
        raise ImportError(
            "verax.as_jax must be installed before JAX is imported, and `jax` is imported already. "
            "Call verax.as_jax.install() first, or run `python -m verax.as_jax script.py`."
        )
    HOST.count = device_count
    logs.install()
    sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Undo `install`: forget the stand-in modules, so that the next `import jax` finds JAX again."""
    if not installed():
        return
    sys.meta_path.remove(_FINDER)
    HOST.count = lambda: 1
    logs.uninstall()
    CONFIG.forget()
    HOST.stop()
    for name in [n for n, m in sys.modules.items() if isinstance(m, _Module)]:
        del sys.modules[name]
