"""The modified Bessel functions of orders 0 and 1; `kaiser` needs the first.

Far from 0 they are exp(|x|) times the scaled ones. At 0 that is a product of two kinks, whose derivatives of odd and
even order would come to what a convention makes of |x|; and next to it the products' slopes cancel. There the
power series stand, DLMF 10.25.2, and carry all derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import float64
from .elementwise import like
from .promotion import promote_inexact

# (1/4)^k / (k! (k + order)!) and its slopes are below half an ulp of 1 from that term on.
_TERMS = {float64: 12}
_NARROW = 7


def i0(x: Any) -> Array:
    """The modified Bessel function of order 0; it overflows as exp does.

    Returns:
        Floats of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = lift(*promote_inexact("i0", x))
    return _joined(x, lambda near: _series(near, 0), lax.bessel_i0e)


def i1(x: Any) -> Array:
    """The modified Bessel function of order 1; it overflows as exp does.

    Returns:
        Floats of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = lift(*promote_inexact("i1", x))
    return _joined(x, lambda near: lax.mul(lax.mul(near, like(near, 0.5)), _series(near, 1)), lax.bessel_i1e)


def _joined(x: Array, near: Callable[[Array], Array], scaled: Callable[[Array], Array]) -> Array:
    """The series up to 1, exp(|x|) times the scaled function beyond; neither sees the other's arguments."""
    one = lax.full_like(x, 1)
    small = lax.lt(lax.abs(x), one)
    far = lax.select(small, one, x)
    product = lax.mul(lax.exp(lax.abs(far)), scaled(far))
    return lax.select(small, near(lax.select(small, x, lax.full_like(x, 0))), product)


def _series(x: Array, order: int) -> Array:
    """The sum of (x^2/4)^k / (k! (k + order)!)."""
    square = lax.square(lax.mul(x, like(x, 0.5)))
    total = lax.full_like(x, 0)
    for k in reversed(range(_TERMS.get(x.dtype, _NARROW))):
        term = 1.0 / (math.factorial(k) * math.factorial(k + order))
        total = lax.add(lax.mul(total, square), like(x, term))
    return total
