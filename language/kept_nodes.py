"""optree, which does not forget what is a node before the interpreter ends.

It empties its registry by a function that it registers to run at exit, and a program may run such functions itself
(Chex's tests do): then tuples would be leaves. Nothing is lost without that function: the
registry ends with its process.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Any

__all__ = ["optree"]

_register = atexit.register


def _registered(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    if type(getattr(function, "__self__", None)).__module__ == "pybind11_builtins":
        return function
    return _register(function, *args, **kwargs)


atexit.register = _registered  # type: ignore[assignment]  # for one import
try:
    import optree
finally:
    atexit.register = _register
