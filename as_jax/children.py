"""Child processes: what was installed here holds in the processes that this one starts, by their environment.

A folder at the head of PYTHONPATH has a `sitecustomize` that Python runs when it starts: children of `subprocess`,
workers of pytest-xdist and of `multiprocessing` join before they import anything. Where Python is told to look at no
environment (``-E``, ``-I``), they do not.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from ..language.dispatch import using
from . import chex
from .finder import install

VARIABLE = "VERAX_AS_JAX"
FOLDER = str(Path(__file__).with_name("child"))
IMPLEMENTATIONS = ("fast", "reference")
DIGITS = 50


def announce(implementation: str = "fast", digits: int = DIGITS, with_chex: bool = False) -> None:
    """Say to the processes started from here on that `import jax` is to give Verax in them too."""
    os.environ[VARIABLE] = f"{__name__}:{implementation}:{digits}:{'chex' if with_chex else ''}"
    others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != FOLDER]
    os.environ["PYTHONPATH"] = os.pathsep.join([FOLDER, *others])


def withdraw() -> None:
    """Undo `announce`."""
    os.environ.pop(VARIABLE, None)
    others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != FOLDER]
    if others:
        os.environ["PYTHONPATH"] = os.pathsep.join(others)
    else:
        os.environ.pop("PYTHONPATH", None)


def running_on(implementation: str, digits: int) -> ExitStack:
    """A block in which an implementation is current; the reference carries so many digits."""
    stack = ExitStack()
    if implementation == "reference":
        from ..reference import Exact, arithmetic

        stack.enter_context(arithmetic(Exact(digits)))
    stack.enter_context(using(implementation))
    return stack


def join() -> None:
    """Install in a process that was started by one that has announced it; does nothing elsewhere.

    Raises:
        ImportError: JAX has been imported already.
    """
    announced = os.environ.get(VARIABLE)
    if not announced:
        return
    install()
    _, implementation, digits, with_chex = announced.split(":")
    if with_chex:
        chex.install()
    if implementation != "fast":
        running_on(
            implementation, int(digits)
        ).pop_all()  # to the end of the process: nobody leaves the block
