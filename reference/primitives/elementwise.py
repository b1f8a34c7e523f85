"""Elementwise primitives on the reals, each with its partial derivatives.

Specials belong to `special_values`; what is said here holds for finite nonzero reals. Derivatives: Abramowitz
and Stegun (A&S), *Handbook of Mathematical Functions*; NIST's Digital Library of Mathematical Functions (DLMF).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from mpmath import libmp
from mpmath.libmp import MPZ, fone, from_int, from_man_exp, mpf_add, mpf_div, mpf_mul, mpf_neg, mpf_sub

from ...language.dtypes import float64
from .. import special_values
from ..reals import INF, NAN, SPREAD, Raw, Scalar, is_special, sign_of
from ..system import Definition, NumberSystem, Operations, OutOfReach
from . import gamma, special
from .logarithm import log

# An exponential of a number above 2^HORIZON would need an exponent too long to compute with; every
# machine format overflows long before.
_HORIZON = 4096
# A sine of a number above 2^TURNS would need as many bits of pi.
_TURNS = 1 << 16

DEFINITIONS: dict[str, Definition] = {}


def define(name: str, source: str, **parts: Any) -> Definition:
    """Add a row. The special values are those of the table where none are given."""
    parts.setdefault("special", special_values.UNARY.get(name))
    found = Definition(name, source, **parts)
    DEFINITIONS[name] = found
    return found


def _size(x: Raw) -> int:
    return x[2] + x[3]


# -- functions that mpmath has not, or not to full relative precision, from their definitions ---------
def _exp(x: Raw, bits: int, rounding: str) -> Any:
    if _size(x) > _HORIZON:
        return 0.0 if x[0] else INF
    return libmp.mpf_exp(x, bits, rounding)


def _exp2(x: Raw, bits: int, rounding: str) -> Any:
    if _size(x) > _HORIZON:
        return 0.0 if x[0] else INF
    if x[2] >= 0:  # an integer
        return from_man_exp(MPZ(1), int(libmp.to_int(x)))
    wide = bits + 16 + max(_size(x), 0)
    return libmp.mpf_exp(mpf_mul(x, libmp.mpf_ln2(wide), wide), bits, rounding)


def _expm1(x: Raw, bits: int, rounding: str) -> Any:
    size = _size(x)
    if size > _HORIZON:
        return libmp.mpf_neg(fone) if x[0] else INF
    if size < -bits:  # x + x^2/2, and the rest is below the last bit
        return mpf_add(x, libmp.mpf_shift(mpf_mul(x, x), -1), bits, rounding)
    return mpf_sub(libmp.mpf_exp(x, bits + 16 + max(-size, 0)), fone, bits, rounding)


def _log1p(x: Raw, bits: int, rounding: str) -> Any:
    if _size(x) < -bits:  # x - x^2/2
        return mpf_sub(x, libmp.mpf_shift(mpf_mul(x, x), -1), bits, rounding)
    above = mpf_add(x, fone) if _size(x) < 2 * bits else x
    return log(above, bits, rounding) if above[1] else -INF


def _rsqrt(x: Raw, bits: int, rounding: str) -> Any:
    return mpf_div(fone, libmp.mpf_sqrt(x, bits + 8), bits, rounding)


def _cbrt(x: Raw, bits: int, rounding: str) -> Any:
    root = libmp.mpf_cbrt(libmp.mpf_abs(x), bits, rounding)
    return mpf_neg(root) if x[0] else root


def _turning(function: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(x: Raw, bits: int, rounding: str) -> Any:
        if _size(x) > _TURNS:
            raise OutOfReach("the angle of a sine, cosine or tangent is too large to be reduced")
        return function(x, bits, rounding)

    return bounded


def _growing(function: Callable[..., Any], below: float, above: float) -> Callable[..., Any]:
    """A function that is as good as ``below`` or ``above`` beyond the horizon."""

    def bounded(x: Raw, bits: int, rounding: str) -> Any:
        if _size(x) > _HORIZON:
            return below if x[0] else above
        return function(x, bits, rounding)

    return bounded


def _acosh(x: Raw, bits: int, rounding: str) -> Any:
    """2 asinh(sqrt((x - 1) / 2)), A&S 4.5.28: mpmath's own loses the digits that 1 and x have in common."""
    half = libmp.mpf_shift(mpf_sub(x, fone, bits + 16), -1)
    return libmp.mpf_shift(libmp.mpf_asinh(libmp.mpf_sqrt(half, bits + 16), bits, rounding), 1)


def _tanh(x: Raw, bits: int, rounding: str) -> Any:
    # 1 - tanh |x| < 2^(1 - 2 |x|): beyond that, the nearest number is 1.
    if _size(x) > _HORIZON:
        return mpf_neg(fone) if x[0] else fone
    return libmp.mpf_tanh(x, bits, rounding)


def _logistic(x: Raw, bits: int, rounding: str) -> Any:
    if _size(x) > _HORIZON:
        return 0.0 if x[0] else fone
    return mpf_div(fone, mpf_add(fone, libmp.mpf_exp(mpf_neg(x), bits + 8), bits + 8), bits, rounding)


def _erf(x: Raw, bits: int, rounding: str) -> Any:
    if _size(x) > _HORIZON // 2:
        return mpf_neg(fone) if x[0] else fone
    return libmp.mpf_erf(x, bits, rounding)


def _erfc(x: Raw, bits: int, rounding: str) -> Any:
    # mpmath's own takes the square of the number for a float, which holds it up to 2^511.
    if _size(x) > _HORIZON // 10:
        return from_int(2) if x[0] else 0.0
    return libmp.mpf_erfc(x, bits, rounding)


def _pow(x: Raw, y: Raw, bits: int, rounding: str) -> Any:
    if _size(y) + max(abs(_size(x)), 1).bit_length() > _HORIZON and x not in (fone, mpf_neg(fone)):
        grows = (_size(x) > 0) != bool(y[0])
        return INF if grows else 0.0
    if x[0] and y[2] >= 0:
        power = _positive_pow(libmp.mpf_abs(x), y, bits, rounding)
        return mpf_neg(power) if y[2] == 0 else power
    return _positive_pow(x, y, bits, rounding)


def _positive_pow(x: Raw, y: Raw, bits: int, rounding: str) -> Any:
    if y[2] >= 0:
        return libmp.mpf_pow(x, y, bits, rounding)
    # mpmath takes a power of the rounded root where y is half an odd number: a large one magnifies its error.
    wide = bits + 16 + max(_size(y), 0) + max(abs(_size(x)), 1).bit_length()
    return libmp.mpf_exp(mpf_mul(y, log(x, wide, libmp.round_nearest), wide), bits, rounding)


def _rem(x: Raw, y: Raw, bits: int, rounding: str) -> Any:
    if _size(x) < _size(y):
        return libmp.mpf_pos(x, bits, rounding) if bits else x
    if _size(x) - _size(y) > _TURNS:
        raise OutOfReach("the operands of a remainder are too far apart")
    base = min(x[2], y[2])
    rest = (x[1] << (x[2] - base)) % (y[1] << (y[2] - base))
    if not rest:
        return -0.0 if x[0] else 0.0
    return from_man_exp(-rest if x[0] else rest, base, bits, rounding)


def _add(x: Raw, y: Raw, bits: int, rounding: str) -> Any:
    """The exact sum, however far apart the operands are: what a sum absorbs, no more digits would bring back."""
    if abs(_size(x) - _size(y)) > SPREAD or x[3] + y[3] > 4 * SPREAD:
        return mpf_add(x, y, max(bits, 1), rounding)
    return mpf_add(x, y)


def _sub(x: Raw, y: Raw, bits: int, rounding: str) -> Any:
    return _add(x, mpf_neg(y), bits, rounding)


def _neg(x: Raw, bits: int, rounding: str) -> Any:
    return mpf_neg(x)


def _abs(x: Raw, bits: int, rounding: str) -> Any:
    return libmp.mpf_abs(x)


def _square(x: Raw, bits: int, rounding: str) -> Any:
    return mpf_mul(x, x, bits, rounding)


# -- what is asked where a value bends or jumps ---------------------------------------------------------
def quotient(x: Scalar, y: Scalar) -> Any:
    """The integer part of x / y; None where there is none."""
    if is_special(x) or is_special(y) or y == 0.0 or x != x or y != y:
        return None
    if x == 0.0:
        return 0
    a, b = x._mpf_, y._mpf_
    if _size(a) < _size(b):
        return 0
    if _size(a) - _size(b) > _TURNS:
        return None
    whole = libmp.to_int(mpf_div(libmp.mpf_abs(a), libmp.mpf_abs(b), _size(a) - _size(b) + 64))
    # The quotient was rounded: hold it against the operands.
    rest = mpf_sub(libmp.mpf_abs(a), mpf_mul(from_int(whole), libmp.mpf_abs(b)))
    if rest[0]:
        whole -= 1
    elif libmp.mpf_ge(rest, libmp.mpf_abs(b)):
        whole += 1
    return -whole if a[0] != b[0] else whole


def _half_plane(y: Scalar, x: Scalar) -> Any:
    """Which side of the cut of atan2, the negative x axis, a point lies on; 0 away from it."""
    if sign_of(x) >= 0 and not (type(x) is float and math.copysign(1.0, x) < 0):
        return 0
    return math.copysign(1, y) if type(y) is float else sign_of(y)


# -- the rows ---------------------------------------------------------------------------------------------


def _d(derivative: Callable[..., Scalar]) -> tuple[Callable[..., Scalar]]:
    return (derivative,)


define("neg", "-x", function=_neg, partials=_d(lambda o, x, z: -1))
define(
    "abs",
    "x or -x, whichever is not negative",
    function=_abs,
    partials=_d(lambda o, x, z: o.sign(x)),
    kink=sign_of,
)
define(
    "square",
    "x x",
    function=_square,
    partials=_d(lambda o, x, z: o.mul(2, x)),
)
define(
    "sqrt",
    "the non-negative root of y^2 = x",
    function=libmp.mpf_sqrt,
    partials=_d(lambda o, x, z: o.div(1, o.mul(2, z))),
)
define(
    "rsqrt",
    "1 / sqrt(x)",
    function=_rsqrt,
    partials=_d(lambda o, x, z: o.neg(o.div(z, o.mul(2, x)))),
)
define(
    "cbrt",
    "the real root of y^3 = x",
    function=_cbrt,
    partials=_d(lambda o, x, z: o.div(1, o.mul(3, o.square(z)))),
)
define(
    "exp",
    "A&S 4.2.1, 4.2.49",
    function=_exp,
    partials=_d(lambda o, x, z: z),
)
define(
    "exp2",
    "exp(x log 2)",
    function=_exp2,
    partials=_d(lambda o, x, z: o.mul(z, o.log(2))),
)
define(
    "expm1",
    "exp(x) - 1",
    function=_expm1,
    partials=_d(lambda o, x, z: o.exp(x)),
)
define(
    "log",
    "A&S 4.1.1, 4.1.46",
    function=log,
    partials=_d(lambda o, x, z: o.div(1, x)),
)
define(
    "log1p",
    "log(1 + x)",
    function=_log1p,
    partials=_d(lambda o, x, z: o.div(1, o.add(1, x))),
)
define(
    "sin",
    "A&S 4.3.1, 4.3.105",
    function=_turning(libmp.mpf_sin),
    partials=_d(lambda o, x, z: o.cos(x)),
)
define(
    "cos",
    "A&S 4.3.2, 4.3.106",
    function=_turning(libmp.mpf_cos),
    partials=_d(lambda o, x, z: o.neg(o.sin(x))),
)
define(
    "tan",
    "A&S 4.3.3, 4.3.107",
    function=_turning(libmp.mpf_tan),
    partials=_d(lambda o, x, z: o.div(1, o.square(o.cos(x)))),
)
define(
    "asin",
    "A&S 4.4.4, 4.4.52",
    function=libmp.mpf_asin,
    partials=_d(lambda o, x, z: o.div(1, o.sqrt(o.mul(o.sub(1, x), o.add(1, x))))),
)
define(
    "acos",
    "A&S 4.4.5, 4.4.53",
    function=libmp.mpf_acos,
    partials=_d(lambda o, x, z: o.neg(o.div(1, o.sqrt(o.mul(o.sub(1, x), o.add(1, x)))))),
)
define(
    "atan",
    "A&S 4.4.3, 4.4.54",
    function=libmp.mpf_atan,
    partials=_d(lambda o, x, z: o.div(1, o.add(1, o.square(x)))),
)
define(
    "sinh",
    "A&S 4.5.1, 4.5.71",
    function=_growing(libmp.mpf_sinh, -INF, INF),
    partials=_d(lambda o, x, z: o.cosh(x)),
)
define(
    "cosh",
    "A&S 4.5.2, 4.5.72",
    function=_growing(libmp.mpf_cosh, INF, INF),
    partials=_d(lambda o, x, z: o.sinh(x)),
)
define(
    "tanh",
    "A&S 4.5.3, 4.5.73",
    function=_tanh,
    partials=_d(lambda o, x, z: o.square(o.div(1, o.cosh(x)))),
)
define(
    "asinh",
    "A&S 4.6.20, 4.6.37",
    function=libmp.mpf_asinh,
    partials=_d(lambda o, x, z: o.rsqrt(o.add(1, o.square(x)))),
)
define(
    "acosh",
    "A&S 4.6.21, 4.6.38",
    function=_acosh,
    partials=_d(lambda o, x, z: o.rsqrt(o.mul(o.sub(x, 1), o.add(x, 1)))),
)
define(
    "atanh",
    "A&S 4.6.22, 4.6.39",
    function=libmp.mpf_atanh,
    partials=_d(lambda o, x, z: o.div(1, o.mul(o.sub(1, x), o.add(1, x)))),
)
define(
    "logistic",
    "1 / (1 + exp(-x))",
    function=_logistic,
    partials=_d(lambda o, x, z: o.mul(z, o.logistic(o.neg(x)))),
)
define(
    "erf",
    "DLMF 7.2.1, 7.10.1",
    function=_erf,
    partials=_d(lambda o, x, z: o.mul(o.div(2, o.sqrt(o.pi())), o.exp(o.neg(o.square(x))))),
)
define(
    "erfc",
    "DLMF 7.2.2, 7.10.1",
    function=_erfc,
    partials=_d(lambda o, x, z: o.neg(o.mul(o.div(2, o.sqrt(o.pi())), o.exp(o.neg(o.square(x)))))),
)
define(
    "erf_inv",
    "the root of erf(y) = x, DLMF 7.17.1",
    function=special.erf_inv,
    partials=_d(lambda o, x, z: o.mul(o.div(o.sqrt(o.pi()), 2), o.exp(o.square(z)))),
)


# DLMF 10.29.3 with the scale's own derivative, for x > 0: i0e' = -gap, i1e' = gap - i1e / x, gap = i0e - i1e.
_BESSEL_GAP = Definition(
    "bessel_gap",
    "exp(-|x|) (I0(|x|) - I1(|x|)), DLMF 10.25.2",
    special_values.Row(1.0, 1.0, 0.0, 0.0),
    special.bessel_gap,
    partials=(lambda o, x, z: o.neg(o.mul(o.sign(x), o.add(z, _bessel_slope(o, x)))),),
    kink=sign_of,
)


def _bessel_slope(o: Operations, x: Scalar) -> Scalar:
    """The derivative of exp(-|x|) I1(x), which is even."""
    if o.value(x) == 0:
        return o.div(1, 2)
    return o.sub(o.apply(_BESSEL_GAP, x), o.div(o.bessel_i1e(x), x))


define(
    "bessel_i0e",
    "exp(-|x|) I0(x), DLMF 10.25.2",
    function=functools.partial(special.scaled_bessel_i, 0),
    partials=_d(lambda o, x, z: o.neg(o.mul(o.sign(x), o.apply(_BESSEL_GAP, x)))),
    kink=sign_of,
)
define(
    "bessel_i1e",
    "exp(-|x|) I1(x), DLMF 10.25.2",
    function=functools.partial(special.scaled_bessel_i, 1),
    partials=_d(lambda o, x, z: _bessel_slope(o, x)),
)
define(
    "lgamma",
    "log |Gamma(x)|, DLMF 5.2.1",
    function=gamma.lgamma,
    partials=_d(lambda o, x, z: o.digamma(x)),
)
define(
    "digamma",
    "DLMF 5.2.2",
    function=functools.partial(gamma.psi, 0),
    partials=_d(lambda o, x, z: _trigamma(o, x)),
)
define(
    "add",
    "x + y",
    function=_add,
    special=special_values.add,
    partials=(lambda o, x, y, z: 1, lambda o, x, y, z: 1),
)
define(
    "sub",
    "x - y",
    function=_sub,
    special=special_values.sub,
    partials=(lambda o, x, y, z: 1, lambda o, x, y, z: -1),
)
define(
    "mul",
    "x y",
    function=mpf_mul,
    special=special_values.mul,
    partials=(lambda o, x, y, z: y, lambda o, x, y, z: x),
)
define(
    "div",
    "x / y",
    function=mpf_div,
    special=special_values.div,
    partials=(lambda o, x, y, z: o.div(1, y), lambda o, x, y, z: o.neg(o.div(z, y))),
)
define(
    "rem",
    "x - y n where n is x / y without its fraction (C99 fmod)",
    function=_rem,
    special=special_values.rem,
    partials=(
        lambda o, x, y, z: 1,
        lambda o, x, y, z: o.neg(o.step(lambda n: float("nan") if n is None else int(n), quotient, x, y)),
    ),
    jumps=(quotient, lambda x, y: abs(y)),
)
define(
    "atan2",
    "the angle of the point (y, x), A&S 4.4 and C99 7.12.4.4",
    function=libmp.mpf_atan2,
    special=special_values.atan2,
    partials=(
        lambda o, x, y, z: o.div(y, o.add(o.square(x), o.square(y))),
        lambda o, x, y, z: o.neg(o.div(x, o.add(o.square(x), o.square(y)))),
    ),
    jumps=(_half_plane, lambda x, y: 2 * math.pi),
)


def _power_partial(o: Operations, x: Scalar, y: Scalar, z: Scalar) -> Scalar:
    """y x^(y - 1): for y = 0 it is 0, but its derivative by y is 1 / x. 0 where x has no inverse."""
    at = o.value(x)
    if o.value(y) == 0 and (at == 0 or at != at):
        return 0.0
    return o.mul(y, o.pow(x, o.sub(y, 1)))


def _exponent_partial(o: Operations, x: Scalar, y: Scalar, z: Scalar) -> Scalar:
    """z log x; at x = 0 its limit 0 where y > 0, and 0 where y = 0: the power jumps there, and JAX and PyTorch
    agree on 0.
    """
    if o.value(x) == 0 and sign_of(o.value(y)) >= 0:
        return 0.0
    return o.mul(z, o.log(x))


define(
    "pow",
    "exp(y log x); for x < 0 the product of |y| factors (C99 7.12.7.4)",
    function=_pow,
    special=special_values.pow_,
    partials=(_power_partial, _exponent_partial),
)


@cache
def integer_pow(n: int) -> Definition:
    """The definition of x^n: |n| factors, or their inverse."""

    def power(x: Raw, bits: int, rounding: str) -> Any:
        return libmp.mpf_pow_int(x, n, bits, rounding)

    def special(system: NumberSystem, x: Scalar) -> Scalar:
        return special_values.pow_(system, x, system.lift(float(n), float64))

    def partial(o: Operations, x: Scalar, z: Scalar) -> Scalar:
        return 0.0 if n == 0 else o.mul(n, o.apply(integer_pow(n - 1), x))

    return Definition("integer_pow", "x x ... x, n factors", special, power, partials=(partial,), exponent=n)


def _trigamma(o: Operations, x: Scalar) -> Scalar:
    return o.apply(polygamma(1), x)


@cache
def polygamma(order: int) -> Definition:
    """The derivative of digamma of that order (DLMF 5.15)."""

    def special(system: NumberSystem, x: Scalar) -> Scalar:
        if x == 0.0:
            return INF if order % 2 else math.copysign(INF, -x)
        return 0.0 if x > 0 else NAN

    return Definition(
        f"polygamma{order}",
        "DLMF 5.15.1",
        special,
        functools.partial(gamma.psi, order),
        partials=(lambda o, x, z: o.apply(polygamma(order + 1), x),),
        order=order,
    )
