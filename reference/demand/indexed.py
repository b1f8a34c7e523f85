"""Gather and scatter: what is needed is known when the indices are."""

from __future__ import annotations

from collections.abc import Sequence

from ..array import ReferenceArray
from ..primitives.call import Call, Lists
from ..primitives.indexing import COMBINES, filled, looked_up, updates_inside, vector_places
from ..reals import Scalar
from .moves import each_index
from .part import Asked, Part, Row


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
    operand, given, updates = a.operands
    indices = list(a.read(1, range(given.size)))
    arrays = [
        ReferenceArray(list(scalars), aval, a.system)
        for scalars, aval in zip(([], indices, range(updates.size)), a.operands, strict=True)
    ]
    # The updates' places stand for them.
    where = updates_inside(Call(a.system, a.primitive, arrays, a.results, a.params))
    wanted = {p: [update for at, update, _ in where if at == p] for p in a.places[0]}
    marks = [mark for _, _, vector in where for mark in vector]
    needs = sorted(update for mine in wanted.values() for update in mine)
    combine = COMBINES[a.primitive.name]

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        news = dict(zip(needs, lists[2], strict=True))
        found = []
        for (_, mine), old in zip(wanted.items(), lists[0], strict=True):
            xs = [old, *(news[update] for update in mine)]
            new = combine(a.system, a.call, operand.dtype, xs) if mine else old
            found.append(a.system.marked(new, marks))
        return [found]

    return Part([a.places[0], [], needs], run, a.places)


ROWS: dict[str, Row] = {"gather": gather, **dict.fromkeys(COMBINES, scatter)}
