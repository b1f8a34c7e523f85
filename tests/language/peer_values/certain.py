"""Calls that are always made: rows and dtypes in turn, their operands filled from a table of special values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from tests.language.peer_values.drawing import KINDS, PROMOTED, WIDE, Drawn, special_ints

from verax.language.dtypes import finfo

# float32 first, and each sort of number soon: a bounded sample has the first two or three alone.
ORDER = (
    *("float32", "int32", "complex64", "bfloat16", "bool", "float64", "uint8", "float16", "complex128"),
    *("int8", "uint32", "int64", "uint64", "int16", "uint16"),
)
STRIDES = (1, 5, 3)  # a table's length has no divisor in common with them: all pairs come


def special_table(dtype: Any) -> list[float]:
    """NaN, both zeros and infinities, the ends of subnormal and of all numbers, and plain ones: 13."""
    info = finfo(dtype)
    least, tiny, most = float(info.smallest_subnormal), float(info.tiny), float(info.max)
    ends = [-np.inf, np.inf, least, most, -most, tiny - least, -least]
    return [np.nan, 0.0, -0.0, *ends, 1.0, -0.5, 2.5]


def filled(shape: tuple[int, ...], dtype: Any, at: int, stride: int) -> Any:
    """An array of a table's values, one after another from a place on."""
    places = at + stride * np.arange(int(np.prod(shape)))
    if dtype.kind == "c":
        real = np.dtype(f"float{dtype.itemsize * 4}")
        found = np.empty(shape, dtype)
        found.real, found.imag = filled(shape, real, at, stride), filled(shape, real, at + 3, stride + 1)
        return found
    if dtype.kind == "b":
        return (places % 3 == 0).reshape(shape)
    whole = dtype.kind in "iu"
    table = np.array(special_ints(dtype), dtype) if whole else np.array(special_table(dtype)).astype(dtype)
    return table[places % len(table)].reshape(shape)


def dtypes_of(kind: str) -> list[Any]:
    """A kind's dtypes, in turn."""
    return sorted(KINDS[kind], key=lambda d: ORDER.index(d.name))


def certain(name: str, rows: Sequence[Any], number: int) -> Drawn:
    """The call of this number: of one row after another, in one dtype after another."""
    turn, place = divmod(number, len(rows))
    row = rows[place]
    shapes = row.shapes[turn % len(row.shapes)] if row.kinds else ()
    shared = next((k for k in row.kinds if k in PROMOTED), None)
    common = None if shared is None else dtypes_of(shared)[(turn + place) % len(KINDS[shared])]
    arrays = []
    for i, (kind, shape) in enumerate(zip(row.kinds, shapes, strict=True)):
        if kind == "index":
            arrays.append((np.arange(int(np.prod(shape))) % 3).astype(np.int32).reshape(shape))
            continue
        dtype = common if common in KINDS[kind] else dtypes_of(kind)[turn % len(KINDS[kind])]
        arrays.append(filled(shape, dtype, 7 * turn, STRIDES[i % len(STRIDES)]))
    if name.startswith("searchsorted"):
        arrays[0].sort(axis=0)  # of what is not sorted nobody says where a number belongs
    x64 = any(x.dtype in WIDE for x in arrays) or number % 2 == 1
    return Drawn(row.call, tuple(row.kinds), tuple(arrays), x64, f"{name}[{place}]")
