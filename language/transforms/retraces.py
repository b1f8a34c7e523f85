"""Why a jitted function was traced again: which argument, setting or axis was another than before."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .. import dispatch, trees
from ..config import config
from ..shapes import ShapedArray
from .staging import names_of

# Signatures that a new one is compared with, and reasons that are kept, per function; the oldest go first.
REMEMBERED = 64
LOG = logging.getLogger("verax")


class Statistics(NamedTuple):
    """What became of the calls of a jitted function.

    Attributes:
        calls: how often it was called.
        traces: how often its Python was run. The reference, which compiles nothing, runs it every time.
        reasons: why, for each of the last traces, oldest first.
    """

    calls: int
    traces: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a trace depends on.

    Attributes:
        statics: static arguments, each with its place or name.
        tree: the structure of the others.
        avals: their types.
        settings: what is configured.
        axes: names and sizes of the axes in scope.
        implementation: whose trace it is.
    """

    statics: tuple[tuple[Any, Any], ...]
    tree: trees.TreeDef
    avals: tuple[ShapedArray, ...]
    settings: Any
    axes: tuple[tuple[Any, int], ...]
    implementation: str

    @classmethod
    def of(
        cls, statics: Sequence[tuple[Any, Any]], tree: trees.TreeDef, avals: Sequence[ShapedArray]
    ) -> Signature:
        """The signature of a call, here and now."""
        axes = tuple((frame.name, frame.size) for frame in dispatch.axes_in_scope())
        return cls(tuple(statics), tree, tuple(avals), config.in_force(), axes, dispatch.current().name)


class Traces:
    """The traces of one function.

    Attributes:
        count: how many there were.
        reasons: why, for the last of them.
    """

    def __init__(self, name: str, parameters: Sequence[str]) -> None:
        self.name, self.parameters = name, parameters
        self.count = 0
        self.reasons: deque[str] = deque(maxlen=REMEMBERED)
        self._seen: deque[Signature] = deque(maxlen=REMEMBERED)

    def add(self, signature: Signature) -> None:
        """Note a trace, and why it was made; it is logged where `log_compiles` or `explain_cache_misses` says so."""
        self.count += 1
        reason = self._reason(signature)
        self.reasons.append(reason)
        if not self._knows(signature):
            self._seen.append(signature)
        if config.log_compiles:
            LOG.warning("Finished tracing and compilation of jit(%s)", self.name)
        if config.explain_cache_misses:
            LOG.warning("%r was traced: %s", self.name, reason)

    def forget(self) -> None:
        """Begin anew."""
        self.count = 0
        self.reasons.clear()
        self._seen.clear()

    def _knows(self, signature: Signature) -> bool:
        # 2 and 2.0 are equal, but as static arguments make different programs.
        return any(not self._differences(old, signature) for old in self._seen)

    def _reason(self, new: Signature) -> str:
        if not self._seen:
            return "the first call"
        if self._knows(new):
            return (
                "nothing differs from an earlier call: its trace was not kept (it closes over values of a transform "
                "under way, runs on another device, was forgotten, or belongs to an implementation that keeps none)"
            )
        found = [self._differences(old, new) for old in reversed(self._seen)]
        nearest = min(range(len(found)), key=lambda i: len(found[i]))
        return "; ".join(found[nearest])

    def _differences(self, old: Signature, new: Signature) -> list[str]:
        found = _of_statics(old, new)
        if old.tree != new.tree:
            before, after = (names_of(s.tree, self.parameters) for s in (old, new))
            found.append(
                f"the arguments' structure: the leaves were {_listed(before)}, and are {_listed(after)}"
            )
        else:
            names = names_of(new.tree, self.parameters)
            for name, a, b in zip(names, old.avals, new.avals, strict=True):
                for what in ("shape", "dtype", "weak_type"):
                    if getattr(a, what) != getattr(b, what):
                        found.append(f"the {what.replace('_', ' ')} of {name}: it was {a}, and is {b}")
        if old.settings != new.settings:
            changed = [
                f"{k} was {x!r}, and is {y!r}"
                for k, x, y in zip(new.settings._fields, old.settings, new.settings, strict=True)
                if x != y
            ]
            found.append(f"a setting: {', '.join(changed)}")
        if old.axes != new.axes:
            found.append(f"the named axes in scope: they were {list(old.axes)}, and are {list(new.axes)}")
        if old.implementation != new.implementation:
            found.append(f"the implementation: it was {old.implementation}, and is {new.implementation}")
        return found


def _of_statics(old: Signature, new: Signature) -> list[str]:
    before, after = dict(old.statics), dict(new.statics)
    found = []
    for where in dict.fromkeys((*before, *after)):
        x, y = before.get(where, "left out"), after.get(where, "left out")
        if (type(x), x) != (type(y), y):
            name = f"argument {where}" if isinstance(where, int) else f"`{where}`"
            found.append(f"the static {name}: it was {x!r}, and is {y!r}")
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
