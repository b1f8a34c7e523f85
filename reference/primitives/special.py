"""Special functions from their series and as roots, to any number of digits.

Every function here takes raw mpmath numbers and bits, and gives full relative precision. Sources: DLMF 7.17 (the
inverse of erf), 10.25 and 10.40 (modified Bessel functions).
"""

from __future__ import annotations

from typing import Any

from mpmath import libmp
from mpmath.libmp import (
    fone,
    from_int,
    ftwo,
    fzero,
    mpf_abs,
    mpf_add,
    mpf_div,
    mpf_exp,
    mpf_mul,
    mpf_neg,
    mpf_pi,
    mpf_pos,
    mpf_shift,
    mpf_sqrt,
    mpf_sub,
)

from ..reals import INF, NAN, NEAREST, Raw
from .logarithm import log


def _size(x: Raw) -> int:
    return x[2] + x[3]


# -- the inverse of erf ------------------------------------------------------------------------------------
def erf_inv(x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """The root y of erf(y) = x, DLMF 7.17.1, by Newton's method; infinite at -1 and 1."""
    if _size(x) > 1:  # the difference from 1 would be as long as the number is large
        return NAN
    if _size(x) < 0:
        root = _middle(mpf_abs(x), bits + 16)
    else:
        rest = mpf_sub(fone, mpf_abs(x))
        if rest[0] or not rest[1]:
            return NAN if rest[0] else -INF if x[0] else INF
        root = _tail(rest, bits + 16)
    return mpf_pos(mpf_neg(root) if x[0] else root, bits, rounding)


def _slope(y: Raw, wide: int) -> Raw:
    """The derivative of erf."""
    scale = mpf_shift(fone, 1)
    decay: Raw = mpf_exp(mpf_neg(mpf_mul(y, y)), wide)
    found: Raw = mpf_div(mpf_mul(scale, decay, wide), mpf_sqrt(mpf_pi(wide), wide), wide)
    return found


def _settled(start: Raw, step: Any, bits: int) -> Any:
    """What ``y - step(y, wide)`` settles at, at twice the digits each time that a step is small enough."""
    y, wide = start, min(64, bits)
    while True:
        change = step(y, wide + 32)
        y = mpf_sub(y, change, wide + 32)
        small = not change[1] or _size(change) < _size(y) - wide // 2
        if small and wide == bits:
            return y
        if small:
            wide = min(2 * wide - 8, bits)


def _middle(x: Raw, bits: int) -> Any:
    # erf is concave there and below its tangent at 0: steps from the left stay to the left of the root.
    start = mpf_shift(mpf_mul(x, mpf_sqrt(mpf_pi(64), 64), 64), -1)

    def step(y: Raw, wide: int) -> Raw:
        found: Raw = mpf_div(mpf_sub(libmp.mpf_erf(y, wide), x, wide), _slope(y, wide), wide)
        return found

    return _settled(start, step, bits)


def _tail(rest: Raw, bits: int) -> Any:
    # log erfc is concave, and exp(-y^2) is above erfc: steps from the right stay to the right of the root.
    start = mpf_sqrt(mpf_neg(log(rest, 64)), 64)

    def step(y: Raw, wide: int) -> Raw:
        above = libmp.mpf_erfc(y, wide)
        missing = log(mpf_div(rest, above, wide), wide)
        found: Raw = mpf_div(mpf_mul(missing, above, wide), _slope(y, wide), wide)
        return found

    return _settled(start, step, bits)


# -- modified Bessel functions -----------------------------------------------------------------------------
def scaled_bessel_i(order: int, x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """exp(-|x|) I(x) of an integer order: DLMF 10.25.2, or 10.40.1 where what it leaves out is below 2^-bits."""
    wide, size = bits + 32 + 2 * bits.bit_length(), mpf_abs(x)
    if _size(size) > wide.bit_length() or libmp.mpf_gt(size, from_int(wide)):
        found = _bessel_far(order, size, wide)
    else:
        found = mpf_mul(_bessel_series(order, size, wide), mpf_exp(mpf_neg(size), wide), wide)
    return mpf_pos(mpf_neg(found) if x[0] and order % 2 else found, bits, rounding)


def _bessel_series(order: int, x: Raw, wide: int) -> Raw:
    """The sum of (x/2)^(2k + order) / (k! (k + order)!), for the orders 0 and 1: all terms are positive.

    Without its first factor it is 1 and more, and is summed in integers, ``wide`` bits behind the point.
    """
    half = mpf_shift(x, -1)
    square = libmp.to_fixed(mpf_mul(half, half, wide), wide)
    k, term, total = 0, 1 << wide, 1 << wide
    while term:
        k += 1
        term = (term * square >> wide) // (k * (k + order))
        total += term
    found: Raw = mpf_mul(libmp.mpf_pow_int(half, order, wide), libmp.from_man_exp(total, -wide, wide), wide)
    return found


def _bessel_far(order: int, x: Raw, wide: int) -> Raw:
    """The asymptotic series, times exp(-x)."""
    eightfold, term, total, k = mpf_shift(x, 3), fone, fone, 0
    while term[1] and _size(term) > -wide:
        k += 1
        factor = from_int((2 * k - 1) ** 2 - 4 * order * order)
        term = mpf_div(mpf_mul(term, factor, wide), mpf_mul(eightfold, from_int(k)), wide)
        total = mpf_add(total, term, wide)
    turn = mpf_mul(ftwo, mpf_mul(mpf_pi(wide), x, wide))
    found: Raw = mpf_div(total, mpf_sqrt(turn, wide), wide)
    return found if found[1] else fzero


def bessel_gap(x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """exp(-|x|) (I0(|x|) - I1(|x|)): far out a difference of numbers that agree to the digits of 2 |x|."""
    if _size(x) > bits + 8:  # the first term, 1 / (2 x sqrt(2 pi x)); the next one is below the last bit
        twice = mpf_shift(mpf_abs(x), 1)
        root = mpf_sqrt(mpf_mul(twice, mpf_pi(bits + 8), bits + 8), bits + 8)
        return mpf_div(fone, mpf_mul(twice, root, bits + 8), bits, rounding)
    wide, size = bits + 8 + max(_size(x), 0), mpf_abs(x)
    return mpf_sub(scaled_bessel_i(0, size, wide), scaled_bessel_i(1, size, wide), bits, rounding)
