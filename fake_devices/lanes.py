"""Lanes: one Python function running once per device, in turns, meeting at collectives.

Each lane is a greenlet with a copy of its parent's context. A lane runs until it returns or reaches a
collective; when all wait at one, they are held against each other and go on with everybody's values.
There are no threads and no time-outs: the order is always the same, and a mismatch is known at once.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import greenlet

from ..language.dispatch import axis_frame, named_axis
from ..language.errors import CollectiveError
from ..language.program import SourceLine
from ..language.tracing import user_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """What a lane waits at.

    Attributes:
        axis: the name of the axis that it meets over.
        operation: such as "psum".
        signature: what must be equal in all lanes, printable: shape and dtype.
        value: what the lane brings.
        source: the user's line.
    """

    axis: Any
    operation: str
    signature: str
    value: Any
    source: SourceLine | None

    def __str__(self) -> str:
        where = f" at {self.source}" if self.source else ""
        return f"{self.operation}({self.signature}) over {self.axis!r}{where}"

    def agrees(self, other: Call) -> bool:
        """Whether two lanes wait at the same collective."""
        mine = (self.axis, self.operation, self.signature)
        return mine == (other.axis, other.operation, other.signature)


class Lane:
    """One lane of an axis.

    Attributes:
        index: its place along the axis.
        size: how many lanes there are.
    """

    def __init__(self, index: int, size: int, axis: Any) -> None:
        self.index, self.size, self.axis = index, size, axis
        self.waits: Call | None = None
        self.result: Any = None
        self.done = False
        self.greenlet: greenlet.greenlet | None = None

    def meet(self, operation: str, signature: str, value: Any) -> list[Any]:
        """Wait for all lanes of this axis; returns what each of them brought, in order of lanes.

        Raises:
            CollectiveError: the lanes do not all come to this operation with this signature.
        """
        innermost = _running()
        innermost.waits = Call(self.axis, operation, signature, value, user_line())
        assert innermost.greenlet is not None, "a lane that runs has its greenlet"
        assert innermost.greenlet.parent is not None, "and that one its scheduler"
        values: list[Any] = innermost.greenlet.parent.switch()
        return values


_RUNNING: contextvars.ContextVar[Lane | None] = contextvars.ContextVar("verax_lane", default=None)


def _running() -> Lane:
    lane = _RUNNING.get()
    if lane is None:
        raise CollectiveError(
            "A collective must run in a lane, got none running. Call it inside pmap or vmap."
        )
    return lane


def meet(axis: Any, operation: str, signature: str, value: Any) -> list[Any]:
    """Meet over a named axis in scope whose lanes run here; see `Lane.meet`."""
    lane: Lane = axis_frame(axis).owner
    return lane.meet(operation, signature, value)


def run_lanes(functions: Sequence[Callable[[], T]], axis: Any) -> list[T]:
    """Run one function per lane of ``axis``, each until it returns; returns their results.

    Raises:
        CollectiveError: two lanes wait at different collectives, or one returned while others wait;
            the message shows every lane's line.
        Exception: whatever a lane raised, with a note that says which lane it was.
    """
    lanes = [Lane(i, len(functions), axis) for i in range(len(functions))]
    try:
        for lane, function in zip(lanes, functions, strict=True):
            _start(lane, function)
        while not all(lane.done for lane in lanes):
            values = _meeting(lanes, axis)
            for lane, own in zip(lanes, values, strict=True):
                lane.waits = None
                _resume(lane, own)
    finally:
        for lane in lanes:
            if lane.greenlet is not None and not lane.greenlet.dead:
                lane.greenlet.throw(greenlet.GreenletExit)
    return [lane.result for lane in lanes]


def _start(lane: Lane, function: Callable[[], Any]) -> None:
    def run() -> None:
        _RUNNING.set(lane)
        with named_axis(lane.axis, lane.size, lane):
            lane.result = function()
        lane.done = True

    lane.greenlet = greenlet.greenlet(run)
    lane.greenlet.gr_context = contextvars.copy_context()
    _resume(lane)


def _resume(lane: Lane, *values: Any) -> None:
    assert lane.greenlet is not None, "started before"
    try:
        lane.greenlet.switch(*values)
    except Exception as err:
        err.add_note(f"In lane {lane.index} of {lane.size} of axis {lane.axis!r}.")
        raise


def _meeting(lanes: Sequence[Lane], axis: Any) -> list[list[Any]]:
    """What each lane goes on with, once all of them wait at the same collective."""
    calls = [lane.waits for lane in lanes if lane.waits is not None]
    first = calls[0]
    if len(calls) < len(lanes) or not all(first.agrees(c) for c in calls):
        shown = "\n".join(f"  lane {lane.index}: {lane.waits or 'has returned'}" for lane in lanes)
        raise CollectiveError(
            f"The lanes of axis {axis!r} must all come to the same collective, got\n{shown}\n"
            f"Make every lane call it, in the same order, with the same shape and dtype."
        )
    if first.axis == axis:
        return [[c.value for c in calls]] * len(lanes)
    # An axis further out: this lane of it meets the others with the values of all lanes inside it.
    together = meet(first.axis, first.operation, first.signature, [c.value for c in calls])
    return [[values[i] for values in together] for i in range(len(lanes))]
