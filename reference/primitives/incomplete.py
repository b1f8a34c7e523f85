"""The incomplete gamma and beta functions, with their derivatives by the parameters, to any number of digits.

Each is a series whose terms all have one sign; a complement is a difference, and is asked again with more
digits where it loses them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import libmp
from mpmath.libmp import fhalf, fone, from_int, mpf_le, mpf_shift, mpf_sub

from ..reals import NAN, Raw
from ..system import OutOfReach
from .jets import Number, context, derivative, exp, lgamma, size, variable

# A series takes about as many terms as its parameters are large: they are below 2^LONG.
_LONG = 15
# Exponentials of a number above 2^HORIZON are not computed.
_HORIZON = 4096
# A difference is not asked for more digits than this.
_MOST = 1 << 18


def _size(x: Raw) -> int:
    return x[2] + x[3]


def _asked_again(function: Callable[[int], Any], bits: int, rounding: str) -> Any:
    """What a function whose error is 2^-wide of 1 gives, to full relative precision."""
    guard = 32
    while guard < _MOST:
        found = function(bits + guard)
        if found[1] and _size(found) > 16 - guard:
            return libmp.mpf_pos(found, bits, rounding)
        guard = 2 * guard if not found[1] else max(2 * guard, 32 - _size(found))
    raise OutOfReach("the value is too small beside what it is the difference of")


def _summed(term: Number, factor: Callable[[int], Number], bits: int) -> Number:
    """A sum whose terms come of each other by factors, until these are below 1/2 and a term below 2^-bits of it."""
    total, k = term, 0
    while True:
        k += 1
        last, term = term, term * factor(k)
        total = total + term
        if 2 * size(term) <= size(last) and size(term) * 2**bits <= size(total):
            return total


# -- the incomplete gamma functions ------------------------------------------------------------------------
def _density(ctx: Any, a: Number, x: Any) -> Number:
    """x^a exp(-x) / Gamma(a + 1)."""
    return exp(ctx, a * ctx.log(x) - x - lgamma(ctx, a + 1))


def _lower(a: Raw, x: Raw, order: int, wide: int) -> Number:
    """P(a, x) and its derivatives by a: DLMF 8.7.1, whose terms are positive."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(x), 0))
    base, at = variable(ctx.make_mpf(a), order), ctx.make_mpf(x)
    return _density(ctx, base, at) * _summed(base * 0 + 1, lambda k: at / (base + k), wide + 16)


def _upper_far(a: Raw, x: Raw, order: int, wide: int) -> Number:
    """Q(a, x) and its derivatives by a far out: DLMF 8.11.2, 8.11.3; what is left out is below the first term of it."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(x), 0))
    base, at = variable(ctx.make_mpf(a), order), ctx.make_mpf(x)
    term, total, k = base * 0 + 1, base * 0 + 1, 0
    while size(term) and size(term) * 2 ** (wide + 16) > 1:
        k += 1
        term = term * ((base - k) / at)
        total = total + term
    return _density(ctx, base, at) * (base / at) * total


def _is_far(a: Raw, x: Raw, wide: int) -> bool:
    """Whether x is above 2 a + 2 wide, where the asymptotic series reaches 2^-wide."""
    least = libmp.mpf_add(mpf_shift(a, 1), from_int(2 * wide + 64), 64)
    return bool(mpf_le(least, x))


def _gamma_part(upper: bool, order: int, a: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """P or Q, or the derivative of it by a of an order."""
    if a[0] or x[0]:
        return NAN
    if max(_size(a), _size(x)) > _HORIZON:
        return _beyond(upper, order, a, x)
    if _is_far(a, x, bits + 64):
        found = derivative(_upper_far(a, x, order, bits + 64), order)._mpf_
        found = found if upper else libmp.mpf_neg(found) if order else mpf_sub(fone, found, bits, rounding)
        return libmp.mpf_pos(found, bits, rounding)
    below = mpf_le(mpf_shift(x, 1), a)
    if max(_size(a), _size(x)) > _LONG and not below:
        raise OutOfReach("the incomplete gamma function of large numbers that are close is not computed")
    if not upper and (below or not order):  # a sum of terms of one sign
        return libmp.mpf_pos(derivative(_lower(a, x, order, bits + 64), order)._mpf_, bits, rounding)

    def once(wide: int) -> Any:
        found = derivative(_lower(a, x, order, wide), order)._mpf_
        return mpf_sub(fone, found) if upper and not order else libmp.mpf_neg(found) if upper else found

    return _asked_again(once, bits, rounding)


def _beyond(upper: bool, order: int, a: Raw, x: Raw) -> Any:
    """The limits, where one of the two is beyond the horizon."""
    if min(_size(a), _size(x)) > _HORIZON - 64:
        raise OutOfReach("the incomplete gamma function of numbers this large is not computed")
    return 0.0 if order or (_size(x) > _size(a)) == upper else fone


def igamma(a: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The regularized lower function P(a, x), DLMF 8.2.4."""
    return _gamma_part(False, 0, a, x, bits, rounding)


def igammac(a: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The regularized upper function Q(a, x), DLMF 8.2.4."""
    return _gamma_part(True, 0, a, x, bits, rounding)


def igamma_by_a(order: int, a: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The derivative of P(a, x) by a, of an order from 1 up."""
    return _gamma_part(False, order, a, x, bits, rounding)


# -- the incomplete beta function --------------------------------------------------------------------------
def _beta_series(a: Number, b: Number, x: Any, ctx: Any, wide: int) -> Number:
    """I_x(a, b), DLMF 8.17.7 and 8.17.8: the terms are positive, and fall from some on for x <= 1/2."""
    sums = lgamma(ctx, a + b) - lgamma(ctx, a + 1) - lgamma(ctx, b)
    scale = exp(ctx, a * ctx.log(x) + b * ctx.log1p(-x) + sums)
    return scale * _summed(a * b * 0 + 1, lambda k: (a + b + (k - 1)) / (a + k) * x, wide + 16)


def _beta_part(orders: tuple[int, int], a: Raw, b: Raw, x: Raw, swapped: bool, wide: int) -> Any:
    """I_x(a, b), or the derivative of it by one parameter; or of I_(1 - x)(b, a), if swapped."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(b), 0))
    first, second = variable(ctx.make_mpf(a), orders[0]), variable(ctx.make_mpf(b), orders[1])
    if swapped:
        found = _beta_series(second, first, ctx.make_mpf(mpf_sub(fone, x)), ctx, wide)
    else:
        found = _beta_series(first, second, ctx.make_mpf(x), ctx, wide)
    return derivative(found, max(orders))._mpf_


def betainc(orders: tuple[int, int], a: Raw, b: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The regularized function I_x(a, b), DLMF 8.17.2, or its derivative of an order by a or by b."""
    if a[0] or b[0] or x[0] or libmp.mpf_gt(x, fone):
        return NAN
    if x == fone:
        return 0.0 if any(orders) else fone
    if all(orders):
        raise OutOfReach("the incomplete beta function is not differentiated by both parameters")
    if max(_size(a), _size(b)) > _LONG:
        raise OutOfReach("the incomplete beta function of large parameters is not computed")
    swapped = not mpf_le(x, fhalf)
    if not swapped and not any(orders):
        return libmp.mpf_pos(_beta_part(orders, a, b, x, False, bits + 64), bits, rounding)

    def once(wide: int) -> Any:
        found = _beta_part(orders, a, b, x, swapped, wide)
        return found if not swapped else libmp.mpf_neg(found) if any(orders) else mpf_sub(fone, found)

    return _asked_again(once, bits, rounding)
