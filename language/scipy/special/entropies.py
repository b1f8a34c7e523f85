"""Logarithms and entropies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ... import lax
from ...arrays import Array
from ...dispatch import lift
from ...numpy.elementwise import like
from ...numpy.promotion import convert
from .arguments import choose, given, strong


def logit(x: Any) -> Array:
    """log(x / (1 - x)), the inverse of `expit`; beside 1/2 from x - 1/2, which is exact.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("logit", x)
    weak, x = x.weak_type and x.ndim == 0, strong(x)
    rest = lax.sub(like(x, 1), x)
    middle = lax.bitwise_and(lax.gt(x, like(x, 0.25)), lax.lt(x, like(x, 0.75)))
    near = choose(middle, x, like(x, 0.5))
    distance = lax.div(lax.sub(lax.mul(like(x, 2), near), like(x, 1)), lax.sub(like(x, 1), near))
    outside = lax.sub(lax.log(x), choose(lax.lt(x, like(x, 0.5)), lax.log1p(lax.neg(x)), lax.log(rest)))
    found = choose(middle, lax.log1p(distance), outside)
    return lift(convert(found, found.dtype, weak))


def _times_logarithm(
    pair: Sequence[Array], operation: Callable[[Any], Array], low: float, safe: float
) -> Array:
    x, y = pair
    # 0 times an infinite or undefined logarithm is 0; beside a finite one the derivative is the logarithm.
    finite = lax.bitwise_and(lax.gt(y, like(y, low)), lax.lt(y, like(y, math.inf)))
    undefined = lax.bitwise_or(finite, lax.ne(y, y))
    vanishes = lax.bitwise_and(lax.eq(x, like(x, 0)), lax.bitwise_not(undefined))
    return lax.mul(x, operation(choose(vanishes, like(y, safe), y)))


def xlogy(x: Any, y: Any) -> Array:
    """x log(y), and 0 where x is 0 unless y is NaN.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return _times_logarithm(given("xlogy", x, y), lax.log, 0.0, 1.0)


def xlog1py(x: Any, y: Any) -> Array:
    """x log(1 + y), and 0 where x is 0 unless y is NaN.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return _times_logarithm(given("xlog1py", x, y), lax.log1p, -1.0, 0.0)


def entr(x: Any) -> Array:
    """-x log(x), 0 at 0, and -inf below it.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("entr", x)
    some = lax.gt(x, like(x, 0))
    inside = lax.neg(lax.mul(x, lax.log(choose(some, x, like(x, 1)))))
    outside = choose(lax.lt(x, like(x, 0)), like(x, -math.inf), x)
    return choose(some, inside, choose(lax.eq(x, like(x, 0)), like(x, 0), outside))


def rel_entr(p: Any, q: Any) -> Array:
    """p log(p / q) for positive numbers, 0 where p is 0 and q is not negative, else inf.

    Where p and q are close, from their difference, which is exact.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    p, q = given("rel_entr", p, q)
    both = lax.bitwise_and(lax.gt(p, like(p, 0)), lax.gt(q, like(q, 0)))
    above, below = choose(both, p, like(p, 1)), choose(both, q, like(q, 1))
    close = lax.bitwise_and(
        lax.lt(lax.mul(above, like(p, 0.5)), below), lax.lt(lax.mul(below, like(p, 0.5)), above)
    )
    ratio = lax.div(lax.sub(choose(close, above, below), below), below)
    apart = lax.sub(lax.log(above), lax.log(below))
    inside = lax.mul(above, choose(close, lax.log1p(ratio), apart))
    return choose(both, inside, _beyond(p, q, like(p, 0)))


def _beyond(p: Array, q: Array, nothing: Any) -> Array:
    """``nothing`` where p is 0 and q is not negative; NaN beside a NaN; else inf."""
    zero = lax.bitwise_and(lax.eq(p, like(p, 0)), lax.ge(q, like(q, 0)))
    undefined = lax.bitwise_or(lax.ne(p, p), lax.ne(q, q))
    return choose(zero, nothing, choose(undefined, like(p, math.nan), like(p, math.inf)))


def kl_div(p: Any, q: Any) -> Array:
    """`rel_entr`(p, q) - p + q.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    p, q = given("kl_div", p, q)
    both = lax.bitwise_and(lax.gt(p, like(p, 0)), lax.gt(q, like(q, 0)))
    return choose(both, lax.add(lax.sub(rel_entr(p, q), p), q), _beyond(p, q, q))
