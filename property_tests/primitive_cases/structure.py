"""Operands of primitives that move, choose or make elements."""

from __future__ import annotations

import numpy as np

from ...language.dtypes import (
    DType,
    bool_,
    float32,
    int32,
    int64,
    is_float,
    uint8,
    uint16,
    uint32,
    uint64,
)
from ...language.primitive import Domain
from .case import Builder, Built, Rng, any_dtype, operand, pick, some_shape


def _clamp(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    bounds = [() if rng.random() < 0.5 else shape for _ in range(2)]
    low, high = Domain(high=0.0), Domain(low=0.0)
    return [operand(dtype, bounds[0], low), operand(dtype, shape), operand(dtype, bounds[1], high)], {}


def _select_n(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    which_shape = shape if rng.random() < 0.7 else ()
    if rng.random() < 0.6:
        return [operand(bool_, which_shape), operand(dtype, shape), operand(dtype, shape)], {}
    count = int(rng.integers(1, 4))
    which = operand(int32, which_shape, below=count)
    return [which, *[operand(dtype, shape)] * count], {}


def _threefry(rng: Rng, dtype: DType) -> Built:
    del dtype
    return [operand(uint32, some_shape(rng, 1))] * 4, {}


def _convert(rng: Rng, dtype: DType) -> Built:
    # Real to integer is defined where the integer has the value.
    new = any_dtype(rng)
    domain = Domain(0.0, 100.0) if is_float(dtype) and not is_float(new) else None
    return [operand(dtype, some_shape(rng), domain)], {"new_dtype": new, "weak_type": False}


def _bitcast(rng: Rng, dtype: DType) -> Built:
    # From a float only to integers: as a map of reals, bits that become a float again have no meaning.
    same = {4: (int32, uint32), 2: (uint16,), 8: (int64, uint64), 1: (uint8,)}
    known = (*same[dtype.itemsize], *([] if is_float(dtype) else [float32])) if dtype != bool_ else ()
    known = tuple(d for d in known if d.itemsize == dtype.itemsize)
    if not known:
        return _bitcast(rng, float32)
    return [operand(dtype, some_shape(rng))], {"new_dtype": pick(rng, known)}


def _stop_gradient(rng: Rng, dtype: DType) -> Built:
    return [operand(dtype, some_shape(rng))], {}


def _name(rng: Rng, dtype: DType) -> Built:
    return [operand(dtype, some_shape(rng))], {"name": pick(rng, ("kept", "made again"))}


def _broadcast_in_dim(rng: Rng, dtype: DType) -> Built:
    result = some_shape(rng, 1, 3)
    kept = tuple(i for i in range(len(result)) if rng.random() < 0.6)
    shape = tuple(1 if rng.random() < 0.3 else result[i] for i in kept)
    return [operand(dtype, shape)], {"shape": result, "broadcast_dimensions": kept}


def _reshape(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    size = int(np.prod(shape, dtype=int))
    first = pick(rng, [n for n in range(1, size + 1) if size % n == 0])
    return [operand(dtype, shape)], {"new_sizes": pick(rng, [(size,), (first, size // first), (1, size)])}


def _transpose(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"permutation": tuple(int(i) for i in rng.permutation(len(shape)))}


def _squeeze(rng: Rng, dtype: DType) -> Built:
    shape = tuple(1 if rng.random() < 0.5 else n for n in some_shape(rng, 1))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and rng.random() < 0.8)
    return [operand(dtype, shape)], {"dimensions": ones}


def _concatenate(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    axis = int(rng.integers(len(shape)))
    parts = [
        tuple(int(rng.integers(1, 4)) if i == axis else n for i, n in enumerate(shape))
        for _ in range(int(rng.integers(1, 4)))
    ]
    return [operand(dtype, s) for s in parts], {"dimension": axis}


def _slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    starts = tuple(int(rng.integers(n)) for n in shape)
    limits = tuple(int(rng.integers(s, n)) + 1 for s, n in zip(starts, shape, strict=True))
    strides = tuple(int(rng.integers(1, 3)) for _ in shape) if rng.random() < 0.5 else None
    return [operand(dtype, shape)], {"start_indices": starts, "limit_indices": limits, "strides": strides}


def _pad(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    config = tuple(
        (int(rng.integers(-1, 3)), int(rng.integers(0, 3)), int(rng.integers(0, 2))) for _ in shape
    )
    return [operand(dtype, shape), operand(dtype, ())], {"padding_config": config}


def _rev(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"dimensions": tuple(i for i in range(len(shape)) if rng.random() < 0.6)}


def _iota(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    kept = int32 if dtype == bool_ else dtype
    return [], {"dtype": kept, "shape": shape, "dimension": int(rng.integers(len(shape)))}


def _pivots(rng: Rng, dtype: DType) -> Built:
    del dtype
    size = int(rng.integers(1, 6))
    shape = (*some_shape(rng, 0, 1), int(rng.integers(1, size + 1)))
    return [operand(int32, shape, below=size)], {"permutation_size": size}


STRUCTURE: dict[str, Builder] = {
    "clamp": _clamp,
    "select_n": _select_n,
    "threefry2x32": _threefry,
    "convert_element_type": _convert,
    "bitcast_convert_type": _bitcast,
    "stop_gradient": _stop_gradient,
    "name": _name,
    "broadcast_in_dim": _broadcast_in_dim,
    "reshape": _reshape,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "concatenate": _concatenate,
    "slice": _slice,
    "pad": _pad,
    "rev": _rev,
    "iota": _iota,
    "lu_pivots_to_permutation": _pivots,
}
