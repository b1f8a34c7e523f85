"""`jax.scipy.special`'s functions of reals, written in primitives.

Those that are a primitive keep its budget; the others are the stable form where there is one. `gamma`, `beta` and their
like are exponentials of logarithms: they lose as many digits as the logarithm has before its point.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..catalogue.rules import check_dtype
from ..dispatch import lift
from ..dtypes import float32, float64
from ..nn import log_softmax, logsumexp, softmax
from ..numpy.elementwise import like
from ..numpy.promotion import array_of, promote_inexact

__all__ = [
    "beta",
    "betaln",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfinv",
    "expit",
    "factorial",
    "gamma",
    "gammaln",
    "gammasgn",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "kl_div",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "poch",
    "rel_entr",
    "softmax",
    "xlog1py",
    "xlogy",
]

_ROOT_HALF = math.sqrt(0.5)


def _given(name: str, *operands: Any) -> list[Array]:
    return [lift(x) for x in promote_inexact(name, *operands)]


_DOC = """{what}

Returns:
    Floats of x's shape; integers become floats.

Raises:
    TypeError: ``x`` is no array and no number.
"""


def _of_primitive(name: str, operation: Callable[[Any], Array], doc: str) -> Callable[[Any], Array]:
    def function(x: Any) -> Array:
        return operation(*promote_inexact(name, x))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _DOC.format(what=doc)
    return function


def _float32_or_wider(name: str, x: Any, argument: str = "x") -> Array:
    """As JAX, which refuses narrow floats and integers here."""
    array = array_of(name, x)
    check_dtype(name, array.aval, frozenset({float32, float64}), argument)
    return array


def _strong(x: Array) -> Array:
    return lax.convert_element_type(x, x.dtype)


def _choose(condition: Any, x: Any, y: Any) -> Array:
    found: Array = vnp.where(condition, x, y)
    return found


# -- primitives ---------------------------------------------------------------------------------------
erf = _of_primitive("erf", lax.erf, "The error function.")
erfc = _of_primitive("erfc", lax.erfc, "1 - erf(x), accurate where erf is near 1.")
erfinv = _of_primitive("erfinv", lax.erf_inv, "The number whose erf is x.")
expit = _of_primitive("expit", lax.logistic, "1 / (1 + exp(-x)).")
gammaln = _of_primitive("gammaln", lax.lgamma, "log |Gamma(x)|.")
digamma = _of_primitive("digamma", lax.digamma, "The derivative of `gammaln`.")
i0e = _of_primitive("i0e", lax.bessel_i0e, "exp(-|x|) I0(x), of the modified Bessel function of order 0.")
i1e = _of_primitive("i1e", lax.bessel_i1e, "exp(-|x|) I1(x), of the modified Bessel function of order 1.")


def i0(x: Any) -> Array:
    """The modified Bessel function of order 0; it overflows as exp does.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = _given("i0", x)
    return lax.mul(lax.exp(lax.abs(x)), lax.bessel_i0e(x))


def i1(x: Any) -> Array:
    """The modified Bessel function of order 1; it overflows as exp does.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = _given("i1", x)
    return lax.mul(lax.exp(lax.abs(x)), lax.bessel_i1e(x))


# -- logarithms and entropies -------------------------------------------------------------------------
def logit(x: Any) -> Array:
    """log(x / (1 - x)), the inverse of `expit`; beside 1/2 from x - 1/2, which is exact.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = _given("logit", x)
    x = _strong(x)
    rest = lax.sub(like(x, 1), x)
    middle = lax.bitwise_and(lax.gt(x, like(x, 0.25)), lax.lt(x, like(x, 0.75)))
    near = _choose(middle, x, like(x, 0.5))
    distance = lax.div(lax.sub(lax.mul(like(x, 2), near), like(x, 1)), lax.sub(like(x, 1), near))
    outside = lax.sub(lax.log(x), _choose(lax.lt(x, like(x, 0.5)), lax.log1p(lax.neg(x)), lax.log(rest)))
    return _choose(middle, lax.log1p(distance), outside)


def _times_logarithm(
    pair: Sequence[Array], operation: Callable[[Any], Array], low: float, safe: float
) -> Array:
    x, y = pair
    # 0 times an infinite or undefined logarithm is 0; beside a finite one the derivative is the logarithm.
    finite = lax.bitwise_and(lax.gt(y, like(y, low)), lax.lt(y, like(y, math.inf)))
    undefined = lax.bitwise_or(finite, lax.ne(y, y))
    vanishes = lax.bitwise_and(lax.eq(x, like(x, 0)), lax.bitwise_not(undefined))
    return lax.mul(x, operation(_choose(vanishes, like(y, safe), y)))


def xlogy(x: Any, y: Any) -> Array:
    """x log(y), and 0 where x is 0 unless y is NaN.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return _times_logarithm(_given("xlogy", x, y), lax.log, 0.0, 1.0)


def xlog1py(x: Any, y: Any) -> Array:
    """x log(1 + y), and 0 where x is 0 unless y is NaN.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return _times_logarithm(_given("xlog1py", x, y), lax.log1p, -1.0, 0.0)


def entr(x: Any) -> Array:
    """-x log(x), 0 at 0, and -inf below it.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = _given("entr", x)
    some = lax.gt(x, like(x, 0))
    inside = lax.neg(lax.mul(x, lax.log(_choose(some, x, like(x, 1)))))
    outside = _choose(lax.lt(x, like(x, 0)), like(x, -math.inf), x)
    return _choose(some, inside, _choose(lax.eq(x, like(x, 0)), like(x, 0), outside))


def rel_entr(p: Any, q: Any) -> Array:
    """p log(p / q) for positive numbers, 0 where p is 0 and q is not negative, else inf.

    Where p and q are close, from their difference, which is exact.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    p, q = _given("rel_entr", p, q)
    both = lax.bitwise_and(lax.gt(p, like(p, 0)), lax.gt(q, like(q, 0)))
    above, below = _choose(both, p, like(p, 1)), _choose(both, q, like(q, 1))
    close = lax.bitwise_and(
        lax.lt(lax.mul(above, like(p, 0.5)), below), lax.lt(lax.mul(below, like(p, 0.5)), above)
    )
    ratio = lax.div(lax.sub(_choose(close, above, below), below), below)
    apart = lax.sub(lax.log(above), lax.log(below))
    inside = lax.mul(above, _choose(close, lax.log1p(ratio), apart))
    return _choose(both, inside, _beyond(p, q, like(p, 0)))


def _beyond(p: Array, q: Array, nothing: Any) -> Array:
    """``nothing`` where p is 0 and q is not negative; NaN beside a NaN; else inf."""
    zero = lax.bitwise_and(lax.eq(p, like(p, 0)), lax.ge(q, like(q, 0)))
    undefined = lax.bitwise_or(lax.ne(p, p), lax.ne(q, q))
    return _choose(zero, nothing, _choose(undefined, like(p, math.nan), like(p, math.inf)))


def kl_div(p: Any, q: Any) -> Array:
    """`rel_entr`(p, q) - p + q.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    p, q = _given("kl_div", p, q)
    both = lax.bitwise_and(lax.gt(p, like(p, 0)), lax.gt(q, like(q, 0)))
    return _choose(both, lax.add(lax.sub(rel_entr(p, q), p), q), _beyond(p, q, q))


# -- gamma and its relatives --------------------------------------------------------------------------
def gammasgn(x: Any) -> Array:
    """The sign of Gamma(x); at -0 as just below it, NaN at the other poles and at -inf.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = _given("gammasgn", x)
    x = _strong(x)
    whole = lax.floor(x)
    half = lax.mul(whole, like(x, 0.5))
    odd = lax.ne(lax.floor(half), half)
    pole = lax.bitwise_and(lax.eq(whole, x), lax.lt(x, like(x, 0)))
    below = _choose(pole, like(x, math.nan), _choose(odd, like(x, -1), like(x, 1)))
    zero = vnp.copysign(like(x, 1), x)
    found = _choose(lax.lt(x, like(x, 0)), below, _choose(lax.eq(x, like(x, 0)), zero, like(x, 1)))
    return _choose(lax.ne(x, x), x, found)


def gamma(x: Any) -> Array:
    """The gamma function, as the exponential of its logarithm with its sign.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = _given("gamma", x)
    return lax.mul(gammasgn(x), lax.exp(lax.lgamma(x)))


def betaln(a: Any, b: Any) -> Array:
    """log |B(a, b)|, from three values of `gammaln`: its error is that of the largest.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    a, b = _given("betaln", a, b)
    return lax.sub(lax.add(lax.lgamma(a), lax.lgamma(b)), lax.lgamma(lax.add(a, b)))


def beta(a: Any, b: Any) -> Array:
    """The beta function Gamma(a) Gamma(b) / Gamma(a + b).

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    a, b = _given("beta", a, b)
    sign = lax.mul(lax.mul(gammasgn(a), gammasgn(b)), gammasgn(lax.add(a, b)))
    return lax.mul(sign, lax.exp(betaln(a, b)))


def factorial(n: Any, exact: bool = False) -> Array:
    """Gamma(n + 1), and 0 below 0.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        NotImplementedError: ``exact`` is true.
    """
    if exact:
        raise NotImplementedError("`exact` of factorial must be False, got True. Use math.factorial.")
    (n,) = _given("factorial", n)
    negative = lax.lt(n, like(n, 0))
    safe = _choose(negative, like(n, 0), n)
    return _choose(negative, like(n, 0), lax.exp(lax.lgamma(lax.add(safe, like(n, 1)))))


def poch(z: Any, m: Any) -> Array:
    """Pochhammer's symbol Gamma(z + m) / Gamma(z); 1 where m is 0.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    z, m = _given("poch", z, m)
    none = lax.eq(m, like(m, 0))
    top = lax.add(z, m)
    found = lax.mul(lax.mul(gammasgn(top), gammasgn(z)), lax.exp(lax.sub(lax.lgamma(top), lax.lgamma(z))))
    return _choose(none, like(z, 1), found)


def multigammaln(a: Any, d: int) -> Array:
    """log of the multivariate gamma function of dimension ``d``.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (a,) = _given("multigammaln", a)
    a = _strong(a)
    found = lax.add(lax.mul(like(a, 0), a), like(a, d * (d - 1) / 4 * math.log(math.pi)))
    for j in range(d):
        found = lax.add(found, lax.lgamma(lax.sub(a, like(a, j / 2))))
    return found


# -- the normal distribution --------------------------------------------------------------------------
def ndtr(x: Any) -> Array:
    """The normal distribution's probability of at most x.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is neither float32 nor float64.
    """
    x = _float32_or_wider("ndtr", x)
    return lax.mul(like(x, 0.5), lax.erfc(lax.mul(lax.neg(x), like(x, _ROOT_HALF))))


def ndtri(p: Any) -> Array:
    """The inverse of `ndtr`: from `erfinv` in the middle, in the tails from its logarithm (Wichura, AS 241).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``p`` is neither float32 nor float64.
    """
    p = _strong(_float32_or_wider("ndtri", p, "p"))
    half = lax.sub(p, like(p, 0.5))
    middle = lax.le(lax.abs(half), like(p, 0.425))
    near = _choose(middle, half, like(p, 0.0))
    inner = lax.mul(like(p, math.sqrt(2.0)), lax.erf_inv(lax.mul(like(p, 2), near)))
    share = _choose(lax.lt(half, like(p, 0)), p, lax.sub(like(p, 1), p))
    proper = lax.bitwise_and(lax.gt(share, like(p, 0)), lax.bitwise_not(middle))
    distance = lax.sqrt(lax.neg(lax.log(_choose(proper, share, like(p, 0.05)))))
    far = lax.gt(distance, like(p, 5))
    outer = _choose(
        far, _quotient(lax.sub(distance, like(p, 5)), _FAR), _quotient(lax.sub(distance, like(p, 1.6)), _TAIL)
    )
    ends = _choose(lax.eq(share, like(p, 0)), like(p, math.inf), like(p, math.nan))
    outer = _choose(proper, outer, ends)
    return _choose(middle, inner, _choose(lax.lt(half, like(p, 0)), lax.neg(outer), outer))


_TAIL = (
    (
        7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.148103976427480074590,
        0.689767334985100004550, 1.67638483018380384940, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.00124266094738807843860, 0.0265321895265761230930,
        0.296560571828504891230, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.136929880922735805310, 0.599832206555887937690, 1.0,
    ),
)  # fmt: skip


def _quotient(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    parts = []
    for row in coefficients:
        part = lax.add(lax.mul(x, like(x, row[0])), like(x, row[1]))
        for c in row[2:]:
            part = lax.add(lax.mul(part, x), like(x, c))
        parts.append(part)
    return lax.div(parts[0], parts[1])


def log_ndtr(x: Any, series_order: int = 3) -> Array:
    """log(`ndtr`(x)), by the asymptotic series of erfc far below 0 (DLMF 7.12.1).

    ``series_order`` is taken for JAX's sake: the series always has the terms that the digits need.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is neither float32 nor float64.
        ValueError: ``series_order`` is not between 0 and 30.
    """
    if not 0 <= operator.index(series_order) <= 30:
        raise ValueError(f"`series_order` of log_ndtr must be an integer from 0 to 30, got {series_order!r}.")
    x = _float32_or_wider("log_ndtr", x)
    far = lax.lt(x, like(x, -12))
    low = lax.lt(x, like(x, -1))
    safe = _choose(far, like(x, -12), x)
    half = like(x, 0.5)
    tail = lax.mul(half, lax.erfc(lax.mul(lax.abs(safe), like(x, _ROOT_HALF))))
    below = lax.log(_choose(low, tail, half))
    above = lax.log1p(lax.neg(_choose(low, half, _choose(lax.gt(x, like(x, 0)), tail, ndtr(safe)))))
    # For -1 <= x <= 0 the complement is ndtr(-x), which is not small.
    between = lax.log(_choose(lax.gt(x, like(x, 0)), half, ndtr(safe)))
    middle = _choose(low, below, _choose(lax.gt(x, like(x, 0)), above, between))
    large = _choose(far, x, like(x, -12))
    inverse = lax.div(like(x, 1), lax.mul(large, large))
    series = like(x, _TERMS[-1])
    for c in _TERMS[-2::-1]:
        series = lax.add(lax.mul(series, inverse), like(x, c))
    outer = lax.sub(
        lax.sub(lax.mul(lax.mul(large, large), like(x, -0.5)), lax.log(lax.neg(large))),
        like(x, 0.5 * math.log(2 * math.pi)),
    )
    return _choose(far, lax.add(outer, lax.log1p(lax.mul(series, inverse))), middle)


# (-1)^k (2k - 1)!! for k >= 1.
_TERMS = [float((-1) ** k * math.prod(range(1, 2 * k, 2))) for k in range(1, 25)]
