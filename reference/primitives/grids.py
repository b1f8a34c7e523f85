"""Power series in small steps h and k of two parameters, cut off at an order in each: what is computed on one has its
derivatives by the parameters too, mixed ones among them.

The terms of a hypergeometric series come of each other by factors that are linear in the parameters. In fixed point
such a factor costs a few operations of integers for each coefficient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
from mpmath.libmp import from_man_exp

from ..reals import NEAREST, Raw
from . import gamma

# Row i, column j: the coefficient of h^i k^j. Integers are in units of 2^-places; else numbers of an mpmath context.
Grid = list[list[Any]]
Orders = tuple[int, int]

# What floor division leaves of a term that has vanished.
_DUST = 8


@lru_cache(64)
def context(bits: int) -> Any:
    """mpmath's arithmetic at a number of bits; never changed after it is made."""
    found = mpmath.MPContext()
    found.prec = bits
    return found


def one(orders: Orders, places: int) -> Grid:
    """The constant 1."""
    found = [[0] * (orders[1] + 1) for _ in range(orders[0] + 1)]
    found[0][0] = 1 << places
    return found


def over_linear(c: Grid, x: int, at: int, places: int) -> Grid:
    """c x / (at + h): row by row, from at c' = c x - h c'."""
    found: Grid = []
    for i, row in enumerate(c):
        above = found[i - 1] if i else [0] * len(row)
        found.append([(x * t - (u << places)) // at for t, u in zip(row, above, strict=True)])
    return found


def times_linear(c: Grid, at: int, places: int, both: bool = False) -> Grid:
    """c (at + h); c (at + h + k), if ``both``."""
    return [
        [
            (at * t >> places) + (c[i - 1][j] if i else 0) + (row[j - 1] if both and j else 0)
            for j, t in enumerate(row)
        ]
        for i, row in enumerate(c)
    ]


def summed(term: Grid, factor: Callable[[Grid, int], Grid], falls: int) -> Grid:
    """The sum of ``term`` and of those that come of it by factors; from ``falls`` on they fall."""
    total, k = term, 0
    while True:
        k += 1
        term = factor(term, k)
        total = [[a + b for a, b in zip(xs, ys, strict=True)] for xs, ys in zip(total, term, strict=True)]
        if k >= falls and all(-_DUST <= t <= _DUST for row in term for t in row):
            return total


def exponential(ctx: Any, f: Grid) -> Grid:
    """exp f, from (exp f)' = f' exp f."""
    found = [[ctx.zero] * len(row) for row in f]
    for i, row in enumerate(f):
        for j in range(len(row)):
            if i:
                parts = (p * f[p][q] * found[i - p][j - q] for p in range(1, i + 1) for q in range(j + 1))
                found[i][j] = sum(parts) / i
            elif j:
                found[i][j] = sum(q * f[0][q] * found[0][j - q] for q in range(1, j + 1)) / j
            else:
                found[i][j] = ctx.exp(f[0][0])
    return found


def log_gamma(ctx: Any, at: Any, orders: Orders, by: Orders) -> Grid:
    """log Gamma(at + h), + k or + h + k, as ``by`` has a 1 or a 0 for each: Taylor's series, DLMF 5.2.2."""
    found = [[ctx.zero] * (orders[1] + 1) for _ in range(orders[0] + 1)]
    for i in range(orders[0] * by[0] + 1):
        for j in range(orders[1] * by[1] + 1):
            slope = _derivative_of_log_gamma(ctx, at, i + j)
            found[i][j] = slope / (math.factorial(i) * math.factorial(j))
    return found


def _derivative_of_log_gamma(ctx: Any, x: Any, order: int) -> Any:
    raw, bits = x._mpf_, ctx.prec + 16
    value = gamma.psi(order - 1, raw, bits, NEAREST) if order else gamma.lgamma(raw, bits, NEAREST)
    return ctx.make_mpf(value)


def minus(*grids: Grid) -> Grid:
    """The first less the others."""
    return [[x - sum(ys) for x, *ys in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)]


def derivative(ctx: Any, scale: Grid, series: Grid, places: int) -> tuple[Raw, int]:
    """The last derivative of a product, and the exponent of the largest of the products that it is the sum of."""
    total, largest = ctx.zero, -math.inf
    for i, row in enumerate(scale):
        for j, x in enumerate(row):
            part = x * ctx.make_mpf(from_man_exp(series[-1 - i][-1 - j], -places))
            total, largest = total + part, max(largest, ctx.mag(part) if part else -math.inf)
    factor = math.factorial(len(scale) - 1) * math.factorial(len(scale[0]) - 1)
    scale_of_errors = int(largest) + factor.bit_length() if largest > -math.inf else -ctx.prec
    return (total * factor)._mpf_, scale_of_errors
