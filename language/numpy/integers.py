"""Functions of integers: common divisors and multiples, and bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import UNSIGNED, bool_, is_integer, uint8
from .arithmetic import floor_divide
from .elementwise import absolute
from .manipulation import broadcast_to, moveaxis, ravel, reshape
from .promotion import array_of, convert, promote, promote_numeric, same_shape
from .reductions import any, sum


def _integers(name: str, *operands: Any) -> list[Array]:
    found = same_shape(*promote(name, *operands))
    if not is_integer(found[0].dtype):
        raise ValueError(f"The arguments of {name} must be integers, got {found[0].dtype}.")
    return [absolute(x) for x in found]


def gcd(x1: Any, x2: Any) -> Array:
    """The greatest common divisor, never negative, by Euclid's algorithm; of 0 and 0 it is 0.

    Returns:
        Integers of the broadcast shape.

    Raises:
        ValueError: an argument is not of integers.
    """

    def step(pair: tuple[Array, Array]) -> tuple[Array, Array]:
        x, y = pair
        going = lax.ne(y, lax.full_like(y, 0))
        rest = lax.rem(x, lax.select(going, y, lax.full_like(y, 1)))
        return lax.select(going, y, x), lax.select(going, rest, y)

    found, _ = lax.while_loop(lambda pair: any(pair[1]), step, tuple(_integers("gcd", x1, x2)))
    # The least number of a width is its own absolute value, and leaves negative rests.
    found = found if found.dtype in UNSIGNED else lax.abs(found)
    return lift(convert(found, found.dtype))


def lcm(x1: Any, x2: Any) -> Array:
    """The least common multiple, never negative; 0 where one is 0.

    Returns:
        Integers of the broadcast shape.

    Raises:
        ValueError: an argument is not of integers.
    """
    x, y = _integers("lcm", x1, x2)
    divisor = gcd(x, y)
    none = lax.eq(divisor, lax.full_like(divisor, 0))
    found = lax.mul(x, floor_divide(y, lax.select(none, lax.full_like(divisor, 1), divisor)))
    return lax.select(none, lax.full_like(found, 0), lift(convert(found, found.dtype)))


# -- bits -----------------------------------------------------------------------------------------------
def bitwise_count(x: Any, /) -> Array:
    """How many bits of |x| are set: uint8 of x's shape.

    Raises:
        TypeError: ``x`` is not of integers or booleans.
    """
    (given,) = promote_numeric("bitwise_count", x)
    x = array_of("bitwise_count", given)
    if not is_integer(x.dtype):
        raise TypeError(f"`x` of bitwise_count must hold integers, got {x.dtype}.")
    return lift(convert(lax.population_count(absolute(x)), uint8))


def _shifts(name: str, bitorder: str) -> np.ndarray[Any, Any]:
    if bitorder not in ("big", "little"):
        raise ValueError(f"`bitorder` of {name} must be 'big' or 'little', got {bitorder!r}.")
    found = np.arange(8, dtype=np.uint8)
    return found[::-1] if bitorder == "big" else found


def packbits(a: Any, axis: int | None = None, bitorder: str = "big") -> Array:
    """Eight truth values as the bits of one uint8, along an axis (flat for None); zeros fill the last up.

    Returns:
        uint8, the axis 8 times shorter.

    Raises:
        TypeError: ``a`` is not of integers or booleans.
        ValueError: ``bitorder`` is neither 'big' nor 'little'.
    """
    shifts = _shifts("packbits", bitorder)
    a = array_of("packbits", a)
    if not (is_integer(a.dtype) or a.dtype == bool_):
        raise TypeError(f"`a` of packbits must hold integers or booleans, got {a.dtype}.")
    a, axis = (ravel(a), 0) if axis is None else (a, axis)
    last = moveaxis(lift(convert(lax.ne(a, lax.full_like(a, 0)), uint8)), axis, -1)
    missing = -last.shape[-1] % 8
    last = lax.pad(last, np.uint8(0), (*(((0, 0, 0),) * (last.ndim - 1)), (0, missing, 0)))
    groups = reshape(last, (*last.shape[:-1], last.shape[-1] // 8, 8))
    moved = lax.shift_left(groups, broadcast_to(shifts, groups.shape))
    return moveaxis(lift(convert(sum(moved, -1), uint8)), -1, axis)


def unpackbits(a: Any, axis: int | None = None, count: int | None = None, bitorder: str = "big") -> Array:
    """The bits of each uint8 as eight elements 0 or 1, along an axis (flat for None).

    Args:
        a: an array of uint8.
        axis: along which the bits lie.
        count: how many bits are kept, or below 0, left out at the end; zeros fill up what is missing.
        bitorder: whether the highest bit comes first, 'big', or last, 'little'.

    Returns:
        uint8, the axis 8 times longer, or of size ``count``.

    Raises:
        TypeError: ``a`` is not of uint8.
        ValueError: ``bitorder`` is neither 'big' nor 'little'.
    """
    shifts = _shifts("unpackbits", bitorder)
    a = array_of("unpackbits", a)
    if a.dtype not in UNSIGNED or a.dtype != uint8:
        raise TypeError(f"`a` of unpackbits must hold uint8, got {a.dtype}.")
    a, axis = (ravel(a), 0) if axis is None else (a, axis)
    last = moveaxis(a, axis, -1)
    wide = lax.broadcast_in_dim(last, (*last.shape, 8), tuple(range(last.ndim)))
    bits = lax.shift_right_logical(wide, broadcast_to(shifts, wide.shape))
    found = reshape(lax.bitwise_and(bits, lax.full_like(bits, 1)), (*last.shape[:-1], last.shape[-1] * 8))
    if count is not None:
        missing = count if count < 0 else count - found.shape[-1]  # below 0: so many are left out
        found = lax.pad(found, np.uint8(0), (*(((0, 0, 0),) * (found.ndim - 1)), (0, missing, 0)))
    return moveaxis(found, -1, axis)
