"""Operands of reductions, running reductions and sorts."""

from __future__ import annotations

from ...language.dtypes import (
    DType,
    int32,
)
from .case import Builder, Built, Rng, operand, some_shape


def _reduce(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    axes = tuple(i for i in range(len(shape)) if rng.random() < 0.6) or (0,)
    return [operand(dtype, shape)], {"axes": axes}


def _cumulate(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"axis": int(rng.integers(len(shape))), "reverse": bool(rng.integers(2))}


def _position(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"axes": (int(rng.integers(len(shape))),), "index_dtype": int32}


def _sort(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    count = int(rng.integers(1, 3))
    keys = int(rng.integers(1, count + 1))
    return [operand(dtype, shape)] * count, {"dimension": int(rng.integers(len(shape))), "num_keys": keys}


FOLDS: dict[str, Builder] = {
    **{f"reduce_{name}": _reduce for name in ("sum", "prod", "max", "min", "and", "or", "xor")},
    **{f"cum{name}": _cumulate for name in ("sum", "prod", "max", "min")},
    "argmax": _position,
    "argmin": _position,
    "sort": _sort,
}
