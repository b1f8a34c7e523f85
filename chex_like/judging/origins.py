"""Where a wrong result begins: the first equation that breaks its own bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.inlining import inlined
from ...language.platform import Platform
from ...language.program import Equation, printed_equations
from ...reference import evaluate
from ...reference.bounded import Bounded
from ...reference.findings import Status, location_of
from ...reference.verdict import Evidence, measure
from .case import Case
from .sampling import LARGE, case_of_equation, some_places
from .walking import walk


def first_wrong(case: Case, platform: Platform) -> tuple[str, str]:
    """The first equation that breaks its own bound on the inputs that it really got, and its line.

    Equations inside of branches and loops are among them. Empty strings if every equation by itself holds, there is
    no program, or JAX ran it: the equations are ours, and JAX's may have been fused.
    """
    program = case.traced()
    if program is None or case.of_jax:
        return "", ""
    flat, rng = inlined(program), np.random.default_rng(0)
    wrong: list[Equation] = []

    def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        results = dispatch.bind(equation.primitive, *xs, **equation.params)
        if not wrong:
            places = [some_places(v.aval.size, LARGE, rng) for v in equation.outputs]
            if _is_wrong(case_of_equation(case.subject, equation, xs, results, places), platform):
                wrong.append(equation)
        return results

    walk(flat, case.operands, machine)
    return (printed_equations(flat)[wrong[0]], location_of(wrong[0].source)) if wrong else ("", "")


def _is_wrong(case: Case, platform: Platform) -> bool:
    assert case.meaning is not None, "it has a program"
    allowed = evaluate(case.meaning, case.operands, Bounded(platform))
    for got, row in zip(case.results, allowed, strict=True):
        for value, b in zip(got, row.scalars, strict=True):
            e = Evidence(
                got=value,
                true=row.system.value(b),
                dtype=got.dtype,
                bound=getattr(b, "bound", 0.0),
                typical=0.0,
                undecided=bool(getattr(b, "undecided", False)),
                unbounded=getattr(b, "unverified", None) or "",
            )
            if measure(e).status is Status.FINDING:
                return True
    return False
