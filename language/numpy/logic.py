"""Bits, truth and comparisons, element by element."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of
from ..dtypes import UNSIGNED, bool_
from .complex_numbers import ordered
from .elementwise import const, pair
from .promotion import promote, promote_numeric

BOOLEANS = "Booleans of the broadcast shape."

bitwise_and = pair("bitwise_and", promote, lax.bitwise_and, "x1 & x2, bit by bit.")
bitwise_or = pair("bitwise_or", promote, lax.bitwise_or, "x1 | x2, bit by bit.")
bitwise_xor = pair("bitwise_xor", promote, lax.bitwise_xor, "x1 ^ x2, bit by bit.")
left_shift = pair("left_shift", promote_numeric, lax.shift_left, "x1 << x2.")
bitwise_left_shift = left_shift


def bitwise_invert(x: Any, /) -> Array:
    """~x, bit by bit.

    Returns:
        An array of x's shape and dtype, integers or booleans.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.bitwise_not(*promote("bitwise_invert", x))


bitwise_not = invert = bitwise_invert


def right_shift(x1: Any, x2: Any, /) -> Array:
    """x1 >> x2; signed integers keep their sign.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = promote_numeric("right_shift", x1, x2)
    logical = aval_of(x1).dtype in UNSIGNED
    return (lax.shift_right_logical if logical else lax.shift_right_arithmetic)(x1, x2)


bitwise_right_shift = right_shift


def _truth(x: Any) -> Any:
    return x if aval_of(x).dtype == bool_ else lax.ne(x, const(x, 0))


def logical_and(x1: Any, x2: Any, /) -> Array:
    """Whether both are nonzero.

    Returns:
        Booleans of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.bitwise_and(*(_truth(x) for x in promote("logical_and", x1, x2)))


def logical_or(x1: Any, x2: Any, /) -> Array:
    """Whether one is nonzero.

    Returns:
        Booleans of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.bitwise_or(*(_truth(x) for x in promote("logical_or", x1, x2)))


def logical_xor(x1: Any, x2: Any, /) -> Array:
    """Whether exactly one is nonzero.

    Returns:
        Booleans of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    return lax.bitwise_xor(*(_truth(x) for x in promote("logical_xor", x1, x2)))


def logical_not(x: Any, /) -> Array:
    """Whether x is zero.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.bitwise_not(*(_truth(x) for x in promote("logical_not", x)))


equal = pair("equal", promote, lax.eq, "x1 == x2.", BOOLEANS)
not_equal = pair("not_equal", promote, lax.ne, "x1 != x2.", BOOLEANS)
less = pair("less", promote, partial(ordered, lax.lt), "x1 < x2.", BOOLEANS)
less_equal = pair("less_equal", promote, partial(ordered, lax.le), "x1 <= x2.", BOOLEANS)
greater = pair("greater", promote, partial(ordered, lax.gt), "x1 > x2.", BOOLEANS)
greater_equal = pair("greater_equal", promote, partial(ordered, lax.ge), "x1 >= x2.", BOOLEANS)
