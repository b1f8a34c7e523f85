"""Scalars of the reference: reals of any precision, and the six numbers that are not such reals.

A finite nonzero real is an mpmath ``mpf``; 0.0, -0.0, inf, -inf and nan are Python floats, so that the
logic of special values is that of Python's floats and signed zeros live. mpmath's functions on raw
tuples are used throughout: they take their precision as an argument, and no context is ever changed.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import MPZ, from_float, from_int, from_man_exp, fzero, round_nearest, to_float

from ..language.dtypes import DType, bfloat16, float16, float32, float64

# A raw mpmath number: (sign, mantissa, exponent, bits).
Raw = tuple[int, Any, int, int]
# An mpf, or one of the special floats; int and bool for the other dtypes.
Scalar = Any

INF, NAN = math.inf, math.nan
NEAREST = round_nearest

# Sums are exact where the operands' sizes are less than so many bits apart: all machine numbers' are.
SPREAD = 4096

# The reference's own context: only its class of numbers is used, and its precision when a person adds
# two scalars by hand.
CONTEXT = mpmath.MPContext()
CONTEXT.prec = 400
Real = CONTEXT.mpf
_new = object.__new__


def real(raw: Raw) -> Scalar:
    """The scalar of a raw number."""
    if raw[1]:
        found = _new(Real)
        found._mpf_ = raw
        return found
    return 0.0 if raw == fzero else to_float(raw)


def from_number(x: float) -> Scalar:
    """The scalar of a Python float or integer, exactly."""
    if type(x) is float:
        if x - x != 0.0 or x == 0.0:
            return x
        return real(from_float(x))
    return real(from_int(int(x)))


def from_text(text: str, bits: int) -> Scalar:
    """The scalar of a decimal, rounded to ``bits`` bits."""
    return real(mpmath.libmp.from_str(text, bits, NEAREST))


def is_special(x: Scalar) -> bool:
    """Whether a scalar is infinite or NaN."""
    return type(x) is float and x - x != 0.0


def negated(x: Scalar) -> Scalar:
    """-x, exactly."""
    if type(x) is float:
        return -x
    sign, man, exp, bits = x._mpf_
    return real((1 - sign, man, exp, bits))


def magnitude(x: Scalar) -> int:
    """The exponent e with 2^(e-1) <= |x| < 2^e of a finite nonzero real."""
    raw = x._mpf_
    exponent: int = raw[2] + raw[3]
    return exponent


def sign_of(x: Scalar) -> int:
    """-1, 0 or 1; 0 for NaN."""
    if type(x) is float:
        return (x > 0) - (x < 0)
    return -1 if x._mpf_[0] else 1


def proxy(x: Scalar) -> float:
    """A special as it is, any other real as 1.0 or -1.0: enough for the logic of products."""
    if type(x) is float:
        return x
    return -1.0 if x._mpf_[0] else 1.0


# -- machine formats ---------------------------------------------------------------------------------
# dtype -> bits of the significand, least exponent of a subnormal's last bit, exponent of overflow.
_FORMATS: dict[DType, tuple[int, int, int]] = {
    float16: (11, -24, 16),
    bfloat16: (8, -133, 128),
    float32: (24, -149, 128),
    float64: (53, -1074, 1024),
}


def format_of(dtype: DType) -> tuple[int, int, int]:
    """Bits of the significand, exponent of the least subnormal, and e such that 2^e overflows."""
    return _FORMATS[dtype]


def rounded(x: Scalar, dtype: DType) -> Scalar:
    """The machine number nearest to ``x``, ties to even, with gradual underflow and overflow to infinity."""
    if type(x) is float:
        return x
    sign, man, exp, bits = x._mpf_
    precision, least, top = _FORMATS[dtype]
    last = max(exp + bits - precision, least)
    if exp < last:
        man = _half_even(man, last - exp)
        if not man:
            return -0.0 if sign else 0.0
        x = real(from_man_exp(-man if sign else man, last))
    if magnitude(x) > top:
        return -INF if sign else INF
    return x


def _half_even(man: Any, shift: int) -> Any:
    """``man / 2^shift`` rounded to the nearest integer, ties to even."""
    if shift > man.bit_length() + 1:
        return MPZ(0)
    quotient = man >> shift
    rest, half = man - (quotient << shift), MPZ(1) << (shift - 1)
    return quotient + 1 if rest > half or (rest == half and quotient & 1) else quotient


def to_machine(x: Scalar, dtype: DType) -> float:
    """The nearest machine number as a Python float (which holds every format exactly)."""
    near = rounded(x, dtype)
    if type(near) is float:
        return near
    sign, man, exp, _ = near._mpf_
    return math.ldexp(-int(man) if sign else int(man), exp)


def to_array(scalars: list[Scalar], dtype: DType, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Real scalars as a NumPy array of a floating dtype."""
    values = np.array([to_machine(x, dtype) for x in scalars], dtype=np.float64)
    with np.errstate(invalid="ignore"):  # ml_dtypes says so of any NaN
        return values.astype(dtype).reshape(shape)


def approximate(x: Scalar) -> float:
    """The nearest double, with overflow to infinity: for bounds, which need a few digits only."""
    if type(x) is float:
        return x
    sign, _man, exp, bits = x._mpf_
    if exp + bits > 1024:
        return -INF if sign else INF
    return to_float(x._mpf_)  # type: ignore[no-any-return]  # mpmath ships untyped


def ulp_exponent(x: Scalar, dtype: DType) -> int:
    """k where 2^k is the distance of neighbouring machine numbers at ``x`` (subnormal at 0)."""
    precision, least, _ = _FORMATS[dtype]
    if type(x) is float:
        return least
    return max(magnitude(x) - precision, least)
