"""A derivative of any order along directions: limits of limits, and dual numbers of dual numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language import dispatch, transforms
from ...language.dtypes import is_float
from ...reference.array import ReferenceArray
from ...reference.differentiation import Point
from ...reference.dual import Dual
from ...reference.evaluation import evaluate
from ...reference.exact import Exact
from ...reference.interpreter import implementation
from ...reference.reals import Scalar, is_special
from ...reference.system import arithmetic, current_system

# Of arrays that are all floating, to a list of arrays.
Function = Callable[..., Any]
# One array for each operand.
Direction = Sequence[Any]


class Unsettled(Exception):  # it is an answer, not an error
    """Raised where the quotients of a limit do not agree at the digits that are tried."""


def floating(function: Function) -> Function:
    """The function's floating results: those that have a derivative."""

    def kept(*operands: Any) -> list[ReferenceArray]:
        found = [implementation.own(y) for y in function(*operands)]
        return [y for y in found if is_float(y.dtype)]

    return kept


def values(function: Function, point: Sequence[Any], digits: int) -> list[Scalar]:
    """The elements of the results, one after another."""
    return [s for y in evaluate(function, point, Exact(digits)) for s in y.scalars]


def by_limits(
    function: Function, point: Sequence[Any], directions: Sequence[Direction], digits: int
) -> list[Scalar]:
    """The derivative along one direction after the other, each a limit of the one before.

    Raises:
        Kink: a decision flips within a step, or the quotients of the two sides do not meet.
        Unsettled: the quotients do not agree.
    """
    for direction in directions:
        function = _limit(function, direction)
    with dispatch.using(implementation), arithmetic(Exact(digits)):
        return [s for y in function(*map(implementation.own, point)) for s in y.scalars]


def _limit(function: Function, direction: Direction) -> Function:
    def slope(*primals: ReferenceArray) -> list[ReferenceArray]:
        system = current_system()
        assert isinstance(system, Exact), "a limit is taken in real numbers"
        own = [implementation.own(x) for x in direction]
        found = Point(function, primals).limit(own)
        if system.doubt:
            raise Unsettled(system.doubt)
        return [t for t in found if t is not None]

    return slope


def by_duals(
    function: Function, point: Sequence[Any], directions: Sequence[Direction], digits: int
) -> list[Scalar]:
    """The same derivative by the chain rule: `jvp` of `jvp` in the system of dual numbers."""
    for direction in directions:
        function = _chained(function, direction)
    found = evaluate(function, point, Dual(Exact(digits)))
    return [s for y in found for s in y.scalars]


def _chained(function: Function, direction: Direction) -> Function:
    def slope(*primals: Any) -> list[Any]:
        return list(transforms.jvp(lambda *xs: list(function(*xs)), primals, tuple(direction))[1])

    return slope


def is_finite(scalars: Sequence[Scalar]) -> bool:
    """Whether none is infinite or NaN."""
    return not any(map(is_special, scalars))
