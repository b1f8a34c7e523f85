"""What `Bounded` computes with: values with what is known of a machine's error, and choices in doubt."""

from __future__ import annotations

from typing import Any

from mpmath.libmp import from_float, mpf_add, mpf_sub, round_up, to_float

from ..reals import (
    INF,
    NEAREST,
    SPREAD,
    Scalar,
    approximate,
    from_number,
    is_special,
    real,
)

TINY = 5e-324
# Bounds are computed in doubles: so much is added for the roundings of one step.
UP = 1 + 2.0**-48


class BoundedNumber:
    """A value and what is known of a machine's error.

    Attributes:
        value: the exact scalar.
        bound: the most that a machine may be off by, absolute; inf if there is no bound.
        typical: what it is typically off by, absolute.
        undecided: whether it rests on a comparison that was decided by less than its bound.
        unverified: why there is no bound; None if there is one.
    """

    __slots__ = ("bound", "typical", "undecided", "unverified", "value")

    def __init__(
        self,
        value: Scalar,
        bound: float = 0.0,
        typical: float = 0.0,
        undecided: bool = False,
        unverified: str | None = None,
    ) -> None:
        self.value, self.bound, self.typical = value, bound, typical
        self.undecided, self.unverified = undecided, unverified

    def __repr__(self) -> str:
        marks = "".join(f", {m}" for m in ("undecided" * self.undecided, self.unverified) if m)
        return f"BoundedNumber({self.value!r}, bound={self.bound:.3g}, typical={self.typical:.3g}{marks})"


class Undecided:
    """An integer or boolean that rests on an undecided comparison.

    Attributes:
        value: its exact value.
        candidates: what it may be on a machine; None: anything.
    """

    __slots__ = ("candidates", "value")

    def __init__(self, value: Any, candidates: frozenset[Any] | None) -> None:
        self.value, self.candidates = value, candidates

    def __repr__(self) -> str:
        return f"Undecided({self.value!r}, {self.candidates})"


def value_of(x: Scalar) -> Scalar:
    """The exact scalar, without what is known of its error."""
    return x.value if type(x) is BoundedNumber or type(x) is Undecided else x


def moved(x: Scalar, by: float) -> Scalar:
    """``x + by``, to as many digits as keep the difference between all numbers that machines hold."""
    if not by or is_special(x):
        return x
    if by - by != 0.0:
        return by
    if type(x) is float:
        return from_number(by)
    return real(mpf_add(x._mpf_, from_float(by), SPREAD, NEAREST))


def reach_from(x: Scalar, value: Scalar) -> float:
    """The distance of a number from a value, and its bound."""
    away = distance(value_of(x), value)
    return (away + x.bound) * UP if type(x) is BoundedNumber else away


def distance(x: Scalar, y: Scalar) -> float:
    """|x - y|, rounded up; infinite where one is special and the other is another."""
    if type(x) is float or type(y) is float:
        if is_special(x) or is_special(y):
            same = type(x) is float and type(y) is float and (x == y or (x != x and y != y))
            return 0.0 if same else INF
        return abs(approximate(y if type(x) is float else x))
    return abs(float(to_float(mpf_sub(x._mpf_, y._mpf_, 53, round_up))))
