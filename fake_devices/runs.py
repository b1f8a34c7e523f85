"""Runs and their lanes: which lanes there are, where each stands, and with whom it can meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from greenlet import greenlet  # type: ignore[import-untyped]  # it ships none

from ..language.program import SourceLine
from .standing import Stand


class State(Enum):
    """What a lane is about."""

    READY = "is about to run"
    WAITING = "is at"
    INSIDE = "runs lanes of its own"
    RETURNED = "has returned"


@dataclass(frozen=True, slots=True)
class Signature:
    """What must be equal in all lanes that meet.

    Attributes:
        operation: the collective with its parameters.
        names: the axes that the lane is in, outermost first.
        axis: the place among these of the axis that it meets along.
        of: shape and dtype of what it brings.
    """

    operation: str
    names: tuple[Any, ...]
    axis: int
    of: Any

    def __str__(self) -> str:
        shown = f" of {self.of[1]}{list(self.of[0])}" if self.of else ""
        return f"{self.operation}{shown} over axis {self.names[self.axis]!r}"


@dataclass(slots=True)
class Meeting:
    """A collective that a lane has reached, and what it brings."""

    signature: Signature
    value: Any
    line: SourceLine | None
    turn: int  # the how-manieth of this operation in this lane, from 1
    device: bool  # whether the lanes that meet are devices

    @property
    def name(self) -> str:
        """The operation without its parameters."""
        return self.signature.operation.partition(" ")[0]


class Met(list[Any]):
    """What all lanes of a meeting brought, in their order; all lanes are handed the same list.

    Attributes:
        turn: the how-manieth meeting at this operation it is, from 1.
    """

    def __init__(self, values: Sequence[Any], turn: int) -> None:
        super().__init__(values)
        self.turn = turn
        self._made: list[Any] = []

    def once(self, make: Callable[[], Any]) -> Any:
        """``make()``'s value: computed for the first lane that asks, and the same for all."""
        if not self._made:
            self._made.append(make())
        return self._made[0]


class Run:
    """Lanes that were started together, along one axis or several.

    Attributes:
        parent: the lane that they run in, if any.
        names: the axes.
        sizes: how many lanes along each.
        device: whether each lane is a device; else they are lanes of `vmap`.
        lanes: in row-major order of the axes.
        results: of the lanes.
        open: how many have not returned.
        error: what one of them raised.
    """

    def __init__(
        self, parent: Lane | None, names: Sequence[Any], sizes: Sequence[int], device: bool, count: int
    ) -> None:
        self.parent, self.names, self.sizes, self.device = parent, tuple(names), tuple(sizes), device
        self.lanes: list[Lane] = []
        self.results: list[Any] = [None] * count
        self.open = count
        self.error: BaseException | None = None


class Lane:
    """One run of a program among several.

    Attributes:
        run: those that it was started with.
        number: its place among these.
        path: its index along every axis that it is in, outermost first.
        device: the number of the device that it runs on; None for a lane of `vmap` outside of any.
        state: what it is about.
        meeting: where it waits.
        last: where it waited before.
        turns: how often it has been at each operation.
        inner: the lanes that run in it.
        ending: whether it is being unwound, and meets nobody any more.
    """

    __slots__ = (
        "device",
        "ending",
        "greenlet",
        "inner",
        "last",
        "meeting",
        "met",
        "number",
        "path",
        "run",
        "state",
        "turns",
    )
    device: int | None

    def __init__(self, run: Run, number: int, place: tuple[int, ...]) -> None:
        parent = run.parent
        self.run, self.number = run, number
        self.path: tuple[int, ...] = (*parent.path, *place) if parent else place
        outer = parent.device if parent else None
        self.device = (outer or 0) * len(run.results) + number if run.device else outer
        self.state = State.READY
        self.meeting: Meeting | None = None
        self.last: Meeting | None = None
        self.met: Met | None = None
        self.turns: dict[str, int] = {}
        self.greenlet: greenlet | None = None
        self.inner: Run | None = None
        self.ending = False

    @property
    def names(self) -> tuple[Any, ...]:
        """The axes that the lane is in, outermost first."""
        return (*self.run.parent.names, *self.run.names) if self.run.parent else self.run.names

    def owner(self, axis: int) -> tuple[Run, int]:
        """The run that an axis of the lane's belongs to, and the number of lanes along it."""
        lane = self
        while axis < len(lane.path) - len(lane.run.sizes):
            assert lane.run.parent is not None, "the outermost lane has the first axis"
            lane = lane.run.parent
        return lane.run, lane.run.sizes[axis - len(lane.path) + len(lane.run.sizes)]

    def stand(self) -> Stand:
        """Where the lane is, for a message."""
        name = str(self.path[0]) if len(self.path) == 1 else str(self.path)
        if self.meeting is None:
            last = self.last
            return Stand(
                name, self.state.value, last.line if last else None, str(last.signature) if last else ""
            )
        return Stand(name, f"is at {self.meeting.signature}", self.meeting.line)
