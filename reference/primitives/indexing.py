"""Gather and scatter, as XLA defines them (openxla.org/xla/operation_semantics: Gather, Scatter)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...language.dtypes import UNSIGNED, DType, bool_, is_float
from ...language.shapes import Shape
from ..array import ReferenceArray
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


def _vector(c: Call, given: ReferenceArray, batch: Sequence[int]) -> list[Scalar]:
    """The index vector at a place of the indices."""
    count = given.shape[-1]
    start = place([*batch, 0], strides(given.shape))
    return given.scalars[start : start + count]


def _start(
    c: Call, vector: Sequence[Scalar], batch: Sequence[int], rank: int, mapped: Sequence[int]
) -> list[int]:
    """Where the window of an index vector starts in the operand; paired axes follow the batch index."""
    numbers = c.params["dimension_numbers"]
    start = [0] * rank
    for axis, k in zip(mapped, vector, strict=True):
        start[axis] = int(c.system.outcome(k))
    paired = getattr(numbers, "start_indices_batching_dims", None)
    if paired is None:
        paired = numbers.scatter_indices_batching_dims
    for axis, of_indices in zip(numbers.operand_batching_dims, paired, strict=True):
        start[axis] = batch[of_indices]
    return start


def _inside(start: Sequence[int], sizes: Sequence[int], shape: Shape) -> bool:
    return all(s >= 0 and s + size <= n for s, size, n in zip(start, sizes, shape, strict=True))


def gather(c: Call) -> Lists:
    """Each index of the result is an index of the indices and an index within the window there."""
    operand, given = c.operands
    numbers, sizes, mode = c.params["dimension_numbers"], c.params["slice_sizes"], c.params["mode"]
    dropped = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    kept = [axis for axis in range(operand.ndim) if axis not in dropped]
    steps, shape = strides(operand.shape), operand.shape
    found = []
    for index in indices(c.results[0].shape):
        batch = [k for d, k in enumerate(index) if d not in numbers.offset_dims]
        vector = _vector(c, given, batch)
        start = _start(c, vector, batch, operand.ndim, numbers.start_index_map)
        if not _inside(start, sizes, shape):
            if mode == "fill":
                value = c.system.lift(filler(operand.dtype), operand.dtype)
                found.append(c.system.marked(value, vector))
                continue
            start = [min(max(s, 0), n - size) for s, size, n in zip(start, sizes, shape, strict=True)]
        for axis, d in zip(kept, numbers.offset_dims, strict=True):
            start[axis] += index[d]
        found.append(c.system.marked(operand.scalars[place(start, steps)], vector))
    return [found]


def _updates(c: Call) -> list[tuple[int, Scalar, list[Scalar]]]:
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
        vector = _vector(c, given, batch)
        start = _start(c, vector, batch, operand.ndim, numbers.scatter_dims_to_operand_dims)
        if not _inside(start, sizes, shape):
            if mode != "clip":
                continue
            start = [min(max(s, 0), n - size) for s, size, n in zip(start, sizes, shape, strict=True)]
        for axis, d in zip(kept, numbers.update_window_dims, strict=True):
            start[axis] += index[d]
        found.append((place(start, steps), update, vector))
    return found


def scatter(c: Call) -> Lists:
    """The last update of a place stays."""
    found = list(c.operands[0].scalars)
    marks: list[Scalar] = []
    for at, update, vector in _updates(c):
        found[at] = update
        marks += vector
    return [[c.system.marked(x, marks) for x in found]]


def _collected(combine: Combine) -> Rule:
    """Each place is what `combine` makes of what was there and of its updates, in order."""

    def apply(c: Call) -> Lists:
        together: dict[int, list[Scalar]] = {}
        marks: list[Scalar] = []
        for at, update, vector in _updates(c):
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


RULES: dict[str, Rule] = {
    "gather": gather,
    "scatter": scatter,
    "scatter_add": _collected(sum_over),
    "scatter_sub": _collected(_difference),
    "scatter_mul": _collected(product_over),
    "scatter_min": _collected(extreme_over(-1)),
    "scatter_max": _collected(extreme_over(1)),
}
