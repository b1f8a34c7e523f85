"""bfloat16 as bits: for array modules that lack the format, and for conversions that round once."""

from __future__ import annotations

from typing import Any

import numpy as np


def widened(xp: Any, bits: Any) -> Any:
    """The float32 numbers that bfloat16 bits (uint16) stand for."""
    return xp.left_shift(bits.astype(np.uint32), np.uint32(16)).view(np.float32)


def narrowed(xp: Any, x: Any) -> Any:
    """The bfloat16 bits (uint16) of float32 numbers, rounded to nearest, ties to even."""
    bits = xp.ascontiguousarray(x).view(np.uint32).reshape(x.shape)
    last = xp.bitwise_and(xp.right_shift(bits, np.uint32(16)), np.uint32(1))
    rounded = xp.right_shift(bits + np.uint32(0x7FFF) + last, np.uint32(16))
    quiet = xp.bitwise_or(xp.right_shift(bits, np.uint32(16)), np.uint32(0x40))
    return xp.where(xp.isnan(x), quiet, rounded).astype(np.uint16)


def to_odd(xp: Any, x: Any) -> Any:
    """float64 numbers as float32, inexact ones with the last bit set, so that the next rounding is the first.

    (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding
    to odd", 2008.)
    """
    near = x.astype(np.float32)
    back = near.astype(np.float64)
    finite = xp.isfinite(near)
    beyond = xp.logical_and(xp.abs(back) > xp.abs(x), finite)
    bits = xp.ascontiguousarray(near).view(np.uint32).reshape(x.shape)
    bits = xp.where(beyond, bits - np.uint32(1), bits)
    inexact = xp.logical_and(back != x, finite)
    odd = xp.where(inexact, xp.bitwise_or(bits, np.uint32(1)), bits)
    return xp.ascontiguousarray(odd).view(np.float32).reshape(x.shape)
