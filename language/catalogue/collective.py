"""Collectives: lanes of a mapped axis meet. ``axes`` names the axes, outermost first."""

from __future__ import annotations

from typing import Any

from .. import dispatch
from ..dtypes import int32
from ..primitive import EXACT, ROUNDED, Primitive, ULPs
from ..shapes import ShapedArray
from .rules import ANY, NUMBERS, Dtypes, check_count, check_dtype, check_params


def collective(name: str, accepts: Dtypes, budget: ULPs = EXACT) -> Primitive:
    """A row for a collective that combines one operand of every lane."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, ("axes",))
        check_dtype(name, avals[0], accepts, "x")
        return list(avals)

    return Primitive(name, "collective", rule, budget=budget)


psum_p = collective("psum", NUMBERS, ROUNDED)
pmax_p = collective("pmax", ANY)
pmin_p = collective("pmin", ANY)


def _axis_index_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("axis_index", avals, 0)
    check_params("axis_index", params, ("axes",))
    for name in params["axes"]:
        dispatch.axis_frame(name)  # raises CollectiveError for an axis out of scope
    return [ShapedArray((), int32)]


axis_index_p = Primitive("axis_index", "collective", _axis_index_rule)
