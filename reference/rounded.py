"""`Rounded`: the ideal machine. Every primitive is exact, then rounded once to its dtype."""

from __future__ import annotations

from collections.abc import Sequence

from ..language.dtypes import DType, is_float
from ..language.primitive import Primitive
from .exact import Exact
from .reals import Scalar, format_of, from_number, rounded
from .system import ComplexDefinition, Definition, Pair

# Sums and products of machine numbers are computed without any rounding before the last.
_WITHOUT_ERROR = frozenset({"add", "sub", "mul", "square"})


class Rounded(Exact):
    """Machine numbers, correctly rounded after every primitive, with overflow and gradual underflow.

    Args:
        at_least: narrower dtypes are rounded to this one instead; None rounds each to itself.
    """

    name = "rounded"

    def __init__(self, at_least: DType | None = None) -> None:
        super().__init__(digits=50)
        self.at_least = at_least
        self._exact = Exact(digits=50)

    def __repr__(self) -> str:
        return f"Rounded({self.at_least or ''})"

    def format(self, dtype: DType) -> DType:
        """The format that results of a dtype are rounded to."""
        if self.at_least is None or format_of(dtype)[0] >= format_of(self.at_least)[0]:
            return dtype
        return self.at_least

    def lift(self, x: float, dtype: DType) -> Scalar:
        """The nearest machine number: integers may be too long for a float dtype."""
        return rounded(from_number(x), self.format(dtype)) if is_float(dtype) else x

    def apply(self, definition: Definition, dtype: DType, operands: Sequence[Scalar]) -> Scalar:
        """The definition's value, rounded once."""
        if definition.name in _WITHOUT_ERROR:
            bits, self.bits = self.bits, 0
            try:
                value = self._value(definition, operands)
            finally:
                self.bits = bits
        else:
            value = self._value(definition, operands)
        return rounded(value, self.format(dtype))

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The definition's value, each part rounded once."""
        real, imaginary = self._exact.apply_to_parts(definition, dtype, operands)
        return rounded(real, self.format(dtype)), rounded(imaginary, self.format(dtype))

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The exact sum, rounded once."""
        return rounded(super().total(primitive, dtype, left, right), self.format(dtype))
