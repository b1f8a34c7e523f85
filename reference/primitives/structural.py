"""Structural primitives: for each index of the result, which element stands there.

Source: openxla.org/xla/operation_semantics (BroadcastInDim, Concatenate, DynamicSlice, DynamicUpdateSlice, Iota, Pad,
Reshape, Rev, Slice, Transpose).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...language.shapes import Shape
from ..array import ReferenceArray
from ..reals import Scalar
from ..system import NumberSystem
from .call import Call, Lists, Rule, indices, place, strides

RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register the rule of a primitive."""

    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


def moved(x: ReferenceArray, shape: Shape, source: Callable[[tuple[int, ...]], list[int]]) -> list[Scalar]:
    """The elements of ``x`` at ``source(index)`` for every index of ``shape``."""
    steps, scalars = strides(x.shape), x.scalars
    return [scalars[place(source(i), steps)] for i in indices(shape)]


@rule("broadcast_in_dim")
def _broadcast_in_dim(c: Call) -> Lists:
    (x,), places = c.operands, c.params["broadcast_dimensions"]
    if len(x.scalars) == 1:
        return [x.scalars * c.results[0].size]
    axes = [(d, n > 1) for d, n in zip(places, x.shape, strict=True)]
    return [moved(x, c.results[0].shape, lambda i: [i[d] if wide else 0 for d, wide in axes])]


@rule("reshape")
def _reshape(c: Call) -> Lists:
    return [c.operands[0].scalars]  # row-major order is kept


@rule("squeeze")
def _squeeze(c: Call) -> Lists:
    return [c.operands[0].scalars]


@rule("transpose")
def _transpose(c: Call) -> Lists:
    (x,), permutation = c.operands, c.params["permutation"]
    to = [permutation.index(axis) for axis in range(x.ndim)]
    return [moved(x, c.results[0].shape, lambda i: [i[d] for d in to])]


@rule("rev")
def _rev(c: Call) -> Lists:
    (x,), axes = c.operands, set(c.params["dimensions"])
    flips = [(d in axes, n - 1) for d, n in enumerate(x.shape)]
    return [
        moved(x, x.shape, lambda i: [last - k if f else k for k, (f, last) in zip(i, flips, strict=True)])
    ]


@rule("slice")
def _slice(c: Call) -> Lists:
    (x,), starts = c.operands, c.params["start_indices"]
    steps = c.params["strides"] or (1,) * x.ndim
    lines = list(zip(starts, steps, strict=True))
    return [moved(x, c.results[0].shape, lambda i: [s + k * t for k, (s, t) in zip(i, lines, strict=True)])]


def clamped_starts(system: NumberSystem, given: Sequence[Scalar], sizes: Shape, shape: Shape) -> list[int]:
    """Start indices moved so that the window lies inside (XLA: DynamicSlice)."""
    starts = [int(system.outcome(s)) for s in given]
    return [min(max(s, 0), n - size) for s, size, n in zip(starts, sizes, shape, strict=True)]


@rule("dynamic_slice")
def _dynamic_slice(c: Call) -> Lists:
    x, *given = c.operands
    marks = [s.scalars[0] for s in given]
    starts = clamped_starts(c.system, marks, c.params["slice_sizes"], x.shape)
    found = moved(x, c.results[0].shape, lambda i: [k + s for k, s in zip(i, starts, strict=True)])
    return [[c.system.marked(s, marks) for s in found]]


@rule("dynamic_update_slice")
def _dynamic_update_slice(c: Call) -> Lists:
    x, update, *given = c.operands
    marks = [s.scalars[0] for s in given]
    starts = clamped_starts(c.system, marks, update.shape, x.shape)
    found, steps = list(x.scalars), strides(x.shape)
    for i, s in zip(indices(update.shape), update.scalars, strict=True):
        found[place([k + start for k, start in zip(i, starts, strict=True)], steps)] = s
    return [[c.system.marked(s, marks) for s in found]]


@rule("concatenate")
def _concatenate(c: Call) -> Lists:
    axis, shape = c.params["dimension"], c.results[0].shape
    found: list[Scalar] = []
    before = 1
    for n in shape[:axis]:
        before *= n
    for row in range(before):
        for x in c.operands:
            run = len(x.scalars) // before
            found += x.scalars[row * run : (row + 1) * run]
    return [found]


@rule("pad")
def _pad(c: Call) -> Lists:
    x, value = c.operands
    config, shape = c.params["padding_config"], c.results[0].shape
    found, steps = value.scalars * c.results[0].size, strides(shape)
    for i, s in zip(indices(x.shape), x.scalars, strict=True):
        to = [low + k * (interior + 1) for k, (low, _, interior) in zip(i, config, strict=True)]
        if all(0 <= k < n for k, n in zip(to, shape, strict=True)):  # negative padding cuts off
            found[place(to, steps)] = s
    return [found]


@rule("iota")
def _iota(c: Call) -> Lists:
    axis, result = c.params["dimension"], c.results[0]
    values = [c.system.lift(k, result.dtype) for k in range(result.shape[axis])]
    return [[values[i[axis]] for i in indices(result.shape)]]
