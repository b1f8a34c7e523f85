"""What this room does when the program ends; it can be run before, without that of others."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable

_functions: list[Callable[[], None]] = []


def register(function: Callable[[], None]) -> Callable[[], None]:
    """Run a function when the program ends. Returns it."""
    _functions.append(function)
    return atexit.register(function)


def _run_exitfuncs() -> None:
    """Run them now; as at the end of a program, an exception is told and not raised."""
    for function in _functions:
        try:
            function()
        except Exception as err:  # noqa: BLE001 - whatever it is, it goes where Python sends those of exit functions
            kind = type(err)
            sys.unraisablehook(_Unraisable(kind, err, err.__traceback__, "in an exit function", function))  # type: ignore[arg-type]  # Python's own cannot be made


class _Unraisable:
    """What `sys.unraisablehook` is given."""

    def __init__(
        self, exc_type: object, exc_value: object, exc_traceback: object, err_msg: str, object: object
    ) -> None:
        self.exc_type, self.exc_value, self.exc_traceback = exc_type, exc_value, exc_traceback
        self.err_msg, self.object = err_msg, object
