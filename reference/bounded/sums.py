"""How sums hand errors on: every summand's, and a rounding for each level of the platform's order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import mul
from typing import TYPE_CHECKING, Any

from ...language.dtypes import DType
from ...language.primitive import Primitive
from ..exact import Aligned
from ..reals import (
    INF,
    Scalar,
    approximate,
    format_of,
    is_special,
)
from .numbers import TINY, UP, BoundedNumber, value_of
from .parts import Parts

if TYPE_CHECKING:
    from ..primitives.call import Call


class Reused(Aligned):
    """Scalars of many sums: their values, sizes and errors are taken apart once."""

    __slots__ = ("bounds", "sizes", "typicals", "undecided", "unverified", "values")

    def __init__(self, scalars: Sequence[Scalar]) -> None:
        self.scalars = scalars
        self.values = Aligned([value_of(x) for x in scalars])
        self.whole = self.values.whole
        self.sizes = [abs(approximate(x)) for x in self.values]
        bounded = [x if type(x) is BoundedNumber else None for x in scalars]
        self.bounds = [x.bound if x else 0.0 for x in bounded]
        self.typicals = [x.typical if x else 0.0 for x in bounded]
        self.undecided = any(x.undecided for x in bounded if x)
        self.unverified = next((x.unverified for x in bounded if x and x.unverified), None)

    def added(self) -> tuple[float, float, float, float]:
        """Of the sum: sizes added up, their root of squares, bounds added up, typical errors' root of squares."""
        root, squares = math.hypot(*self.sizes), math.hypot(*self.typicals)
        return sum(self.sizes), root, sum(self.bounds), squares

    def times(self, other: Reused) -> tuple[float, float, float, float]:
        """The same of the sum of products."""
        terms = list(map(mul, self.sizes, other.sizes))
        size, root = sum(terms), math.hypot(*terms)
        if not size and any(x and y for x, y in zip(self.sizes, other.sizes, strict=True)):
            size = TINY  # the products are too small for doubles, not zero
        reach = sum(map(mul, self.sizes, other.bounds)) + sum(map(mul, self.bounds, other.sizes))
        reach += sum(map(mul, self.bounds, other.bounds))
        squares = math.hypot(
            math.hypot(*map(mul, self.sizes, other.typicals)),
            math.hypot(*map(mul, self.typicals, other.sizes)),
        )
        return size, root, reach, squares


def _finite_size(a: Reused, b: Reused | None) -> float:
    """What the summands that are finite add up to: they may overflow to the infinity that the sum is not."""
    if b is None:
        return sum(x for x in a.sizes if x < INF)
    return sum(x * y for x, y in zip(a.sizes, b.sizes, strict=True) if x < INF and y < INF)


class Bounded(Parts):
    """Exact values with a platform's error bounds.

    Args:
        platform: whose budgets hold.
        digits: decimal digits of the values.
    """

    name = "bounded"

    def __repr__(self) -> str:
        return f"Bounded({self.platform.name}, {self.digits})"

    def reused(self, scalars: Sequence[Scalar]) -> Sequence[Scalar]:
        """The scalars, taken apart."""
        return Reused(scalars)

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The exact sum; every summand goes through as many roundings as the platform's order has levels."""
        a = left if type(left) is Reused else Reused(left)
        b = right if type(right) is Reused else None if right is None else Reused(right)
        value = self.summed(a.values) if b is None else self.dotted(a.values, b.values)
        size, root, reach, squares = a.added() if b is None else a.times(b)
        undecided = a.undecided or (b is not None and b.undecided)
        unverified = a.unverified or (b.unverified if b is not None else None)
        if unverified is not None:
            return BoundedNumber(value, INF, INF, undecided, unverified)
        if is_special(value):
            overflows = value == value and _finite_size(a, b) >= self.largest(dtype)
            return self.number(value, INF if overflows else 0.0, INF if overflows else 0.0, undecided)
        if type(value) is float and not size:
            # A sum of negative zeros is one, unless it is begun with 0.
            addends = a.values if b is None else map(self.times, a.values, b.values)
            undecided |= bool(a.values) and all(map(_is_negative_zero, addends))
        bound, typical = self._summing(primitive, dtype, len(a), b is not None, size + reach, root, value)
        bound = (reach + bound) * UP if bound else reach
        return self.number(value, bound, math.hypot(squares, typical), undecided)

    def _summing(
        self,
        primitive: Primitive,
        dtype: DType,
        count: int,
        products: bool,
        size: float,
        root: float,
        value: Scalar,
    ) -> tuple[float, float]:
        """Bound and typical error of adding ``count`` summands whose sizes add up to ``size``."""
        if not size:
            return 0.0, 0.0
        most, usual = self.budget(primitive.name, dtype)
        precision, least, _ = format_of(dtype)
        levels = self.platform.depth(count, product=products) + (1.0 if products else 0.0)
        unit = math.ldexp(1.0, 1 - precision)
        grown = levels * most * unit
        if grown >= 0.5 or size * (1 + grown) >= self.largest(dtype):
            return INF, INF
        bound = size * grown / (1 - grown)
        if products:  # a product may underflow
            bound += max(count * most * math.ldexp(1.0, least), TINY)
        if self.platform.flushes_subnormals:  # every product, and every partial sum, may become zero
            bound += (2 if products else 1) * count * math.ldexp(1.0, least + precision - 1)
        scale = max(abs(approximate(value)), root)
        return bound, usual * unit * math.sqrt(levels) * scale

    def factored(self, c: Call, definition: Callable[[Call], Any]) -> Any:
        """Exact values, and the backward error of the primitive's row."""
        from ..backward import bounded_results
        from ..backward_eig import bounded_eig
        from ..spectra import bounded_spectrum

        rows = {"fft": bounded_spectrum, "eig": bounded_eig}
        return rows.get(c.primitive.name, bounded_results)(self, c, definition)


def _is_negative_zero(x: Scalar) -> bool:
    return type(x) is float and x == 0.0 and math.copysign(1.0, x) < 0
