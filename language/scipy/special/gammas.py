"""The gamma function and its relatives."""

from __future__ import annotations

import math
from typing import Any

from ... import lax
from ... import numpy as vnp
from ...arrays import Array
from ...numpy.elementwise import like
from .arguments import choose, given, strong


def gammasgn(x: Any) -> Array:
    """The sign of Gamma(x); at -0 as just below it, NaN at the other poles and at -inf.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("gammasgn", x)
    x = strong(x)
    whole = lax.floor(x)
    half = lax.mul(whole, like(x, 0.5))
    odd = lax.ne(lax.floor(half), half)
    pole = lax.bitwise_and(lax.eq(whole, x), lax.lt(x, like(x, 0)))
    below = choose(pole, like(x, math.nan), choose(odd, like(x, -1), like(x, 1)))
    zero = vnp.copysign(like(x, 1), x)
    found = choose(lax.lt(x, like(x, 0)), below, choose(lax.eq(x, like(x, 0)), zero, like(x, 1)))
    return choose(lax.ne(x, x), x, found)


def gamma(x: Any) -> Array:
    """The gamma function, as the exponential of its logarithm with its sign.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = given("gamma", x)
    return lax.mul(gammasgn(x), lax.exp(lax.lgamma(x)))


def betaln(a: Any, b: Any) -> Array:
    """log |B(a, b)|, from three values of `gammaln`: its error is that of the largest.

    At infinity it is the limit: B falls to 0 beside what is positive, and grows beside what is negative, DLMF 5.11.12.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    a, b = given("betaln", a, b)
    found = lax.sub(lax.add(lax.lgamma(a), lax.lgamma(b)), lax.lgamma(lax.add(a, b)))
    less = lax.min(a, b)
    far = lax.bitwise_and(lax.eq(lax.max(a, b), like(a, math.inf)), lax.gt(less, like(a, -math.inf)))
    return choose(far, choose(lax.gt(less, like(a, 0)), like(a, -math.inf), like(a, math.inf)), found)


def beta(a: Any, b: Any) -> Array:
    """The beta function Gamma(a) Gamma(b) / Gamma(a + b); 0 where the sum alone is at a pole, DLMF 5.12.1 and 5.2.1.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    a, b = given("beta", a, b)
    total = lax.add(a, b)
    under = gammasgn(total)
    pole = lax.bitwise_and(
        lax.ne(under, under), lax.is_finite(total)
    )  # 1 / Gamma(total) is 0, of neither sign
    sign = lax.mul(lax.mul(gammasgn(a), gammasgn(b)), choose(pole, like(total, 1), under))
    return lax.mul(sign, lax.exp(betaln(a, b)))


def factorial(n: Any, exact: bool = False) -> Array:
    """Gamma(n + 1), and 0 below 0.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        NotImplementedError: ``exact`` is true.
    """
    if exact:
        raise NotImplementedError(  # JAX refuses it too
            "`exact` of factorial must be False, got True. Use math.factorial."
        )
    (n,) = given("factorial", n)
    negative = lax.lt(n, like(n, 0))
    safe = choose(negative, like(n, 0), n)
    return choose(negative, like(n, 0), lax.exp(lax.lgamma(lax.add(safe, like(n, 1)))))


def poch(z: Any, m: Any) -> Array:
    """Pochhammer's symbol Gamma(z + m) / Gamma(z); 1 where m is 0.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    z, m = given("poch", z, m)
    none = lax.eq(m, like(m, 0))
    top = lax.add(z, m)
    found = lax.mul(lax.mul(gammasgn(top), gammasgn(z)), lax.exp(lax.sub(lax.lgamma(top), lax.lgamma(z))))
    return choose(none, like(z, 1), found)


def multigammaln(a: Any, d: int) -> Array:
    """log of the multivariate gamma function of dimension ``d``.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (a,) = given("multigammaln", a)
    a = strong(a)
    found: Array = lax.full_like(a, d * (d - 1) / 4 * math.log(math.pi))
    for j in range(d):
        found = lax.add(found, lax.lgamma(lax.sub(a, like(a, j / 2))))
    return found


# -- with parameters ------------------------------------------------------------------------------------
def gammainc(a: Any, x: Any) -> Array:
    """The regularized lower incomplete gamma function P(a, x), DLMF 8.2.4.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.igamma(*given("gammainc", a, x))


def gammaincc(a: Any, x: Any) -> Array:
    """The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate where it is small.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.igammac(*given("gammaincc", a, x))


def betainc(a: Any, b: Any, x: Any) -> Array:
    """The regularized incomplete beta function I_x(a, b), DLMF 8.17.2.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.betainc(*given("betainc", a, b, x))


def polygamma(n: Any, x: Any) -> Array:
    """The derivative of `digamma` of a whole order n.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.polygamma(*given("polygamma", n, x))


def zeta(x: Any, q: Any = None) -> Array:
    """The Hurwitz zeta function, the sum of (q + k)^-x over k >= 0; Riemann's where no ``q`` is given.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.zeta(*given("zeta", x, 1.0 if q is None else q))


def loggamma(x: Any) -> Array:
    """log Gamma(x) of a real: `gammaln` above 0, where Gamma is positive, and NaN below.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("loggamma", x)
    below = lax.lt(x, like(x, 0))
    return choose(below, like(x, math.nan), lax.lgamma(choose(below, like(x, 1.0), x)))
