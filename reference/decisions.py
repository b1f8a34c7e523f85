"""Decisions: what a run of a program decided, in order, and how another run replays it.

A limit runs a function at the point and next to it. The run at the point records the outcome of every
comparison and the output of every `stop_gradient`; the runs next to it get the latter handed back, and
notice where the former come out differently: there the point is a kink.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .reals import Scalar


@dataclass(slots=True)
class Tape:
    """What one run decided.

    Attributes:
        outcomes: of every decision.
        stopped: the scalars that left `stop_gradient`.
    """

    outcomes: list[Any] = field(default_factory=list)
    stopped: list[Scalar] = field(default_factory=list)


class Recording:
    """A run that writes a tape. An enclosing run is asked first: its tape also holds this one's outputs."""

    def __init__(self, tape: Tape, outer: Run | None) -> None:
        self.tape, self.outer = tape, outer

    def decide(self, outcome: Any) -> Any:
        """Write an outcome down."""
        if self.outer is not None:
            outcome = self.outer.decide(outcome)
        self.tape.outcomes.append(outcome)
        return outcome

    def stop(self, x: Scalar) -> Scalar:
        """Write the output of a `stop_gradient` down."""
        if self.outer is not None:
            x = self.outer.stop(x)
        self.tape.stopped.append(x)
        return x


class Watching:
    """A run next to the recorded one.

    Attributes:
        flipped: the places on the tape where this run decided otherwise.
        frozen: whether the recorded outcomes are handed out in place of this run's own.
    """

    def __init__(self, tape: Tape, frozen: bool = False) -> None:
        self.tape, self.frozen = tape, frozen
        self.flipped: list[int] = []
        self._outcome = self._stopped = 0

    def decide(self, outcome: Any) -> Any:
        """Compare an outcome with the recorded one."""
        place, self._outcome = self._outcome, self._outcome + 1
        if place >= len(self.tape.outcomes):  # it went another way long ago
            self.flipped.append(place)
            return outcome
        recorded = self.tape.outcomes[place]
        if recorded != outcome:
            self.flipped.append(place)
        return recorded if self.frozen else outcome

    def stop(self, x: Scalar) -> Scalar:
        """The recorded output of this `stop_gradient`."""
        place, self._stopped = self._stopped, self._stopped + 1
        return self.tape.stopped[place] if place < len(self.tape.stopped) else x


Run = Recording | Watching

_RUN: ContextVar[Run | None] = ContextVar("verax_run", default=None)


@contextmanager
def recording() -> Iterator[Tape]:
    """Record what the block decides."""
    tape = Tape()
    token = _RUN.set(Recording(tape, _RUN.get()))
    try:
        yield tape
    finally:
        _RUN.reset(token)


@contextmanager
def watching(tape: Tape, frozen: bool = False) -> Iterator[Watching]:
    """Hold what the block decides against a tape; ``frozen`` hands out the recorded outcomes."""
    run = Watching(tape, frozen)
    token = _RUN.set(run)
    try:
        yield run
    finally:
        _RUN.reset(token)


def decided(outcome: Any) -> Any:
    """Tell the run in force, if there is one, of an outcome; returns the outcome to go by."""
    run = _RUN.get()
    return outcome if run is None else run.decide(outcome)


def stopped(x: Scalar) -> Scalar:
    """Tell the run in force of a `stop_gradient`'s output; returns the scalar to go on with."""
    run = _RUN.get()
    return x if run is None else run.stop(x)
