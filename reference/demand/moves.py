"""Structural primitives: where the element at an index comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...language.shapes import Shape
from ..primitives.call import Lists, strides
from ..primitives.structural import clamped_starts
from ..reals import Scalar
from .part import Asked, Part, Places, Row, smaller

# For each axis the indices of some elements.
Index = Sequence[Any]


def index_of(places: Places, shape: Shape) -> list[Any]:
    """The indices of elements of an array: for each axis an array of them."""
    return list(np.unravel_index(np.asarray(places, np.intp), shape)) if shape else []


def each_index(places: Places, shape: Shape) -> list[list[int]]:
    """The index of each element."""
    return [[int(k) for k in i] for i in zip(*index_of(places, shape), strict=True)] or [[] for _ in places]


def places_of(index: Index, shape: Shape, count: int) -> list[int]:
    """Where the ``count`` elements of these indices stand."""
    found = np.zeros(count, np.intp)
    for i, step in zip(index, strides(shape), strict=True):
        found = found + np.asarray(i, np.intp) * step
    return [int(p) for p in found]


def handed_on(lists: Sequence[Sequence[Scalar]]) -> Lists:
    """The first operand's elements."""
    return [list(lists[0])]


def _moved(source: Callable[[Asked, Index], Index]) -> Row:
    """A row of a primitive whose every element is one of its operand's."""

    def row(a: Asked) -> Part:
        index = source(a, index_of(a.places[0], a.results[0].shape))
        return Part([places_of(index, a.operands[0].shape, len(a.places[0]))], handed_on, a.places)

    return row


def _broadcast(a: Asked, index: Index) -> Index:
    wide = zip(a.params["broadcast_dimensions"], a.operands[0].shape, strict=True)
    return [index[d] if n > 1 else 0 for d, n in wide]


def _transpose(a: Asked, index: Index) -> Index:
    return [index[a.params["permutation"].index(axis)] for axis in range(a.operands[0].ndim)]


def _rev(a: Asked, index: Index) -> Index:
    turned = a.params["dimensions"]
    return [
        n - 1 - i if d in turned else i
        for d, (i, n) in enumerate(zip(index, a.operands[0].shape, strict=True))
    ]


def _slice(a: Asked, index: Index) -> Index:
    steps = a.params["strides"] or (1,) * len(index)
    return [s + i * step for i, s, step in zip(index, a.params["start_indices"], steps, strict=True)]


def same_order(a: Asked) -> Part:
    """Elements stay where they stand."""
    return Part([a.places[0]], handed_on, a.places)


def concatenate(a: Asked) -> Part:
    """Each element is one of the operand that covers its index."""
    axis, index = a.params["dimension"], index_of(a.places[0], a.results[0].shape)
    needs: list[list[int]] = []
    chosen = np.zeros(len(a.places[0]), np.intp)
    before = 0
    for k, x in enumerate(a.operands):
        covered = (index[axis] >= before) & (index[axis] < before + x.shape[axis])
        chosen[covered] = k
        own = [(i - before if d == axis else i)[covered] for d, i in enumerate(index)]
        needs.append(places_of(own, x.shape, int(covered.sum())))
        before += x.shape[axis]

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        rest = [iter(xs) for xs in lists]
        return [[next(rest[k]) for k in chosen]]

    return Part(needs, run, a.places)


def pad(a: Asked) -> Part:
    """An element of the operand, or the padding value between and around them."""
    shape, places = a.operands[0].shape, a.places[0]
    inside = np.ones(len(places), bool)
    source = []
    lines = zip(index_of(places, a.results[0].shape), shape, a.params["padding_config"], strict=True)
    for i, n, (low, _, interior) in lines:
        at, rest = (i - low) // (interior + 1), (i - low) % (interior + 1)
        inside &= (rest == 0) & (at >= 0) & (at < n)
        source.append(at)
    own = places_of([i[inside] for i in source], shape, int(inside.sum()))

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        xs, (value,) = iter(lists[0]), lists[1]
        return [[next(xs) if i else value for i in inside]]

    return Part([own, [0]], run, a.places)


def dynamic_slice(a: Asked) -> Part:
    """Where the element comes from is known when the starts are."""
    x, places = a.operands[0], a.places[0]
    marks = [a.read(k, [0])[0] for k in range(1, len(a.operands))]
    starts = clamped_starts(a.system, marks, a.params["slice_sizes"], x.shape)
    index = [i + s for i, s in zip(index_of(places, a.results[0].shape), starts, strict=True)]

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        return [[a.system.marked(s, marks) for s in lists[0]]]

    return Part([places_of(index, x.shape, len(places)), *([0] for _ in marks)], run, a.places)


def dynamic_update_slice(a: Asked) -> Part:
    """An element of the update inside of its window, else of the operand."""
    (x, update, *_), places = a.operands, a.places[0]
    marks = [a.read(k, [0])[0] for k in range(2, len(a.operands))]
    starts = clamped_starts(a.system, marks, update.shape, x.shape)
    index = [i - s for i, s in zip(index_of(places, x.shape), starts, strict=True)]
    inside = np.ones(len(places), bool)
    for i, n in zip(index, update.shape, strict=True):
        inside &= (i >= 0) & (i < n)
    of_update = places_of([i[inside] for i in index], update.shape, int(inside.sum()))
    of_operand = [p for p, i in zip(places, inside, strict=True) if not i]

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        olds, news = iter(lists[0]), iter(lists[1])
        return [[a.system.marked(next(news) if i else next(olds), marks) for i in inside]]

    return Part([of_operand, of_update, *([0] for _ in marks)], run, a.places)


def iota(a: Asked) -> Part:
    """The index along an axis."""
    along = index_of(a.places[0], a.results[0].shape)[a.params["dimension"]]
    return Part([], lambda _: [[a.system.lift(int(k), a.results[0].dtype) for k in along]], a.places)


def bitcast(a: Asked) -> Part:
    """The numbers whose bits are looked at: one, or as many as make up one of a wider format."""
    (x,), (result,), places = a.operands, a.results, a.union
    if x.dtype == result.dtype:
        return same_order(a)
    from_each, into_each = (
        x.dtype.itemsize // result.dtype.itemsize,
        result.dtype.itemsize // x.dtype.itemsize,
    )
    if into_each > 1:
        needs = [p * into_each + k for p in places for k in range(into_each)]
        return smaller(a, [needs], [(len(places), into_each)])
    many = max(from_each, 1)
    taken = [i * many + p % many for i, p in enumerate(places)]
    return smaller(a, [[p // many for p in places]], [(len(places),)], taken=taken)


ROWS: dict[str, Row] = {
    "broadcast_in_dim": _moved(_broadcast),
    "transpose": _moved(_transpose),
    "rev": _moved(_rev),
    "slice": _moved(_slice),
    "reshape": same_order,
    "squeeze": same_order,
    "concatenate": concatenate,
    "pad": pad,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "iota": iota,
    "bitcast_convert_type": bitcast,
}
