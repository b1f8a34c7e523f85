"""How complex definitions hand errors on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from ...language.dtypes import DType, complex_of
from ..dual import Dual
from ..exact import Exact
from ..reals import (
    INF,
    Scalar,
    approximate,
    from_number,
    is_special,
    magnitude,
)
from ..system import ComplexDefinition, Pair
from .elementwise import Elementwise
from .numbers import BoundedNumber, moved, value_of


class Parts(Elementwise):
    """The same of complex definitions, whose scalars are pairs: budgets are of the absolute value."""

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The value; partial derivatives times bounds, and the budget in ULPs of the absolute value.

        The partials, by the chain rule, are taken at the value and where all parts are furthest off.
        """
        scalars = [s for pair in operands for s in pair]
        uncertain = [i for i, s in enumerate(scalars) if type(s) is BoundedNumber]
        values = [value_of(s) for s in scalars]
        exact = Exact(self.digits).apply_to_parts(definition, dtype, _paired(values))
        undecided = any(scalars[i].undecided for i in uncertain)
        # An infinity in either part makes a complex number infinite (C99 G.3): the other part is left open, and so
        # is the sign of an infinity or a zero beside a NaN (G.6).
        undecided = undecided or any(map(is_special, exact))
        reason = next((scalars[i].unverified for i in uncertain if scalars[i].unverified), None)
        if reason is None and any(map(is_special, exact)) and uncertain:
            reason = f"{definition.name} is infinite or NaN at operands that are not certain"
        reaches = None if reason else self._reaches(definition, dtype, scalars, values, uncertain)
        if reaches is None:
            reason = reason or f"an operand of {definition.name} is known to too few digits"
            return tuple(BoundedNumber(z, INF, INF, undecided, reason) for z in exact)  # type: ignore[return-value]  # of two
        return self._bounded_parts(definition, dtype, exact, reaches, undecided)

    def _bounded_parts(
        self,
        definition: ComplexDefinition,
        dtype: DType,
        exact: Pair,
        reaches: Sequence[tuple[float, float]],
        undecided: bool,
    ) -> Pair:
        """Both parts with what their operands' bounds reach, and with the budget, which is of the absolute value."""
        size = math.hypot(
            *(abs(approximate(z)) + reach for z, (reach, _) in zip(exact, reaches, strict=True))
        )
        bound, typical = 0.0, 0.0
        if any(type(z) is not float for z in exact) and not any(map(is_special, exact)):
            # Doubles have no number so large, or none so small, where their own exponents end.
            inside = 0 < size < INF
            exponent = (
                math.frexp(size)[1] if inside else max(magnitude(z) for z in exact if type(z) is not float)
            )
            bound, typical = self.rounding(definition.name, complex_of(dtype), size, exponent)
        found = [
            self.number(z, reach + bound, math.hypot(square, typical), undecided)
            for z, (reach, square) in zip(exact, reaches, strict=True)
        ]
        return found[0], found[1]

    def _reaches(
        self,
        definition: ComplexDefinition,
        dtype: DType,
        scalars: Sequence[Scalar],
        values: Sequence[Scalar],
        uncertain: Sequence[int],
    ) -> list[tuple[float, float]] | None:
        """How far the operands' bounds reach in each part, and their typical errors; None: no one knows."""
        most, typical = [0.0, 0.0], [[0.0], [0.0]]
        bounds = [scalars[i].bound for i in uncertain]
        for signs in (
            [()] if not uncertain else [(0.0,) * len(uncertain), *product((-1.0, 1.0), repeat=len(uncertain))]
        ):
            at = list(values)
            for i, sign, bound in zip(uncertain, signs, bounds, strict=True):
                at[i] = moved(values[i], sign * bound)
            partials = _partials_of_parts(definition, dtype, at, uncertain, self.digits)
            for part, slopes in enumerate(partials):
                reach = sum(slope * bound for slope, bound in zip(slopes, bounds, strict=True))
                if not reach < INF:
                    return None
                most[part] = max(most[part], reach)
                if not any(signs):
                    typical[part] = [s * scalars[i].typical for s, i in zip(slopes, uncertain, strict=True)]
        return [(reach, math.hypot(*terms)) for reach, terms in zip(most, typical, strict=True)]


def _paired(scalars: Sequence[Scalar]) -> list[Pair]:
    return list(zip(scalars[::2], scalars[1::2], strict=True))


def _partials_of_parts(
    definition: ComplexDefinition, dtype: DType, values: Sequence[Scalar], by: Sequence[int], digits: int
) -> tuple[list[float], list[float]]:
    """The absolute partials of both parts by the scalars at ``by``, one dual number at a time."""
    dual = Dual(Exact(digits))
    found: tuple[list[float], list[float]] = [], []
    for i in by:
        moving = list(values)
        moving[i] = dual.number(values[i], from_number(1.0))
        for slopes, part in zip(found, dual.apply_to_parts(definition, dtype, _paired(moving)), strict=True):
            slope = abs(approximate(dual.split(part)[1]))
            slopes.append(INF if slope != slope else slope)
    return found
