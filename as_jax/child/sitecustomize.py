"""Python runs this when it starts, where `python -m verax.as_jax` put the folder on PYTHONPATH: for child processes.

It stands in front of any other `sitecustomize`, which it runs too.
"""

import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))


def _run_the_next() -> None:
    elsewhere = [path for path in sys.path if os.path.abspath(path) != _HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(sys.modules[__name__])


_run_the_next()
_announced = os.environ.get("VERAX_AS_JAX", "")
if _announced:
    # The module that announced it is named there: this file is no part of the package.
    import_module(_announced.partition(":")[0]).join()
