"""Differentiation of linear equations that a function solves: both ways the solver is called again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...language.dispatch import bind
from ...language.primitive import Primitive
from ...language.program import Equation
from .. import operations as ops
from .derived import jvp_of
from .transposition import Unknown

Values = Sequence[Any]
Params = Mapping[str, Any]


def linear_solve_jvp(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Where A x = b: A dx = db - dA x. Auxiliary values do not move."""
    count = params["num_consts"]
    consts, right = primals[:count], tangents[count:]
    results = bind(primitive, *primals, **params)
    solution = results[: len(right)]
    moving = tuple(t is not None for t in tangents[:count]) + (False,) * len(right)
    made = jvp_of(params["matvec"], moving)
    found = made.program(*made.captured, *consts, *solution, *[t for t in tangents[:count] if t is not None])
    given = iter(found[len(made.flags) :])
    sides = [_less(b, next(given) if f else None) for b, f in zip(right, made.flags, strict=True)]
    if all(side is None for side in sides):
        return results, [None] * len(results)
    full = [ops.zeros(x.aval) if s is None else s for s, x in zip(sides, solution, strict=True)]
    slopes = bind(primitive, *consts, *full, **params)[: len(full)]
    return results, [*slopes, *[None] * (len(results) - len(full))]


def _less(x: Any, y: Any) -> Any:
    if y is None:
        return x
    return ops.neg(y) if x is None else ops.sub(x, y)


def linear_solve_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """The transposed equation, by its own solver.

    Raises:
        TypeError: it was given none, or its constants are what is unknown.
    """
    params, count = equation.params, equation.params["num_consts"]
    consts, right = operands[:count], operands[count:]
    if params["transpose_solve"] is None:
        raise TypeError(
            "`transpose_solve` of custom_linear_solve must be given where it is differentiated in reverse mode, "
            "got None. Pass one, or use jvp or jacfwd."
        )
    if any(isinstance(x, Unknown) for x in consts):
        raise TypeError(
            "What the functions of custom_linear_solve close over must be known where it is transposed."
        )
    outer = [ops.zeros(x.aval) if c is None else c for c, x in zip(cotangents, right, strict=False)]
    turned = {
        **params,
        "matvec": params["vecmat"],
        "vecmat": params["matvec"],
        "solve": params["transpose_solve"],
        "transpose_solve": params["solve"],
    }
    found = bind(equation.primitive, *consts, *outer, **turned)[: len(right)]
    return [
        *[None] * count,
        *(y if isinstance(x, Unknown) else None for x, y in zip(right, found, strict=True)),
    ]
