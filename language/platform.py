"""`Platform`: what a machine promises, as data; `adapters` holds the profiles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .dtypes import DType
from .primitive import Primitive, ULPs


@dataclass(frozen=True, slots=True)
class Promise:
    """A budget that differs from the catalogue's, and where that is known from.

    Attributes:
        most: the largest error of one result, in ULPs per dtype.
        typical: the root-mean-square error over ordinary inputs, in ULPs; None: 0.29/0.5 of ``most``.
        source: the table or measurement that says so.
    """

    most: ULPs
    source: str
    typical: ULPs | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """Budgets of one platform.

    Attributes:
        name: such as "numpy".
        promises: by primitive name; a primitive that is not listed keeps the catalogue's budget.
        sum_blocks: terms that a sum adds one after another before it goes on as a tree; None if the
            order is unknown (then every sum counts as sequential).
        product_blocks: the same for `dot_general`.
        flushes_subnormals: whether subnormal inputs and results become zero.
    """

    name: str
    promises: Mapping[str, Promise] = field(default_factory=dict)
    sum_blocks: int | None = None
    product_blocks: int | None = None
    flushes_subnormals: bool = False

    def most(self, primitive: Primitive, dtype: DType) -> float:
        """The largest error in ULPs that one result of the primitive may have here."""
        promise = self.promises.get(primitive.name)
        return (promise.most if promise else primitive.budget).of(dtype)

    def typical(self, primitive: Primitive, dtype: DType) -> float:
        """The typical (root-mean-square) error in ULPs of one result."""
        promise = self.promises.get(primitive.name)
        if promise and promise.typical:
            return promise.typical.of(dtype)
        return self.most(primitive, dtype) * 0.29 / 0.5

    def depth(self, terms: int, product: bool = False) -> float:
        """The most roundings that one of ``terms`` summands goes through."""
        blocks = self.product_blocks if product else self.sum_blocks
        if terms <= 1:
            return 0.0
        if blocks is None or terms <= blocks:
            return float(terms - 1)
        return blocks + math.ceil(math.log2(terms / blocks))
