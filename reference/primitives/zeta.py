"""The Hurwitz zeta function with its derivatives by s, and the polygamma functions, to any number of digits."""

from __future__ import annotations

import functools
import math
from typing import Any

from mpmath import libmp
from mpmath.libmp import (
    fone,
    from_int,
    fzero,
    mpf_add,
    mpf_div,
    mpf_exp,
    mpf_mul,
    mpf_neg,
    mpf_pow_int,
    mpf_sub,
)

from ..reals import INF, NAN, Raw
from ..system import OutOfReach
from . import gamma
from .grids import one, over_linear, times_linear
from .logarithm import log

# Orders of polygamma functions, and sizes of s, up to which these are computed.
_ORDERS, _LARGE = 256, 12
# q beyond 2^HORIZON: there the powers are too small to compute.
_HORIZON = 4096
# The size of what floor division leaves of a term that has vanished.
_DUST = 3


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


def _powers(order: int, s: Raw, x: Raw, wide: int) -> list[Any]:
    """x^-(s + h), as coefficients of the powers of h: x^-s times those of exp(-h log x)."""
    if not order and _whole(s):
        return [mpf_pow_int(x, -int(libmp.to_int(s)), wide)]
    minus_log = mpf_neg(log(x, wide + 16))
    found = [mpf_exp(mpf_mul(s, minus_log, wide + 16), wide)]
    for i in range(1, order + 1):
        found.append(mpf_div(mpf_mul(found[-1], minus_log, wide), from_int(i), wide))
    return found


def _remainder(order: int, s: Raw, top: Raw, wide: int) -> list[Raw] | None:
    """What is left of the sum from ``top`` on, over top^-s, DLMF 25.11.28: an integral, half a term, and a series.

    None where the series diverges before its terms are small enough.
    """
    places = -(-(wide + 64 + 2 * wide.bit_length() + 16 * order) // 64) * 64
    power, at = libmp.to_fixed(s, places), libmp.to_fixed(top, places)
    unit, square = one((order, 0), places), at * at >> places
    total = over_linear(unit, at, power - (1 << places), places)
    total[0][0] += 1 << (places - 1)
    rising, k = [[(t << places) // at for t in row] for row in times_linear(unit, power, places)], 1
    last = math.inf
    while True:
        parts = [[t * gamma.weight(k, places) >> places for t in row] for row in rising]
        size = max(abs(t).bit_length() for row in parts for t in row)
        if size > last + 2:
            return None
        total = [[a + b for a, b in zip(xs, ys, strict=True)] for xs, ys in zip(total, parts, strict=True)]
        if size <= _DUST:
            return [libmp.from_man_exp(row[0], -places, wide) for row in total]
        for above in (2 * k - 1, 2 * k):
            rising = times_linear(rising, power + (above << places), places)
        rising = [[(t << places) // square for t in row] for row in rising]
        last, k = size, k + 1


def _euler_maclaurin(order: int, s: Raw, q: Raw, wide: int) -> Any:
    """DLMF 25.11.28 (Euler and Maclaurin's sum formula): terms, and from q + steps on what is left of them.

    The least term of the series is about exp(-2 pi (q + steps)), of which an eighth of the digits is far enough.
    """
    steps = max(0, wide // 8 + int(libmp.to_int(s)) + 8 - int(libmp.to_int(q)))
    # All digits of q + k are kept: a limit moves it by little.
    while (rest := _remainder(order, s, mpf_add(q, from_int(steps)), wide)) is None:
        steps += wide // 8
    total = [fzero] * (order + 1)
    for k in range(steps):
        terms = _powers(order, s, mpf_add(q, from_int(k)), wide)
        total = [mpf_add(t, u, wide) for t, u in zip(total, terms, strict=True)]
    edge = _powers(order, s, mpf_add(q, from_int(steps)), wide)
    for i in range(order + 1):
        found = [mpf_mul(edge[j], rest[i - j], wide) for j in range(i + 1)]
        total[i] = functools.reduce(lambda t, u: mpf_add(t, u, wide), found, total[i])
    return mpf_mul(total[order], from_int(math.factorial(order)))


def polygamma(m: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The derivative of digamma of order m, DLMF 5.15; NaN unless m is a whole number."""
    if m[0] or not _whole(m):
        return NAN
    if _size(m) > 9 or int(libmp.to_int(m)) > _ORDERS:
        raise OutOfReach("a polygamma function of this order is not computed")
    return gamma.psi(int(libmp.to_int(m)), x, bits, rounding)
