"""Gather and scatter, as XLA defines them (openxla.org/xla/operation_semantics: Gather, Scatter)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...language.dtypes import UNSIGNED, DType, bool_, is_float
from ...language.shapes import Shape
from ..reals import NAN, Scalar
from ..system import NumberSystem
from .call import Call, Lists, Rule, indices, place, strides
from .elementwise import DEFINITIONS
from .integers import limits
from .pointwise import integers, sum_of
from .reductions import Combine, extreme_over, product_over, sum_over


def filler(dtype: DType) -> Any:
    """What "fill" puts where an index is out of bounds: NaN, the least integer, the greatest unsigned."""
    if is_float(dtype):
        return NAN
    if dtype == bool_:
        return True
    low, high = limits(dtype)
    return high if dtype in UNSIGNED else low


def vector_places(shape: Shape, within: Sequence[int], index: Sequence[int]) -> range:
    """Where the index vector of an element stands in the indices; ``within`` are the axes inside of windows."""
    batch = [k for d, k in enumerate(index) if d not in within]
    start = place([*batch, 0], strides(shape))
    return range(start, start + shape[-1])


def _start(
    system: NumberSystem, numbers: Any, vector: Sequence[Scalar], batch: Sequence[int], rank: int
) -> list[int]:
    """Where the window of an index vector starts in the operand; paired axes follow the batch index."""
    gathers = hasattr(numbers, "start_index_map")
    mapped = numbers.start_index_map if gathers else numbers.scatter_dims_to_operand_dims
    paired = numbers.start_indices_batching_dims if gathers else numbers.scatter_indices_batching_dims
    start = [0] * rank
    for axis, k in zip(mapped, vector, strict=True):
        start[axis] = int(system.outcome(k))
    for axis, of_indices in zip(numbers.operand_batching_dims, paired, strict=True):
        start[axis] = batch[of_indices]
    return start


def _inside(start: Sequence[int], sizes: Sequence[int], shape: Shape) -> bool:
    return all(s >= 0 and s + size <= n for s, size, n in zip(start, sizes, shape, strict=True))


def looked_up(
    system: NumberSystem,
    params: Mapping[str, Any],
    shape: Shape,
    index: Sequence[int],
    vector: Sequence[Scalar],
) -> int | None:
    """Where the element of a gather's result at ``index`` stands in the operand; None where it is filled in."""
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    batch = [k for d, k in enumerate(index) if d not in numbers.offset_dims]
    start = _start(system, numbers, vector, batch, len(shape))
    if not _inside(start, sizes, shape):
        if params["mode"] == "fill":
            return None
        start = [min(max(s, 0), n - size) for s, size, n in zip(start, sizes, shape, strict=True)]
    dropped = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    kept = [axis for axis in range(len(shape)) if axis not in dropped]
    for axis, d in zip(kept, numbers.offset_dims, strict=True):
        start[axis] += index[d]
    return place(start, strides(shape))


def gather(c: Call) -> Lists:
    """Each index of the result is an index of the indices and an index within the window there."""
    operand, given = c.operands
    within = c.params["dimension_numbers"].offset_dims
    found = []
    for index in indices(c.results[0].shape):
        vector = [given.scalars[k] for k in vector_places(given.shape, within, index)]
        at = looked_up(c.system, c.params, operand.shape, index, vector)
        value = filled(c.system, operand.dtype) if at is None else operand.scalars[at]
        found.append(c.system.marked(value, vector))
    return [found]


def filled(system: NumberSystem, dtype: DType) -> Scalar:
    """What stands where an index is out of bounds."""
    return system.lift(filler(dtype), dtype)


def updates_inside(c: Call) -> list[tuple[int, Scalar, list[Scalar]]]:
    """(place in the operand, update, index vector) of every update whose window lies inside."""
    operand, given, updates = c.operands
    numbers, mode, shape = c.params["dimension_numbers"], c.params["mode"], operand.shape
    dropped = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    kept = [axis for axis in range(operand.ndim) if axis not in dropped]
    sizes = [1] * operand.ndim
    for axis, d in zip(kept, numbers.update_window_dims, strict=True):
        sizes[axis] = updates.shape[d]
    steps = strides(shape)
    found = []
    for index, update in zip(indices(updates.shape), updates.scalars, strict=True):
        batch = [k for d, k in enumerate(index) if d not in numbers.update_window_dims]
        vector = [given.scalars[k] for k in vector_places(given.shape, numbers.update_window_dims, index)]
        start = _start(c.system, numbers, vector, batch, operand.ndim)
        if not _inside(start, sizes, shape):
            if mode != "clip":
                continue
            start = [min(max(s, 0), n - size) for s, size, n in zip(start, sizes, shape, strict=True)]
        for axis, d in zip(kept, numbers.update_window_dims, strict=True):
            start[axis] += index[d]
        found.append((place(start, steps), update, vector))
    return found


def _last(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    """The last update of a place stays."""
    return xs[-1]


def collected(combine: Combine) -> Rule:
    """Each place is what `combine` makes of what was there and of its updates, in order."""

    def apply(c: Call) -> Lists:
        together: dict[int, list[Scalar]] = {}
        marks: list[Scalar] = []
        for at, update, vector in updates_inside(c):
            together.setdefault(at, []).append(update)
            marks += vector
        found = list(c.operands[0].scalars)
        for at, updates in together.items():
            found[at] = combine(c.system, c, c.results[0].dtype, [found[at], *updates])
        return [[c.system.marked(x, marks) for x in found]]

    return apply


def _difference(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    first, *rest = xs
    if is_float(dtype):
        minus = system.map(DEFINITIONS["neg"], dtype, [rest])
    else:
        minus = integers(system, "neg", dtype, [rest])
    return sum_of(system, c.primitive, dtype, [first, *minus])


# What a place becomes of what was there and of its updates.
COMBINES: dict[str, Combine] = {
    "scatter": _last,
    "scatter_add": sum_over,
    "scatter_sub": _difference,
    "scatter_mul": product_over,
    "scatter_min": extreme_over(-1),
    "scatter_max": extreme_over(1),
}
RULES: dict[str, Rule] = {"gather": gather} | {name: collected(f) for name, f in COMBINES.items()}
