"""Groups of lanes: collectives among some of the lanes of an axis, by what all of them hold.

JAX's ``axis_index_groups``: a partition of the lanes into groups of one size, in the order that results have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..catalogue import GatherDimensionNumbers
from ..dispatch import Operand
from .indexing import gather
from .operands import bind
from .slicing import dynamic_index_in_dim
from .structural import reshape, transpose


class LaneGroup:
    """The lanes that this lane meets, along one axis.

    Attributes:
        size: how many they are.
    """

    def __init__(self, function: str, axis_name: Any, groups: Sequence[Sequence[int]]) -> None:
        self.axis_name, self.count = axis_name, dispatch.axis_frame(axis_name).size
        self.table = tuple(tuple(int(lane) for lane in group) for group in groups)
        lanes = sorted(lane for group in self.table for lane in group)
        if lanes != list(range(self.count)) or len({len(group) for group in self.table}) != 1:
            raise ValueError(
                f"`axis_index_groups` of {function} must be groups of one size with each of the {self.count} lanes "
                f"in one of them, got {groups}."
            )
        self.size = len(self.table[0])

    def _mine(self, of_lanes: Any) -> Array:
        """This lane's entry of a table with one for each lane."""
        (here,) = dispatch.bind(rows.axis_index_p, axes=(self.axis_name,))
        return dynamic_index_in_dim(np.asarray(of_lanes, np.int32), here, 0, keepdims=False)

    def place(self) -> Array:
        """The place of this lane in its group."""
        order = {lane: place for group in self.table for place, lane in enumerate(group)}
        return self._mine([order[lane] for lane in range(self.count)])

    def gathered(self, x: Operand) -> Array:
        """What the lanes of the group hold, stacked in front."""
        everyone = bind(rows.all_gather_p, x, axes=(self.axis_name,), axis=0, axis_size=self.count)
        group_of = {lane: group for group in self.table for lane in group}
        places = self._mine([group_of[lane] for lane in range(self.count)])
        rank = everyone.ndim
        numbers = GatherDimensionNumbers(tuple(range(1, rank)), (0,), (0,))
        sizes = (1, *everyone.shape[1:])
        return gather(everyone, reshape(places, (self.size, 1)), numbers, sizes, mode="promise_in_bounds")

    def reduced(self, x: Operand, reduce: Callable[..., Array]) -> Array:
        """What the lanes of the group hold, reduced."""
        return reduce(self.gathered(x), (0,))

    def exchanged(self, x: Operand, split_axis: int, concat_axis: int) -> Array:
        """This lane's parts of what the lanes of the group hold."""
        everyone = self.gathered(x)
        if everyone.shape[split_axis + 1] != self.size:
            raise ValueError(
                f"`x` of all_to_all must have size {self.size}, the number of lanes of a group, along split_axis "
                f"{split_axis}, got shape {everyone.shape[1:]}. Pass tiled=True for several elements a lane."
            )
        mine = dynamic_index_in_dim(everyone, self.place(), split_axis + 1, keepdims=False)
        order = list(range(1, mine.ndim))
        order.insert(concat_axis, 0)
        return transpose(mine, order)

    def part(self, x: Operand, axis: int) -> Array:
        """The entry along an axis that is this lane's."""
        return dynamic_index_in_dim(x, self.place(), axis, keepdims=False)


def group_of(function: str, axis_name: Any, groups: Any) -> LaneGroup | None:
    """The group of this lane; None where all lanes of the axes meet.

    Raises:
        ValueError: there are groups and several axes, or the groups are no partition.
    """
    if groups is None:
        return None
    names = tuple(axis_name) if isinstance(axis_name, (tuple, list)) else (axis_name,)
    if len(names) != 1:
        raise ValueError(f"`axis_name` of {function} must be one axis where there are groups, got {names}.")
    return LaneGroup(function, names[0], groups)
