"""Which implementations there are: names alone, so that the face can register them at no cost."""

from __future__ import annotations

# A name -> the module that holds ``implementation``. The language only reads it; the face fills it.
MODULES: dict[str, str] = {}


def register_implementation(name: str, module: str) -> None:
    """Say in which module the attribute ``implementation`` of that name lives."""
    MODULES[name] = module
