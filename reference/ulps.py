"""Units in the last place: how far a machine number is from a real."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from mpmath.libmp import fzero, mpf_abs, mpf_shift, mpf_sub, to_float

from ..language.dtypes import DType, is_float
from .reals import INF, Real, Scalar, from_number, is_special, real, rounded, ulp_exponent

_RAW_ONE = from_number(1)._mpf_


def as_scalar(x: Any) -> Scalar:
    """A machine number, an mpf, or a Python number as a scalar of the reference."""
    if type(x) is Real:
        return x
    if hasattr(x, "_mpf_"):
        return real(x._mpf_)
    return from_number(float(x))


def ulp(t: Any, dtype: DType) -> Any:
    """The distance of neighbouring numbers of a floating dtype at ``t``; at zero the least subnormal."""
    return real(mpf_shift(_RAW_ONE, ulp_exponent(as_scalar(t), dtype)))


def error_in_ulps(got: Any, true: Any, dtype: DType) -> float:
    """|got - true| / ulp(true), fractional: 0.5 is correct rounding.

    Equal specials are 0, unequal ones inf; zeros of different signs are 0 (the special-value law reports
    these). A finite truth too large for the dtype counts as the infinity that it rounds to.
    """
    g, t = as_scalar(got), as_scalar(true)
    if not is_float(dtype):
        return float(abs(int(g) - int(t)))
    if is_special(g) or is_special(t):
        if is_special(g) and not is_special(t) and g == g:
            t = rounded(t, dtype)
        same = type(t) is float and type(g) is float and (g == t or (g != g and t != t))
        return 0.0 if same else INF
    apart = mpf_abs(mpf_sub(_raw(g), _raw(t), 64))
    return float(to_float(mpf_shift(apart, -ulp_exponent(t, dtype))))


def _raw(x: Scalar) -> Any:
    return fzero if type(x) is float else x._mpf_


def ulp_count(a: Any, b: Any, dtype: DType) -> int:
    """How many representable steps lie between two machine numbers.

    Raises:
        ValueError: one is NaN, which is next to nothing.
    """
    pair = np.array([a, b]).astype(dtype)
    if any(math.isnan(float(x)) for x in pair):
        raise ValueError(f"`a` and `b` must be numbers to be counted between, got {a!r} and {b!r}.")
    if not is_float(dtype):
        return abs(int(pair[0]) - int(pair[1]))
    half = 1 << (8 * dtype.itemsize - 1)
    first, second = (int(n) for n in pair.view(f"i{dtype.itemsize}"))
    return abs((first if first >= 0 else -(first + half)) - (second if second >= 0 else -(second + half)))
