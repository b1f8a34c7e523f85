"""Functions that only jump: each is a decision about its operand, and has derivative 0.

Sources: IEEE 754-2019 5.3.1 (nextUp, nextDown), 5.8 (conversion to integers), 5.9 (roundToIntegral).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...language.dtypes import DType
from ..reals import INF, NAN, Real, Scalar, is_special, real, sign_of, to_machine
from .integers import limits

# Above this exponent a real of any precision used here is an integer, and too long to be written out.
_LONG = 1 << 20


def read(outcome: Any) -> Any:
    """The number that an outcome stands for: None is NaN, which equals nothing, itself included."""
    return NAN if outcome is None else outcome


def sign(x: Scalar) -> Any:
    """-1, 0 or 1; zeros keep their sign (IEEE 754's copySign, as in XLA)."""
    if type(x) is float:
        return None if x != x else x if x == 0.0 else sign_of(x)
    return sign_of(x)


def _floor(x: Scalar) -> tuple[int, bool]:
    """The greatest integer not above a finite nonzero real, and whether it is the real itself."""
    negative, man, exp, _ = x._mpf_
    whole = (-man if negative else man) << exp if exp >= 0 else (-man if negative else man) >> -exp
    return int(whole), exp >= 0


def _integer(rule: Callable[[Scalar], int]) -> Callable[[Scalar], Any]:
    def question(x: Scalar) -> Any:
        if type(x) is float:
            return None if x != x else x
        if x._mpf_[2] > _LONG:
            return x
        whole = rule(x)
        return -0.0 if whole == 0 and x._mpf_[0] else whole

    return question


@_integer
def floor(x: Scalar) -> int:
    """The greatest integer not above x."""
    return _floor(x)[0]


@_integer
def ceil(x: Scalar) -> int:
    """The least integer not below x."""
    whole, exact = _floor(x)
    return whole if exact else whole + 1


@_integer
def truncate(x: Scalar) -> int:
    """x without its fraction."""
    whole, exact = _floor(x)
    return whole + 1 if whole < 0 and not exact else whole


@_integer
def round_to_even(x: Scalar) -> int:
    """The nearest integer; of two the even one."""
    negative, man, exp, bits = x._mpf_
    if exp < 0 and exp + bits < 0:  # below one half
        return 0
    doubled = real((negative, man, exp + 1, bits))
    whole, exact = _floor(doubled)  # floor(2 x)
    if exact and whole % 2:  # halfway between two integers
        below = (whole - 1) // 2
        return below if below % 2 == 0 else below + 1
    return (whole + 1) // 2


@_integer
def round_away(x: Scalar) -> int:
    """The nearest integer; of two the one farther from zero."""
    negative, man, exp, bits = x._mpf_
    if exp < 0 and exp + bits < 0:
        return 0
    whole, _ = _floor(real((0, man, exp + 1, bits)))
    nearest = (whole + 1) // 2
    return -nearest if negative else nearest


ROUNDING = {0: round_away, 1: round_to_even}


def next_after(dtype: DType) -> Callable[[Scalar, Scalar], Any]:
    """The question which machine number follows x towards y (IEEE 754's nextUp and nextDown)."""

    def question(x: Scalar, y: Scalar) -> Any:
        pair = np.array([to_machine(x, dtype), to_machine(y, dtype)]).astype(dtype)
        with np.errstate(all="ignore"):
            found = float(np.nextafter(pair[0], pair[1]))
        return None if found != found else found

    return question


def saturated(dtype: DType) -> Callable[[Scalar], int]:
    """The question which integer a float converts to: truncated, at most the limits; 0 for NaN (XLA)."""
    low, high = limits(dtype)

    def question(x: Scalar) -> int:
        if type(x) is float:
            return 0 if x != x or x == 0.0 else high if x == INF else low
        if x._mpf_[2] + x._mpf_[3] > 128:
            return low if x._mpf_[0] else high
        return min(max(int(truncate(x)), low), high)

    return question


def is_finite(x: Scalar) -> bool:
    """Whether x is neither infinite nor NaN."""
    return not is_special(x)


def is_nonzero(x: Scalar) -> bool:
    """Whether x converts to True: NaN does."""
    return type(x) is Real or x != 0.0
