"""The incomplete gamma and beta functions, with their derivatives by the parameters, to any number of digits.

Each is a series whose terms all have one sign; complements and derivatives are differences, and are asked again with
more digits where they lose them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mpmath import libmp
from mpmath.libmp import fhalf, fone, from_int, mpf_le, mpf_shift, mpf_sub

from ..reals import NAN, Raw
from ..system import OutOfReach
from .grids import (
    Grid,
    Orders,
    context,
    derivative,
    exponential,
    log_gamma,
    minus,
    one,
    over_linear,
    summed,
    times_linear,
)

# Series of more terms than this are not computed.
_MOST_TERMS = 1 << 20
# Exponentials of a number above 2^HORIZON are not computed.
_HORIZON = 4096
# A difference is not asked for more digits than this.
_MOST = 1 << 18

# A value, and the exponent of how far it may be off.
Found = tuple[Any, int]
# What a logarithm with its derivatives stands for.
Weigh = Callable[[Any, Grid], Grid]


def _size(x: Raw) -> int:
    return x[2] + x[3]


def _asked_again(function: Callable[[int], Found], bits: int, rounding: str) -> Any:
    """What a function gives to full relative precision: it is asked for more bits until it does."""
    wide = bits + 32
    while wide < _MOST:
        found, off = function(wide)
        missing = bits + 8 - (_size(found) - off) if found[1] else wide
        if missing <= 0:
            return libmp.mpf_pos(found, bits, rounding)
        wide += max(missing, wide // 4)
    raise OutOfReach("the value is too small beside what it is the difference of")


def _complement(found: Found, order: int) -> Found:
    """1 less a value; of a derivative what it is less than 0."""
    value, off = found
    return (libmp.mpf_neg(value) if order else mpf_sub(fone, value)), off


def _terms(least: Any, size: Any) -> int:
    """From where on terms fall that grow until ``least``, well beyond the peak, which is as wide as a root.

    Raises:
        OutOfReach: too far.
    """
    found = max(0, int(least)) + 2 * math.isqrt(int(size)) + 2
    if found > _MOST_TERMS:
        raise OutOfReach("a series of more than a million terms is not computed")
    return found


# -- the incomplete gamma functions ------------------------------------------------------------------------
def _logs(ctx: Any, a: Any, x: Any, above: int, order: int) -> Grid:
    """The logarithm of x^(a + above - 1) exp(-x) / Gamma(a + above), and its derivatives by a."""
    logs = [[ctx.zero] for _ in range(order + 1)]
    logs[0][0] = (a + (above - 1)) * ctx.log(x) - x
    if order:
        logs[1][0] = ctx.log(x)
    return minus(logs, log_gamma(ctx, a + above, (order, 0), (1, 0)))


def _relative(ctx: Any, logs: Grid) -> Grid:
    """The exponential of a logarithm and of its derivatives, over the exponential of the logarithm itself."""
    return exponential(ctx, [[ctx.zero], *logs[1:]])


def _lower(a: Raw, x: Raw, order: int, wide: int, weigh: Weigh = exponential) -> Found:
    """P(a, x) or a derivative of it by a: DLMF 8.7.1, whose terms are positive."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(x), 0))
    base, at = ctx.make_mpf(a), ctx.make_mpf(x)
    falls = 0 if 2 * at <= base else _terms(at - base, at)
    places = wide + 32 + 2 * (falls + wide).bit_length() + 8 * order
    step, first = libmp.to_fixed(x, places), libmp.to_fixed(a, places)

    def factor(term: Grid, k: int) -> Grid:
        return over_linear(term, step, first + (k << places), places)

    series = summed(one((order, 0), places), factor, falls)
    value, largest = derivative(ctx, weigh(ctx, _logs(ctx, base, at, 1, order)), series, places)
    return value, largest - wide


def _upper_far(a: Raw, x: Raw, order: int, wide: int, weigh: Weigh = exponential) -> Found:
    """Q(a, x) or a derivative of it by a far out: DLMF 8.11.2, 8.11.3; the error is below the first term left out."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(x), 0))
    places = wide + 32 + 2 * wide.bit_length() + 8 * order
    # A step of a number that is beyond all places changes no term.
    step, first = libmp.to_fixed(x, places), libmp.to_fixed(a, places)

    def factor(term: Grid, k: int) -> Grid:
        grown = times_linear(term, first - (k << places), places)
        return [[(t << places) // step for t in row] for row in grown]

    series = summed(one((order, 0), places), factor, 0)
    scale = weigh(ctx, _logs(ctx, ctx.make_mpf(a), ctx.make_mpf(x), 0, order))
    value, largest = derivative(ctx, scale, series, places)
    return value, largest - wide


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

    def once(wide: int) -> Found:
        far = _is_far(a, x, wide)
        found = _upper_far(a, x, order, wide) if far else _lower(a, x, order, wide)
        return found if far == upper else _complement(found, order)

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


def random_gamma_grad(a: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """-(dP/da) / (dP/dx), in which the density has gone: it may be as small as exp(-x)."""
    if a[0] or x[0]:
        return NAN
    if max(_size(a), _size(x)) > _HORIZON:
        raise OutOfReach("the derivative of a gamma sample of numbers this large is not computed")

    def once(wide: int) -> Found:
        if _is_far(a, x, wide):
            return _upper_far(a, x, 1, wide, _relative)
        # The series stands over x^a exp(-x) / Gamma(a + 1), which is x / a times dP/dx.
        found, off = _lower(a, x, 1, wide + 16, _relative)
        ratio = libmp.mpf_neg(libmp.mpf_div(x, a, wide + 16))
        return libmp.mpf_mul(found, ratio, wide + 16), off + _size(ratio) + 8

    return _asked_again(once, bits, rounding)


# -- the incomplete beta function --------------------------------------------------------------------------
def _beta_density(ctx: Any, a: Any, b: Any, x: Any, orders: Orders) -> Grid:
    """x^a (1 - x)^b / (a B(a, b)), and its derivatives by a and b."""
    logs = [[ctx.zero] * (orders[1] + 1) for _ in range(orders[0] + 1)]
    logs[0][0] = a * ctx.log(x) + b * ctx.log1p(-x)
    if orders[0]:
        logs[1][0] = ctx.log(x)
    if orders[1]:
        logs[0][1] = ctx.log1p(-x)
    own = log_gamma(ctx, a + 1, orders, (1, 0)), log_gamma(ctx, b, orders, (0, 1))
    both = [[-t for t in row] for row in log_gamma(ctx, a + b, orders, (1, 1))]
    return exponential(ctx, minus(logs, *own, both))


def _beta_series(a: Raw, b: Raw, x: Raw, orders: Orders, wide: int) -> Found:
    """I_x(a, b) or a derivative, DLMF 8.17.7 and 8.17.8: terms are positive, and fall from some on for x <= 1/2."""
    ctx = context(wide + 64 + 2 * max(_size(a), _size(b), 0))
    first, second, at = map(ctx.make_mpf, (a, b, x))
    falls = _terms(((first + second - 1) * at - first) / (1 - at), first + second)
    places = wide + 32 + 2 * (falls + wide).bit_length() + 8 * sum(orders)
    step, below = libmp.to_fixed(x, places), libmp.to_fixed(a, places)
    above = below + libmp.to_fixed(b, places)

    def factor(term: Grid, k: int) -> Grid:
        grown = times_linear(term, above + (k - 1 << places), places, both=True)
        return over_linear(grown, step, below + (k << places), places)

    series = summed(one(orders, places), factor, falls)
    value, largest = derivative(ctx, _beta_density(ctx, first, second, at, orders), series, places)
    return value, largest - wide


def betainc(orders: Orders, a: Raw, b: Raw, x: Raw, bits: int, rounding: str) -> Any:
    """The regularized function I_x(a, b), DLMF 8.17.2, or its derivative of one order by a and of one by b."""
    if a[0] or b[0] or x[0] or libmp.mpf_gt(x, fone):
        return NAN
    if x == fone:
        return 0.0 if any(orders) else fone
    if max(_size(a), _size(b)) > _HORIZON:
        raise OutOfReach("the incomplete beta function of numbers this large is not computed")

    def once(wide: int) -> Found:
        if mpf_le(x, fhalf):
            return _beta_series(a, b, x, orders, wide)
        found = _beta_series(b, a, mpf_sub(fone, x), orders[::-1], wide)
        return _complement(found, sum(orders))

    return _asked_again(once, bits, rounding)
