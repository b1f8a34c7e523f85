"""What was derived from a program is remembered as long as the program lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..fake_devices import current_formats
from ..language import dispatch
from ..language.config import config
from ..language.program import Program

T = TypeVar("T")
_DERIVED: WeakKeyDictionary[Program, dict[Hashable, Any]] = WeakKeyDictionary()


def ambient() -> Hashable:
    """The state outside a function's arguments that tracing it depends on."""
    axes = dispatch.axes_in_scope()
    named = tuple((f.name, f.size, isinstance(f.owner, dispatch.Level)) for f in axes)
    return config.in_force(), named, current_formats()


def derived(program: Program, key: Hashable, make: Callable[[], tuple[T, bool]]) -> T:
    """``make()``'s value, remembered for (program, key, ambient state) where it says that it may be."""
    known = _DERIVED.setdefault(program, {})
    full = (key, ambient())
    if full not in known:
        value, keep = make()
        if not keep:
            return value
        known[full] = value
    found: T = known[full]
    return found
