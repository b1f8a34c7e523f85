"""Operands of slices at run time, gathers and scatters."""

from __future__ import annotations

from ...language.catalogue.indexing import GatherDimensionNumbers, ScatterDimensionNumbers
from ...language.dtypes import (
    DType,
    int32,
)
from ...language.primitive import Domain
from ...language.subject import ArrayOf
from .case import Builder, Built, Rng, operand, pick, some_shape


def _dynamic_slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    sizes = tuple(int(rng.integers(1, n + 1)) for n in shape)
    # Starts out of range are moved inside, so they are tried too.
    starts = [operand(int32, (), Domain(-2.0, float(n + 1))) for n in shape]
    return [operand(dtype, shape), *starts], {"slice_sizes": sizes}


def _dynamic_update_slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    window = tuple(int(rng.integers(1, n + 1)) for n in shape)
    starts = [operand(int32, (), Domain(-2.0, float(n + 1))) for n in shape]
    return [operand(dtype, shape), operand(dtype, window), *starts], {}


_MODES = ("clip", "fill", "promise_in_bounds")


def _gather(rng: Rng, dtype: DType) -> Built:
    rows, columns, count = (int(n) for n in rng.integers(1, 5, 3))
    axis = int(rng.integers(2))
    mode = pick(rng, _MODES)
    size = (rows, columns)[axis]
    numbers = GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(axis,), start_index_map=(axis,))
    sizes = (1, columns) if axis == 0 else (rows, 1)
    return [operand(dtype, (rows, columns)), _indices(mode, count, size)], {
        "dimension_numbers": numbers,
        "slice_sizes": sizes,
        "mode": mode,
    }


def _indices(mode: str, count: int, size: int) -> ArrayOf:
    if mode == "promise_in_bounds":
        return operand(int32, (count, 1), below=size)
    return operand(int32, (count, 1), Domain(-2.0, float(size + 1)))


def _scatter(rng: Rng, dtype: DType) -> Built:
    rows, columns, count = (int(n) for n in rng.integers(1, 5, 3))
    mode = pick(rng, _MODES)
    numbers = ScatterDimensionNumbers(
        update_window_dims=(1,), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
    )
    operands = [
        operand(dtype, (rows, columns)),
        _indices(mode, count, rows),
        operand(dtype, (count, columns)),
    ]
    return operands, {"dimension_numbers": numbers, "mode": mode}


INDEXING: dict[str, Builder] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "gather": _gather,
    **dict.fromkeys(("scatter", "scatter_add", "scatter_sub", "scatter_mul"), _scatter),
    **dict.fromkeys(("scatter_min", "scatter_max"), _scatter),
}
