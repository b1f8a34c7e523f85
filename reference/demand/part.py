"""`Part`: one equation of which only some elements are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...language.dtypes import is_complex
from ...language.primitive import Primitive
from ...language.shapes import Shape, ShapedArray
from ..array import ReferenceArray, of_elements
from ..primitives import COMPLEX_RULES, RULES
from ..primitives.call import Call, Lists
from ..reals import Scalar
from ..system import NumberSystem

# Where elements stand in row-major order.
Places = Sequence[int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an equation.

    Attributes:
        places: for each result the elements that are wanted.
        read: the elements of an operand at some places, for who must know an index to know what it needs.
    """

    system: NumberSystem
    primitive: Primitive
    operands: Sequence[ShapedArray]
    results: Sequence[ShapedArray]
    params: Mapping[str, Any]
    places: Sequence[Places]
    read: Callable[[int, Places], Sequence[Scalar]]

    @property
    def union(self) -> list[int]:
        """The places that are wanted of any result, where all have one shape."""
        return sorted({p for places in self.places for p in places})

    @property
    def call(self) -> Call:
        """The application as a rule's helpers see it, without its operands."""
        return Call(self.system, self.primitive, [], self.results, self.params)


@dataclass(frozen=True, slots=True)
class Part:
    """How some elements of an equation's results are made.

    Attributes:
        needs: for each operand, the elements that they rest on.
        run: makes them of the operands' elements at ``needs``: a list for each result.
        gives: for each result, which elements these are.
    """

    needs: Sequence[Places]
    run: Callable[[Sequence[Sequence[Scalar]]], Lists]
    gives: Sequence[Places]


Row = Callable[[Asked], Part]


def has_pairs(avals: Sequence[ShapedArray]) -> bool:
    """Whether complex numbers are among them, whose elements are pairs."""
    return any(is_complex(x.dtype) for x in avals)


def smaller(
    a: Asked,
    needs: Sequence[Places],
    shapes: Sequence[Shape],
    params: Mapping[str, Any] | None = None,
    taken: Places | None = None,
) -> Part:
    """The same primitive, by its one definition, applied to arrays of fewer elements.

    Args:
        a: what is asked.
        needs: the elements of each operand.
        shapes: how they are put together.
        params: parameters that differ.
        taken: which elements of its results are those that are wanted; all of them by default.
    """
    avals = [x.with_shape(shape) for x, shape in zip(a.operands, shapes, strict=True)]
    full = {**a.params, **(params or {})}

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        operands = [of_elements(xs, v, a.system) for xs, v in zip(lists, avals, strict=True)]
        results = a.primitive.infer(avals, full)
        rules = COMPLEX_RULES if has_pairs([*avals, *results]) else RULES
        made = rules[a.primitive.name](Call(a.system, a.primitive, operands, results, full))
        whole = [ReferenceArray(xs, v, a.system) for xs, v in zip(made, results, strict=True)]
        found = [list(x.elements_at(range(x.size))) for x in whole]
        return found if taken is None else [[scalars[i] for i in taken] for scalars in found]

    return Part(needs, run, [a.union] * len(a.results))
