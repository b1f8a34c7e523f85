"""The order in which lanes' values are added up. Machines differ in it, and so do the last bits of their sums.

Without an order, a sum of lanes is computed in a wider format and rounded once. With one, every addition is rounded
to the dtype, as hardware does it.
"""

from __future__ import annotations

import functools
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Add = Callable[[Any, Any], Any]


class Order(ABC):
    """How the values of lanes are added up."""

    @abstractmethod
    def total(self, values: Sequence[Any], add: Add, xp: Any, turn: int) -> Any:
        """The sum of buffers of one shape.

        Args:
            values: one of each lane, in their order.
            add: adds two, rounding.
            xp: the buffers' array module.
            turn: the how-manieth sum it is.
        """


@dataclass(frozen=True)
class InOrder(Order):
    """Lane 0's and lane 1's, then lane 2's, and so on."""

    def total(self, values: Sequence[Any], add: Add, xp: Any, turn: int) -> Any:
        """((x0 + x1) + x2) + ..."""
        return functools.reduce(add, values)


@dataclass(frozen=True)
class Tree(Order):
    """Neighbours in pairs, then pairs of pairs: recursive doubling, as NCCL's trees and MPI's."""

    def total(self, values: Sequence[Any], add: Add, xp: Any, turn: int) -> Any:
        """(x0 + x1) + (x2 + x3), and so on."""
        level = list(values)
        while len(level) > 1:
            pairs = [add(x, y) for x, y in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[2 * len(pairs) :]
        return level[0]


@dataclass(frozen=True)
class Ring(Order):
    """The k-th stretch of the elements begins at lane k+1 and goes round: Patarasuk and Yuan's ring, and NCCL's."""

    def total(self, values: Sequence[Any], add: Add, xp: Any, turn: int) -> Any:
        """Stretch k: ((x[k+1] + x[k+2]) + ...) + x[k], lanes counted round the ring."""
        count, shape = len(values), values[0].shape
        flat = [xp.reshape(x, (-1,)) for x in values]
        size = flat[0].shape[0]
        cuts = [size * k // count for k in range(count + 1)]
        parts = []
        for k in range(count):
            rotated = [flat[(k + 1 + j) % count][cuts[k] : cuts[k + 1]] for j in range(count)]
            parts.append(functools.reduce(add, rotated))
        return xp.reshape(xp.concatenate(parts), shape)


@dataclass(frozen=True)
class Shuffled(Order):
    """Another order for each sum, drawn from a seed: what atomics and message races do."""

    seed: int = 0

    def total(self, values: Sequence[Any], add: Add, xp: Any, turn: int) -> Any:
        """The sum in an order of its own."""
        drawn = list(values)
        random.Random(f"{self.seed} {turn}").shuffle(drawn)
        return functools.reduce(add, drawn)


in_order, tree, ring = InOrder(), Tree(), Ring()
shuffled = Shuffled
