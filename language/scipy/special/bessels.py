"""Modified Bessel functions."""

from __future__ import annotations

from typing import Any

from ... import lax
from ...arrays import Array
from .arguments import given, of_primitive

i0e = of_primitive("i0e", lax.bessel_i0e, "exp(-|x|) I0(x), of the modified Bessel function of order 0.")
i1e = of_primitive("i1e", lax.bessel_i1e, "exp(-|x|) I1(x), of the modified Bessel function of order 1.")


def i0(x: Any) -> Array:
    """The modified Bessel function of order 0; it overflows as exp does.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("i0", x)
    return lax.mul(lax.exp(lax.abs(x)), lax.bessel_i0e(x))


def i1(x: Any) -> Array:
    """The modified Bessel function of order 1; it overflows as exp does.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("i1", x)
    return lax.mul(lax.exp(lax.abs(x)), lax.bessel_i1e(x))
