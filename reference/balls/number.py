"""`BallNumber`: a real of which a set is known that contains it."""

from __future__ import annotations

import math
from typing import Any

from mpmath.libmp import fzero, mpf_ge, mpf_le, mpf_sub

from ..primitives.steps import floor
from ..reals import NAN, Raw, Real, Scalar, from_number, real
from . import Enclosure, Enclosures

# Numbers above 2^LONG are not asked for the integers beside them.
_LONG = 4096


class BallNumber:
    """A real of which a set is known that contains it.

    Attributes:
        ball: the set, as its backend holds it; None if nothing is known.
        backend: what made it.
        origin: the definition and the operands that it is the value of, or "sum" and rows of terms or of factors.
    """

    __slots__ = ("_ends", "_value", "backend", "ball", "origin")

    def __init__(
        self, ball: Enclosure | None, backend: Enclosures, origin: tuple[Any, Any] | None = None
    ) -> None:
        self.ball, self.backend, self.origin = ball, backend, origin
        self._ends: tuple[Raw, Raw] | None = None
        self._value: Scalar = None

    @property
    def value(self) -> Scalar:
        """A real inside of the set; NaN if nothing is known."""
        if self._value is None:
            self._value = NAN if self.ball is None else real(self.backend.middle(self.ball))
        return self._value

    @property
    def ends(self) -> tuple[Raw, Raw] | None:
        """Raw numbers below and above the real; None if nothing is known."""
        if self._ends is None and self.ball is not None:
            self._ends = self.backend.ends(self.ball)
        return self._ends

    @property
    def radius(self) -> Scalar:
        """The most that the real may be away from `value`; infinite if nothing is known."""
        if self.ends is None:
            return math.inf
        low, high = self.ends
        middle = raw_of(self.value)
        below, above = mpf_sub(middle, low, 64, "u"), mpf_sub(high, middle, 64, "u")
        return real(below if mpf_ge(below, above) else above)

    def contains(self, x: Scalar) -> bool:
        """Whether a finite real may be the one."""
        if self.ends is None:
            return True
        raw = raw_of(x)
        return bool(mpf_le(self.ends[0], raw) and mpf_le(raw, self.ends[1]))

    def __repr__(self) -> str:
        return f"BallNumber({self.value!r}, radius={self.radius!r})"


def raw_of(x: Scalar) -> Raw:
    """The raw number of a finite real."""
    return x._mpf_ if type(x) is Real else fzero  # type: ignore[no-any-return]


def is_unknown(x: Scalar) -> bool:
    """Whether nothing is known of a scalar."""
    return type(x) is BallNumber and x.ball is None


def corners(x: Scalar) -> tuple[Scalar, ...]:
    """What a monotone question is asked at to know its outcomes on a set: the ends, and 0 between them."""
    if type(x) is not BallNumber:
        return (x,)
    assert x.ends is not None, "the caller looks for what is unknown"
    low, high = map(real, x.ends)
    return (low, 0.0, high) if x.ends[0][0] and not x.ends[1][0] else (low, high)


def landmarks(x: Scalar) -> tuple[Scalar, ...]:
    """Where a function is looked at to know where it is special: also 1, -1, and two integers, an odd and an even."""
    found: tuple[Any, ...] = corners(x)
    if type(x) is not BallNumber:
        return found
    high = found[-1]
    candidates = [from_number(1), from_number(-1)]
    if type(high) is Real and high._mpf_[2] + high._mpf_[3] < _LONG:
        whole = int(floor(high))
        candidates += [from_number(whole), from_number(whole - 1)]
    return (*found, *(c for c in candidates if type(c) is Real and x.contains(c)))
