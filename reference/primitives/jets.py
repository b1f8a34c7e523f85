"""Truncated power series in a small step: a function computed on one gives its derivatives too, exactly."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import mpmath

from ..reals import NEAREST
from . import gamma

# A number of an mpmath context, or a `Jet`.
Number = Any


@lru_cache(64)
def context(bits: int) -> Any:
    """mpmath's arithmetic at a number of bits; never changed after it is made."""
    found = mpmath.MPContext()
    found.prec = bits
    return found


class Jet:
    """c[0] + c[1] h + c[2] h^2 + ..., up to a power of h.

    Attributes:
        c: the coefficients.
    """

    __slots__ = ("c",)

    def __init__(self, c: list[Any]) -> None:
        self.c = c

    def __add__(self, other: Number) -> Jet:
        if isinstance(other, Jet):
            return Jet([a + b for a, b in zip(self.c, other.c, strict=True)])
        return Jet([self.c[0] + other, *self.c[1:]])

    def __mul__(self, other: Number) -> Jet:
        if not isinstance(other, Jet):
            return Jet([a * other for a in self.c])
        return Jet([sum(self.c[j] * other.c[k - j] for j in range(k + 1)) for k in range(len(self.c))])

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Number) -> Number:
        return self + (-other)

    def __rsub__(self, other: Number) -> Number:
        return (-self) + other

    def __truediv__(self, other: Number) -> Jet:
        if not isinstance(other, Jet):
            return Jet([a / other for a in self.c])
        found: list[Any] = []
        for k, a in enumerate(self.c):
            found.append((a - sum(found[j] * other.c[k - j] for j in range(k))) / other.c[0])
        return Jet(found)

    def __rtruediv__(self, other: Number) -> Number:
        return (self * 0 + other) / self


def variable(at: Any, order: int) -> Number:
    """``at`` plus a step, to an order; the number itself for order 0."""
    return Jet([at, 1 + 0 * at, *[0 * at] * (order - 1)]) if order else at


def derivative(x: Number, order: int) -> Any:
    """The derivative of an order, of what was computed of a `variable`."""
    return x.c[order] * math.factorial(order) if order else x


def exp(ctx: Any, x: Number) -> Number:
    """The exponential: from (exp f)' = f' exp f."""
    if not isinstance(x, Jet):
        return ctx.exp(x)
    found = [ctx.exp(x.c[0])]
    for k in range(1, len(x.c)):
        found.append(sum(j * x.c[j] * found[k - j] for j in range(1, k + 1)) / k)
    return Jet(found)


def lgamma(ctx: Any, x: Number) -> Number:
    """log Gamma of a positive number, by Taylor's series with DLMF 5.2.2's derivatives."""
    if not isinstance(x, Jet):
        return _derivative_of_lgamma(ctx, x, 0)
    step, found = Jet([0 * x.c[0], *x.c[1:]]), x * 0
    for k in reversed(range(len(x.c))):
        found = found * step + _derivative_of_lgamma(ctx, x.c[0], k) / math.factorial(k)
    return found


def _derivative_of_lgamma(ctx: Any, x: Any, order: int) -> Any:
    raw, bits = x._mpf_, ctx.prec + 16
    value = gamma.lgamma(raw, bits, NEAREST) if not order else gamma.psi(order - 1, raw, bits, NEAREST)
    return ctx.make_mpf(value)


def size(x: Number) -> Any:
    """The largest of the coefficients."""
    return max(map(abs, x.c)) if isinstance(x, Jet) else abs(x)
