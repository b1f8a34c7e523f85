"""Where lanes stand, and the errors that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..language.errors import CollectiveError
from ..language.program import SourceLine


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one lane is.

    Attributes:
        lane: what it is called: its index, or its indices along several axes.
        does: what it is at: a collective with its axis, shape and dtype; or that it has returned.
        line: the user's line; of a lane that has returned, that of its last collective.
        after: the last collective of a lane that has returned.
    """

    lane: str
    does: str
    line: SourceLine | None
    after: str = ""

    def where(self) -> str:
        """What the lane does, and on which line."""
        last = f" after {self.after}" if self.after else ""
        return f"{self.does}{last}, {self.line or 'no line of yours'}"


class MismatchError(CollectiveError):
    """Raised when lanes do not meet at the same collective, before any of them goes on.

    Attributes:
        stands: where each lane is.
        odd: the lanes that are not where most are; all of them where there is no majority.
    """

    def __init__(self, message: str, stands: Sequence[Stand], odd: Sequence[str]) -> None:
        super().__init__(message)
        self.stands, self.odd = tuple(stands), tuple(odd)


class LaneDiedError(MismatchError):
    """Raised when a lane that was told to die at a collective has, and the others would wait for ever."""


def odd_ones(stands: Sequence[Stand]) -> tuple[str, ...]:
    """The lanes that are not where more than half of them are; all without such a majority."""
    counted = Counter(s.does for s in stands)
    most, count = counted.most_common(1)[0]
    if 2 * count <= len(stands):
        return tuple(s.lane for s in stands)
    return tuple(s.lane for s in stands if s.does != most)


def told(stands: Sequence[Stand], odd: Sequence[str]) -> str:
    """Where all lanes are, those at one place in one phrase, the odd ones first."""
    places: dict[str, list[Stand]] = {}
    for stand in sorted(stands, key=lambda s: s.lane not in odd):
        places.setdefault(stand.where(), []).append(stand)
    phrases = []
    for where, those in places.items():
        names = ", ".join(s.lane for s in those)
        phrases.append(f"lane {names} {where}" if len(those) == 1 else f"lanes {names}: each {where}")
    return "; ".join(phrases)
