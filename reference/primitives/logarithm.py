"""The logarithm (A&S 4.1.1), for whoever needs one: mpmath's, where mpmath's is right."""

from __future__ import annotations

from typing import Any

from mpmath import libmp
from mpmath.libmp import mpf_sub

from ..reals import NEAREST, Raw


def _size(x: Raw) -> int:
    return x[2] + x[3]


def log(x: Raw, bits: int, rounding: str = NEAREST) -> Any:
    """log x of a positive number; mpmath raises for negative ones."""
    # mpmath 1.4.1 takes a number just above 1/4 for one just above 1: there log(4 x) - 2 log 2 is asked.
    if _size(x) != -1 or x[0]:
        return libmp.mpf_log(x, bits, rounding)
    wide = bits + 8
    twice = libmp.mpf_shift(libmp.mpf_ln2(wide), 1)
    return mpf_sub(libmp.mpf_log(libmp.mpf_shift(x, 2), wide), twice, bits, rounding)
