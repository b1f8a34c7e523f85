"""The special-value table: what elementary functions are at 0, -0, inf and -inf, and at NaN.

mpmath is asked about finite interior points only. Sources: C99 (ISO/IEC 9899:1999) Annex F.9, IEEE
754-2019 section 9.2, the Python array API standard 2023.12, and for functions that none of them has,
the limit from inside of the domain.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mpmath.libmp import MPZ, from_man_exp, mpf_mul, mpf_pi, mpf_shift

from .reals import INF, NAN, Scalar, is_special, negated, proxy, sign_of
from .system import NumberSystem

# A float, or a function ``(bits, rounding) -> raw`` where the value is no float (a multiple of pi).
Entry = float | Callable[[int, str], Any]


def _pi_times(numerator: int, log_of_denominator: int) -> Entry:
    def raw(bits: int, rounding: str) -> Any:
        product = mpf_mul(mpf_pi(bits + 8), from_man_exp(MPZ(numerator), 0), bits, rounding)
        return mpf_shift(product, -log_of_denominator)

    return raw


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a function of one operand at its special operands; NaN gives NaN."""

    zero: Entry
    minus_zero: Entry
    inf: Entry
    minus_inf: Entry
    source: str = "C99 F.9"

    def __call__(self, system: NumberSystem, x: Scalar) -> Entry:
        """The entry at ``x``."""
        if x != x:
            return NAN
        if x == 0.0:
            return self.zero if math.copysign(1.0, x) > 0 else self.minus_zero
        return self.inf if x > 0 else self.minus_inf


_QUARTER_TURN, _MINUS_QUARTER_TURN = _pi_times(1, 1), _pi_times(-1, 1)
_IEEE, _API, _LIMIT = "IEEE 754-2019 9.2", "array API 2023.12", "limit from inside of the domain"

UNARY: dict[str, Row] = {
    #                 0     -0     inf   -inf
    "exp": Row(1.0, 1.0, INF, 0.0),
    "exp2": Row(1.0, 1.0, INF, 0.0),
    "expm1": Row(0.0, -0.0, INF, -1.0),
    "log": Row(-INF, -INF, INF, NAN),
    "log1p": Row(0.0, -0.0, INF, NAN),
    "sqrt": Row(0.0, -0.0, INF, NAN),
    "rsqrt": Row(INF, -INF, 0.0, NAN, _IEEE),
    "cbrt": Row(0.0, -0.0, INF, -INF),
    "square": Row(0.0, 0.0, INF, INF, _API),
    "neg": Row(-0.0, 0.0, -INF, INF, "IEEE 754-2019 5.5.1"),
    "abs": Row(0.0, 0.0, INF, INF, "IEEE 754-2019 5.5.1"),
    "sin": Row(0.0, -0.0, NAN, NAN),
    "cos": Row(1.0, 1.0, NAN, NAN),
    "tan": Row(0.0, -0.0, NAN, NAN),
    "asin": Row(0.0, -0.0, NAN, NAN),
    "acos": Row(_QUARTER_TURN, _QUARTER_TURN, NAN, NAN),
    "atan": Row(0.0, -0.0, _QUARTER_TURN, _MINUS_QUARTER_TURN),
    "sinh": Row(0.0, -0.0, INF, -INF),
    "cosh": Row(1.0, 1.0, INF, INF),
    "tanh": Row(0.0, -0.0, 1.0, -1.0),
    "asinh": Row(0.0, -0.0, INF, -INF),
    "acosh": Row(NAN, NAN, INF, NAN),
    "atanh": Row(0.0, -0.0, NAN, NAN),
    "logistic": Row(0.5, 0.5, 1.0, 0.0, _LIMIT),
    "erf": Row(0.0, -0.0, 1.0, -1.0),
    "erfc": Row(1.0, 1.0, 0.0, 2.0),
    "erf_inv": Row(0.0, -0.0, NAN, NAN, "the inverse of C99's erf"),
    "bessel_i0e": Row(1.0, 1.0, 0.0, 0.0, _LIMIT),
    "bessel_i1e": Row(0.0, -0.0, 0.0, -0.0, _LIMIT),
    "lgamma": Row(INF, INF, INF, INF),
    "digamma": Row(-INF, INF, INF, NAN, _LIMIT),
}


# -- two operands, at least one of them special -----------------------------------------------------
def add(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """IEEE 754-2019 6.1, 6.3: inf - inf is NaN; 0 + -0 is 0."""
    if type(x) is float and type(y) is float:
        return x + y
    special, other = (x, y) if type(x) is float else (y, x)
    return special or other


def sub(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """x + (-y)."""
    return add(system, x, negated(y))


def mul(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """IEEE 754-2019 6.1, 6.3: 0 inf is NaN; signs multiply."""
    return proxy(x) * proxy(y)


def div(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """IEEE 754-2019 7.3: x / 0 is infinite with the sign of the quotient; 0 / 0 and inf / inf are NaN."""
    above, below = proxy(x), proxy(y)
    if below == 0.0:
        return (
            NAN if above == 0.0 or above != above else math.copysign(INF, above) * math.copysign(1.0, below)
        )
    return above / below


def rem(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """C99 F.9.7.1 (fmod): x where y is infinite; NaN where x is infinite or y is 0."""
    if x != x or y != y or is_special(x) or y == 0.0:
        return NAN
    return x


def pow_(system: NumberSystem, x: Scalar, y: Scalar) -> Scalar:
    """C99 F.9.4.4, and interior points of the real domain's edge."""
    if y == 0.0 or x == 1:
        return 1.0
    if x != x or y != y:
        return NAN
    if is_special(y):
        size = abs(x)
        if size == 1:
            return 1.0
        return INF if (size > 1) == (y > 0) else 0.0
    grows = (x != 0.0) == (sign_of(y) > 0)
    result = INF if grows else 0.0
    negative = math.copysign(1.0, x) < 0
    return -result if negative and is_odd(y) else result


def is_odd(y: Scalar) -> bool:
    """Whether a finite nonzero real is an odd integer."""
    return bool(y._mpf_[2] == 0)  # mpmath's mantissas are odd


def atan2(system: NumberSystem, y: Scalar, x: Scalar) -> Entry:
    """C99 F.9.1.4: a multiple of pi/4, or a signed zero."""
    angle = math.atan2(proxy(y), proxy(x))
    if angle != angle:
        return NAN
    return _pi_times(round(angle / math.pi * 4), 2) if angle else angle


# -- functions with parameters: the limits from inside of the domain ----------------------------------------
def igamma(system: NumberSystem, a: Scalar, x: Scalar) -> Entry:
    """P(a, x) falls from 1 to 0 as a grows, and rises from 0 to 1 as x does."""
    if a != a or x != x or a < 0 or x < 0 or (a == x and (a == 0 or a == INF)):
        return NAN
    if a == 0 or a == INF:
        return 1.0 if a == 0 else 0.0
    return 0.0 if x == 0 else 1.0


def igammac(system: NumberSystem, a: Scalar, x: Scalar) -> Entry:
    """1 - P(a, x)."""
    found: Any = igamma(system, a, x)
    return NAN if found != found else 1.0 - float(found)


def igamma_grad_a(system: NumberSystem, a: Scalar, x: Scalar) -> Entry:
    """P(a, x) is flat in a at both ends of x."""
    return 0.0 if a > 0 and a != INF and x >= 0 else NAN


def random_gamma_grad(system: NumberSystem, a: Scalar, x: Scalar) -> Entry:
    """It goes to 0 with x, and to infinity."""
    return abs(x) if a > 0 and a != INF and x >= 0 else NAN


def betainc(system: NumberSystem, a: Scalar, b: Scalar, x: Scalar) -> Entry:
    """I_x(a, b) falls from 1 to 0 as a grows, rises from 0 to 1 as b does, and from 0 to 1 as x does."""
    if not (a >= 0 and b >= 0 and x >= 0 and x <= 1) or (a == b and (a == 0 or a == INF)):
        return NAN
    if x == 0 or x == 1:
        return 0.0 if x == 0 else 1.0
    return 1.0 if a == 0 or b == INF else 0.0


def betainc_by(system: NumberSystem, a: Scalar, b: Scalar, x: Scalar) -> Entry:
    """I_x(a, b) is flat in a and b at both ends of x."""
    inside = a > 0 and a != INF and b > 0 and b != INF
    return 0.0 if inside and (x == 0 or x == 1) else NAN


def zeta(order: int, system: NumberSystem, s: Scalar, q: Scalar) -> Entry:
    """A pole at s = 1 and at q = 0; the first term alone where s is infinite; or its derivative by s of an order."""
    if s != s or q != q or s < 1 or q == -INF:
        return NAN
    if order:
        return NAN if s == INF or q == 0 else 0.0
    if s == 1 or q == 0:
        return INF
    if s != INF:
        return 0.0
    return NAN if q < 0 else INF if q < 1 else 1.0 if q == 1 else 0.0


def polygamma(system: NumberSystem, m: Scalar, x: Scalar) -> Entry:
    """Digamma for m = 0; poles at x = 0, and 0 far out."""
    from .primitives.gamma import psi

    if m != m or x != x or m < 0 or m == INF:
        return NAN
    if m == 0:
        if is_special(x) or x == 0:
            return UNARY["digamma"](system, x)
        return lambda bits, rounding: psi(0, x._mpf_, bits, rounding)
    if m._mpf_[2] < 0 or x == -INF:
        return NAN
    if x == 0:
        return INF if is_odd(m) else math.copysign(INF, -x)
    return 0.0
