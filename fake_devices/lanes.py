"""Lanes: several runs of one program in one thread, which meet at collectives.

Each lane is a greenlet. They run one at a time, each until it meets the others, in an order that is drawn from
the mesh's seed; a collective that they do not agree on is reported at once with the line where each lane stands.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from contextvars import ContextVar, copy_context
from typing import Any

from greenlet import greenlet  # type: ignore[import-untyped]  # it ships none

from ..language.dispatch import named_axis
from .runs import Lane, Met, Run
from .scheduler import Scheduler

_HERE: ContextVar[tuple[Scheduler, Lane] | None] = ContextVar("verax_lane", default=None)


class AxisLane:
    """A lane as one of its axes sees it: what owns the axis' name in the lane's context.

    Attributes:
        index: its place along the axis.
        size: the number of lanes along it.
        meetings: how often it has met the others.
    """

    __slots__ = ("_axis", "index", "meetings", "size")

    def __init__(self, index: int, size: int, axis: int) -> None:
        self.index, self.size, self._axis = index, size, axis
        self.meetings = 0

    def meet(
        self, operation: str, value: Any, signature: Any, filled: Callable[[float], Any] | None = None
    ) -> Met:
        """Wait for the lanes along this axis at ``operation``; returns the value of each, in order of lanes.

        Args:
            operation: the collective, and its parameters after a space.
            value: what this lane brings.
            signature: (shape, dtype), which must be equal in all lanes; or ().
            filled: makes a value like this lane's that holds one number everywhere, for faults.

        Raises:
            MismatchError: the lanes do not agree.
        """
        here = _HERE.get()
        assert here is not None, "only a lane owns an axis that is met along"
        self.meetings += 1
        scheduler, lane = here  # a lane within this one may be the one that meets
        return scheduler.meet(lane, self._axis, operation, value, signature, filled)


def run_lanes(
    functions: Sequence[Callable[[], Any]],
    axis_name: Any,
    sizes: Sequence[int] | None = None,
    *,
    device: bool = True,
) -> list[Any]:
    """Run each function as one lane; returns their results in order. A lane starts from a copy of the context.

    Args:
        functions: what the lanes do.
        axis_name: the name of their axis; with ``sizes`` those of several, outermost first.
        sizes: how many lanes there are along each of several axes, in whose row-major order the functions are.
        device: whether each lane is a device, which faults may befall.

    Raises:
        MismatchError: the lanes do not agree at a collective.
        Exception: whatever a lane raises, with a note on where the others are; it ends all.
    """
    names = (axis_name,) if sizes is None else tuple(axis_name)
    extents = (len(functions),) if sizes is None else tuple(sizes)
    assert math.prod(extents) == len(functions), "one function for each lane"
    here = _HERE.get()
    if here is not None and here[0].thread != threading.get_ident():
        here = None  # a thread that was given a lane's context is no lane
    scheduler = Scheduler() if here is None else here[0]
    run = Run(None if here is None else here[1], names, extents, device, len(functions))
    places = itertools.product(*map(range, extents))
    for number, (function, place) in enumerate(zip(functions, places, strict=True)):
        lane = Lane(run, number, place)
        lane.greenlet = greenlet(_body(scheduler, lane, place, function), parent=scheduler.hub)
        lane.greenlet.gr_context = copy_context()
        run.lanes.append(lane)
    return scheduler.run(run)


def _body(
    scheduler: Scheduler, lane: Lane, place: tuple[int, ...], function: Callable[[], Any]
) -> Callable[[], None]:
    first = len(lane.path) - len(place)

    def body() -> None:
        _HERE.set((scheduler, lane))
        with ExitStack() as axes:
            for k, (name, size) in enumerate(zip(lane.run.names, lane.run.sizes, strict=True)):
                axes.enter_context(named_axis(name, size, AxisLane(place[k], size, first + k)))
            lane.run.results[lane.number] = function()

    return scheduler.guarded(lane, body)
