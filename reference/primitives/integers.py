"""Integer and boolean primitives: exact, modulo 2^n. Division and shifts out of range are XLA's.

Source: XLA operation semantics (openxla.org/xla/operation_semantics): x / 0 is -1 (all bits set), x rem 0
is x, INT_MIN / -1 is INT_MIN; a shift by the width or more gives 0, or the sign's bit everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language.dtypes import UNSIGNED, DType, bool_


def width(dtype: DType) -> int:
    """The bits of an integer dtype; 1 for booleans."""
    return 1 if dtype == bool_ else 8 * dtype.itemsize


def wrapped(n: int, dtype: DType) -> Any:
    """The integer of ``dtype`` that is congruent to ``n`` modulo 2^width."""
    if dtype == bool_:
        return bool(n)
    bits = width(dtype)
    n &= (1 << bits) - 1
    return n if dtype in UNSIGNED or n < 1 << (bits - 1) else n - (1 << bits)


def limits(dtype: DType) -> tuple[int, int]:
    """The least and the greatest integer of a dtype."""
    bits = width(dtype)
    return (0, (1 << bits) - 1) if dtype in UNSIGNED else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _quotient(x: int, y: int) -> int:
    if y == 0:
        return -1
    return -(abs(x) // abs(y)) if (x < 0) != (y < 0) else abs(x) // abs(y)


def _remainder(x: int, y: int) -> int:
    if y == 0:
        return x
    return -(abs(x) % abs(y)) if x < 0 else abs(x) % abs(y)


def _unsigned(n: int, bits: int) -> int:
    return n & ((1 << bits) - 1)


def _shift_left(x: int, y: int, bits: int) -> int:
    count = _unsigned(y, bits)
    return x << count if count < bits else 0


def _shift_right_logical(x: int, y: int, bits: int) -> int:
    return _unsigned(x, bits) >> min(_unsigned(y, bits), bits)


def _shift_right_arithmetic(x: int, y: int, bits: int) -> int:
    signed = _unsigned(x, bits) - ((_unsigned(x, bits) >> (bits - 1)) << bits)
    return signed >> min(_unsigned(y, bits), bits)


# name -> ``f(*operands, bits)``; the result is wrapped to the dtype.
INTEGERS: dict[str, Callable[..., int]] = {
    "neg": lambda x, bits: -x,
    "sign": lambda x, bits: (x > 0) - (x < 0),
    "abs": lambda x, bits: abs(x),
    "not": lambda x, bits: not x if bits == 1 else ~x,
    "population_count": lambda x, bits: _unsigned(x, bits).bit_count(),
    "clz": lambda x, bits: bits - _unsigned(x, bits).bit_length(),
    "square": lambda x, bits: x * x,
    "add": lambda x, y, bits: x + y,
    "sub": lambda x, y, bits: x - y,
    "mul": lambda x, y, bits: x * y,
    "mulhi": lambda x, y, bits: (x * y) >> bits,
    "div": lambda x, y, bits: _quotient(x, y),
    "rem": lambda x, y, bits: _remainder(x, y),
    "max": lambda x, y, bits: max(x, y),
    "min": lambda x, y, bits: min(x, y),
    "clamp": lambda low, x, high, bits: min(max(x, low), high),
    "and": lambda x, y, bits: x & y,
    "or": lambda x, y, bits: x | y,
    "xor": lambda x, y, bits: x ^ y,
    "shift_left": _shift_left,
    "shift_right_logical": _shift_right_logical,
    "shift_right_arithmetic": _shift_right_arithmetic,
}

# name -> the test that a comparison makes of an ordering (-1, 0, 1; None beside a NaN).
COMPARISONS: dict[str, Callable[[Any], bool]] = {
    "eq": lambda order: order == 0,
    "ne": lambda order: order != 0,
    "lt": lambda order: order == -1,
    "le": lambda order: order in (-1, 0),
    "gt": lambda order: order == 1,
    "ge": lambda order: order in (0, 1),
}
