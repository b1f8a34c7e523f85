"""`Call`: one application of a primitive, as its rule sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from operator import mul
from typing import Any

from ...language.primitive import Primitive
from ...language.shapes import Shape, ShapedArray
from ..array import ReferenceArray
from ..reals import Scalar
from ..system import NumberSystem

# The scalars of each result.
Lists = list[list[Scalar]]


@dataclass(frozen=True, slots=True)
class Call:
    """A primitive, its operands, and the abstract values of its results."""

    system: NumberSystem
    primitive: Primitive
    operands: Sequence[ReferenceArray]
    results: Sequence[ShapedArray]
    params: Mapping[str, Any]


Rule = Callable[[Call], Lists]


def strides(shape: Shape) -> tuple[int, ...]:
    """How far apart neighbours along each axis are in row-major order."""
    found, step = [], 1
    for n in reversed(shape):
        found.append(step)
        step *= n
    return tuple(reversed(found))


def indices(shape: Shape) -> Iterator[tuple[int, ...]]:
    """Every index of a shape, in row-major order."""
    return product(*map(range, shape))


def place(index: Sequence[int], steps: Sequence[int]) -> int:
    """Where the element of an index stands in row-major order."""
    return sum(map(mul, index, steps))


def offsets(sizes: Sequence[int], steps: Sequence[int]) -> list[int]:
    """How far every index of a shape of these sizes stands from the first, in order, where axes have these steps."""
    found = [0]
    for n, step in zip(sizes, steps, strict=True):
        found = [at + k * step for at in found for k in range(n)]
    return found
