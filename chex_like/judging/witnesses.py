"""What a derivative is, by three ways that share no derivative rule with the machine.

The limit of difference quotients; dual numbers, which ignore custom rules and follow the subgradient table
at kinks; and, where a comparison comes out differently next to the point, the quotients of the two sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpmath.libmp import mpf_add

from ...language import dispatch
from ...language.program import Program
from ...reference import decisions
from ...reference.array import ReferenceArray
from ...reference.differentiation import dual_jvp
from ...reference.exact import Exact
from ...reference.interpreter import implementation
from ...reference.reals import real
from ...reference.system import arithmetic, current_system
from ...reference.truth import Derivative, Truth, true_value
from ...reference.verdict import CERTIFIED, exact, is_special, ulp_of
from .case import Case

Coefficients = Sequence[np.ndarray[Any, Any]]

# The two sides are looked at from 2^-160 away, relative to the nearest input, with digits to spare.
_NEAR = 160
_SIDE_DIGITS = 200
# Quotients of the two sides that agree to so many bits are one.
_SAME_BITS = 40


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
        self._at: _Sides | None = None

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

    # -- the two sides
    @property
    def sides(self) -> tuple[Callable[[Coefficients], Limit | None], ...]:
        """What else is a derivative at a kink of the first order.

        The two sides' common quotient, where they meet after all; and with a rule of the user's own, anything
        between them: whichever subgradient he chose is one.
        """
        if self.case.order > 1:
            return ()
        return (self._between,) if _has_rules(self.case.plain_program()) else (self._common,)

    def _quotients(self, coefficients: Coefficients) -> tuple[Any, Any] | None:
        if self._at is None:
            self._at = _Sides(self.case.restricted(), self.primals)
        rows = self._at.along(coefficients)
        left, right = (self._sum(side) for side in rows)
        return None if is_special(left) or is_special(right) else (left, right)

    def _common(self, coefficients: Coefficients) -> Limit | None:
        found = self._quotients(coefficients)
        if found is None:
            return None
        left, right = found
        apart = abs(left - right)
        near = apart <= max(abs(left), abs(right)) / 2**_SAME_BITS
        return Limit((left + right) / 2, apart, True) if near else None

    def _between(self, coefficients: Coefficients) -> Limit | None:
        found = self._quotients(coefficients)
        if found is None:
            return None
        left, right = found
        apart = abs(left - right)
        return Limit((left + right) / 2, apart / 2 + (abs(left) + abs(right)) / 2**_SAME_BITS, True)


class _Sides:
    """One-sided difference quotients, with `stop_gradient` held and every comparison as it comes."""

    def __init__(self, call: Any, primals: Sequence[Any]) -> None:
        self.call = call
        self.system = Exact(_SIDE_DIGITS)
        with dispatch.using(implementation), arithmetic(self.system):
            self.primals = [implementation.own(x) for x in primals]
            with decisions.recording() as self.tape:
                self.here = self._run(self.primals)

    def _run(self, primals: Sequence[Any]) -> list[list[Any]]:
        return [implementation.own(y).scalars for y in self.call(*primals)]

    def along(self, coefficients: Coefficients) -> tuple[list[list[Any]], list[list[Any]]]:
        """The quotients from the left and from the right, for each output and element."""
        step = self._step(coefficients)
        left, right = (self._next_to(coefficients, sign * step) for sign in (-1, 1))
        return _quotients(left, self.here, step), _quotients(self.here, right, step)

    def _step(self, coefficients: Coefficients) -> Any:
        sizes = [
            abs(exact(s))
            for x, c in zip(self.primals, coefficients, strict=True)
            for s, w in zip(x.scalars, c.reshape(-1), strict=True)
            if w and not is_special(s) and exact(s) != 0
        ]
        return min(sizes, default=exact(1)) / exact(2) ** _NEAR

    def _next_to(self, coefficients: Coefficients, step: Any) -> list[list[Any]]:
        moved = []
        for x, c in zip(self.primals, coefficients, strict=True):
            pairs = zip(x.scalars, c.reshape(-1), strict=True)
            moved.append(ReferenceArray([_moved(s, float(w), step) for s, w in pairs], x.aval, self.system))
        with dispatch.using(implementation), arithmetic(self.system), decisions.watching(self.tape):
            return self._run(moved)


def _moved(s: Any, weight: float, step: Any) -> Any:
    """``s + weight step``, without any rounding."""
    if not weight or is_special(s):
        return s
    return real(mpf_add(exact(s)._mpf_, (exact(weight) * step)._mpf_))


def _quotients(low: Sequence[Sequence[Any]], high: Sequence[Sequence[Any]], step: Any) -> list[list[Any]]:
    return [
        [
            float("nan") if is_special(a) or is_special(b) else (exact(b) - exact(a)) / step
            for a, b in zip(first, second, strict=True)
        ]
        for first, second in zip(low, high, strict=True)
    ]


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


def _has_rules(program: Program | None) -> bool:
    """Whether the user says himself what some derivative is."""
    from ...language.program import subprograms

    if program is None:
        return True
    return any(
        e.primitive.kind == "call" or any(_has_rules(p) for _, p in subprograms(e.params))
        for e in program.equations
    )
