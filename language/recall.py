"""What implementations keep of a jitted function, found before anything else is done for a call."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from . import trees
from .arrays import Array
from .dispatch import Implementation, Tracer

# What `Implementation.jit` fills and `Implementation.recall` reads.
Memory = dict[Hashable, Any]
# Structures of arguments that are told apart per function; when there are more, all are forgotten.
STRUCTURES = 256


class Recall:
    """The memories of one jitted function: one for calls with arrays alone, one for each other structure."""

    __slots__ = ("arrays", "structures")

    def __init__(self) -> None:
        self.arrays: Memory = {}
        self.structures: dict[trees.TreeDef, Memory] = {}

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[tuple[Any] | None, Memory]:
        """The result if the call has been compiled, in a tuple; and the memory that the call belongs to."""
        if not kwargs:
            found = _found(self.arrays, args)
            if found is not None or all(isinstance(x, Array) for x in args):
                return found, self.arrays
        leaves, tree = trees.flatten((args, kwargs))
        memory = self.structures.get(tree)
        if memory is None:
            if len(self.structures) >= STRUCTURES:
                self.structures.clear()
            memory = self.structures[tree] = {}
        return _found(memory, leaves), memory


def _found(memory: Memory, leaves: Sequence[Any]) -> tuple[Any] | None:
    first = leaves[0] if leaves and memory else None
    if not isinstance(first, Array) or isinstance(first, Tracer):
        return None
    owner: Implementation = first.implementation  # type: ignore[attr-defined]  # each array class sets it
    return owner.recall(memory, leaves)
