"""Branches: the chosen one's program, of which in turn only some elements are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ..primitives.call import Lists
from ..reals import Scalar
from .part import Asked, Part, Row


def cond(a: Asked) -> Part:
    """What the chosen branch needs."""
    from .plan import Plan

    (which,) = a.read(0, [0])
    branches = a.params["branches"]
    chosen = branches[min(max(int(a.system.outcome(which)), 0), len(branches) - 1)]
    plan = Plan(chosen, a.places, lambda i, places: a.read(i + 1, places))

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        found = plan.run(lists[1:])
        return [[a.system.marked(x, (which,)) for x in scalars] for scalars in found]

    return Part([[], *plan.needs], run, a.places)


ROWS: dict[str, Row] = {"cond": cond}
