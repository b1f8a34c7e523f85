"""What comparisons of bounded numbers come to, and what follows from those in doubt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from ...language.dtypes import DType
from .. import decisions
from ..exact import ordering
from ..reals import (
    INF,
    Scalar,
    from_number,
    is_special,
)
from ..system import Question
from .numbers import BoundedNumber, Undecided, distance, moved, reach_from, value_of
from .rounding import Rounding

# Candidates of an undecided scalar beyond which they are not listed any more.
_MANY = 16


class Decisions(Rounding):
    """What comparisons of bounded numbers come to, and what follows from those in doubt."""

    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """The outcome at the exact values."""
        return decisions.decided(question(*(value_of(x) for x in operands)))

    def _outcomes(self, question: Question, operands: Sequence[Scalar]) -> tuple[Any, set[Any]]:
        """The outcome, and all that a machine may come to."""
        outcome = self.decide(question, operands)
        if all(type(x) is not BoundedNumber for x in operands):
            return outcome, {outcome}
        if len(operands) == 2 and (operands[0] is operands[1] or _apart(question, *operands)):
            return outcome, {outcome}
        ends = [
            (moved(x.value, -x.bound), x.value, moved(x.value, x.bound)) if type(x) is BoundedNumber else (x,)
            for x in operands
        ]
        found = {question(*corner) for corner in product(*ends)}
        if -1 in found and 1 in found and question is ordering:
            found.add(0)
        return outcome, found

    def _decided(self, question: Question, operands: Sequence[Scalar]) -> bool:
        return len(self._outcomes(question, operands)[1]) == 1

    def answer(
        self, function: Callable[..., Scalar], question: Question, operands: Sequence[Scalar]
    ) -> Scalar:
        """The answer, marked where a machine may come to another."""
        outcome, outcomes = self._outcomes(question, operands)
        undecided = any(x.undecided for x in operands if type(x) is BoundedNumber)
        answers = frozenset(function(o) for o in outcomes)
        if len(answers) == 1 and not undecided:
            return function(outcome)
        return Undecided(function(outcome), None if undecided else answers)

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """The value, with the height of the steps that a machine may be off by."""
        outcome, outcomes = self._outcomes(question, operands)
        value = _stepped(function(outcome))
        undecided = any(x.undecided for x in operands if type(x) is BoundedNumber)
        reason = next((x.unverified for x in operands if type(x) is BoundedNumber and x.unverified), None)
        if len(outcomes) == 1:
            return self.number(value, 0.0, 0.0, undecided, reason)
        height = max(distance(_stepped(function(o)), value) for o in outcomes)
        return BoundedNumber(value, height, height, True, reason)

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The extreme element itself; where it is in doubt, its value with the largest bound of those close."""
        values = [value_of(x) for x in scalars]
        top = super().extreme(dtype, values, sign)
        best = scalars[next(i for i, v in enumerate(values) if v is top)]
        own = best.bound if type(best) is BoundedNumber else 0.0
        if is_special(top) and not own and top == INF * sign:
            return best
        rivals = [
            x
            for x, v in zip(scalars, values, strict=True)
            if (x is not best and type(x) is BoundedNumber) or (own and x is not best)
            if distance(v, top) <= own + (x.bound if type(x) is BoundedNumber else 0.0)
        ]
        if not rivals:
            # Which zero is the larger is said by IEEE 754-2019, and by no machine.
            return self.number(top, 0.0, 0.0, True) if _has_both_zeros(top, values) else best
        close = [x for x in (best, *rivals) if type(x) is BoundedNumber]
        return self.number(
            top,
            max(x.bound for x in close),
            max(x.typical for x in close),
            any(x.undecided for x in close),
            next((x.unverified for x in close if x.unverified), None),
        )

    def select(self, which: Scalar, cases: Sequence[Scalar]) -> Scalar:
        """The chosen case itself; the hull of the candidates where the choice is in doubt."""
        if type(which) is not Undecided:
            return super().select(which, cases)
        chosen = super().select(which.value, cases)
        if which.candidates is None:
            candidates = list(cases)
        else:
            candidates = [super(Decisions, self).select(k, cases) for k in which.candidates]
        return self._hull(chosen, candidates, False)

    def among(self, chosen: Scalar, candidates: Sequence[Scalar], key: bool) -> Scalar:
        """A sorted key is off by no more than the largest bound near it; a payload may be another's.

        A machine that reads subnormal numbers as zeros leaves them as they stand: so all that it misreads is added.
        """
        if not key:
            return self._hull(chosen, candidates, True)
        close = [x for x in candidates if type(x) is BoundedNumber]
        reason = next((x.unverified for x in close if x.unverified), None)
        if type(value_of(chosen)) in (int, bool):
            return self._hull(chosen, candidates, True)
        bound = max((x.bound for x in close), default=0.0)
        typical = max((x.typical for x in close), default=0.0)
        if self.platform.flushes_subnormals:
            sizes = [(distance(x.value, 0.0), x.bound) for x in close]
            misread = max((size + own for size, own in sizes if size <= own), default=0.0)
            bound, typical = bound + misread, typical + misread
        return self.number(value_of(chosen), bound, typical, any(x.undecided for x in close), reason)

    def _hull(self, chosen: Scalar, candidates: Sequence[Scalar], undecided: bool) -> Scalar:
        if all(x is chosen for x in candidates):
            return chosen
        value = self.outcome(value_of(chosen))
        if type(value) in (int, bool):
            found = frozenset(self.outcome(x) for x in candidates)
            certain = len(found) == 1 and not any(type(x) is Undecided for x in candidates)
            return value if certain else Undecided(value, found)
        height = max(reach_from(x, value) for x in candidates)
        numbers = [x for x in (chosen, *candidates) if type(x) is BoundedNumber]
        reason = next((x.unverified for x in numbers if x.unverified), None)
        undecided = undecided or any(x.undecided for x in numbers) or height == INF
        if height == INF and reason is None:
            reason = "a choice between finite and infinite values is in doubt"
        return self.number(value, height, height, undecided, reason)

    # -- integers, marks, values ------------------------------------------------------------------------------
    def plainly(self, function: Callable[..., Scalar], operands: Sequence[Scalar]) -> Scalar:
        """The function, for every candidate where operands are undecided."""
        if all(type(x) is not Undecided for x in operands):
            return function(*operands)
        value = function(*(self.outcome(x) for x in operands))
        lists: list[Any] = []
        for x in operands:
            if type(x) is Undecided:
                if x.candidates is None:
                    return Undecided(value, None)
                lists.append(sorted(x.candidates))
            else:
                lists.append([x])
        if math.prod(map(len, lists)) > _MANY:
            return Undecided(value, None)
        found = frozenset(function(*corner) for corner in product(*lists))
        return value if len(found) == 1 else Undecided(value, found)

    def outcome(self, which: Scalar) -> Any:
        """The plain value."""
        return which.value if type(which) in (Undecided, BoundedNumber) else which

    def marked(self, scalar: Scalar, because: Sequence[Scalar]) -> Scalar:
        """The scalar, marked where one of the others is undecided."""
        if not any(type(x) is Undecided for x in because):
            return scalar
        if type(scalar) is Undecided or type(scalar) in (int, bool):
            return Undecided(value_of(scalar), None)
        if type(scalar) is BoundedNumber:
            return BoundedNumber(scalar.value, scalar.bound, scalar.typical, True, scalar.unverified)
        return BoundedNumber(scalar, undecided=True)

    def value(self, x: Scalar) -> Scalar:
        """The exact value."""
        return value_of(x)

    def adopt(self, x: Scalar) -> Scalar:
        """Bounds are kept; other systems' scalars are exact here."""
        return x if type(x) in (BoundedNumber, Undecided) else super().adopt(x)

    def finished(self, x: Scalar) -> BoundedNumber:
        """Every scalar with its bound, also the certain ones."""
        if type(x) is BoundedNumber:
            return x
        return BoundedNumber(value_of(x), undecided=type(x) is Undecided)


def _apart(question: Question, x: Scalar, y: Scalar) -> bool:
    """Whether two numbers that are compared are further apart than their bounds reach."""
    if question is not ordering:
        return False
    reach = sum(s.bound for s in (x, y) if type(s) is BoundedNumber)
    return reach < INF and distance(value_of(x), value_of(y)) > reach * (1 + 1e-9)


def _has_both_zeros(top: Scalar, values: Sequence[Scalar]) -> bool:
    if type(top) is not float or top != 0.0:
        return False
    zeros = [x for x in values if type(x) is float and x == 0.0]
    return len({math.copysign(1.0, x) for x in zeros}) == 2


def _stepped(x: Any) -> Scalar:
    return from_number(x) if type(x) in (int, float) else x
