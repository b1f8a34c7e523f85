"""`python -m verax.as_jax [options] script.py [args]` and `python -m verax.as_jax [options] -m module [args]`.

With ``--chex``, `import chex` gives `verax.chex_like`. Processes that the script starts run on Verax too. The last
line on standard error says how many primitives this one executed.
"""

from __future__ import annotations

import argparse
import atexit
import os
import runpy
import sys

from . import chex
from .children import DIGITS, IMPLEMENTATIONS, announce, running_on
from .finder import install


def _tell() -> None:
    from ..language.executed import EXECUTED

    print(f"verax.as_jax: {EXECUTED.primitives} primitives executed by Verax.", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verax.as_jax",
        description="Run a script or a module in which `import jax` gives Verax.",
    )
    parser.add_argument(
        "--implementation", choices=IMPLEMENTATIONS, default="fast", help="what runs it (default: fast)"
    )
    parser.add_argument(
        "--digits",
        type=int,
        default=DIGITS,
        help=f"decimal digits that the reference carries (default: {DIGITS})",
    )
    parser.add_argument("--chex", action="store_true", help="let `import chex` give verax.chex_like")
    parser.add_argument("-m", dest="module", action="store_true", help="run a module, as `python -m` does")
    parser.add_argument("script", help="a Python file, or after -m a module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    return parser


def main() -> int:
    """Run a script or a module in which `import jax` gives Verax. Returns the exit code of bad usage."""
    parser = _parser()
    given = parser.parse_args()
    if given.digits < 1:
        parser.error(f"argument --digits: must be at least 1, got {given.digits}")
    if not given.module and not os.path.isfile(given.script):
        parser.error(f"`script` must be a Python file, got {given.script!r}, which does not exist.")
    install()
    if given.chex:
        chex.install()
    announce(given.implementation, given.digits, given.chex)
    atexit.register(_tell)
    sys.argv = [given.script, *given.arguments]
    with running_on(given.implementation, given.digits):
        if given.module:
            sys.path.insert(0, os.getcwd())
            runpy.run_module(given.script, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, os.path.dirname(os.path.abspath(given.script)))
            runpy.run_path(given.script, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
