"""Linear equations that a function solves: what is solved, by what, and how the transposed one is."""

from __future__ import annotations

from typing import Any

from ..primitive import Primitive
from ..shapes import ShapedArray
from .control import check_operands
from .rules import check_params

# The programs take the same constants first, then what they are applied to.
SOLVE_PARAMS = ("matvec", "solve", "vecmat", "transpose_solve", "num_consts")


def _custom_linear_solve_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    name = "custom_linear_solve"
    check_params(name, params, SOLVE_PARAMS)
    b = avals[params["num_consts"] :]
    for part in SOLVE_PARAMS[:-1]:
        program = params[part]
        if program is None and part in ("vecmat", "transpose_solve"):
            continue
        check_operands(name, f"operands of {part}", avals, program.in_avals)
        check_operands(name, f"results of {part}", program.out_avals[: len(b)], b)
    return list(params["solve"].out_avals)


custom_linear_solve_p = Primitive("custom_linear_solve", "control", _custom_linear_solve_rule)
