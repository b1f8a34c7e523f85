"""Balls as intervals of mpmath's numbers: two ends, rounded outwards.

Monotone functions take their values at the ends; others are bent once, or have a bounded slope. As far as a
value at an end is mpmath's, the proof rests on mpmath's own error being less than 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mpmath import libmp
from mpmath.libmp import ComplexResult, from_int, from_man_exp, fzero, mpf_add, mpf_le

from ..reals import NEAREST, Raw, real
from ..system import Definition
from .missing import no_ball

Interval = tuple[Any, Any]
# A value at an end is computed with this many bits more than are trusted.
_GUARD = 32
# An angle or an exponent above 2^TURNS would need as many bits of pi or of a logarithm.
_TURNS = 1 << 14


class _Unbounded(ArithmeticError):
    """Nothing is known of the values."""


def _value(definition: Definition, bits: int, *xs: Raw) -> Raw:
    """The definition's own value at a point, known to 2^-(bits + 16) of itself."""
    assert definition.function is not None, "the table's rows have functions"
    if any(not x[1] for x in xs):
        found = definition.special(None, *(real(x) for x in xs))
        if callable(found):
            return found(bits + _GUARD, NEAREST)  # type: ignore[no-any-return]
        raw = libmp.from_float(found) if type(found) is float else found._mpf_
    else:
        raw = definition.function(*xs, bits + _GUARD, NEAREST)
        if type(raw) is float:  # a pole, or a real beyond the horizon that is neither infinite nor 0
            raise _Unbounded
    if raw[2] < 0 and not raw[1]:  # infinite or NaN
        raise _Unbounded
    return raw  # type: ignore[no-any-return]


def _outward(raw: Raw, bits: int, side: int) -> Raw:
    """A real that is beyond the true value of which ``raw`` is an approximation."""
    if not raw[1]:
        return raw
    step = from_man_exp(side, raw[2] + raw[3] - bits - _GUARD // 2)
    return mpf_add(raw, step, bits + _GUARD, "f" if side < 0 else "c")  # type: ignore[no-any-return]


def _rising(definition: Definition, bits: int, x: Interval) -> Interval:
    low, high = (_value(definition, bits, end) for end in x)
    return _outward(low, bits, -1), _outward(high, bits, 1)


def _falling(definition: Definition, bits: int, x: Interval) -> Interval:
    return _rising(definition, bits, (x[1], x[0]))


def _sloped(slope: Callable[[Definition, int, Interval], Interval]) -> Callable[..., Interval]:
    """The value in the middle, and what the largest slope adds on the way to the ends (mean value theorem)."""

    def function(definition: Definition, bits: int, x: Interval) -> Interval:
        if x[0] == x[1]:
            return _rising(definition, bits, x)
        middle = libmp.mpi_mid(x, bits)
        here = _rising(definition, bits, (middle, middle))
        beside = libmp.mpi_sub(x, (middle, middle), bits)
        rise = libmp.mpi_mul(beside, slope(definition, bits, x), bits)
        return libmp.mpi_add(here, rise, bits)  # type: ignore[no-any-return]

    return function


def _at_most(height: int) -> Callable[..., Interval]:
    """A slope that is nowhere steeper."""
    return lambda definition, bits, x: (from_int(-height), from_int(height))


def _definition(name: str) -> Definition:
    from ..primitives.elementwise import DEFINITIONS

    return DEFINITIONS[name]


def _polygamma(order: int) -> Definition:
    from ..primitives.elementwise import polygamma

    return polygamma(order) if order else _definition("digamma")


def _same_side_of_poles(x: Interval) -> None:
    """The gamma function has poles at 0, -1, -2 ..."""
    if x[0][0] and libmp.mpf_floor(x[0], 64 + x[0][3]) != libmp.mpf_floor(x[1], 64 + x[1][3]):
        raise _Unbounded
    if not x[0][1] or not x[1][1] or (x[0][0] and (x[0][2] >= 0 or x[1][2] >= 0)):
        raise _Unbounded


def _gamma_like(definition: Definition, bits: int, x: Interval) -> Interval:
    """Derivatives of digamma of an even order rise between poles; the others' slopes are those."""
    _same_side_of_poles(x)
    order = -1 if definition.name == "lgamma" else definition.order or 0
    if order % 2 == 0:
        return _rising(definition, bits, x)
    above = _polygamma(order + 1)
    return _sloped(lambda d, b, v: _rising(above, b, v))(definition, bits, x)


def _tan(definition: Definition, bits: int, x: Interval) -> Interval:
    sine, cosine = (_turning(f)(definition, bits, x) for f in (libmp.mpi_sin, libmp.mpi_cos))
    return _divided(definition, bits, sine, cosine)


def _divided(definition: Definition, bits: int, x: Interval, y: Interval) -> Interval:
    if mpf_le(y[0], fzero) and mpf_le(fzero, y[1]):
        raise _Unbounded
    return libmp.mpi_div(x, y, bits)  # type: ignore[no-any-return]


def _rem(definition: Definition, bits: int, x: Interval, y: Interval) -> Interval:
    from ..primitives.elementwise import quotient

    if not (y[0][1] and y[1][1]) or y[0][0] != y[1][0] or x[0][0] != x[1][0]:
        raise _Unbounded
    found = {quotient(real(a), real(b)) for a in x for b in y}
    if len(found) != 1 or None in found:
        raise _Unbounded
    n = from_int(found.pop())
    return libmp.mpi_sub(x, libmp.mpi_mul(y, (n, n), bits), bits)  # type: ignore[no-any-return]


def _pow(definition: Definition, bits: int, x: Interval, y: Interval) -> Interval:
    if y[0] == y[1] and y[0][2] >= 0 and y[0][2] + y[0][3] <= 64:  # an integer
        return _integer_pow(int(libmp.to_int(y[0])))(definition, bits, x)
    size = max(0, *(end[2] + end[3] for end in y))
    if size <= _TURNS and not mpf_le(x[0], fzero):
        wide = bits + 64 + size
        logarithm = _rising(_definition("log"), wide, x)
        return _rising(_definition("exp"), bits, libmp.mpi_mul(logarithm, y, wide))
    raise _Unbounded


def _integer_pow(n: int) -> Callable[..., Interval]:
    def function(definition: Definition, bits: int, x: Interval) -> Interval:
        power = libmp.mpi_pow_int(x, abs(n), bits + _GUARD)
        one = from_int(1)
        return _divided(definition, bits, (one, one), power) if n < 0 else power

    return function


def _atan2(definition: Definition, bits: int, y: Interval, x: Interval) -> Interval:
    if mpf_le(x[0], fzero) and mpf_le(y[0], fzero) and mpf_le(fzero, y[1]):  # the cut
        raise _Unbounded
    return _widened(libmp.mpi_atan2)(definition, bits, y, x)


def _widened(function: Callable[..., Any]) -> Callable[..., Interval]:
    """Of a function whose values at the ends are approximate."""

    def wider(definition: Definition, bits: int, *xs: Interval) -> Interval:
        low, high = function(*xs, bits + _GUARD)
        return _outward(low, bits, -1), _outward(high, bits, 1)

    return wider


def _turning(function: Callable[..., Any]) -> Callable[..., Interval]:
    """Of an angle that is not too large to be reduced."""

    def bounded(definition: Definition, bits: int, x: Interval) -> Interval:
        if any(end[2] + end[3] > _TURNS for end in x):
            raise _Unbounded
        return _widened(function)(definition, bits, x)

    return bounded


def _plain(function: Callable[..., Any]) -> Callable[..., Interval]:
    return lambda definition, bits, *xs: function(*xs, bits)


def _monotone(*directions: int) -> Callable[..., Interval]:
    """Of positive operands: it rises with some, falls with others, and is known at points only of those marked 0."""

    def function(definition: Definition, bits: int, *xs: Interval) -> Interval:
        if any(
            x[0][0] or not x[0][1] or (not way and x[0] != x[1])
            for way, x in zip(directions, xs, strict=True)
        ):
            raise _Unbounded
        low = _value(definition, bits, *(x[way < 0] for way, x in zip(directions, xs, strict=True)))
        high = _value(definition, bits, *(x[way > 0] for way, x in zip(directions, xs, strict=True)))
        return _outward(low, bits, -1), _outward(high, bits, 1)

    return function


def _polygamma_of(definition: Definition, bits: int, m: Interval, x: Interval) -> Interval:
    if m[0] != m[1] or m[0][0] or m[0][2] < 0 or m[0][2] + m[0][3] > 8:
        raise _Unbounded
    order = int(libmp.to_int(m[0]))
    return _gamma_like(_polygamma(order), bits, x)


def _zeta(definition: Definition, bits: int, s: Interval, q: Interval) -> Interval:
    if q[1][0] and q[0] == q[1]:
        return _rising_at(definition, bits, s, q)
    return _monotone(0, -1)(definition, bits, s, q)


def _rising_at(definition: Definition, bits: int, *xs: Interval) -> Interval:
    """At points."""
    if any(x[0] != x[1] for x in xs):
        raise _Unbounded
    found = _value(definition, bits, *(x[0] for x in xs))
    return _outward(found, bits, -1), _outward(found, bits, 1)


# name -> ``f(definition, bits, *intervals)``
FUNCTIONS: dict[str, Callable[..., Interval]] = {
    "neg": _plain(libmp.mpi_neg),
    "abs": _plain(libmp.mpi_abs),
    "square": _integer_pow(2),
    "sqrt": _rising,
    "rsqrt": _falling,
    "cbrt": _rising,
    "exp": _rising,
    "exp2": _rising,
    "expm1": _rising,
    "log": _rising,
    "log1p": _rising,
    "sin": _turning(libmp.mpi_sin),
    "cos": _turning(libmp.mpi_cos),
    "tan": _tan,
    "asin": _rising,
    "acos": _falling,
    "atan": _rising,
    "sinh": _rising,
    "cosh": _sloped(lambda d, bits, x: _rising(_definition("sinh"), bits, x)),
    "tanh": _rising,
    "asinh": _rising,
    "acosh": _rising,
    "atanh": _rising,
    "logistic": _rising,
    "erf": _rising,
    "erfc": _falling,
    "erf_inv": _rising,
    # |d(exp(-x) I(x))| is below 1 for both orders, and that of their difference below 2 (DLMF 10.29.3).
    "bessel_i0e": _sloped(_at_most(1)),
    "bessel_i1e": _sloped(_at_most(1)),
    "bessel_gap": _sloped(_at_most(2)),
    "lgamma": _gamma_like,
    "digamma": _gamma_like,
    "add": _plain(libmp.mpi_add),
    "sub": _plain(libmp.mpi_sub),
    "mul": _plain(libmp.mpi_mul),
    "div": _divided,
    "rem": _rem,
    "atan2": _atan2,
    "pow": _pow,
    "igamma": _monotone(-1, 1),
    "igammac": _monotone(1, -1),
    "igamma_grad_a": _monotone(0, 0),
    "regularized_incomplete_beta": _monotone(-1, 1, 1),
    "zeta": _zeta,
    "polygamma": _polygamma_of,
}


class Intervals:
    """Intervals with ends of a number of bits.

    Attributes:
        bits: binary digits of the ends.
    """

    name = "intervals"

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def point(self, raw: Raw) -> Interval:
        """The interval from a real to itself."""
        return raw, raw

    def around(self, raw: Raw, exponent: int) -> Interval:
        """The interval from 2^exponent below to as much above."""
        low, high = (mpf_add(raw, from_man_exp(side, exponent)) for side in (-1, 1))
        return low, high

    def between(self, low: Raw, high: Raw) -> Interval:
        """The interval."""
        return low, high

    def ends(self, x: Interval) -> tuple[Raw, Raw] | None:
        """The ends."""
        return x

    def is_point(self, x: Interval) -> bool:
        """Whether both ends are one."""
        return bool(x[0] == x[1])

    def middle(self, x: Interval) -> Raw:
        """Halfway between the ends."""
        return x[0] if x[0] == x[1] else libmp.mpi_mid(x, self.bits)  # type: ignore[no-any-return]

    def apply(self, definition: Definition, operands: Sequence[Interval]) -> Interval | None:
        """The table's function of the definition's name."""
        try:
            low, high = self._function(definition)(definition, self.bits, *operands)
        except (_Unbounded, ComplexResult, ZeroDivisionError):
            return None
        finite = all(end[1] or not end[2] for end in (low, high))
        return (low, high) if finite else None

    def _function(self, definition: Definition) -> Callable[..., Interval]:
        if definition.exponent is not None:
            return _integer_pow(definition.exponent)
        if definition.order is not None:
            return _gamma_like
        try:
            return FUNCTIONS[definition.name]
        except KeyError as err:
            raise no_ball(definition, "interval") from err

    def row(self, xs: Sequence[Interval]) -> Any:
        """The intervals."""
        return list(xs)

    def sum(self, xs: Any) -> Interval:
        """One interval after another."""
        found = (fzero, fzero)
        for x in xs:
            found = libmp.mpi_add(found, x, self.bits + _GUARD)
        return found

    def dot(self, xs: Any, ys: Any) -> Interval:
        """Product after product."""
        return self.sum([libmp.mpi_mul(x, y, self.bits + _GUARD) for x, y in zip(xs, ys, strict=True)])
