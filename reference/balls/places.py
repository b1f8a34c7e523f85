"""Where scalars that are known as sets lie beside each other, and whether outcomes at their ends are one."""

from __future__ import annotations

from typing import Any

from mpmath.libmp import mpf_ge

from ..reals import Raw, Real, Scalar, magnitude
from .number import BallNumber, raw_of


def ends_of(x: Scalar) -> tuple[Raw, Raw]:
    """Raw numbers below and above a finite scalar of which something is known."""
    if type(x) is BallNumber:
        assert x.ends is not None, "the caller looks for what is unknown"
        return x.ends
    return raw_of(x), raw_of(x)


def meet(x: Scalar, y: Scalar) -> bool:
    """Whether two finite scalars may be one real."""
    (a, b), (c, d) = ends_of(x), ends_of(y)
    return bool(mpf_ge(b, c) and mpf_ge(d, a))


def is_narrow(x: Scalar, bits: int) -> bool:
    """Whether a scalar is known to so many bits."""
    if type(x) is not BallNumber:
        return True
    if type(x.value) is not Real:
        return False
    radius = x.radius
    return type(radius) is float or magnitude(radius) < magnitude(x.value) - bits


def greater(x: Raw, y: Raw) -> Raw:
    """The greater of two raw numbers."""
    return x if mpf_ge(x, y) else y


def less(x: Raw, y: Raw) -> Raw:
    """The lesser of two raw numbers."""
    return y if mpf_ge(x, y) else x


def same_outcome(x: Any, y: Any) -> bool:
    """Whether two outcomes are one: zeros of different signs are not, None and NaN are nothing else."""
    if x is y or (x != x and y != y):
        return True
    if x is None or y is None or x != y:
        return False
    return type(x) is not float or type(y) is not float or str(x) == str(y)
