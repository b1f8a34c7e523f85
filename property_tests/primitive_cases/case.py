"""A primitive, ready to be judged, and the operands it may be drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...language.dispatch import bind
from ...language.dtypes import (
    DType,
    bfloat16,
    bool_,
    float16,
    float32,
    float64,
    int32,
    int64,
    uint8,
    uint64,
)
from ...language.primitive import Domain, Primitive
from ...language.subject import Argument, ArrayOf, Dimension, Index, Signature
from ..subjects import Subject

Rng = np.random.Generator

Shape = tuple[int, ...]

# How often a dtype is tried: the narrow and the wide ones now and then.
FLOATS = (float32, float32, float32, float32, float64, float16, bfloat16)

WIDE = (float64, int64, uint64)


@dataclass(frozen=True)
class Case:
    """One primitive (or a call of one), ready to be judged.

    Attributes:
        name: the primitive's, with the dtype.
        function: of the operands.
        operands: what it is to be tried on.
        params: for the reader; the function has them already.
        alone: whether the function is the primitive and nothing else: then its digits, and its derivative's,
            are to hold relative to each true value itself.
    """

    name: str
    function: Callable[..., Any]
    operands: tuple[ArrayOf, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = True

    def subject(self) -> Subject:
        """The case as a subject of its own."""
        return as_subject(self.name, self.function, self.operands, relative=self.alone)


def as_subject(
    name: str, function: Callable[..., Any], operands: Sequence[ArrayOf], relative: bool = False
) -> Subject:
    """A function of arrays as a subject, with a signature that nobody had to write."""
    signature = Signature(tuple(Argument(f"x{i}", spec) for i, spec in enumerate(operands)))
    return Subject(function, f"catalogue::{name}", "", signature, relative=relative)


def operand(dtype: DType, shape: Shape, domain: Domain | None = None, below: int | None = None) -> ArrayOf:
    """An operand of fixed shape; ``below`` makes it an index."""
    dimensions = tuple(Dimension(str(n), str(n)) for n in shape)
    index = Index(below) if below is not None else None
    return ArrayOf(dtype, dimensions, "verax", domain, index, (dtype,))


def pick(rng: Rng, options: Sequence[Any]) -> Any:
    """One of several."""
    return options[int(rng.integers(len(options)))]


def any_dtype(rng: Rng) -> DType:
    """A float, now and then an integer or bool."""
    return pick(rng, (*FLOATS, int32, bool_, uint8))  # type: ignore[no-any-return]  # of a tuple of them


def some_shape(rng: Rng, least: int = 0, most: int = 3) -> Shape:
    """A small shape."""
    return tuple(int(n) for n in rng.integers(1, 5, int(rng.integers(least, most + 1))))


def applied(primitive: Primitive, params: Mapping[str, Any]) -> Callable[..., Any]:
    """The primitive with its parameters, as a function."""

    def apply(*operands: Any) -> Any:
        found = bind(primitive, *operands, **params)
        return found[0] if len(found) == 1 else tuple(found)

    apply.__name__ = primitive.name
    return apply


Built = tuple[Sequence[ArrayOf], dict[str, Any]]

Builder = Callable[[Rng, DType], Built]
