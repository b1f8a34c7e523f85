"""Comparisons in the total order of floats (IEEE 754-2019, 5.10), which `jnp.searchsorted` and `jnp.interp` ask for.

Negative NaNs stand below all numbers and positive ones above them; -0.0 is below 0.0. NaNs of one sign are one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...language import numpy as vnp
from ...language.dispatch import aval_of
from ...language.dtypes import is_float
from .reading import Row


def less(x: Any, y: Any) -> Any:
    """Whether x is before y; integers and booleans are in their own order."""
    if not is_float(aval_of(x).dtype):
        return vnp.less(x, y)
    # Bits are looked at only where numbers are equal, so that what decides is the comparison.
    numbers = vnp.where(x == y, vnp.signbit(x) & ~vnp.signbit(y), vnp.less(x, y))
    return vnp.where(vnp.isnan(x) | vnp.isnan(y), _end(x) < _end(y), numbers)


def _end(x: Any) -> Any:
    """-1 for negative NaNs, 1 for positive ones, 0 for numbers."""
    return vnp.where(vnp.isnan(x), vnp.where(vnp.signbit(x), -1, 1), 0)


def _row(compared: Callable[[Any, Any], Any]) -> Row:
    return lambda _params, operands: [compared(*operands)]


ROWS: Mapping[str, Row] = {
    "lt_to": _row(less),
    "le_to": _row(lambda x, y: ~less(y, x)),
    "eq_to": _row(lambda x, y: ~(less(x, y) | less(y, x))),
}
