"""`python -m verax.as_jax script.py [args]` and `python -m verax.as_jax -m module [args]`.

With ``--chex`` first, `import chex` gives `verax.chex_like`. The last line on standard error says how many primitives
Verax executed.
"""

from __future__ import annotations

import atexit
import os
import runpy
import sys

from . import chex
from .finder import install

USAGE = "usage: python -m verax.as_jax [--chex] (script.py | -m module) [arguments]"


def _tell() -> None:
    from ..language.executed import EXECUTED

    print(f"verax.as_jax: {EXECUTED.primitives} primitives executed by Verax.", file=sys.stderr)


def main() -> int:
    """Run a script or a module in which `import jax` gives Verax. Returns the exit code of bad usage."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--chex"]:
        arguments = arguments[1:]
        chex.install()
    if not arguments or (arguments[0] == "-m" and len(arguments) < 2):
        print(USAGE, file=sys.stderr)
        return 2
    install()
    atexit.register(_tell)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return 0
    if not os.path.isfile(arguments[0]):
        print(f"`script` must be a Python file, got {arguments[0]!r}, which does not exist.", file=sys.stderr)
        return 2
    sys.argv = arguments
    sys.path.insert(0, os.path.dirname(os.path.abspath(arguments[0])))
    runpy.run_path(arguments[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
