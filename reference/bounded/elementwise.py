"""How elementwise definitions hand errors on: partial derivatives times bounds, plus the budget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

from ...language.dtypes import DType
from ..exact import Exact
from ..propagation import POLYGAMMA, PROPAGATIONS, UNKNOWN, Propagation, integer_power
from ..reals import (
    INF,
    Scalar,
    approximate,
    format_of,
    is_special,
    magnitude,
)
from ..system import Definition
from .decisions import Decisions
from .numbers import UP, BoundedNumber, moved

# The budget that means so, whatever the result.
CORRECTLY_ROUNDED = 0.5


class Elementwise(Decisions):
    """First-order running error analysis of elementwise definitions (Higham, section 3.3)."""

    def apply(self, definition: Definition, dtype: DType, operands: Sequence[Scalar]) -> Scalar:
        """The value; partial derivatives times bounds, plus the budget."""
        uncertain = [x for x in operands if type(x) is BoundedNumber]
        if not uncertain:
            z = self._value(definition, operands)
            if type(z) is float:
                return z
            exponent = magnitude(z)
            if not self.budget(definition.name, dtype)[0] and exponent < format_of(dtype)[2]:
                return z
            if self._is_representable(definition.name, dtype, operands, z):
                return z
            size = abs(approximate(z))
            return self.number(z, *self.rounding(definition.name, dtype, size, exponent))
        values = [x.value if type(x) is BoundedNumber else x for x in operands]
        z = self._value(definition, values)
        undecided = any(x.undecided for x in uncertain)
        unverified = next((x.unverified for x in uncertain if x.unverified), None)
        if unverified is not None:
            return BoundedNumber(z, INF, INF, undecided, unverified)
        if z == 0.0 and definition.name == "sub" and operands[0] is operands[1]:
            return z  # whatever a machine made of x, it takes the same from the same
        if type(z) is float and z - z != 0.0:
            return self._special(definition, z, operands, undecided)
        return self._propagated(definition, dtype, operands, values, z, undecided)

    def _is_representable(self, name: str, dtype: DType, operands: Sequence[Scalar], z: Scalar) -> bool:
        """Whether a correctly rounded result is a number of the format, which rounding leaves as it is."""
        precision, least, top = format_of(dtype)
        _, _, exponent, bits = z._mpf_
        if bits > precision or exponent < least or exponent + bits > top or 3 * precision > self.bits:
            return False
        if self.budget(name, dtype)[0] != CORRECTLY_ROUNDED or self.platform.flushes_subnormals:
            return False
        # A quotient, root or product that is none differs from all of them by more than these digits show; a sum
        # may have lost what is far below its last digit.
        lowest = min((x._mpf_[2] for x in operands if type(x) is not float), default=exponent)
        return exponent + bits - lowest <= self.bits or name not in ("add", "sub")

    def _special(
        self, definition: Definition, z: float, operands: Sequence[Scalar], undecided: bool
    ) -> Scalar:
        """An infinite or NaN result: certain if it is so wherever the operands may be."""
        if definition.name == "pow" and type(operands[1]) is BoundedNumber and z != z:
            # A negative number has powers where the exponent is an integer, and nowhere between.
            return BoundedNumber(z, INF, INF, undecided, "pow of a negative number by an uncertain exponent")
        ends = [
            (moved(x.value, -x.bound), moved(x.value, x.bound)) if type(x) is BoundedNumber else (x,)
            for x in operands
        ]
        for corner in product(*ends):
            other = self._value(definition, corner)
            if not (type(other) is float and (other == z or (other != other and z != z))):
                reason = f"{definition.name} is {z}, and something else within the bounds of its operands"
                return BoundedNumber(z, INF, INF, undecided, reason)
        return self.number(z, 0.0, 0.0, undecided)

    def _propagated(
        self,
        definition: Definition,
        dtype: DType,
        operands: Sequence[Scalar],
        values: Sequence[Scalar],
        z: Scalar,
        undecided: bool,
    ) -> Scalar:
        near = approximate(z)
        reach, squares = self._handed_on(definition, dtype, operands, values, z)
        if not reach < INF:
            reason = f"an operand of {definition.name} is known to too few digits"
            return BoundedNumber(z, INF, INF, undecided, reason)
        if definition.jumps is not None and not self._decided(definition.jumps[0], operands):
            reach += definition.jumps[1](*map(approximate, values))
            undecided = True
        size = abs(near) + reach
        if not size and type(z) is float:
            return self.number(z, 0.0, 0.0, undecided)  # exactly zero
        if size:
            exponent = math.frexp(size)[1] if size < INF else 1 << 30
        else:  # below all doubles
            exponent = magnitude(z)
        bound, typical = self.rounding(definition.name, dtype, size, exponent)
        typical = math.hypot(typical, *squares) if typical < INF else INF
        return self.number(z, (reach + bound) * UP if bound else reach, typical, undecided)

    def _handed_on(
        self,
        definition: Definition,
        dtype: DType,
        operands: Sequence[Scalar],
        values: Sequence[Scalar],
        z: Scalar,
    ) -> tuple[float, list[float]]:
        """How far the operands' bounds reach in the result, and their typical errors, each times its partial."""
        bounds = [x.bound if type(x) is BoundedNumber else 0.0 for x in operands]
        sizes, near, rule = [approximate(v) for v in values], approximate(z), _propagation(definition)
        slopes = (
            rule.slopes(*sizes, near)
            if rule.slopes is not None
            else self._partials(definition, dtype, values, z, bounds)
        )
        reach = sum(s * b for s, b in zip(slopes, bounds, strict=True) if s and b)
        squares = typically(operands, slopes)
        if rule.rest is None:
            return max(reach, self._at_ends(definition, dtype, values, bounds)), squares
        reach += rule.rest(sizes, bounds, near, reach)
        # Where a slope vanishes, the second order is what the error is made of.
        typicals = [x.typical if type(x) is BoundedNumber else 0.0 for x in operands]
        squares.append(rule.rest(sizes, typicals, near, math.hypot(*squares)))
        if reach > rule.width:
            return rule.width, [min(math.hypot(*squares), rule.width)]
        return reach, squares

    def _partials(
        self,
        definition: Definition,
        dtype: DType,
        values: Sequence[Scalar],
        z: Scalar,
        bounds: Sequence[float],
    ) -> list[float]:
        """The absolute partials by operands that are uncertain."""
        found = []
        for partial, bound in zip(definition.partials, bounds, strict=True):
            if not bound or partial is None:
                found.append(0.0)
                continue
            factor = partial(self.operations, *values, z)
            size = abs(factor) if type(factor) is int else abs(approximate(factor))
            found.append(INF if size != size else size)
        return found

    def _at_ends(
        self, definition: Definition, dtype: DType, values: Sequence[Scalar], bounds: Sequence[float]
    ) -> float:
        """The first order with the partials at either end of the operands' intervals."""
        most, sides, branch = 0.0, [], _propagation(definition).branch
        for sign in (-1.0, 1.0):
            ends = [moved(v, sign * b) for v, b in zip(values, bounds, strict=True)]
            z = self._value(definition, ends)
            if is_special(z):
                return INF
            sides.append(None if branch is None else branch(*ends))
            partials = self._partials(definition, dtype, ends, z, bounds)
            most = max(most, sum(p * b for p, b in zip(partials, bounds, strict=True) if b))
        return most if sides[0] == sides[1] else INF

    @property
    def operations(self) -> Any:
        """Definitions applied to exact values: partial derivatives have no errors of their own."""
        if self._operations is None:
            self._operations = Exact(self.digits).operations
        return self._operations


def typically(operands: Sequence[Scalar], slopes: Sequence[float]) -> list[float]:
    """The typical errors of operands, each times its partial; of the same operand twice they add up."""
    found: dict[int, float] = {}
    for x, slope in zip(operands, slopes, strict=True):
        if type(x) is BoundedNumber and slope:
            found[id(x)] = found.get(id(x), 0.0) + slope * x.typical
    return [0.0, *found.values()]


def _propagation(definition: Definition) -> Propagation:
    if definition.exponent is not None:
        return integer_power(definition.exponent)
    if definition.order is not None:
        return POLYGAMMA
    return PROPAGATIONS.get(definition.name, UNKNOWN)
