"""`Bounded`: beside every exact value, the most that a machine within its platform's budgets may be off by.

First-order running error analysis: an elementwise function passes its operands' errors on through its
partial derivatives and adds its own budget; a reduction adds one rounding for each level of its tree.
Beside the bound goes the typical error, the root of the sum of squares. Sources: Higham, "Accuracy and
Stability of Numerical Algorithms", 2nd edition, sections 3.3 (running error analysis) and 4.2 (summation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from operator import mul
from typing import TYPE_CHECKING, Any

from mpmath.libmp import from_float, mpf_add, mpf_sub, round_up, to_float

from ..language.catalogue import PRIMITIVES
from ..language.dtypes import DType, complex_of, finfo, is_float, real_of
from ..language.platform import Platform
from ..language.primitive import Primitive
from . import decisions
from .dual import Dual
from .exact import Aligned, Exact, ordering
from .propagation import POLYGAMMA, PROPAGATIONS, UNKNOWN, Propagation, integer_power
from .reals import (
    INF,
    NEAREST,
    SPREAD,
    Scalar,
    approximate,
    format_of,
    from_number,
    is_special,
    magnitude,
    real,
    rounded,
)
from .system import ComplexDefinition, Definition, Pair, Question

if TYPE_CHECKING:
    from .primitives.call import Call

# The budget that means so, whatever the result.
CORRECTLY_ROUNDED = 0.5
# Candidates of an undecided scalar beyond which they are not listed any more.
_MANY = 16
_TINY = 5e-324
# Bounds are computed in doubles: so much is added for the roundings of one step.
_UP = 1 + 2.0**-48


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


class _Reused(Aligned):
    """Scalars of many sums: their values, sizes and errors are taken apart once."""

    __slots__ = ("bounds", "sizes", "typicals", "undecided", "unverified", "values")

    def __init__(self, scalars: Sequence[Scalar]) -> None:
        self.scalars = scalars
        self.values = Aligned([_value(x) for x in scalars])
        self.whole = self.values.whole
        self.sizes = [abs(approximate(x)) for x in self.values]
        bounded = [x if type(x) is BoundedNumber else None for x in scalars]
        self.bounds = [x.bound if x else 0.0 for x in bounded]
        self.typicals = [x.typical if x else 0.0 for x in bounded]
        self.undecided = any(x.undecided for x in bounded if x)
        self.unverified = next((x.unverified for x in bounded if x and x.unverified), None)

    def added(self) -> tuple[float, float, float, float]:
        """Of the sum: sizes added up, their root of squares, bounds added up, typical errors' root of squares."""
        root, squares = _root_of_squares(self.sizes), _root_of_squares(self.typicals)
        return sum(self.sizes), root, sum(self.bounds), squares

    def times(self, other: _Reused) -> tuple[float, float, float, float]:
        """The same of the sum of products."""
        terms = list(map(mul, self.sizes, other.sizes))
        size, root = sum(terms), _root_of_squares(terms)
        if not size and any(x and y for x, y in zip(self.sizes, other.sizes, strict=True)):
            size = _TINY  # the products are too small for doubles, not zero
        reach = sum(map(mul, self.sizes, other.bounds)) + sum(map(mul, self.bounds, other.sizes))
        reach += sum(map(mul, self.bounds, other.bounds))
        squares = math.hypot(
            _root_of_squares(map(mul, self.sizes, other.typicals)),
            _root_of_squares(map(mul, self.typicals, other.sizes)),
        )
        return size, root, reach, squares


class Bounded(Exact):
    """Exact values with a platform's error bounds.

    Args:
        platform: whose budgets hold.
        digits: decimal digits of the values.
    """

    name = "bounded"

    def __init__(self, platform: Platform, digits: int = 50) -> None:
        super().__init__(digits)
        self.platform = platform
        self._budgets: dict[tuple[str, DType], tuple[float, float]] = {}
        self._largest: dict[DType, float] = {}

    def __repr__(self) -> str:
        return f"Bounded({self.platform.name}, {self.digits})"

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
            bound = _TINY  # half of the least subnormal double: doubles have no smaller number
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

    # -- elementwise --------------------------------------------------------------------------------------
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
            (_moved(x.value, -x.bound), _moved(x.value, x.bound)) if type(x) is BoundedNumber else (x,)
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
        return self.number(z, (reach + bound) * _UP if bound else reach, typical, undecided)

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
        squares = _typically(operands, slopes)
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
            ends = [_moved(v, sign * b) for v, b in zip(values, bounds, strict=True)]
            z = self._value(definition, ends)
            if is_special(z):
                return INF
            sides.append(None if branch is None else branch(*ends))
            partials = self._partials(definition, dtype, ends, z, bounds)
            most = max(most, sum(p * b for p, b in zip(partials, bounds, strict=True) if b))
        return most if sides[0] == sides[1] else INF

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The value; partial derivatives times bounds, and the budget in ULPs of the absolute value.

        The partials, by the chain rule, are taken at the value and where all parts are furthest off.
        """
        scalars = [s for pair in operands for s in pair]
        uncertain = [i for i, s in enumerate(scalars) if type(s) is BoundedNumber]
        values = [_value(s) for s in scalars]
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
        if size and not any(map(is_special, exact)):
            bound, typical = self.rounding(definition.name, complex_of(dtype), size, math.frexp(size)[1])
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
                at[i] = _moved(values[i], sign * bound)
            partials = _partials_of_parts(definition, dtype, at, uncertain, self.digits)
            for part, slopes in enumerate(partials):
                reach = sum(slope * bound for slope, bound in zip(slopes, bounds, strict=True))
                if not reach < INF:
                    return None
                most[part] = max(most[part], reach)
                if not any(signs):
                    typical[part] = [s * scalars[i].typical for s, i in zip(slopes, uncertain, strict=True)]
        return [(reach, _root_of_squares(terms)) for reach, terms in zip(most, typical, strict=True)]

    @property
    def operations(self) -> Any:
        """Definitions applied to exact values: partial derivatives have no errors of their own."""
        if self._operations is None:
            self._operations = Exact(self.digits).operations
        return self._operations

    # -- sums ---------------------------------------------------------------------------------------------
    def reused(self, scalars: Sequence[Scalar]) -> Sequence[Scalar]:
        """The scalars, taken apart."""
        return _Reused(scalars)

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The exact sum; every summand goes through as many roundings as the platform's order has levels."""
        a = left if type(left) is _Reused else _Reused(left)
        b = right if type(right) is _Reused else None if right is None else _Reused(right)
        value = self.summed(a.values) if b is None else self.dotted(a.values, b.values)
        size, root, reach, squares = a.added() if b is None else a.times(b)
        undecided = a.undecided or (b is not None and b.undecided)
        unverified = a.unverified or (b.unverified if b is not None else None)
        if unverified is not None:
            return BoundedNumber(value, INF, INF, undecided, unverified)
        if is_special(value):
            return self.number(value, 0.0, 0.0, undecided)
        if type(value) is float and not size:
            # A sum of negative zeros is one, unless it is begun with 0.
            addends = a.values if b is None else map(self.times, a.values, b.values)
            undecided |= bool(a.values) and all(map(_is_negative_zero, addends))
        bound, typical = self._summing(primitive, dtype, len(a), b is not None, size + reach, root, value)
        bound = (reach + bound) * _UP if bound else reach
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
            bound += max(count * most * math.ldexp(1.0, least), _TINY)
        scale = max(abs(approximate(value)), root)
        return bound, usual * unit * math.sqrt(levels) * scale

    def factored(self, c: Call, definition: Callable[[Call], Any]) -> Any:
        """Exact values, and the backward error of the primitive's row."""
        from .backward import bounded_results
        from .backward_eig import bounded_eig
        from .spectra import bounded_spectrum

        rows = {"fft": bounded_spectrum, "eig": bounded_eig}
        return rows.get(c.primitive.name, bounded_results)(self, c, definition)

    # -- decisions ------------------------------------------------------------------------------------------
    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """The outcome at the exact values."""
        return decisions.decided(question(*(_value(x) for x in operands)))

    def _outcomes(self, question: Question, operands: Sequence[Scalar]) -> tuple[Any, set[Any]]:
        """The outcome, and all that a machine may come to."""
        outcome = self.decide(question, operands)
        if all(type(x) is not BoundedNumber for x in operands):
            return outcome, {outcome}
        if len(operands) == 2 and (operands[0] is operands[1] or _apart(question, *operands)):
            return outcome, {outcome}
        ends = [
            (_moved(x.value, -x.bound), x.value, _moved(x.value, x.bound))
            if type(x) is BoundedNumber
            else (x,)
            for x in operands
        ]
        found = {question(*corner) for corner in product(*ends)}
        if -1 in found and 1 in found and question is ordering:
            found.add(0)
        return outcome, found

    def _decided(self, question: Question, operands: Sequence[Scalar]) -> bool:
        return len(self._outcomes(question, operands)[1]) == 1

    def answer(
        self, function: Callable[..., Scalar], question: Question, operands: Sequence[Scalar]
    ) -> Scalar:
        """The answer, marked where a machine may come to another."""
        outcome, outcomes = self._outcomes(question, operands)
        undecided = any(x.undecided for x in operands if type(x) is BoundedNumber)
        answers = frozenset(function(o) for o in outcomes)
        if len(answers) == 1 and not undecided:
            return function(outcome)
        return Undecided(function(outcome), None if undecided else answers)

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """The value, with the height of the steps that a machine may be off by."""
        outcome, outcomes = self._outcomes(question, operands)
        value = _stepped(function(outcome))
        undecided = any(x.undecided for x in operands if type(x) is BoundedNumber)
        reason = next((x.unverified for x in operands if type(x) is BoundedNumber and x.unverified), None)
        if len(outcomes) == 1:
            return self.number(value, 0.0, 0.0, undecided, reason)
        height = max(_distance(_stepped(function(o)), value) for o in outcomes)
        return BoundedNumber(value, height, height, True, reason)

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The extreme element itself; where it is in doubt, its value with the largest bound of those close."""
        values = [_value(x) for x in scalars]
        top = super().extreme(dtype, values, sign)
        best = scalars[next(i for i, v in enumerate(values) if v is top)]
        own = best.bound if type(best) is BoundedNumber else 0.0
        if is_special(top) and not own and top == INF * sign:
            return best
        rivals = [
            x
            for x, v in zip(scalars, values, strict=True)
            if (x is not best and type(x) is BoundedNumber) or (own and x is not best)
            if _distance(v, top) <= own + (x.bound if type(x) is BoundedNumber else 0.0)
        ]
        if not rivals:
            # Which zero is the larger is said by IEEE 754-2019, and by no machine.
            return self.number(top, 0.0, 0.0, True) if _has_both_zeros(top, values) else best
        close = [x for x in (best, *rivals) if type(x) is BoundedNumber]
        return self.number(
            top,
            max(x.bound for x in close),
            max(x.typical for x in close),
            any(x.undecided for x in close),
            next((x.unverified for x in close if x.unverified), None),
        )

    def select(self, which: Scalar, cases: Sequence[Scalar]) -> Scalar:
        """The chosen case itself; the hull of the candidates where the choice is in doubt."""
        if type(which) is not Undecided:
            return super().select(which, cases)
        chosen = super().select(which.value, cases)
        if which.candidates is None:
            candidates = list(cases)
        else:
            candidates = [super(Bounded, self).select(k, cases) for k in which.candidates]
        return self._hull(chosen, candidates, False)

    def among(self, chosen: Scalar, candidates: Sequence[Scalar], key: bool) -> Scalar:
        """A sorted key is off by no more than the largest bound near it; a payload may be another's."""
        if not key:
            return self._hull(chosen, candidates, True)
        close = [x for x in candidates if type(x) is BoundedNumber]
        reason = next((x.unverified for x in close if x.unverified), None)
        if type(_value(chosen)) in (int, bool):
            return self._hull(chosen, candidates, True)
        bound = max((x.bound for x in close), default=0.0)
        typical = max((x.typical for x in close), default=0.0)
        return self.number(_value(chosen), bound, typical, any(x.undecided for x in close), reason)

    def _hull(self, chosen: Scalar, candidates: Sequence[Scalar], undecided: bool) -> Scalar:
        if all(x is chosen for x in candidates):
            return chosen
        value = self.outcome(_value(chosen))
        if type(value) in (int, bool):
            found = frozenset(self.outcome(x) for x in candidates)
            certain = len(found) == 1 and not any(type(x) is Undecided for x in candidates)
            return value if certain else Undecided(value, found)
        height = max(_reaches(x, value) for x in candidates)
        numbers = [x for x in (chosen, *candidates) if type(x) is BoundedNumber]
        reason = next((x.unverified for x in numbers if x.unverified), None)
        undecided = undecided or any(x.undecided for x in numbers) or height == INF
        if height == INF and reason is None:
            reason = "a choice between finite and infinite values is in doubt"
        return self.number(value, height, height, undecided, reason)

    # -- integers, marks, values ------------------------------------------------------------------------------
    def plainly(self, function: Callable[..., Scalar], operands: Sequence[Scalar]) -> Scalar:
        """The function, for every candidate where operands are undecided."""
        if all(type(x) is not Undecided for x in operands):
            return function(*operands)
        value = function(*(self.outcome(x) for x in operands))
        lists: list[Any] = []
        for x in operands:
            if type(x) is Undecided:
                if x.candidates is None:
                    return Undecided(value, None)
                lists.append(sorted(x.candidates))
            else:
                lists.append([x])
        if math.prod(map(len, lists)) > _MANY:
            return Undecided(value, None)
        found = frozenset(function(*corner) for corner in product(*lists))
        return value if len(found) == 1 else Undecided(value, found)

    def outcome(self, which: Scalar) -> Any:
        """The plain value."""
        return which.value if type(which) in (Undecided, BoundedNumber) else which

    def marked(self, scalar: Scalar, because: Sequence[Scalar]) -> Scalar:
        """The scalar, marked where one of the others is undecided."""
        if not any(type(x) is Undecided for x in because):
            return scalar
        if type(scalar) is Undecided or type(scalar) in (int, bool):
            return Undecided(_value(scalar), None)
        if type(scalar) is BoundedNumber:
            return BoundedNumber(scalar.value, scalar.bound, scalar.typical, True, scalar.unverified)
        return BoundedNumber(scalar, undecided=True)

    def value(self, x: Scalar) -> Scalar:
        """The exact value."""
        return _value(x)

    def adopt(self, x: Scalar) -> Scalar:
        """Bounds are kept; other systems' scalars are exact here."""
        return x if type(x) in (BoundedNumber, Undecided) else super().adopt(x)

    def finished(self, x: Scalar) -> BoundedNumber:
        """Every scalar with its bound, also the certain ones."""
        if type(x) is BoundedNumber:
            return x
        return BoundedNumber(_value(x), undecided=type(x) is Undecided)


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


def _value(x: Scalar) -> Scalar:
    return x.value if type(x) is BoundedNumber or type(x) is Undecided else x


def _typically(operands: Sequence[Scalar], slopes: Sequence[float]) -> list[float]:
    """The typical errors of operands, each times its partial; of the same operand twice they add up."""
    found: dict[int, float] = {}
    for x, slope in zip(operands, slopes, strict=True):
        if type(x) is BoundedNumber and slope:
            found[id(x)] = found.get(id(x), 0.0) + slope * x.typical
    return [0.0, *found.values()]


def _apart(question: Question, x: Scalar, y: Scalar) -> bool:
    """Whether two numbers that are compared are further apart than their bounds reach."""
    if question is not ordering:
        return False
    reach = sum(s.bound for s in (x, y) if type(s) is BoundedNumber)
    return reach < INF and _distance(_value(x), _value(y)) > reach * (1 + 1e-9)


def _is_negative_zero(x: Scalar) -> bool:
    return type(x) is float and x == 0.0 and math.copysign(1.0, x) < 0


def _has_both_zeros(top: Scalar, values: Sequence[Scalar]) -> bool:
    if type(top) is not float or top != 0.0:
        return False
    zeros = [x for x in values if type(x) is float and x == 0.0]
    return len({math.copysign(1.0, x) for x in zeros}) == 2


def _stepped(x: Any) -> Scalar:
    return from_number(x) if type(x) in (int, float) else x


def _moved(x: Scalar, by: float) -> Scalar:
    """``x + by``, to as many digits as keep the difference between all numbers that machines hold."""
    if not by or is_special(x):
        return x
    if by - by != 0.0:
        return by
    if type(x) is float:
        return from_number(by)
    return real(mpf_add(x._mpf_, from_float(by), SPREAD, NEAREST))


def _reaches(x: Scalar, value: Scalar) -> float:
    """The distance of a number from a value, and its bound."""
    distance = _distance(_value(x), value)
    return (distance + x.bound) * _UP if type(x) is BoundedNumber else distance


def _distance(x: Scalar, y: Scalar) -> float:
    """|x - y|, rounded up; infinite where one is special and the other is another."""
    if type(x) is float or type(y) is float:
        if is_special(x) or is_special(y):
            same = type(x) is float and type(y) is float and (x == y or (x != x and y != y))
            return 0.0 if same else INF
        return abs(approximate(y if type(x) is float else x))
    return abs(float(to_float(mpf_sub(x._mpf_, y._mpf_, 53, round_up))))


def _root_of_squares(xs: Any) -> float:
    return math.hypot(*xs)


def _propagation(definition: Definition) -> Propagation:
    if definition.exponent is not None:
        return integer_power(definition.exponent)
    if definition.order is not None:
        return POLYGAMMA
    return PROPAGATIONS.get(definition.name, UNKNOWN)
