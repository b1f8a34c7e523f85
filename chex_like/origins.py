"""Where a wrong result begins: the first equation that breaks its own bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..language import dispatch
from ..language.inlining import inlined
from ..language.platform import Platform
from ..language.program import Constant, Equation, constant_array, printed_equation
from ..reference import evaluate
from ..reference.bounded import Bounded
from ..reference.findings import Status, location_of
from ..reference.verdict import Evidence, measure
from .case import Case


def first_wrong(case: Case, platform: Platform) -> tuple[str, str]:
    """The first equation that breaks its own bound on the inputs that it really got, and its line.

    Empty strings if every equation by itself holds, or there is no program.
    """
    program = case.traced()
    if program is None:
        return "", ""
    flat = inlined(program)
    values: dict[Any, Any] = dict(zip(flat.inputs, case.operands, strict=True))
    values.update(flat.captured)
    for equation in flat.equations:
        xs = [constant_array(a) if isinstance(a, Constant) else values[a] for a in equation.inputs]
        results = dispatch.bind(equation.primitive, *xs, **equation.params)
        values.update(zip(equation.outputs, results, strict=True))
        if _is_wrong(equation, xs, results, platform):
            return printed_equation(flat, equation), location_of(equation.source)
    return "", ""


def _is_wrong(equation: Equation, xs: Sequence[Any], results: Sequence[Any], platform: Platform) -> bool:
    def alone(*operands: Any) -> list[Any]:
        return dispatch.bind(equation.primitive, *operands, **equation.params)

    lifted = [dispatch.lift_to(dispatch.current(), x) for x in xs]
    allowed = evaluate(alone, lifted, Bounded(platform))
    for got, row in zip(results, allowed, strict=True):
        flat = got.machine_value().reshape(-1)
        for value, b in zip(flat, row.scalars, strict=True):
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
