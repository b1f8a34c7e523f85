"""Faults that a mesh can carry: what happens to real devices, at a place of your choice.

Places are written ``"psum#3"``: the third `psum` of that lane; ``"psum"`` is each of them, None every collective.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..language.dtypes import as_dtype
from .runs import Lane, Meeting
from .standing import Stand


class Death(BaseException):
    """Raised in a lane that dies: no ``except Exception`` of the user's revives a device.

    Attributes:
        stand: where it died.
    """

    def __init__(self, stand: Stand) -> None:
        super().__init__(stand.where())
        self.stand = stand


def _is_at(at: str | None, meeting: Meeting) -> bool:
    if not (meeting.device and meeting.signature.of):
        return False  # lanes of `vmap`, or a word among the lanes of the reference
    if at is None:
        return True
    name, _, turn = at.partition("#")
    return name == meeting.name and (not turn or int(turn) == meeting.turn)


def _checked_place(at: str | None) -> None:
    name, mark, turn = ("any" if at is None else at).partition("#")
    if not name or (mark and not (turn.isdecimal() and int(turn) > 0)):
        raise ValueError(f'`at` must be a collective such as "psum", or "psum#3" for the third, got {at!r}.')


def _checked_lane(lane: int) -> None:
    if type(lane) is not int or lane < 0:
        raise ValueError(f"`lane` must be the number of a device, 0 or more, got {lane!r}.")


class Fault:
    """What may go wrong. Each of these does nothing, and a fault does one of them."""

    def brought(self, lane: Lane, meeting: Meeting, filled: Callable[[float], Any]) -> Any:
        """What the others get from a lane that has reached a collective."""
        return meeting.value

    def delivered(self, meeting: Meeting, values: list[Any]) -> list[Any]:
        """What lanes are handed of what they have brought."""
        return values

    def arrange(self, lanes: list[Lane]) -> None:
        """Reorder the lanes that are about to run."""


@dataclass(frozen=True)
class Die(Fault):
    """A device is lost when it reaches a collective.

    Raises:
        ValueError: the place or the lane is none.
    """

    lane: int
    at: str | None = None

    def __post_init__(self) -> None:
        _checked_lane(self.lane)
        _checked_place(self.at)

    def brought(self, lane: Lane, meeting: Meeting, filled: Callable[[float], Any]) -> Any:
        """Raise, if it is this lane's turn."""
        if lane.device == self.lane and _is_at(self.at, meeting):
            name = lane.stand().lane
            raise Death(Stand(name, f"died at {meeting.name}#{meeting.turn}", meeting.line))
        return meeting.value


@dataclass(frozen=True)
class Corrupt(Fault):
    """A device brings one number everywhere instead of its own (in both parts of a complex one): NaN, infinity, zero.

    Raises:
        ValueError: the place or the lane is none; in the lane, integers cannot be that number.
    """

    lane: int
    with_: float = float("nan")
    at: str | None = None

    def __post_init__(self) -> None:
        _checked_lane(self.lane)
        _checked_place(self.at)

    def brought(self, lane: Lane, meeting: Meeting, filled: Callable[[float], Any]) -> Any:
        """The number in the shape of what the lane brings, if it is this lane's turn."""
        if lane.device == self.lane and _is_at(self.at, meeting):
            dtype = as_dtype(meeting.signature.of[1])
            if dtype.kind in "iub" and not float(self.with_).is_integer():
                raise ValueError(f"`with_` of Corrupt must be a number that {dtype} holds, got {self.with_}.")
            return filled(self.with_)
        return meeting.value


@dataclass(frozen=True)
class Slow(Fault):
    """A device is always the last to arrive. It changes no result; whoever relies on an order is found.

    Raises:
        ValueError: the lane is none.
    """

    lane: int

    def __post_init__(self) -> None:
        _checked_lane(self.lane)

    def arrange(self, lanes: list[Lane]) -> None:
        """Put its lanes last."""
        lanes.sort(key=lambda x: x.device == self.lane)


@dataclass(frozen=True)
class Reorder(Fault):
    """What lanes bring to a collective is delivered as if others had brought it, in an order drawn from a seed.

    Sums stay what they are but for their rounding; whatever depends on who brought what does not.

    Raises:
        ValueError: the place is none.
    """

    at: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _checked_place(self.at)

    def delivered(self, meeting: Meeting, values: list[Any]) -> list[Any]:
        """The values in another order, which never is their own."""
        if not _is_at(self.at, meeting) or len(values) < 2:
            return values
        order = list(range(len(values)))
        draw = random.Random(f"{self.seed} {meeting.turn}")
        while order == sorted(order):
            draw.shuffle(order)
        return [values[k] for k in order]


def checked_faults(faults: Sequence[Fault], count: int) -> tuple[Fault, ...]:
    """The faults of a mesh.

    Raises:
        TypeError: one of them is no fault.
        ValueError: one is of a device that is not there.
    """
    for fault in faults:
        if not isinstance(fault, Fault):
            raise TypeError(f"`faults` must hold Die, Corrupt, Slow and Reorder, got {fault!r}.")
        lane = getattr(fault, "lane", 0)
        if lane >= count:
            raise ValueError(
                f"`lane` of {fault} must be the number of one of {count} devices, got {lane}. They count from 0."
            )
    return tuple(faults)
