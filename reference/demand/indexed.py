"""Gather and scatter: what is needed is known when the indices are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language.shapes import Shape
from ..machine_numbers import MachineNumbers
from ..primitives.call import Lists, strides
from ..primitives.indexing import COMBINES, filled, looked_up, vector_places
from ..reals import Scalar
from .moves import each_index
from .part import Asked, Part, Row

Numbers = np.ndarray[Any, Any]


def gather(a: Asked) -> Part:
    """An element of the operand, or what is filled in."""
    (operand, given), (result,) = a.operands, a.results
    within = a.params["dimension_numbers"].offset_dims
    sources, vectors = [], []
    for index in each_index(a.places[0], result.shape):
        vectors.append(a.read(1, vector_places(given.shape, within, index)))
        sources.append(looked_up(a.system, a.params, operand.shape, index, vectors[-1]))

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        found = iter(lists[0])
        values = [filled(a.system, operand.dtype) if s is None else next(found) for s in sources]
        return [[a.system.marked(x, vector) for x, vector in zip(values, vectors, strict=True)]]

    return Part([[s for s in sources if s is not None], []], run, a.places)


def scatter(a: Asked) -> Part:
    """What was there, and the updates of it."""
    given = a.operands[1]
    scalars = a.read(1, range(given.size))
    at, inside = _updated(a, _plain(a, scalars).reshape(given.shape))
    hits = np.flatnonzero(np.isin(at, a.places[0]) & inside)
    wanted: dict[int, list[int]] = {p: [] for p in a.places[0]}
    for update in hits:
        wanted[int(at[update])].append(int(update))
    marks = _marks(a, scalars, inside)
    combine, dtype = COMBINES[a.primitive.name], a.operands[0].dtype

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        news, found = dict(zip(hits.tolist(), lists[2], strict=True)), []
        for mine, old in zip(wanted.values(), lists[0], strict=True):
            new = combine(a.system, a.call, dtype, [old, *(news[k] for k in mine)]) if mine else old
            found.append(a.system.marked(new, marks))
        return [found]

    return Part([a.places[0], [], hits.tolist()], run, a.places)


def _plain(a: Asked, scalars: Sequence[Scalar]) -> Numbers:
    if isinstance(scalars, MachineNumbers):
        return scalars.values.astype(np.int64)
    return np.array([int(a.system.outcome(s)) for s in scalars], np.int64)


def _updated(a: Asked, vectors: Numbers) -> tuple[Numbers, Numbers]:
    """Where each update goes, and whether its window lies inside: all of them at once, by the rule of `indexing`."""
    (operand, _, updates), numbers = a.operands, a.params["dimension_numbers"]
    windows = numbers.update_window_dims
    batch = [d for d in range(updates.ndim) if d not in windows]
    dropped = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    window = dict(zip([d for d in range(operand.ndim) if d not in dropped], windows, strict=True))
    starts: dict[int, Any] = {}
    for k, axis in enumerate(numbers.scatter_dims_to_operand_dims):
        starts[axis] = np.expand_dims(vectors[..., k], windows)
    for axis, of in zip(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True):
        starts[axis] = _along(updates.shape, batch[of])
    at, inside = np.zeros(updates.shape, np.int64), np.ones(updates.shape, bool)
    for axis, (n, step) in enumerate(zip(operand.shape, strides(operand.shape), strict=True)):
        start, size = starts.get(axis, 0), updates.shape[window[axis]] if axis in window else 1
        if a.params["mode"] == "clip":
            start = np.clip(start, 0, n - size)
        inside &= (start >= 0) & (start + size <= n)
        at += (start + (_along(updates.shape, window[axis]) if axis in window else 0)) * step
    return at.reshape(-1), inside.reshape(-1)


def _along(shape: Shape, axis: int) -> Numbers:
    """The index along an axis, to be spread over the others."""
    return np.arange(shape[axis]).reshape([n if d == axis else 1 for d, n in enumerate(shape)])


def _marks(a: Asked, scalars: Sequence[Scalar], inside: Numbers) -> list[Scalar]:
    """The indices of the windows that lie inside: none of a machine's bears a mark."""
    if isinstance(scalars, MachineNumbers):
        return []
    given, updates = a.operands[1:]
    within = a.params["dimension_numbers"].update_window_dims
    counted = each_index(np.flatnonzero(inside).tolist(), updates.shape)
    return [scalars[k] for index in counted for k in vector_places(given.shape, within, index)]


ROWS: dict[str, Row] = {"gather": gather, **dict.fromkeys(COMBINES, scatter)}
