"""Decisions: what a run of a program decided, in order, and how another run replays it.

A limit runs a function at the point and next to it. The run at the point records the outcome of every
comparison and the output of every `stop_gradient`; the runs next to it get the latter handed back, and
notice where the former come out differently: there the point is a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .reals import Scalar

# The arrays that a callback returned.
Answer = list[Any]


@dataclass(slots=True)
class Tape:
    """What one run decided.

    Attributes:
        outcomes: of every decision.
        stopped: the scalars that left `stop_gradient`.
        called: of every callback, by function, the scalars that it was given and the arrays that it returned.
    """

    outcomes: list[Any] = field(default_factory=list)
    stopped: list[Scalar] = field(default_factory=list)
    called: dict[Hashable, list[tuple[list[Scalar], Answer]]] = field(default_factory=dict)


class Recording:
    """A run that writes a tape. An enclosing run is asked first: its tape also holds this one's outputs."""

    def __init__(self, tape: Tape, outer: Run | None, before: Tape | None = None) -> None:
        self.tape, self.outer, self.before = tape, outer, before

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

    def call(self, function: Hashable, given: list[Scalar], ask: Callable[[], Answer]) -> Answer:
        """Ask a callback, unless an earlier run at the same point has; write down what it says."""
        calls = self.tape.called.setdefault(function, [])
        known = self.before.called.get(function, []) if self.before else []
        if len(calls) < len(known):
            found = known[len(calls)][1]
        else:
            found = ask() if self.outer is None else self.outer.call(function, given, ask)
        calls.append((given, found))
        return found


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
        self._calls: dict[Hashable, int] = {}

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

    def call(self, function: Hashable, given: list[Scalar], ask: Callable[[], Answer]) -> Answer:
        """What a callback said to the recorded run, if that gave it the same; it is not asked again.

        Raises:
            ValueError: the callback depends on what is differentiated.
        """
        said, start = self.tape.called.get(function, []), self._calls.get(function, 0)
        for place in (*range(start, len(said)), *range(start)):
            if said[place][0] == given:
                self._calls[function] = place + 1
                found: Answer = said[place][1]
                return found
        if said and not said[0][1]:  # it only looks on
            return []
        raise no_derivative(str(getattr(function, "co_name", function)))


def no_derivative(name: str) -> ValueError:
    """What to raise where a callback that returns something depends on what is differentiated."""
    return ValueError(
        f"The callback {name!r} has no derivative: a limit cannot ask what Python "
        f"does between machine numbers, and callbacks do not support JVP. Wrap the call in a function with a "
        f"custom_jvp rule, which `fast` believes, or stop_gradient its arguments."
    )


Run = Recording | Watching

_RUN: ContextVar[Run | None] = ContextVar("verax_run", default=None)


@contextmanager
def recording(before: Tape | None = None) -> Iterator[Tape]:
    """Record what the block decides; callbacks that an earlier run at the same point has asked are not asked again."""
    tape = Tape()
    token = _RUN.set(Recording(tape, _RUN.get(), before))
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


def is_running() -> bool:
    """Whether a run records or watches."""
    return _RUN.get() is not None


def decided(outcome: Any) -> Any:
    """Tell the run in force, if there is one, of an outcome; returns the outcome to go by."""
    run = _RUN.get()
    return outcome if run is None else run.decide(outcome)


def stopped(x: Scalar) -> Scalar:
    """Tell the run in force of a `stop_gradient`'s output; returns the scalar to go on with."""
    run = _RUN.get()
    return x if run is None else run.stop(x)


def called(function: Hashable, given: list[Scalar], ask: Callable[[], Answer]) -> Answer:
    """What a callback says, asked once for all the runs that a limit takes."""
    run = _RUN.get()
    return ask() if run is None else run.call(function, given, ask)
