"""The Hurwitz zeta function with its derivatives by s, and the polygamma functions, to any number of digits."""

from __future__ import annotations

import math
from typing import Any

from mpmath import libmp
from mpmath.libmp import fone, from_int, mpf_div, mpf_neg, mpf_sub

from ..reals import INF, NAN, Raw
from ..system import OutOfReach
from . import gamma
from .jets import context, derivative, exp, size, variable

# Orders of polygamma functions, and sizes of s, up to which these are computed.
_ORDERS, _LARGE = 256, 12
# q beyond 2^HORIZON: there the powers are too small to compute.
_HORIZON = 4096


def _size(x: Raw) -> int:
    return x[2] + x[3]


def _whole(x: Raw) -> bool:
    return bool(x[2] >= 0)


def zeta(order: int, s: Raw, q: Raw, bits: int, rounding: str) -> Any:
    """The sum of (q + k)^-s over k >= 0, DLMF 25.11.1, or its derivative by s of an order.

    Infinite at s = 1 and where q is 0, -1, -2, ...; other negative q have powers where s is an integer.
    """
    if s == fone:
        return INF if not order else -INF
    if s[0] or libmp.mpf_lt(s, fone):
        return NAN
    if q[0]:
        return _left_of_zero(order, s, q, bits, rounding)
    if _size(s) > _LARGE or max(_size(q), -_size(q)) > _HORIZON:
        raise OutOfReach("the zeta function of numbers this large is not computed")
    lost = max(0, 2 - _size(mpf_sub(s, fone)))
    found = _euler_maclaurin(order, s, q, bits + 64 + (order + 1) * lost + 2 * max(_size(q), 0))
    return libmp.mpf_pos(found, bits, rounding)


def _left_of_zero(order: int, s: Raw, q: Raw, bits: int, rounding: str) -> Any:
    """(-1)^s psi^(s - 1)(q) / (s - 1)!, DLMF 25.11.12."""
    if _whole(q):
        return INF
    if not _whole(s) or order:
        return NAN
    n = int(libmp.to_int(s))
    if n > _ORDERS:
        raise OutOfReach("the zeta function of a negative number and a large power is not computed")
    found = gamma.psi(n - 1, q, bits + 16)
    found = mpf_div(found, from_int(math.factorial(n - 1)), bits, rounding)
    return mpf_neg(found) if n % 2 else found


def _euler_maclaurin(order: int, s: Raw, q: Raw, wide: int) -> Any:
    """DLMF 25.11.28 (Euler and Maclaurin's sum formula): N terms, an integral, and a series in 1 / (q + N)^2."""
    ctx = context(wide + 32)
    power, first = variable(ctx.make_mpf(s), order), ctx.make_mpf(q)
    least = wide // 3 + int(libmp.to_int(s)) + 8
    steps = max(0, least - int(libmp.to_int(q)))
    top = first + steps
    total = power * 0
    for k in range(steps):
        total = total + exp(ctx, -power * ctx.log(first + k))
    edge = exp(ctx, -power * ctx.log(top))
    total = total + edge * top / (power - 1) + edge / 2
    term, k = edge * power / top, 1
    while True:
        above, below = gamma.bernoulli_number(k)
        part = term * (ctx.mpf(int(above)) / int(below) / math.factorial(2 * k))
        total = total + part
        if size(part) * 2**wide <= size(total):
            return derivative(total, order)._mpf_
        term = term * ((power + (2 * k - 1)) * (power + 2 * k)) / top**2
        k += 1


def polygamma(m: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The derivative of digamma of order m, DLMF 5.15; NaN unless m is a whole number."""
    if m[0] or not _whole(m):
        return NAN
    if _size(m) > 9 or int(libmp.to_int(m)) > _ORDERS:
        raise OutOfReach("a polygamma function of this order is not computed")
    return gamma.psi(int(libmp.to_int(m)), x, bits, rounding)
