"""Factorizations and transforms: an element needs the whole of its matrix, and no other of the batch."""

from __future__ import annotations

import math
from dataclasses import replace

from .part import Asked, Part, Row, smaller


def _rank(a: Asked) -> int:
    """How many axes are not of the batch."""
    if a.primitive.name == "fft":
        return len(a.params["fft_lengths"])
    return 1 if a.primitive.name == "lu_pivots_to_permutation" else 2


def factorization(a: Asked) -> Part:
    """The matrices that the elements belong to."""
    batch = a.operands[0].shape[: a.operands[0].ndim - _rank(a)]
    count = math.prod(batch)

    def places(size: int) -> list[int]:
        own = size // count
        return [m * own + k for m in wanted for k in range(own)]

    sizes = [x.size // count for x in a.results]
    wanted = sorted({p // size for found, size in zip(a.places, sizes, strict=True) for p in found})
    shapes = [(len(wanted), *x.shape[len(batch) :]) for x in a.operands]
    part = smaller(a, [places(x.size) for x in a.operands], shapes)
    return replace(part, gives=[places(x.size) for x in a.results])


ROWS: dict[str, Row] = {"fft": factorization}
