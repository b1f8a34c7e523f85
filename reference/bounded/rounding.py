"""What one rounding of a platform adds to a number."""

from __future__ import annotations

import math

from ...language.catalogue import PRIMITIVES
from ...language.dtypes import DType, finfo, is_float, real_of
from ...language.platform import Platform
from ..exact import Exact
from ..reals import (
    INF,
    Scalar,
    approximate,
    format_of,
    from_number,
    magnitude,
    rounded,
)
from .numbers import TINY, BoundedNumber


class Rounding(Exact):
    """Exact values, and what a platform's rounding adds to them.

    Args:
        platform: whose budgets hold.
        digits: decimal digits of the values.
    """

    def __init__(self, platform: Platform, digits: int = 50) -> None:
        super().__init__(digits)
        self.platform = platform
        self._budgets: dict[tuple[str, DType], tuple[float, float]] = {}
        self._largest: dict[DType, float] = {}

    # -- rounding ---------------------------------------------------------------------------------------
    def budget(self, name: str, dtype: DType) -> tuple[float, float]:
        """The largest and the typical error of one result of a primitive, in ULPs."""
        key = name, dtype
        found = self._budgets.get(key)
        if found is None:
            primitive = PRIMITIVES.get(name) or PRIMITIVES["digamma"]  # its derivatives have no name
            found = self._budgets[key] = (
                self.platform.most(primitive, dtype),
                self.platform.typical(primitive, dtype),
            )
        return found

    def largest(self, dtype: DType) -> float:
        """The largest number of a format."""
        if dtype not in self._largest:
            self._largest[dtype] = float(finfo(dtype).max)
        return self._largest[dtype]

    def rounding(self, name: str, dtype: DType, size: float, exponent: int) -> tuple[float, float]:
        """Bound and typical error of rounding a result below ``size`` < 2^exponent."""
        most, typical = self.budget(name, dtype)
        precision, least, top = format_of(real_of(dtype))
        if most and self.platform.flushes_subnormals and exponent <= least + precision:
            flushed = math.ldexp(1.0, least + precision - 1)
            return flushed, flushed
        unit = math.ldexp(1.0, max(exponent - precision, least)) if exponent <= top else INF
        bound = most * unit if most else 0.0
        if most and not bound:
            bound = TINY  # half of the least subnormal double: doubles have no smaller number
        if exponent >= top and size + bound >= self.largest(dtype):
            return INF, INF
        return bound, typical * unit if typical else 0.0

    def lift(self, x: float, dtype: DType) -> Scalar:
        """The number itself; an integer too long for the format is rounded by a machine."""
        if not is_float(dtype):
            return x
        value = from_number(x)
        if type(x) is int and abs(x) >> format_of(dtype)[0] and rounded(value, dtype) != value:
            bound, typical = self.rounding("convert_element_type", dtype, float(abs(x)), magnitude(value))
            return self.number(value, bound, typical)
        if self.platform.flushes_subnormals and type(value) is not float:
            precision, least, _ = format_of(dtype)
            if magnitude(value) < least + precision:  # the machine may read it as zero
                size = abs(approximate(value))
                return self.number(value, size, size)
        return value

    def number(
        self,
        value: Scalar,
        bound: float,
        typical: float,
        undecided: bool = False,
        unverified: str | None = None,
    ) -> Scalar:
        """A scalar of this system; the value alone where it is certain."""
        if bound == INF and not unverified:
            unverified = "overflows on the way"
        if bound or undecided or unverified:
            return BoundedNumber(value, bound, typical, undecided, unverified)
        return value
