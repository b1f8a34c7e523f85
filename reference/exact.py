"""`Exact`: scalars are real numbers. Nothing overflows, nothing is rounded to a machine format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import mul
from typing import Any

from mpmath.libmp import ComplexResult, from_man_exp, mpf_add, mpf_cmp, mpf_sub

from ..language.dtypes import DType, float64, is_float
from ..language.primitive import Primitive
from . import decisions
from .machine_numbers import MachineNumbers
from .reals import (
    INF,
    NAN,
    NEAREST,
    SPREAD,
    Raw,
    Real,
    Scalar,
    from_number,
    is_special,
    magnitude,
    proxy,
    real,
)
from .system import (
    ComplexDefinition,
    Definition,
    NumberSystem,
    Operations,
    OutOfReach,
    Pair,
    Question,
)

# Above this many bits between the largest and the least term, sums are not made in one integer.
_SPREAD = 1 << 16
# Numbers that agree to all but so many of the bits they are known to cannot be told apart.
_DOUBT = 24

# The types of this system's scalars.
_PLAIN = frozenset({float, Real, int, bool})


class Exact(NumberSystem):
    """Real numbers to ``digits`` decimal digits; sums keep more, so that they absorb nothing.

    Attributes:
        digits: decimal digits carried.
        bits: binary digits carried.
        doubt: why a result may be wrong in spite of its digits; empty when there is no reason.
        widest: the exponent of the largest number that was rounded to these digits so far.
        known: what functions gave while that was remembered; they are not computed again. None: it never was.
    """

    name = "exact"

    def __init__(self, digits: int = 50) -> None:
        self.digits = digits
        self.bits = int(digits * math.log2(10)) + 8
        self.doubt = ""
        self.widest = -(1 << 30)
        self.known: dict[tuple[Any, ...], Any] | None = None
        self._learns = False
        self._operations: Operations | None = None

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Remember what functions give in the block: next to a point most elements are what they are at it."""
        self.known, self._learns = {}, True
        try:
            yield
        finally:
            self._learns = False

    def with_digits(self, digits: int) -> Exact:
        """The same system with another number of digits."""
        return Exact(digits)

    def __repr__(self) -> str:
        return f"Exact({self.digits})"

    @property
    def operations(self) -> Operations:
        """Definitions, applied by this system: for formulas."""
        if self._operations is None:
            from .primitives.elementwise import DEFINITIONS

            self._operations = Operations(self, float64, DEFINITIONS)
        return self._operations

    def lift(self, x: float, dtype: DType) -> Scalar:
        """The number itself."""
        return from_number(x) if is_float(dtype) else x

    def apply(self, definition: Definition, dtype: DType, operands: Sequence[Scalar]) -> Scalar:
        """The definition's value to this system's digits; special operands go to its table."""
        return self._value(definition, operands)

    def _value(self, definition: Definition, operands: Sequence[Scalar]) -> Scalar:
        if definition.kink is not None:
            self.decide(definition.kink, operands)
        if definition.jumps is not None:
            self.decide(definition.jumps[0], operands)
        raws = []
        for x in operands:
            if type(x) is float:
                return self.tabled(definition.special(self, *operands))
            raws.append(x._mpf_)
        if definition.function is None:
            assert definition.formula is not None, "a definition has a function or a formula"
            found: Scalar = self.tabled(definition.formula(self.operations, *operands))
            return found
        try:
            raw = self._computed(definition.function, raws)
        except ComplexResult:
            return NAN  # outside of the real domain
        except OutOfReach as err:
            self.doubt = str(err)
            return NAN
        if type(raw) is float:
            return raw
        if type(raw[2]) is not int:  # gmpy2's integers slip in, which math.ldexp refuses
            raw = (raw[0], raw[1], int(raw[2]), raw[3])
        if raw[2] + raw[3] > self.widest and raw[1]:
            self.widest = raw[2] + raw[3]
        return real(raw)

    def _computed(self, function: Callable[..., Any], raws: Sequence[Raw]) -> Any:
        if self.known is None:
            return function(*raws, self.bits, NEAREST)
        key = (function, self.bits, *raws)
        found = self.known.get(key)
        if found is None:
            found = function(*raws, self.bits, NEAREST)
            if self._learns:
                self.known[key] = found
        return found

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The value; twice the digits are carried on the way, where parts may cancel, and whole turns besides."""
        largest = max((magnitude(x) for pair in operands for x in pair if type(x) is Real), default=0)
        bits, self.bits = self.bits, 2 * self.bits + min(max(largest, 0), _SPREAD)
        try:
            return definition.at(self.operations, operands)
        finally:
            self.bits = bits

    def constant(self, raw: Callable[[int, str], Any]) -> Scalar:
        """The real, to this system's digits."""
        return self.tabled(raw)

    def tabled(self, x: Any) -> Scalar:
        """An entry of the special-value table as a scalar: floats are lifted, functions computed."""
        if callable(x):
            x = real(x(self.bits, NEAREST))
        return from_number(x) if type(x) is float else x

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The exact sum; an empty or vanishing one is 0.0."""
        if right is None:
            return self.summed(left)
        return self.dotted(left, right)

    def reused(self, scalars: Sequence[Scalar]) -> Sequence[Scalar]:
        """The scalars with their common form computed."""
        return Aligned(scalars)

    def summed(self, terms: Sequence[Scalar]) -> Scalar:
        """The sum of scalars."""
        whole = aligned(terms)
        if whole is not None:
            integers, exponent = whole
            return real(from_man_exp(sum(integers), exponent, self.bits + SPREAD, NEAREST))
        reals = [x._mpf_ for x in terms if type(x) is not float]
        special = math.nan if _clash(terms) else sum(x for x in terms if type(x) is float)
        if special:  # infinite or NaN
            return special
        return real(_added(reals, self.bits))

    def dotted(self, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
        """The sum of products of scalars."""
        first, second = aligned(left), aligned(right)
        if first is None or second is None:
            return self.summed([self.times(x, y) for x, y in zip(left, right, strict=True)])
        total = sum(map(mul, first[0], second[0]))
        return real(from_man_exp(total, first[1] + second[1], self.bits + SPREAD, NEAREST))

    def times(self, x: Scalar, y: Scalar) -> Scalar:
        """The exact product of two scalars."""
        if type(x) is float or type(y) is float:
            return proxy(x) * proxy(y)
        (s, m, e, _), (t, n, f, _) = x._mpf_, y._mpf_
        product = m * n
        return real(from_man_exp(-product if s != t else product, e + f))

    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """The outcome at the operands, told to the run that records or watches."""
        if len(operands) == 2:
            self._doubt_ties(*operands)
        return decisions.decided(question(*operands))

    def _doubt_ties(self, x: Scalar, y: Scalar) -> None:
        if type(x) is float or type(y) is float or x is y:
            return
        a, b = x._mpf_, y._mpf_
        if a[2] + a[3] == b[2] + b[3] and a != b:
            rest = mpf_sub(a, b, 30)
            if rest[1] and rest[2] + rest[3] < a[2] + a[3] - self.bits + _DOUBT:
                self.doubt = "two numbers that were compared agree to all digits but the last few"

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """The value of a step function, exactly."""
        found = function(self.decide(question, operands))
        return from_number(found) if type(found) in (int, float) else found

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The extreme element; NaN if there is one; 0.0 is above -0.0."""
        best = scalars[0]
        for x in scalars[1:]:
            order = self.decide(ordering, (x, best))
            if order is None:
                best = x if is_special(x) and x != x else best
            elif order * sign > 0 or (order == 0 and type(x) is float and _zero_order(x, best) * sign > 0):
                best = x
        return best

    def select(self, which: Scalar, cases: Sequence[Scalar]) -> Scalar:
        """The chosen case; an index out of range chooses the nearest."""
        return cases[min(max(int(which), 0), len(cases) - 1)]

    def widened(self, x: Scalar, by: Scalar) -> Scalar:
        """``x``: what is left of an iteration is below these digits; a doubt where nothing limits it."""
        if is_special(self.value(by)):
            self.doubt = self.doubt or "vectors of equal eigenvalues or singular values are not determined"
        return x

    def adopt(self, x: Scalar) -> Scalar:
        """The real (integer, boolean) that another system's scalar is about."""
        while type(x) not in _PLAIN:
            x = x.value
        return x

    def stop(self, x: Scalar) -> Scalar:
        """``x``, or what it was at the point where a limit is taken."""
        return decisions.stopped(x)


def ordering(x: Scalar, y: Scalar) -> int | None:
    """-1, 0 or 1 as x is less than, equal to or greater than y; None beside a NaN."""
    if type(x) is not float and type(y) is not float:
        order: int = mpf_cmp(x._mpf_, y._mpf_)
        return order
    if x != x or y != y:
        return None
    if type(x) is float and type(y) is float:
        return (x > y) - (x < y)
    # One is zero or infinite and the other is neither.
    if type(x) is float:
        return (1 if x > 0 else -1) if x else (1 if y._mpf_[0] else -1)
    other = ordering(y, x)
    return None if other is None else -other


def _zero_order(x: float, y: Scalar) -> int:
    """How two zeros are ordered by IEEE 754-2019's maximum."""
    return int(math.copysign(1.0, x) > math.copysign(1.0, y)) - int(
        math.copysign(1.0, x) < math.copysign(1.0, y)
    )


class Aligned(Sequence[Scalar]):
    """Scalars that are used in many sums: their common form is computed once."""

    __slots__ = ("scalars", "whole")
    whole: tuple[list[Any], int] | None

    def __init__(self, scalars: Sequence[Scalar]) -> None:
        self.scalars = scalars
        self.whole = aligned(scalars)

    def __getitem__(self, i: Any) -> Any:
        return self.scalars[i]

    def __iter__(self) -> Iterator[Scalar]:
        return iter(self.scalars)

    def __len__(self) -> int:
        return len(self.scalars)


def aligned(scalars: Sequence[Scalar]) -> tuple[list[Any], int] | None:
    """Integers and an exponent e with scalar = integer 2^e; None where that is impossible or unwise."""
    if isinstance(scalars, Aligned):
        return scalars.whole
    return scalars.aligned() if type(scalars) is MachineNumbers else _aligned(scalars)


def _aligned(scalars: Sequence[Scalar]) -> tuple[list[Any], int] | None:
    least = greatest = None
    for x in scalars:
        if type(x) is Real:
            _, _, exp, bits = x._mpf_
            if least is None or exp < least:
                least = exp
            if greatest is None or exp + bits > greatest:
                greatest = exp + bits
        elif x != 0.0:  # infinite or NaN
            return None
    if least is None or greatest is None:
        return [0] * len(scalars), 0
    if greatest - least > _SPREAD:
        return None
    integers = []
    for x in scalars:
        if type(x) is float:
            integers.append(0)
        else:
            sign, man, exp, _ = x._mpf_
            man = man << (exp - least)
            integers.append(-man if sign else man)
    return integers, least


def _added(raws: Sequence[Any], bits: int) -> Any:
    """The sum of raw numbers of very different sizes, largest first: these may cancel each other."""
    ordered = sorted(raws, key=lambda raw: raw[2] + raw[3], reverse=True)
    total = from_man_exp(0, 0)
    for raw in ordered:
        total = mpf_add(total, raw, 2 * bits + 64, NEAREST)
    return total


def _clash(terms: Sequence[Scalar]) -> bool:
    found = [x for x in terms if is_special(x)]
    return any(x != x for x in found) or (INF in found and -INF in found)
