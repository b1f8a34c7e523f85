"""The scheduler: which lane runs next, who meets whom, and when lanes cannot meet.

All lanes of a thread, those within lanes too, belong to one scheduler. It lets every lane run until it waits at a
collective or returns, and only when all are at rest does it look: no lane passes a collective before every lane's
next one is known.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Container, Hashable, Sequence
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]  # it ships none

from ..language.tracing import user_line
from .block import current_block
from .faults import Death
from .runs import Lane, Meeting, Met, Run, Signature, State
from .standing import LaneDiedError, MismatchError, odd_ones, told


class Scheduler:
    """Runs lanes, as the innermost `fake_devices` block says.

    Attributes:
        hub: the greenlet that all lanes come back to.
        thread: the thread that it belongs to.
    """

    def __init__(self) -> None:
        self.hub: greenlet = getcurrent()
        self.thread = threading.get_ident()
        self._block = current_block()
        self._draw = None if self._block.schedule is None else random.Random(self._block.schedule)
        self._ready: list[Lane] = []
        self._lanes: dict[tuple[int, ...], Lane] = {}  # the last lane at each path
        self._waiting: dict[tuple[int, ...], Lane] = {}

        self._broken: list[tuple[Lane, BaseException]] = []

    # -- what lanes call ------------------------------------------------------------------------------------
    def run(self, run: Run) -> list[Any]:
        """Run lanes to their end: all that there are in the hub, where a lane waits for its own.

        Raises:
            Exception: what one of them raised, or that they disagree.
        """
        parent = run.parent
        if parent is not None and parent.ending:
            raise GreenletExit
        for lane in run.lanes:
            self._lanes[lane.path] = lane
        self._ready += run.lanes
        if parent is None:
            try:
                self._drive(run)
            finally:
                self.end(run)
        elif run.open:
            parent.state, parent.inner = State.INSIDE, run
            self.hub.switch()
            parent.inner = None
        if run.error is not None:
            raise run.error
        return run.results

    def meet(
        self,
        lane: Lane,
        axis: int,
        operation: str,
        value: Any,
        of: Any,
        filled: Callable[[float], Any] | None,
    ) -> Met:
        """Wait until all lanes along the axis are here."""
        if lane.ending:
            raise GreenletExit
        name = operation.partition(" ")[0]
        turn = lane.turns[name] = lane.turns.get(name, 0) + 1
        signature = Signature(operation, lane.names, axis, of)
        meeting = Meeting(signature, value, user_line(), turn, lane.owner(axis)[0].device)
        if filled is not None:
            for fault in self._block.faults:
                meeting.value = fault.brought(lane, meeting, filled)
        lane.meeting, lane.state = meeting, State.WAITING
        self._waiting[lane.path] = lane
        self.hub.switch()
        if lane.met is None:
            raise GreenletExit  # it was woken to be ended
        met, lane.met = lane.met, None
        return met

    def guarded(self, lane: Lane, body: Callable[[], None]) -> Callable[[], None]:
        """The lane's greenlet: what it raises is kept for the hub, and never unwinds it."""

        def run() -> None:
            try:
                body()
            except GreenletExit:
                pass  # it was ended, for another lane's sake
            except BaseException as err:  # noqa: BLE001  # raised again where the lanes were started
                self._broken.append((lane, err))
            lane.state = State.RETURNED

        return run

    # -- what the hub does ----------------------------------------------------------------------------------
    def _drive(self, root: Run) -> None:
        while root.open:
            if not self._ready:
                self._let_meet()
                continue
            self._arrange()
            batch, self._ready = self._ready, []
            for lane in batch:
                if not lane.ending:
                    self._advance(lane)

    def _arrange(self) -> None:
        """The order in which the lanes that can run do."""
        if self._draw is not None:
            self._draw.shuffle(self._ready)
        for fault in self._block.faults:
            fault.arrange(self._ready)

    def _advance(self, lane: Lane) -> None:
        """Let a lane run until it waits, runs lanes of its own, or ends."""
        assert lane.greenlet is not None, "it was started with one"
        lane.state = State.READY
        lane.greenlet.switch()
        if self._broken:
            self._broke()
        elif lane.state is State.RETURNED:
            run = lane.run
            run.open -= 1
            if run.open == 0 and run.parent is not None:
                self._ready.append(run.parent)

    def _let_meet(self) -> None:
        """Everyone is at rest: those who are all there go on, unless someone can never be met."""
        groups: dict[Hashable, list[Lane]] = {}
        for lane in self._waiting.values():
            groups.setdefault(_group_of(lane), []).append(lane)
        whole = {key: lanes for key, lanes in groups.items() if _is_whole(lanes)}
        able = {lane.path for lanes in whole.values() for lane in lanes}
        for key, lanes in groups.items():
            if key not in whole and self._in_vain(lanes, able):
                self._disagree(lanes[0])
                return
        if not whole:
            self._stuck()
        for lanes in whole.values():
            lanes.sort(key=lambda x: x.path)
            for lane in lanes:
                del self._waiting[lane.path]
            self._meet(lanes)

    def _in_vain(self, lanes: Sequence[Lane], able: Container[tuple[int, ...]]) -> bool:
        """Whether lanes wait for one that is elsewhere: at another collective, or at none any more.

        One that is about to go on along another axis may still come; one that itself waits in vain may not.
        """
        if any(not _agree(lanes[0], lane) for lane in lanes):
            return True
        for path in _paths(lanes[0]):
            other = self._waiting.get(path)
            gone = self._is_gone(path, able) if other is None else not _agree(lanes[0], other)
            if gone and path not in able:
                return True
        return False

    def _is_gone(self, path: tuple[int, ...], able: Container[tuple[int, ...]]) -> bool:
        """Whether no lane will be at a path, as things stand: it has returned, or what it would run in waits."""
        lane = self._lanes.get(path)
        if lane is not None and lane.state is not State.RETURNED:
            return False  # it runs lanes of its own
        if lane is not None and lane.run.open:
            return True
        for end in range(len(path) - 1, 0, -1):
            outer = self._lanes.get(path[:end])
            if outer is not None and outer.state is not State.RETURNED:
                return outer.state is State.WAITING and outer.path not in able
        return True

    def _meet(self, lanes: Sequence[Lane]) -> None:
        first = lanes[0].meeting
        assert first is not None, "they wait"
        values = [lane.meeting.value for lane in lanes if lane.meeting is not None]
        for fault in self._block.faults:
            values = fault.delivered(first, values)
        if first.device:
            self._block.traffic.count(first, len(lanes))
        met = Met(values, first.turn)
        for lane in lanes:
            lane.last, lane.meeting, lane.met, lane.state = lane.meeting, None, met, State.READY
        self._ready += lanes

    # -- when it goes wrong ---------------------------------------------------------------------------------
    def _disagree(self, lane: Lane) -> None:
        """A lane waits for others that are elsewhere."""
        assert lane.meeting is not None, "it waits"
        group = _paths(lane)
        axis = lane.meeting.signature.axis
        run, _ = lane.owner(axis)
        stands = [self._lanes[p].stand() for p in group if p in self._lanes]
        odd = odd_ones(stands)
        if run is lane.run:
            stands = [x.stand() for x in run.lanes]
            odd = odd if len(odd) < len(group) else odd_ones(stands)
        self._fail(
            run,
            MismatchError(
                f"The lanes of axis {lane.names[axis]!r} must meet at the same collective with equal shapes and "
                f"dtypes, got {told(stands, odd)}. Call collectives in every lane, in the same order.",
                stands,
                odd,
            ),
        )

    def _stuck(self) -> None:
        """Each lane waits for another, none of which is at a wrong place."""
        run = next(iter(self._waiting.values())).run
        while run.parent is not None:
            run = run.parent.run
        stands = [lane.stand() for lane in self._waiting.values()]
        odd = odd_ones(stands)
        self._fail(
            run,
            MismatchError(
                f"The lanes must meet at the same collectives, got lanes that wait for each other for ever: "
                f"{told(stands, odd)}. Call collectives in every lane, in the same order.",
                stands,
                odd,
            ),
        )

    def _broke(self) -> None:
        """A lane has raised: its error is told with where the others are, and ends them."""
        (lane, error), *_ = self._broken
        self._broken.clear()
        run, name = lane.run, lane.stand().lane
        others = [x.stand() for x in run.lanes if x is not lane]
        if isinstance(error, Death):
            error = LaneDiedError(
                f"Lane {name} was told to die, and {error.stand.where()}. The others would wait for it for ever: "
                f"{told(others, ())}.",
                [*others, error.stand],
                [name],
            )
        elif others and isinstance(error, Exception):
            axes = ", ".join(map(repr, run.names))
            error.add_note(f"Raised in lane {name} of axis {axes}. The others: {told(others, ())}.")
        self._fail(run, error)

    def _fail(self, run: Run, error: BaseException) -> None:
        """Keep an error for whoever started the lanes, end these, and let that one go on."""
        run.error = error
        self.end(run)
        if run.parent is not None:
            self._ready.append(run.parent)

    def end(self, run: Run) -> None:
        """Unwind the lanes that did not return, those within them first."""
        run.open = 0
        for lane in run.lanes:
            if lane.state is State.RETURNED:
                continue
            if lane.inner is not None:
                self.end(lane.inner)
            lane.ending = True
            self._waiting.pop(lane.path, None)
            if lane.greenlet:
                lane.greenlet.throw(GreenletExit)
            lane.state = State.RETURNED


def _agree(lane: Lane, other: Lane) -> bool:
    here, there = lane.meeting, other.meeting
    return here is not None and there is not None and here.signature == there.signature


def _group_of(lane: Lane) -> Hashable:
    """The same for all lanes that wait for each other."""
    assert lane.meeting is not None, "it waits"
    at = lane.meeting.signature.axis
    return at, lane.path[:at], lane.path[at + 1 :]


def _paths(lane: Lane) -> list[tuple[int, ...]]:
    """The paths of the lanes that a waiting lane is to meet, in order."""
    assert lane.meeting is not None, "it waits"
    at = lane.meeting.signature.axis
    return [(*lane.path[:at], k, *lane.path[at + 1 :]) for k in range(lane.owner(at)[1])]


def _is_whole(lanes: Sequence[Lane]) -> bool:
    """Whether all who are to meet are here, for the same."""
    first = lanes[0]
    assert first.meeting is not None, "it waits"
    return len(lanes) == first.owner(first.meeting.signature.axis)[1] and all(
        _agree(first, lane) for lane in lanes
    )
