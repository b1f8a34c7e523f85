"""The Hurwitz zeta and the polygamma functions in float64: Euler and Maclaurin's sum formula, DLMF 25.11.28."""

from __future__ import annotations

import math
from typing import Any

from ..devices.device import Buffer
from .gamma import _sum, lgamma
from .special import _BERNOULLI, digamma

_DIRECT = 12
# B(2k) / (2k)!
_TERMS = [float(b / math.factorial(2 * k)) for k, b in enumerate(_BERNOULLI, 1)]
_FACTORIALS = [float(math.factorial(n)) for n in range(171)]
# A negative number is brought above 0 by at most so many steps.
_STEPS = 4096


def _power(xp: Any, s: Buffer, q: Buffer, k: int, scale: Buffer) -> tuple[Buffer, Buffer, Buffer]:
    """q + k, ``scale`` (q + k)^-s as a square, so that it does not underflow before it is scaled, and the root.

    What the sum's rounding lost is put back, for the power would make it s times as large.
    """
    at, lost = _sum(q, xp.full_like(q, float(k)))
    root = xp.power(at, -0.5 * s)
    power = root * scale * root
    return at, power - power * (s * (lost / at)), root


def _total(xp: Any, s: Buffer, q: Buffer, scale: Buffer) -> Buffer:
    """``scale`` times the sum of (q + k)^-s for q > 0."""
    total = xp.zeros_like(q)
    for k in range(_DIRECT - 1, -1, -1):
        total = total + _power(xp, s, q, k, scale)[1]
    top, edge, root = _power(xp, s, q, _DIRECT, scale)
    inverse = 1 / top
    factor, tail = s * inverse, xp.zeros_like(q)
    for k, c in enumerate(_TERMS, 1):
        tail = tail + factor * c
        factor = factor * ((s + (2 * k - 1)) * inverse) * ((s + 2 * k) * inverse)
    # Where q is huge the power underflows before the integral does, and what the sum q + N lost is nothing.
    integral = xp.where(top < 1e20, edge * (top / (s - 1)), root * (top / (s - 1)) * scale * root)
    return total + xp.where(edge > 0, edge * (0.5 + tail), 0.0) + xp.where(root > 0, integral, 0.0)


def _shifted(xp: Any, s: Buffer, q: Buffer, scale: Buffer) -> Buffer:
    """The same for a negative q that is no integer, where s is one."""
    steps, total = xp.where(q < 0, xp.ceil(-q), 0.0), xp.zeros_like(q)
    near = xp.where(steps < _STEPS, steps, 0.0)
    for k in range(_STEPS):
        left = near > k
        if not bool(xp.any(left)):
            break
        total = total + xp.where(left, scale * xp.power(xp.where(left, q + k, 1.0), -s), 0.0)
    found = total + _total(xp, s, xp.where(steps > 0, q + steps, q), scale)
    return xp.where(steps < _STEPS, found, math.nan)


def _scaled(xp: Any, s: Buffer, q: Buffer, scale: Buffer) -> Buffer:
    whole = s == xp.floor(s)
    inside = xp.logical_and(xp.logical_and(s > 1, s < math.inf), xp.logical_and(q > -math.inf, q < math.inf))
    pole = xp.logical_and(q <= 0, q == xp.floor(q))
    inside = xp.logical_and(inside, xp.logical_and(xp.logical_or(q > 0, whole), xp.logical_not(pole)))
    found = _shifted(xp, xp.where(inside, s, 2.0), xp.where(inside, q, 1.0), xp.where(inside, scale, 1.0))
    return xp.where(inside, found, math.nan)


def zeta(xp: Any, s: Buffer, q: Buffer) -> Buffer:
    """The sum of (q + k)^-s over k >= 0; infinite at s = 1 and at its poles in q."""
    found = _scaled(xp, s, q, xp.ones_like(q))
    pole = xp.logical_and(q <= 0, xp.logical_and(q == xp.floor(q), q > -math.inf))
    found = xp.where(xp.logical_and(s > 1, pole), math.inf, found)
    found = xp.where(xp.logical_and(s > 1, q == math.inf), 0.0, found)
    first = xp.where(q > 1, 0.0, xp.where(q == 1, 1.0, xp.where(q >= 0, math.inf, math.nan)))
    found = xp.where(s == math.inf, first, found)
    one = xp.logical_and(s == 1, xp.logical_and(q == q, q > -math.inf))
    return xp.where(one, math.inf, found)


def polygamma(xp: Any, m: Buffer, x: Buffer) -> Buffer:
    """(-1)^(m + 1) m! zeta(m + 1, x), DLMF 25.11.12; digamma for m = 0, NaN where m is no whole number."""
    whole = xp.logical_and(xp.logical_and(m >= 0, m < math.inf), m == xp.floor(m))
    order = xp.where(xp.logical_and(whole, m > 0), m, 1.0)
    odd = xp.floor(order / 2) * 2 != order
    table = xp.asarray(_FACTORIALS)
    scale = table[xp.minimum(order, 170.0).astype("int64")]
    sign = xp.where(odd, 1.0, -1.0)
    found = sign * _scaled(xp, order + 1, x, scale)
    logarithm = lgamma(xp, order + 1) + xp.log(_scaled(xp, order + 1, x, xp.ones_like(x)))
    found = xp.where(order > 170, sign * xp.exp(logarithm), found)
    pole = xp.logical_and(x <= 0, xp.logical_and(x == xp.floor(x), x > -math.inf))
    at_pole = xp.where(odd, math.inf, xp.where(x == 0, xp.copysign(math.inf, -x), math.nan))
    found = xp.where(pole, at_pole, xp.where(x == math.inf, 0.0, found))
    return xp.where(m == 0, digamma(xp, x), xp.where(xp.logical_and(whole, x == x), found, math.nan))
