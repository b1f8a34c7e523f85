"""What implementations keep of a jitted function, found before anything else is done for a call."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
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

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any] | None:
        """The result of a call that has been compiled, in a tuple."""
        if args and not kwargs:
            first = args[0]
            if isinstance(first, Array) and not isinstance(first, Tracer):
                owner: Implementation = first.implementation  # type: ignore[attr-defined]  # classes set it
                found = owner.recall(self.arrays, args)
                if found is not None:
                    return found
        if not self.structures:
            return None
        leaves, tree = trees.flatten((args, kwargs))
        memory, first = self.structures.get(tree), leaves[0] if leaves else None
        if memory is None or not isinstance(first, Array) or isinstance(first, Tracer):
            return None
        owner = first.implementation  # type: ignore[attr-defined]  # each array class sets it
        return owner.recall(memory, leaves)

    def memory(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], tree: trees.TreeDef) -> Memory:
        """The memory that a call with arguments of this structure belongs to."""
        if not kwargs and all(isinstance(x, Array) for x in args):
            return self.arrays
        if tree not in self.structures and len(self.structures) >= STRUCTURES:
            self.structures.clear()
        return self.structures.setdefault(tree, {})
