"""Lanes: several runs of one program in one thread, which meet at collectives.

Each lane is a greenlet. They run in order, each until it meets the others; a collective that they do not
agree on is reported at once with the line where each lane stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]  # it ships none

from ..language.dispatch import named_axis
from ..language.errors import CollectiveError
from ..language.program import SourceLine
from ..language.tracing import user_line


class Lane:
    """One of several runs.

    Attributes:
        index: its place along the axis.
        size: the number of lanes.
        meetings: how often it has met the others.
    """

    def __init__(self, index: int, size: int, hub: greenlet) -> None:
        self.index, self.size, self._hub = index, size, hub
        self.meetings = 0
        self.waiting: tuple[str, Any] | None = None  # operation and signature
        self.value: Any = None
        self.line: SourceLine | None = None
        self.resume: greenlet | None = None

    def meet(self, operation: str, value: Any, signature: Any) -> list[Any]:
        """Wait for all lanes at ``operation``; returns the value of each, in order of lanes.

        ``signature`` is what must be equal in all lanes: shapes and dtypes.

        Raises:
            CollectiveError: the lanes do not agree.
        """
        self.waiting, self.value, self.line = (operation, signature), value, user_line()
        self.meetings += 1
        self.resume = getcurrent()  # a lane within this lane may be the one that meets
        return list(self._hub.switch())

    def stands(self) -> str:
        """Where the lane is, for a message."""
        if self.waiting is None:
            return f"lane {self.index} has returned"
        operation, signature = self.waiting
        shown = f" of {signature[1]}{list(signature[0])}" if signature else ""
        return f"lane {self.index} is at {operation}{shown}, {self.line or 'no line of yours'}"


def run_lanes(functions: Sequence[Callable[[], Any]], axis_name: Any) -> list[Any]:
    """Run each function as one lane of the axis; returns their results in order.

    A lane starts from a copy of the caller's context.

    Raises:
        CollectiveError: the lanes do not agree at a collective.
    """
    hub = getcurrent()
    size = len(functions)
    results: list[Any] = [None] * size
    lanes = [Lane(i, size, hub) for i in range(size)]
    runs = [
        _start(lane, function, axis_name, results) for lane, function in zip(lanes, functions, strict=True)
    ]
    answers: list[Any] | None = None
    try:
        for lane, run in zip(lanes, runs, strict=True):
            _advance(lane, run, None)
        while any(lane.waiting for lane in lanes):
            _check_agreement(lanes, axis_name)
            answers = [lane.value for lane in lanes]
            for lane, run in zip(lanes, runs, strict=True):
                _advance(lane, lane.resume or run, answers)
    finally:
        for lane, run in zip(lanes, runs, strict=True):
            _end(lane, run)
    return results


def _start(lane: Lane, function: Callable[[], Any], axis_name: Any, results: list[Any]) -> greenlet:
    def run() -> None:
        with named_axis(axis_name, lane.size, lane):
            results[lane.index] = function()

    made = greenlet(run, parent=getcurrent())
    made.gr_context = copy_context()
    return made


def _advance(lane: Lane, run: greenlet, answers: Any) -> None:
    """Let a lane run until it meets the others or returns. Its exceptions come out here."""
    lane.waiting = lane.value = lane.resume = None
    if answers is None:
        run.switch()
    else:
        run.switch(answers)


def _end(lane: Lane, run: greenlet) -> None:
    """Unwind a lane that did not return."""
    if run and not run.dead:
        run.throw(GreenletExit)


def _check_agreement(lanes: Sequence[Lane], axis_name: Any) -> None:
    if len({lane.waiting for lane in lanes}) == 1:
        return
    raise CollectiveError(
        f"The lanes of axis {axis_name!r} must meet at the same collective with equal shapes and dtypes, got "
        + "; ".join(lane.stands() for lane in lanes)
        + ". Call collectives in every lane, in the same order."
    )
