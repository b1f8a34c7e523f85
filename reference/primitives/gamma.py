"""The logarithm of the gamma function and its derivatives, to any number of digits.

Stirling's series at a number that is large enough (DLMF 5.11.1, 5.11.2, 5.15.8), the recurrence down to the
number that was asked for (5.5.1, 5.5.2, 5.15.5), and the reflection formula for negative ones (5.5.3, 5.5.4, 5.15.6).
mpmath's own take as many steps as a negative number is large.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from mpmath import libmp
from mpmath.libmp import (
    MPZ,
    fhalf,
    fone,
    from_int,
    ftwo,
    fzero,
    mpf_add,
    mpf_div,
    mpf_mul,
    mpf_neg,
    mpf_pi,
    mpf_pow_int,
    mpf_shift,
    mpf_sub,
)

from ..reals import INF, NAN, NEAREST, Raw
from ..system import OutOfReach
from .logarithm import log

# A number above 2^TURNS has as many bits before its point, and the angle of its reflection as many to drop.
_TURNS = 1 << 16
# Limits ask again and again at the points that they do not move.
_KEPT = 1 << 12


def _size(x: Raw) -> int:
    return x[2] + x[3]


def relative(function: Callable[..., Raw]) -> Callable[..., Any]:
    """A function whose error is absolute, to full relative precision: next to a root it is asked again."""

    def asked(*operands: Any) -> Any:
        *xs, bits, rounding = operands
        guard = 32
        while True:
            found = function(*xs, bits + guard)
            if not found[1] or _size(found) > 16 - guard or guard > 4 * bits + 64:
                return libmp.mpf_pos(found, bits, rounding)
            guard = 32 - _size(found)

    return asked


@cache
def bernoulli(count: int) -> list[tuple[int, int]]:
    """The numbers B(2), B(4), ... B(2 count) as fractions, from the tangent numbers.

    Brent and Harvey, "Fast computation of Bernoulli, tangent and secant numbers", 2011, section 6.
    """
    tangent = [MPZ(1)]
    for k in range(1, count):
        tangent.append(k * tangent[-1])
    for k in range(1, count):
        for j in range(k, count):
            tangent[j] = (j - k) * tangent[j - 1] + (j - k + 2) * tangent[j]
    signed = (((-1) ** k * 2 * (k + 1) * t, 4 ** (k + 1)) for k, t in enumerate(tangent))
    return [(top, power * (power - 1)) for top, power in signed]


def bernoulli_number(k: int) -> tuple[int, int]:
    """B(2k) for k >= 1; numbers are made in powers of two of them, and kept."""
    return bernoulli(max(64, 1 << (k - 1).bit_length()))[k - 1]


@lru_cache(_KEPT)
def weight(k: int, places: int) -> int:
    """B(2k) / (2k)!, in units of 2^-places."""
    above, below = bernoulli_number(k)
    return int((above << places) // (below * math.factorial(2 * k)))


def _series(order: int, x: Raw, wide: int) -> Any:
    """The sum of B(2k) / (2k)! (2k + order - 1)! x^(-2k) to 2^-wide; None where it diverges before.

    The error is below the first term that is left out, DLMF 5.11(ii). Terms are integers, in units of 2^-places.
    """
    # The weights are kept: few numbers of places have them.
    places = -(-(wide + 32) // 64) * 64
    square = libmp.to_fixed(mpf_div(fone, mpf_mul(x, x), places + 8), places)
    rising, total, last, k = math.factorial(order + 1) * square, 0, math.inf, 1
    while True:
        term = rising * weight(k, places) >> places
        size = abs(term).bit_length()
        if size > last + 2:
            return None
        total += term
        if size <= 2:
            return libmp.from_man_exp(total, -places, wide)
        rising = rising * ((2 * k + order) * (2 * k + order + 1)) * square >> places
        last, k = size, k + 1


def _climbed(order: int, x: Raw, wide: int) -> tuple[int, Raw, Raw]:
    """A number of steps, ``x`` that many steps up, and Stirling's series there."""
    reach = wide // 4 + order + 8
    steps = 0 if _size(x) > 64 else max(0, reach - int(libmp.to_int(x)))
    while True:
        top = mpf_add(x, from_int(steps), wide)
        series = _series(order, top, wide)
        if series is not None:
            return steps, top, series
        steps += reach


@lru_cache(_KEPT)
def _lgamma_above(x: Raw, bits: int) -> Any:
    """log Gamma(x) for x > 0, to an absolute error of 2^-bits or a relative one."""
    wide = bits + 16 + 2 * bits.bit_length()
    steps, top, series = _climbed(-1, x, wide)
    high = mpf_sub(mpf_mul(mpf_sub(top, fhalf, wide), log(top, wide), wide), top, wide)
    half = mpf_shift(log(mpf_shift(mpf_pi(wide), 1), wide), -1)
    found = mpf_add(mpf_add(high, half, wide), mpf_mul(top, series, wide), wide)
    if steps:
        found = mpf_sub(found, log(_product(x, steps, wide), wide), wide)
    return found


def _product(x: Raw, steps: int, wide: int) -> Any:
    """x (x + 1) ... (x + steps - 1), in integers but for the first factor: all others are above one."""
    places = wide + 2 * steps.bit_length()
    place = libmp.to_fixed(x, places)
    total = one = MPZ(1) << places
    for _ in range(1, steps):
        place += one
        total = total * place >> places
    return mpf_mul(x, libmp.from_man_exp(total, -places, wide), wide)


@lru_cache(_KEPT)
def _polygamma_above(order: int, x: Raw, bits: int) -> Any:
    """The derivative of digamma of an order, at x > 0."""
    # The sums are multiplied by order! at the end.
    wide = bits + 16 + 2 * bits.bit_length() + math.factorial(order).bit_length()
    steps, top, series = _climbed(order, x, wide)
    # Without its sign, which for order 0 is that of -digamma.
    if order == 0:
        high = mpf_sub(mpf_div(fhalf, top, wide), log(top, wide), wide)
        total = mpf_add(high, series, wide)
    else:
        high = mpf_div(from_int(math.factorial(order)), mpf_shift(top, 1), wide)
        inner = mpf_add(mpf_add(from_int(math.factorial(order - 1)), high, wide), series, wide)
        total = mpf_div(inner, mpf_pow_int(top, order, wide), wide)
    if steps:
        below = mpf_add(mpf_pow_int(x, -order - 1, wide), _inverse_powers(order + 1, x, steps, wide), wide)
        total = mpf_add(total, mpf_mul(below, from_int(math.factorial(order)), wide), wide)
    return total if order % 2 else mpf_neg(total)


def _inverse_powers(power: int, x: Raw, steps: int, wide: int) -> Any:
    """The sum of (x + k)^-power over k from 1 to steps - 1, in integers: each term is below one."""
    places = wide + 2 * steps.bit_length()
    one = MPZ(1) << places
    place, total = libmp.to_fixed(x, places), MPZ(0)
    for _ in range(1, steps):
        place += one
        inverse = (one << places) // place
        term = inverse
        for _ in range(power - 1):
            term = term * inverse >> places
        total += term
    return libmp.from_man_exp(total, -places, wide)


def _from_nearest_integer(x: Raw) -> Any:
    """What remains of ``x`` after the nearest integer, exactly."""
    if _size(x) > _TURNS:
        raise OutOfReach("the gamma function of a negative number this large is not computed")
    return mpf_sub(x, libmp.mpf_nint(x))


@cache
def _cotangent_derivative(order: int) -> list[int]:
    """The derivative of cot of that order, as coefficients of a polynomial in cot: cot' = -1 - cot^2."""
    found = [0, 1]
    for _ in range(order):
        slope = [k * c for k, c in enumerate(found)][1:]
        found = [-a - b for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return found


@relative
def _log_abs_gamma(x: Raw, bits: int) -> Any:
    if not x[0]:
        return _lgamma_above(x, bits + max(-_size(x), 0))
    wide = bits + abs(_size(x)) + 16
    turn = libmp.mpf_abs(libmp.mpf_sin_pi(_from_nearest_integer(x), wide))
    logarithm = log(mpf_div(mpf_pi(wide), turn, wide), wide)
    return mpf_sub(logarithm, _lgamma_above(mpf_sub(fone, x), wide), wide)


def lgamma(x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """log |Gamma(x)|; infinite at the poles, and at 1 and 2 exactly 0, which no number of digits would find."""
    if x in (fone, ftwo):
        return fzero
    if _size(x) < -bits - 8:  # -log |x| - gamma x, of which the latter is below the last bit
        return mpf_neg(log(libmp.mpf_abs(x), bits, rounding))
    return INF if x[0] and x[2] >= 0 else _log_abs_gamma(x, bits, rounding)


@relative
def _psi(order: int, x: Raw, bits: int) -> Any:
    if not x[0]:
        return _polygamma_above(order, x, bits)
    # (-1)^order psi(1 - x) - pi^(order + 1) cot^(order)(pi x)
    wide = bits + abs(_size(x)) * (order + 1) + 16
    cosine, sine = libmp.mpf_cos_sin_pi(_from_nearest_integer(x), wide)
    cotangent, slope = mpf_div(cosine, sine, wide), fzero
    for c in reversed(_cotangent_derivative(order)):
        slope = mpf_add(mpf_mul(slope, cotangent, wide), from_int(c), wide)
    slope = mpf_mul(slope, mpf_pow_int(mpf_pi(wide), order + 1, wide), wide)
    mirrored = _polygamma_above(order, mpf_sub(fone, x), wide)
    return mpf_sub(mpf_neg(mirrored) if order % 2 else mirrored, slope, wide)


def psi(order: int, x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """The derivative of digamma of an order from 0 up; at a pole infinite, or NaN where its sides differ."""
    if x[0] and x[2] >= 0:
        return INF if order % 2 else NAN
    if _size(x) < -bits - 8:  # the pole at 0, -(-1)^order order! / x^(order + 1), hides all else
        pole = mpf_div(from_int(math.factorial(order)), mpf_pow_int(x, order + 1, bits + 8), bits, rounding)
        return pole if order % 2 else mpf_neg(pole)
    return _psi(order, x, bits, rounding)
