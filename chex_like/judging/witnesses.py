"""What a derivative is, by three ways that share no derivative rule with the machine.

The limit of difference quotients; dual numbers, which ignore custom rules and follow the subgradient table
at kinks; and, where a comparison comes out differently next to the point, the quotients of all sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language.program import Program, some_equation
from ...reference.array import ReferenceArray
from ...reference.differentiation import dual_jvp
from ...reference.interpreter import implementation
from ...reference.system import current_system
from ...reference.truth import Derivative, Truth, true_value
from ...reference.verdict import CERTIFIED, exact, is_special, ulp_of
from .case import Case
from .sides import SAME_BITS, Sides

Coefficients = Sequence[np.ndarray[Any, Any]]

# Points around a kink that are looked at.
_AROUND = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """A derivative along a direction, weighted by the cotangents.

    Attributes:
        value: a real, or a special value.
        radius: how far it may be from the truth.
        kink: whether a comparison comes out differently next to the point.
    """

    value: Any
    radius: Any
    kink: bool = False


class Witnesses:
    """The derivative of a case along as many directions as are asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.weights = [x.machine_value().reshape(-1) for x in case.cotangents]
        self.primals = [case.inputs[i] for i in case.floats]
        self.first = self._derivative(case.restricted()) if case.order == 1 else None
        self._sides: Sides | None = None

    def _derivative(self, call: Any) -> Derivative:
        return Derivative(lambda *xs: list(call(*xs)), self.primals)

    def _reduced(self, coefficients: Coefficients) -> tuple[Any, Coefficients]:
        """A function and a direction whose first derivative is the one that is asked for.

        Higher derivatives are symmetric: the derivative along the coefficients, in the fixed direction.
        """
        call = self.case.restricted()
        if self.case.order == 1:
            return call, coefficients
        for _ in range(self.case.order - 1):
            call = _derivative_along(call, coefficients)
        return call, [x.machine_value() for x in self.case.directions]

    # -- the limit
    def limit(self, coefficients: Coefficients) -> Limit | None:
        """The limit along a direction; None if it does not settle."""
        if self.first is not None:
            return self._weighted(self.first.along(list(coefficients)))
        call, direction = self._reduced(coefficients)
        return self._weighted(self._derivative(call).along(list(direction)))

    def _weighted(self, truth: Truth) -> Limit | None:
        total, radius = exact(0), exact(0)
        for row, weights in zip(truth.tangents, self.weights, strict=True):
            if row is None:
                continue
            for w, x, certified in zip(weights, row.scalars, row.certified, strict=True):
                weight = exact(float(w))
                if not certified:
                    return None
                if is_special(x):
                    return Limit(x if weight > 0 else -x, exact(0), truth.kink)
                total += weight * exact(x)
                radius += abs(weight) * CERTIFIED * ulp_of(x, row.aval.dtype)
        return Limit(total, radius, truth.kink)

    # -- dual numbers
    def dual(self, coefficients: Coefficients) -> Limit | None:
        """The derivative by dual numbers; None if its digits could not be certified."""
        call, direction = self._reduced(coefficients)
        found = true_value(_derivative_along(call, direction), self.primals).outputs
        if not all(all(t.certified) for t in found):
            return None
        return Limit(self._sum([t.scalars for t in found]), exact(0))

    def _sum(self, rows: Sequence[Sequence[Any]]) -> Any:
        total = exact(0)
        for row, weights in zip(rows, self.weights, strict=True):
            for w, x in zip(weights, row, strict=True):
                weight = exact(float(w))
                if is_special(x):
                    return x if weight > 0 else -x
                total += weight * exact(x)
        return total

    # -- every side
    def smooth(self, coefficients: Coefficients, value: Any) -> Limit | None:
        """The derivative at a point where a comparison comes out differently next to it, and the function does not.

        None where the quotients of all sides do not come together, as they do not at a kink: not to 40 bits of
        ``value``, which is held against them, or of their own.
        """
        found = self._quotients(coefficients)
        if found is None:
            return None
        return _settled(*found, value)

    def steady(self, coefficients: Coefficients, value: Any, seed: int) -> Limit | None:
        """The derivative along a direction at a kink, if it is the same at every point around; None if it is not.

        A maximum grows as fast as its elements do if they all grow alike, whichever of them is the largest: a gradient
        made of the gradients around has to agree, however it divides a tie.
        """
        rng = np.random.default_rng(seed)
        towards = [[np.asarray(rng.standard_normal(c.shape)) for c in coefficients] for _ in range(_AROUND)]
        # Where all elements grow, or all shrink, is a side that hardly ever is drawn.
        towards += [[sign * np.asarray(c, np.float64) for c in coefficients] for sign in (1, -1)]
        found = self._next_to_it().around(coefficients, towards)
        if found is None:
            return None
        values, hidden = zip(*found, strict=True)
        return _settled(min(values), max(values), max(hidden), value)

    def vertical(self, coefficients: Coefficients, value: Any) -> bool:
        """Whether an infinite value of the first derivative is what the quotients of every side go to."""
        return self.case.order == 1 and self._next_to_it().is_vertical(coefficients, 1 if value > 0 else -1)

    def _next_to_it(self) -> Sides:
        if self._sides is None:
            self._sides = Sides(self.case.restricted(), self.primals, self.weights)
        return self._sides

    def between(self, coefficients: Coefficients) -> Limit | None:
        """At a kink of the first order, with rules that are not ours, anything between the sides.

        Whichever subgradient was chosen is one: by the user in a rule of his own, or by JAX, for which |x| has the
        slope 1 at 0. None at a jump, which has no sides to be between.
        """
        case = self.case
        if case.order > 1 or not (case.of_jax or has_rules(case.plain_program())):
            return None
        found = self._quotients(coefficients)
        if found is None or self._next_to_it().runs_off(coefficients):
            return None
        low, high, _ = found
        near = (abs(low) + abs(high)) / 2**SAME_BITS
        return Limit((low + high) / 2, (high - low) / 2 + near, True)

    def _quotients(self, coefficients: Coefficients) -> tuple[Any, Any, Any] | None:
        """The least and the greatest quotient of all sides, and what rounding may hide; None if one is special."""
        if self.case.order > 2:
            return None
        vectors = [coefficients, *[[x.machine_value() for x in self.case.directions]] * (self.case.order - 1)]
        found = self._next_to_it().quotients(vectors)
        if found is None:
            return None
        values, hidden = zip(*found, strict=True)
        return min(values), max(values), max(hidden)


def _settled(low: Any, high: Any, hidden: Any, value: Any) -> Limit | None:
    """What quotients between two numbers come to; None if they do not come together beside what is held to them."""
    mean, radius = (low + high) / 2, (high - low) / 2 + hidden
    scale = abs(mean) if is_special(value) else max(abs(mean), abs(exact(value)))
    return Limit(mean, radius) if radius <= scale / 2**SAME_BITS else None


def _derivative_along(call: Any, coefficients: Coefficients) -> Any:
    """The derivative as a function, by dual numbers that ignore custom rules, to all digits in force."""

    def owned(*xs: Any) -> list[ReferenceArray]:
        return [implementation.own(x) for x in call(*xs)]

    def along(*xs: Any) -> list[ReferenceArray]:
        system = current_system()
        tangents = [implementation.own(c) for c in coefficients]
        values, found = dual_jvp(owned, [implementation.own(x) for x in xs], tangents, system)
        return [
            t if t is not None else ReferenceArray([0.0] * len(y.scalars), y.aval, system)
            for y, t in zip(values, found, strict=True)
        ]

    return along


def has_rules(program: Program | None) -> bool:
    """Whether the user says himself what some derivative is; True of what has no program, and may."""
    return program is None or some_equation(program, lambda e: e.primitive.kind == "call")
