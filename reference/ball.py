"""`Ball`: every scalar is a set of reals that contains the truth, so that what a run tells is proved.

A scalar is one of the special floats, a real that is known without error, or a `BallNumber`. One scalar stands
for one real wherever it is used: x - x is 0, and the same function of the same scalars is the same scalar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

from mpmath.libmp import from_man_exp, mpf_add, mpf_pos, mpf_sub

from ..language.dtypes import DType
from . import decisions
from .balls import Enclosure, Enclosures, enclosures
from .balls.known import never_negative, without_error
from .balls.missing import NoBall
from .balls.number import BallNumber, corners, is_unknown, landmarks, raw_of
from .balls.places import ends_of, greater, is_narrow, less, meet, same_outcome
from .balls.rows import Reused, Row, row_of
from .exact import Exact, aligned, ordering
from .reals import NAN, NEAREST, SPREAD, Raw, Real, Scalar, from_number, is_special, real
from .system import ComplexDefinition, Definition, Pair, Question

# Rows that are infinite beyond their horizon, where the real is finite and too large for any set.
_GROWING = frozenset({"exp", "exp2", "expm1", "sinh", "cosh", "pow", "integer_pow"})
# Rows whose domain is a half-line or an interval: outside of it, next to numbers without a value are more of them.
_WITH_AN_EDGE = frozenset(
    {"sqrt", "rsqrt", "log", "log1p", "asin", "acos", "acosh", "atanh", "erf_inv", "pow"}
)
# Beside unknown numbers every outcome is possible.
_ANY = object()
_TIE = "two numbers that were compared agree to all digits"
_WIDE = "numbers that were compared lie within each other's radius"


class Ball(Exact):
    """Reals with a rigorous radius.

    Args:
        digits: decimal digits of the middle.
        backend: what encloses, at a number of bits; Arb where it is installed, else mpmath's intervals.

    Attributes:
        backend: what encloses, at this system's bits.
        unknown: the scalar of which nothing is known.
        only_ties: whether every doubt so far is about numbers that are known to most digits, and agree in them.
    """

    name = "ball"
    encloses = True

    def __init__(self, digits: int = 50, backend: Callable[[int], Enclosures] = enclosures) -> None:
        super().__init__(digits)
        self._make_backend = backend
        self.backend = backend(self.bits)
        self.unknown = BallNumber(None, self.backend)
        self.only_ties = True
        self._points: dict[Raw, Enclosure] = {}
        self._known: dict[Any, Scalar] = {}
        self._rows: dict[Any, Row] = {}

    def with_digits(self, digits: int) -> Ball:
        """The same system with another number of digits."""
        return Ball(digits, self._make_backend)

    def __repr__(self) -> str:
        return f"Ball({self.digits})"

    # -- sets -------------------------------------------------------------------------------------------
    def enclosed(self, x: Scalar) -> Enclosure:
        """The set that holds a finite scalar."""
        if type(x) is BallNumber:
            return x.ball
        raw = raw_of(x)
        found = self._points.get(raw)
        if found is None:
            found = self._points[raw] = self.backend.point(raw)
        return found

    def number(self, ball: Enclosure | None) -> Scalar:
        """The scalar of a set; None is one that is not bounded."""
        return self.unknown if ball is None else BallNumber(ball, self.backend)

    def kept(self, raw: Raw) -> Scalar:
        """A real that is known without error; where it is very long, the set around a shorter one."""
        if raw[3] <= 4 * SPREAD:
            return real(raw)
        return self._nearly(mpf_pos(raw, self.bits, NEAREST))

    # -- elementwise ------------------------------------------------------------------------------------
    def _value(self, definition: Definition, operands: Sequence[Scalar]) -> Scalar:
        key: list[Any] = [definition]
        exact = True
        for x in operands:
            if type(x) is float:
                return self._at_special(definition, operands)
            if type(x) is BallNumber:
                exact = False
                key.append(x)
            else:
                key.append(x._mpf_)
        if not exact and any(map(is_unknown, operands)):
            return self.unknown
        place = tuple(key)
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._found(definition, operands, exact)
        return found

    def _found(self, definition: Definition, operands: Sequence[Scalar], exact: bool) -> Scalar:
        """The value at finite operands of which something is known."""
        if exact:
            known = without_error(definition, operands)
            if known is not None:
                return known
        elif definition.name == "sub" and operands[0] is operands[1]:
            return 0.0
        elif definition.name == "convert_element_type":
            return operands[0]
        try:
            ball = self.backend.apply(definition, [self.enclosed(x) for x in operands])
        except NoBall:
            if definition.formula is None:
                raise
            return self.tabled(definition.formula(self.operations, *operands))
        if ball is None:
            ball = self._root(definition, operands)
        if ball is None:
            return self._outside(definition, operands, exact)
        if exact and self.backend.is_point(ball):
            return self._point(ball)
        return BallNumber(ball, self.backend, (definition, operands))

    def _root(self, definition: Definition, operands: Sequence[Scalar]) -> Enclosure | None:
        """From 0 on, for the root of what is never negative, though its radius reaches below 0."""
        (x, *_) = operands
        if definition.name != "sqrt" or type(x) is not BallNumber or x.ends is None or not never_negative(x):
            return None
        most = self.backend.apply(definition, [self.backend.point(x.ends[1])])
        ends = None if most is None else self.backend.ends(most)
        return None if ends is None else self.backend.between(raw_of(0.0), ends[1])

    def _point(self, ball: Enclosure) -> Scalar:
        """The only real in a set: a value of known reals is one itself (sqrt(4), 3 / 8, log(1))."""
        return real(self.backend.middle(ball))

    def _outside(self, definition: Definition, operands: Sequence[Scalar], exact: bool) -> Scalar:
        """Where no set is bounded: NaN outside of the domain, what the row says at a point, else unknown."""
        if not exact and definition.name not in _WITH_AN_EDGE:  # a pole, perhaps several
            return self.unknown
        found = []
        for corner in product(*map(landmarks, operands)):
            if any(type(x) is float for x in corner):  # zero is inside
                return self.unknown
            found.append(super()._value(definition, corner))
        if all(x != x for x in found):
            return NAN
        pole = exact and is_special(found[0]) and definition.name not in _GROWING
        return found[0] if pole else self.unknown

    def _at_special(self, definition: Definition, operands: Sequence[Scalar]) -> Scalar:
        """The table's entry, if it is the same wherever the other operand may be."""
        if definition.name == "sub":
            table = self.operations.table
            return self._value(table["add"], (operands[0], self._value(table["neg"], operands[1:])))
        if any(map(is_unknown, operands)):
            return self.unknown
        if definition.name == "add" and any(type(x) is float and x == 0.0 for x in operands):
            balls = [x for x in operands if type(x) is BallNumber]
            if balls:  # also where 0 is inside, which has a sign of its own
                return balls[0]
        found: list[Scalar] = []
        for corner in product(*map(landmarks, operands)):
            entry = definition.special(self, *corner)
            if callable(entry):
                entry = _Tabled(entry(self.bits, NEAREST))
            same = next((x for c, x in zip(corner, operands, strict=True) if entry is c is not x), entry)
            found.append(same)
        if all(x is found[0] or same_outcome(x, found[0]) for x in found):
            return self._nearly(found[0]) if type(found[0]) is _Tabled else self.tabled(found[0])
        if all(type(x) is float and x == 0.0 for x in found):  # of either sign
            return self.number(self.enclosed(0.0))
        return self.unknown

    def tabled(self, x: Any) -> Scalar:
        """An entry of the special-value table; a function's is off by less than its last bit."""
        if not callable(x):
            return from_number(x) if type(x) is float else x
        raw: Raw = x(self.bits, NEAREST)
        return self._nearly(raw)

    def _nearly(self, raw: Raw) -> Scalar:
        """The set around a real that was rounded to this system's bits."""
        return self.number(self.backend.around(raw, raw[2] + raw[3] - self.bits + 1))

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The sets of the parts, from those of the real functions that they are made of."""
        return definition.at(self.operations, operands)

    # -- sums -------------------------------------------------------------------------------------------
    def reused(self, scalars: Sequence[Scalar]) -> Sequence[Scalar]:
        """The scalars with their common form computed."""
        return Reused(scalars, self)

    def summed(self, terms: Sequence[Scalar]) -> Scalar:
        """The sum: without error where all terms are known so, else enclosed."""
        whole = aligned(terms)
        if whole is not None:
            return self.kept(from_man_exp(sum(whole[0]), whole[1]))
        row = row_of(terms, self)
        if row is not None:
            return self._once(self.backend.sum, row)
        return (
            self.unknown if any(map(is_unknown, terms)) else super().summed(list(filter(is_special, terms)))
        )

    def dotted(self, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
        """The sum of products: without error where all factors are known so, else enclosed."""
        first, second = aligned(left), aligned(right)
        if first is not None and second is not None:
            total = sum(map(mul, first[0], second[0]))
            return self.kept(from_man_exp(total, first[1] + second[1]))
        xs, ys = row_of(left, self), row_of(right, self)
        if xs is not None and ys is not None:
            return self._once(self.backend.dot, xs, ys)
        times = self.operations.table["mul"]
        return self.summed([self._value(times, pair) for pair in zip(left, right, strict=True)])

    def rows(self, scalars: Sequence[Scalar]) -> Row | None:
        """The sets of scalars for the backend's sums; None where one is infinite, NaN or unknown."""
        if any(is_special(x) or is_unknown(x) for x in scalars):
            return None
        key = tuple([x._mpf_ if type(x) is Real else x for x in scalars])
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = Row(scalars, self.backend.row([self.enclosed(x) for x in scalars]))
        return found

    def _once(self, function: Callable[..., Enclosure | None], *rows: Row) -> Scalar:
        """The same sum of the same scalars is the same scalar."""
        place = (len(rows), *rows)
        found = self._known.get(place)
        if found is None:
            ball = function(*(row.sets for row in rows))
            origin = "sum", tuple(row.scalars for row in rows)
            found = self._known[place] = BallNumber(ball, self.backend, origin)
        return found

    # -- decisions --------------------------------------------------------------------------------------
    def _outcomes(self, question: Question, operands: Sequence[Scalar]) -> list[Any]:
        """The outcome in the middle, and those at the corners: questions are monotone."""
        first = question(*map(self.value, operands))
        if all(type(x) is not BallNumber for x in operands):
            return [first]
        if any(map(is_unknown, operands)):
            return [first, _ANY]
        if len(operands) == 2 and operands[0] is operands[1]:
            return [first]
        return [first, *(question(*corner) for corner in product(*map(corners, operands)))]

    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """The outcome, if it is the same wherever the operands may be; else that in the middle, and a doubt."""
        return self.answer(_itself, question, operands)

    def answer(
        self, function: Callable[..., Scalar], question: Question, operands: Sequence[Scalar]
    ) -> Scalar:
        """The answer, if it is the same wherever the operands may be; else that in the middle, and a doubt."""
        outcomes = self._outcomes(question, operands)
        found = function(decisions.decided(outcomes[0]))
        if any(x is _ANY or not same_outcome(function(x), found) for x in outcomes[1:]):
            self._doubt_outcomes(operands)
        return found

    def _doubt_outcomes(self, operands: Sequence[Scalar]) -> None:
        tied = len(operands) == 2 and all(is_narrow(x, self.bits // 2) for x in operands) and meet(*operands)
        self.only_ties = self.only_ties and tied
        self.doubt = _TIE if self.only_ties else _WIDE

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """The value of a step function; where a step lies within a radius, the set from below to above it."""
        outcomes = self._outcomes(question, operands)
        decisions.decided(outcomes[0])
        if _ANY in outcomes:
            return self.unknown
        found = [from_number(x) if type(x) in (int, float) else x for x in map(function, outcomes)]
        if all(same_outcome(x, found[0]) for x in found):
            return found[0]
        if any(map(is_special, found)):
            return self.unknown
        raws = [raw_of(x) for x in found]
        return self.number(self.backend.between(reduce(less, raws), reduce(greater, raws)))

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The extreme element; where it is not decided which one that is, the set of what it may be."""
        best = scalars[0]
        for x in scalars[1:]:
            best = self._beyond(dtype, best, x, sign)
        return best

    def _beyond(self, dtype: DType, best: Scalar, x: Scalar, sign: int) -> Scalar:
        pair = (best, x)
        if best is x or all(type(s) is not BallNumber for s in pair):
            return super().extreme(dtype, pair, sign)
        if any(type(s) is float and s != s for s in pair):
            return NAN
        if any(map(is_unknown, pair)):
            return self.unknown
        orders = [order * sign for order in self._outcomes(ordering, (x, best))]
        if min(orders) >= 0:
            return x
        if max(orders) <= 0:
            return best
        low, high = (
            reduce(greater if sign > 0 else less, ends) for ends in zip(*map(ends_of, pair), strict=True)
        )
        return self.number(self.backend.between(low, high))

    # -- values -----------------------------------------------------------------------------------------
    def value(self, x: Scalar) -> Scalar:
        """The middle."""
        return x.value if type(x) is BallNumber else x

    def widened(self, x: Scalar, by: Scalar) -> Scalar:
        """All reals within ``by``; unknown where ``by`` may be infinite, or is no distance."""
        if type(by) is float and by == 0.0:
            return x
        if any(map(is_special, (x, by))) or any(map(is_unknown, (x, by))):
            return self.unknown
        high, (low, top) = ends_of(by)[1], ends_of(x)
        if high[0] or not high[1]:  # negative
            return self.unknown
        return self.number(
            self.backend.between(
                mpf_sub(low, high, 64 + self.bits, "f"), mpf_add(top, high, 64 + self.bits, "c")
            )
        )

    def lowest(self, x: Scalar) -> Scalar:
        """The lower end."""
        if type(x) is not BallNumber:
            return x
        return NAN if is_unknown(x) else real(ends_of(x)[0])

    def looked_at(self, x: Scalar) -> Scalar:
        """The middle; a definition that goes by it goes by whether it is 0 and by its sign."""
        if type(x) is BallNumber and x.contains(0.0):
            self.only_ties = False
            self.doubt = "a derivative has a case of its own at 0, which lies within a number's radius"
        return self.value(x)

    def adopt(self, x: Scalar) -> Scalar:
        """A set as it is; other systems' scalars are without error here."""
        while type(x) is not BallNumber and type(x) not in _PLAIN:
            x = x.value
        return x


_PLAIN = frozenset({float, Real, int, bool})


def _itself(outcome: Any) -> Any:
    return outcome


class _Tabled(tuple[int, Any, int, int]):
    """The raw number, rounded, that an entry of the special-value table stands for."""

    __slots__ = ()
