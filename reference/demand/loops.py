"""Scans, unrolled: each step is asked for what the later ones and its own row of the results need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..primitives.call import Lists
from ..reals import Scalar
from .part import Asked, Part, Places, Row


class _Unknown(Exception):  # it is caught here, and says that there is another way
    """A step must know its carry to know what it needs."""


def scan(a: Asked) -> Part:
    """Backwards through the steps; all of it where what a step needs depends on what it carries."""
    from .rows import everything

    try:
        steps = _Steps(a)
    except _Unknown:
        return everything(a)
    return Part(steps.needs, steps.run, a.places)


class _Steps:
    """The steps of a scan, each with a plan of its own.

    Attributes:
        needs: for each operand, the elements that the steps rest on.
    """

    def __init__(self, a: Asked) -> None:
        p = a.params
        self.asked, self.body = a, p["program"]
        self.consts, self.before = p["num_consts"], p["num_consts"] + p["num_carry"]
        self.carried = p["num_carry"]
        needs: list[set[int]] = [set() for _ in a.operands]
        # Each step and its plan, the last one first.
        self.plans: list[tuple[int, Any]] = []
        carry = list(a.places[: self.carried])
        order = range(p["length"])
        for i in order if p["reverse"] else reversed(order):
            carry = self._asked_of(i, carry, needs)
        for k, places in enumerate(carry):
            needs[self.consts + k].update(places)
        self.needs = [sorted(places) for places in needs]

    def _asked_of(self, i: int, carry: Sequence[Places], needs: list[set[int]]) -> list[Places]:
        """Plan step i, of whose carry some elements are wanted; what it needs of the carry before it."""
        from .plan import Plan

        rows = [
            [q - i * v.size for q in places if q // v.size == i] if v.size else []
            for places, v in zip(
                self.asked.places[self.carried :], self.body.out_avals[self.carried :], strict=True
            )
        ]
        plan = Plan(self.body, [*carry, *rows], self._reader(i))
        self.plans.append((i, plan))
        for k, places in enumerate(plan.needs[: self.consts]):
            needs[k].update(places)
        for k, places in enumerate(plan.needs[self.before :], self.before):
            needs[k].update(self._in_rows(i, k, places))
        return list(plan.needs[self.consts : self.before])

    def _in_rows(self, i: int, k: int, places: Places) -> list[int]:
        """Places in row i of an operand as places in all of it."""
        size = self.body.inputs[k].aval.size
        return [i * size + q for q in places]

    def _reader(self, i: int) -> Callable[[int, Places], Sequence[Scalar]]:
        def read(k: int, places: Places) -> Sequence[Scalar]:
            if self.consts <= k < self.before:
                raise _Unknown
            return self.asked.read(k, places if k < self.consts else self._in_rows(i, k, places))

        return read

    def run(self, lists: Sequence[Sequence[Scalar]]) -> Lists:
        """Forwards again."""
        known = [dict(zip(places, xs, strict=True)) for places, xs in zip(self.needs, lists, strict=True)]
        carry = known[self.consts : self.before]
        found: list[dict[int, Scalar]] = [{} for _ in self.asked.places]
        for i, plan in reversed(self.plans):
            given = [[known[k][p] for p in plan.needs[k]] for k in range(self.consts)]
            given += [[c[p] for p in plan.needs[k]] for k, c in enumerate(carry, self.consts)]
            for k in range(self.before, len(plan.needs)):
                given.append([known[k][p] for p in self._in_rows(i, k, plan.needs[k])])
            results = plan.run(given)
            carry = [dict(zip(p, xs, strict=True)) for p, xs in zip(plan.places, results, strict=True)][
                : self.carried
            ]
            for k in range(self.carried, len(results)):
                size = self.body.out_avals[k].size
                places = (i * size + q for q in plan.places[k])
                found[k].update(zip(places, results[k], strict=True))
        found[: self.carried] = carry
        return [[f[p] for p in places] for f, places in zip(found, self.asked.places, strict=True)]


ROWS: dict[str, Row] = {"scan": scan}
