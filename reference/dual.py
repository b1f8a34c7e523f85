"""`Dual`: scalars carry a value and a tangent, and derivatives follow by the chain rule.

Duals nest: the scalars of `Dual(Dual(Exact()))` are as deep as there are derivatives. A scalar belongs to
the system of its depth; what is less deep is a constant there, so that perturbations are never confused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ..language.dtypes import DType
from ..language.primitive import Primitive
from . import subgradients
from .exact import ordering
from .reals import INF, Scalar
from .system import ComplexDefinition, Definition, NumberSystem, Operations, Pair, Question


class DualNumber:
    """A value and its tangent, both scalars of the base system."""

    __slots__ = ("depth", "tangent", "value")

    def __init__(self, value: Scalar, tangent: Scalar, depth: int) -> None:
        self.value, self.tangent, self.depth = value, tangent, depth

    def __repr__(self) -> str:
        return f"DualNumber({self.value!r}, {self.tangent!r}, depth={self.depth})"


class Dual(NumberSystem):
    """The chain rule over another system.

    Args:
        base: what values and tangents are made of.
        honour_custom_rules: whether `custom_jvp` and `custom_vjp` rules stand for the derivatives of
            their functions; otherwise the functions are differentiated and the rules ignored.
    """

    name = "dual"
    base: NumberSystem

    def __init__(self, base: NumberSystem, honour_custom_rules: bool = False) -> None:
        self.base, self.honour_custom_rules = base, honour_custom_rules
        self.depth = base.depth + 1
        self.bits, self.encloses = base.bits, base.encloses
        self._operations = cache(self._make_operations)

    def __repr__(self) -> str:
        return f"Dual({self.base!r})"

    def _make_operations(self, dtype: DType) -> Operations:
        from .primitives.elementwise import DEFINITIONS

        return Operations(self.base, dtype, DEFINITIONS)

    def number(self, value: Scalar, tangent: Scalar) -> Scalar:
        """A scalar of this system; the value alone where the tangent is zero."""
        if type(tangent) is float and tangent == 0.0:
            return value
        return DualNumber(value, tangent, self.depth)

    def split(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """Value and tangent of a scalar."""
        if type(x) is DualNumber and x.depth == self.depth:
            return x.value, x.tangent
        return x, 0.0

    def _values(self, xs: Sequence[Scalar]) -> list[Scalar]:
        depth = self.depth
        return [x.value if type(x) is DualNumber and x.depth == depth else x for x in xs]

    def lift(self, x: float, dtype: DType) -> Scalar:
        """A constant."""
        return self.base.lift(x, dtype)

    def apply(self, definition: Definition, dtype: DType, operands: Sequence[Scalar]) -> Scalar:
        """The value, and the sum of the partial derivatives times the tangents."""
        values = self._values(operands)
        z = self.base.apply(definition, dtype, values)
        tangent: Scalar = 0.0
        for x, value, partial in zip(operands, values, definition.partials, strict=True):
            if x is not value and partial is not None:
                factor = partial(self._operations(dtype), *values, z)
                tangent = self._plus(dtype, tangent, self._scaled(dtype, factor, x.tangent))
        return self.number(z, tangent)

    def constant(self, raw: Callable[[int, str], Any]) -> Scalar:
        """The base's."""
        return self.base.constant(raw)

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The value: the chain rule is that of the real functions that the parts are made of."""
        from .primitives.elementwise import DEFINITIONS

        return definition.at(Operations(self, dtype, DEFINITIONS), operands)

    def _scaled(self, dtype: DType, factor: Scalar, tangent: Scalar) -> Scalar:
        if type(factor) is int:
            return tangent if factor == 1 else self._operations(dtype).neg(tangent)
        return self._operations(dtype).mul(factor, tangent)

    def _plus(self, dtype: DType, x: Scalar, y: Scalar) -> Scalar:
        if type(x) is float and x == 0.0:
            return y
        return self._operations(dtype).add(x, y)

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The sum of products, and by the product rule the sum of twice as many."""
        depth = self.depth
        values = self._values(left)
        if right is None:
            moving = [x.tangent for x in left if type(x) is DualNumber and x.depth == depth]
            value = self.base.total(primitive, dtype, values)
            return self.number(value, self.base.total(primitive, dtype, moving)) if moving else value
        others = self._values(right)
        value = self.base.total(primitive, dtype, values, others)
        pairs = [(x.tangent, v) for x, u, v in zip(left, values, others, strict=True) if x is not u]
        pairs += [(u, y.tangent) for y, u, v in zip(right, values, others, strict=True) if y is not v]
        if not pairs:
            return value
        tangent = self.base.total(primitive, dtype, [t for t, _ in pairs], [v for _, v in pairs])
        return self.number(value, tangent)

    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """Tangents take no part in decisions."""
        return self.base.decide(question, self._values(operands))

    def answer(
        self, function: Callable[..., Scalar], question: Question, operands: Sequence[Scalar]
    ) -> Scalar:
        """The base's answer."""
        return self.base.answer(function, question, self._values(operands))

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """A step is constant between its jumps, and at them by the table."""
        return self.base.step(function, question, self._values(operands))

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The extreme element; tied elements share the derivative as the table says."""
        values = self._values(scalars)
        if all(x is v for x, v in zip(scalars, values, strict=True)):
            return self.base.extreme(dtype, values, sign)
        best = self.base.extreme(dtype, values, sign)
        tied = [x for x, v in zip(scalars, values, strict=True) if v is best or self._equal(v, best)]
        moving = [t for _, t in map(self.split, tied) if not (type(t) is float and t == 0.0)]
        if not moving:
            return best
        tangent = moving[0]
        for t in moving[1:]:
            tangent = self._operations(dtype).add(tangent, t)
        if len(tied) > 1:
            tangent = self._operations(dtype).div(tangent, subgradients.share_of_ties(len(tied)))
        return self.number(best, tangent)

    def _equal(self, x: Scalar, y: Scalar) -> bool:
        return bool(self.base.outcome(self.base.answer(_is_zero, ordering, (x, y))))

    def clamp(self, dtype: DType, low: Scalar, x: Scalar, high: Scalar) -> Scalar:
        """``x`` strictly inside of the limits, else the limit: at an edge by the table."""
        lower, value, upper = self._values((low, x, high))
        clamped = self.base.clamp(dtype, lower, value, upper)
        order_low = self.base.outcome(self.base.answer(_or_two, ordering, (value, lower)))
        order_high = self.base.outcome(self.base.answer(_or_two, ordering, (value, upper)))
        chosen = subgradients.clamp_region(order_low, order_high)
        _, tangent = self.split((low, x, high)[chosen])
        return self.number(clamped, tangent)

    def select(self, which: Scalar, cases: Sequence[Scalar]) -> Scalar:
        """The chosen case with its tangent."""
        values = self._values(cases)
        if all(x is v for x, v in zip(cases, values, strict=True)):
            return self.base.select(which, cases)
        tangents = [self.split(x)[1] for x in cases]
        return self.number(self.base.select(which, values), self.base.select(which, tangents))

    def among(self, chosen: Scalar, candidates: Sequence[Scalar], key: bool) -> Scalar:
        """The base's reading of the value; the tangent goes with it."""
        value, tangent = self.split(chosen)
        return self.number(self.base.among(value, self._values(candidates), key), tangent)

    def plainly(self, function: Callable[..., Scalar], operands: Sequence[Scalar]) -> Scalar:
        """Integers have no tangents."""
        return self.base.plainly(function, operands)

    def outcome(self, which: Scalar) -> Any:
        """The base's."""
        return self.base.outcome(which)

    def marked(self, scalar: Scalar, because: Sequence[Scalar]) -> Scalar:
        """The base's marks, on the value."""
        value, tangent = self.split(scalar)
        return self.number(self.base.marked(value, because), tangent)

    def widened(self, x: Scalar, by: Scalar) -> Scalar:
        """The base's reading of the value; nothing limits how far its tangent moves on."""
        (value, tangent), by = self.split(x), self.split(by)[0]
        return self.number(
            self.base.widened(value, by), self.base.widened(tangent, INF) if self.encloses else tangent
        )

    def joined(self, value: Scalar, tangent: Scalar) -> Scalar:
        """As `number`."""
        return self.number(value, tangent)

    def stop(self, x: Scalar) -> Scalar:
        """The value without its tangent."""
        return self.base.stop(self.split(x)[0])

    def value(self, x: Scalar) -> Scalar:
        """The real value, below all tangents."""
        return self.base.value(self.split(x)[0])

    def looked_at(self, x: Scalar) -> Scalar:
        """What the base says of the value."""
        return self.base.looked_at(self.split(x)[0])

    def adopt(self, x: Scalar) -> Scalar:
        """The base's reading of a scalar that no dual made."""
        return x if type(x) is DualNumber else self.base.adopt(x)


def _is_zero(order: int | None) -> bool:
    return order == 0


def _or_two(order: int | None) -> int:
    return 2 if order is None else order
