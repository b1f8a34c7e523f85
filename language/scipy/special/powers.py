"""Box and Cox's transformation, binomial coefficients, Bernoulli numbers, and Spence's function."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import Any

from ... import lax
from ... import numpy as vnp
from ...arrays import Array
from ...custom_rules import custom_jvp
from ...dispatch import lift
from ...dtypes import default_float, finfo
from ...numpy.elementwise import like
from . import chebyshev as series
from .arguments import choose, given, strong
from .chebyshev import chebyshev
from .exponentials import narrowed, widened


def boxcox(x: Any, lmbda: Any) -> Array:
    """(x^lmbda - 1) / lmbda, and log x where lmbda is 0: G. E. P. Box, D. R. Cox (1964).

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x, power = given("boxcox", x, lmbda)
    return _transformed(lax.log(x), power)


def boxcox1p(x: Any, lmbda: Any) -> Array:
    """`boxcox` of 1 + x, accurate where x is small.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x, power = given("boxcox1p", x, lmbda)
    return _transformed(lax.log1p(x), power)


def _transformed(logarithm: Array, power: Array) -> Array:
    none = lax.eq(power, like(power, 0))
    safe = choose(none, lax.full_like(power, 1), power)
    return choose(none, logarithm, lax.div(lax.expm1(lax.mul(safe, logarithm)), safe))


def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Array:
    """The binomial coefficient, how many sets of ``k`` of ``N`` there are; 0 for k < 0 and k > N.

    It is exp of a difference of three `gammaln`, rounded to a whole number where both are and it is small.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
        NotImplementedError: ``exact`` is true.
    """
    if exact:
        raise NotImplementedError(  # all here are floats
            "`exact` of comb must be False, got True. Use math.comb."
        )
    n, k = (strong(x) for x in given("comb", N, k))
    if repetition:
        n = lax.sub(lax.add(n, k), like(n, 1))
    inside = lax.bitwise_and(lax.bitwise_and(lax.ge(k, like(k, 0)), lax.ge(n, k)), lax.ge(n, like(n, 0)))
    n, k = choose(inside, n, lax.full_like(n, 1)), choose(inside, k, lax.full_like(k, 0))
    one = like(n, 1)
    logarithm = lax.sub(
        lax.lgamma(lax.add(n, one)),
        lax.add(lax.lgamma(lax.add(k, one)), lax.lgamma(lax.add(lax.sub(n, k), one))),
    )
    found = lax.exp(logarithm)
    nearest = lax.round(lax.stop_gradient(found), lax.RoundingMethod.TO_NEAREST_EVEN)
    sure = lax.bitwise_and(_are_whole(n, k), lax.lt(found, like(n, 2.0 ** (finfo(n.dtype).nmant // 2))))
    # The derivative is that of the unrounded coefficient.
    moved = lax.add(found, lax.stop_gradient(lax.sub(nearest, found)))
    return choose(inside, choose(sure, moved, found), lax.full_like(n, 0))


def _are_whole(n: Array, k: Array) -> Array:
    return lax.bitwise_and(lax.eq(lax.floor(n), n), lax.eq(lax.floor(k), k))


def bernoulli(n: int) -> Array:
    """The Bernoulli numbers B0 to Bn, DLMF 24.2, of which B1 is -1/2: shape (n + 1,), the default float dtype.

    Raises:
        ValueError: ``n`` is negative.
    """
    if operator.index(n) < 0:
        raise ValueError(f"`n` of bernoulli must not be negative, got {n}.")
    found = [Fraction(1)]
    for m in range(1, n + 1):  # DLMF 24.5.3
        total = sum((math.comb(m + 1, k) * b for k, b in enumerate(found)), Fraction(0))
        found.append(-total / (m + 1))
    return lift(vnp.asarray([_rounded(b) for b in found], default_float()))


def _rounded(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def spence(x: Any) -> Array:
    """The dilogarithm of 1 - x, the integral of log t / (1 - t) from 1 to x, DLMF 25.12.1; NaN below 0.

    By Euler's reflection and Landen's inversion (25.12.6, 25.12.4) to within 1/2 of 1.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("spence", x)
    wide, dtype = widened(x)
    return narrowed(_spence(wide), dtype)


@custom_jvp
def _spence(x: Array) -> Array:
    inside = lax.bitwise_and(lax.ge(x, like(x, 0)), lax.lt(x, like(x, math.inf)))
    at = choose(inside, x, lax.full_like(x, 1))
    large = lax.gt(at, like(x, 1.5))
    inverse = lax.div(like(x, 1), choose(large, at, like(x, 2.0)))
    below = choose(large, inverse, at)
    # A complement 1 - 1 / x of a large number is a quotient.
    rest = choose(large, lax.mul(lax.sub(at, like(x, 1)), inverse), lax.sub(like(x, 1), at))
    small = lax.lt(below, like(x, 0.5))
    step = choose(small, lax.neg(below), lax.neg(rest))
    near = lax.mul(step, chebyshev(series.SPENCE, step, -0.5, 0.5))
    some = lax.gt(below, like(x, 0))
    logarithm = lax.log(choose(some, below, lax.full_like(x, 1)))
    product = lax.mul(logarithm, lax.log1p(lax.neg(choose(small, below, like(x, 0.25)))))
    inner = choose(small, lax.sub(lax.sub(like(x, math.pi**2 / 6), product), near), near)
    outer = lax.sub(lax.mul(like(x, -0.5), lax.mul(logarithm, logarithm)), inner)
    found = choose(large, outer, inner)
    return choose(inside, found, choose(lax.eq(x, like(x, math.inf)), like(x, -math.inf), like(x, math.nan)))


@_spence.defjvp
def _spence_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    rest = lax.sub(x, like(x, 1))
    beside = lax.lt(lax.abs(rest), like(x, 0.5))
    safe = choose(beside, rest, like(x, 0.0))
    one = lax.eq(rest, like(x, 0))
    ratio = lax.div(choose(beside, lax.log1p(safe), lax.log(x)), choose(one, lax.full_like(x, 1), rest))
    return _spence(x), lax.mul(t, lax.neg(choose(one, lax.full_like(x, 1), ratio)))
