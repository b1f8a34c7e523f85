"""Factorizations: an element needs the whole of its matrix, and no other matrix of the batch."""

from __future__ import annotations

import math
from dataclasses import replace

from .part import Asked, Part, smaller

# How many axes are not of the batch, where these are not the two of a matrix.
_RANKS = {"lu_pivots_to_permutation": 1}


def factorization(a: Asked) -> Part:
    """The matrices that the elements belong to."""
    batch = a.operands[0].shape[: a.operands[0].ndim - _RANKS.get(a.primitive.name, 2)]
    count = math.prod(batch)

    def places(size: int) -> list[int]:
        own = size // count
        return [m * own + k for m in wanted for k in range(own)]

    sizes = [x.size // count for x in a.results]
    wanted = sorted({p // size for found, size in zip(a.places, sizes, strict=True) for p in found})
    shapes = [(len(wanted), *x.shape[len(batch) :]) for x in a.operands]
    part = smaller(a, [places(x.size) for x in a.operands], shapes)
    return replace(part, gives=[places(x.size) for x in a.results])
