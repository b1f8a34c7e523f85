"""Elements on demand: which elements of its operands each element of a result needs, and only these are computed.

`elements_of(program, places)` is a function of the program's arguments, so that every number system, truth and
bound takes it as it takes the program: checking 20 entries of a 1000 x 1000 product costs 20 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language.arrays import Array
from ...language.inlining import inlined
from ...language.program import Program
from ...language.tracing import trace
from ..array import ReferenceArray, of_elements
from ..interpreter import implementation
from ..system import current_system
from .plan import Plan


class elements_of:  # reads as the function that it is
    """Some elements of a program's results, as a function of its arguments.

    Args:
        function: a `Program`, or a function of flat arrays with a list of results that can be traced.
        places: for each result, where the elements that are wanted stand in row-major order.

    Calling it gives, for each result, an array of one axis: the elements in the order of ``places``.

    >>> import verax.numpy as vnp
    >>> from verax.reference import Exact, elements_of, evaluate
    >>> ones = vnp.ones((1000, 1000))
    >>> corner = elements_of(lambda x, y: [x @ y], [[0, 999_999]])
    >>> [float(x) for x in evaluate(corner, [ones, ones], Exact())[0].scalars]
    [1000.0, 1000.0]
    """

    def __init__(self, function: Callable[..., Any], places: Sequence[Sequence[int]]) -> None:
        self._function, self._places = function, [list(found) for found in places]

    def _program(self, operands: Sequence[ReferenceArray]) -> Program:
        if isinstance(self._function, Program):
            return inlined(self._function)
        return inlined(trace(self._function, [x.aval for x in operands]))

    def __call__(self, *operands: Any) -> list[Array]:
        """The chosen elements.

        Raises:
            ValueError: the number of results is not that of ``places``, or a place is not in its result.
            ConcretizationTypeError: the function cannot be traced.
        """
        own, system = [implementation.own(x) for x in operands], current_system()
        program = self._program(own)
        _check(self._places, program)
        plan = Plan(program, self._places, lambda i, places: own[i].elements_at(places))
        lists = plan.run([own[i].elements_at(places) for i, places in enumerate(plan.needs)])
        return [
            of_elements(found, aval.with_shape((len(found),)), system)
            for found, aval in zip(lists, program.out_avals, strict=True)
        ]


def _check(places: Sequence[Sequence[int]], program: Program) -> None:
    if len(places) != len(program.outputs):
        raise ValueError(
            f"`places` must have a list for each of the {len(program.outputs)} results, got {len(places)}."
        )
    for k, (found, aval) in enumerate(zip(places, program.out_avals, strict=True)):
        outside = [p for p in found if not 0 <= p < aval.size]
        if outside:
            raise ValueError(
                f"`places[{k}]` must lie within [0, {aval.size}), the elements of a result {aval}, got {outside[0]}."
            )
