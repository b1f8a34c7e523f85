"""Collectives: lanes of a mapped axis meet. ``axes`` names the axes, outermost first."""

from __future__ import annotations

from typing import Any

from .. import dispatch
from ..dtypes import int32
from ..primitive import EXACT, ROUNDED, Primitive, ULPs
from ..shapes import Shape, ShapedArray
from .rules import (
    ANY,
    NUMBERS,
    ORDERED,
    Dtypes,
    check_axes,
    check_count,
    check_dtype,
    check_params,
    without,
)


def collective(name: str, accepts: Dtypes, budget: ULPs = EXACT) -> Primitive:
    """A row for a collective that combines one operand of every lane."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, ("axes",))
        check_dtype(name, avals[0], accepts, "x")
        return [avals[0].with_dtype(avals[0].dtype)]  # strong, as JAX's are

    return Primitive(name, "collective", rule, budget=budget)


psum_p = collective("psum", NUMBERS, ROUNDED)
pmax_p = collective("pmax", ORDERED)
pmin_p = collective("pmin", ORDERED)


def _axis_index_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("axis_index", avals, 0)
    check_params("axis_index", params, ("axes",))
    for name in params["axes"]:
        dispatch.axis_frame(name)  # raises CollectiveError for an axis out of scope
    return [ShapedArray((), int32)]


axis_index_p = Primitive("axis_index", "collective", _axis_index_rule)


# -- exchanges: over one axis, whose size is a parameter or the operand's ----------------------------------
def _checked(
    name: str, avals: tuple[ShapedArray, ...], accepts: Dtypes, params: dict[str, Any]
) -> ShapedArray:
    check_count(name, avals, 1)
    check_dtype(name, avals[0], accepts, "x")
    if len(params["axes"]) != 1:
        raise ValueError(
            f"`axis_name` of {name} must be one axis, got {params['axes']}. Apply it once for each axis."
        )
    return avals[0]


def _with(shape: Shape, axis: int, size: int) -> Shape:
    """The shape with a new axis."""
    return (*shape[:axis], size, *shape[axis:])


def _all_gather_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("all_gather", params, ("axes", "axis", "axis_size"))
    x = _checked("all_gather", avals, ANY, params)
    check_axes("all_gather", "axis", (params["axis"],), x.ndim + 1)
    return [x.with_shape(_with(x.shape, params["axis"], params["axis_size"]))]


def _reduce_scatter_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("reduce_scatter", params, ("axes", "scatter_dimension", "axis_size"))
    x, place = _checked("reduce_scatter", avals, NUMBERS, params), params["scatter_dimension"]
    check_axes("reduce_scatter", "scatter_dimension", (place,), x.ndim)
    if x.shape[place] != params["axis_size"]:
        raise ValueError(
            f"`x` of reduce_scatter must have size {params['axis_size']}, the number of lanes, along axis "
            f"{place}, got shape {x.shape}. Pass tiled=True for several elements a lane."
        )
    return [x.with_shape(without(x.shape, (place,)))]


def _all_to_all_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("all_to_all", params, ("axes", "split_axis", "concat_axis", "axis_size"))
    x, place = _checked("all_to_all", avals, ANY, params), params["split_axis"]
    check_axes("all_to_all", "split_axis", (place,), x.ndim)
    check_axes("all_to_all", "concat_axis", (params["concat_axis"],), x.ndim)
    if x.shape[place] != params["axis_size"]:
        raise ValueError(
            f"`x` of all_to_all must have size {params['axis_size']}, the number of lanes, along split_axis "
            f"{place}, got shape {x.shape}. Pass tiled=True for several elements a lane."
        )
    return [x.with_shape(_with(without(x.shape, (place,)), params["concat_axis"], params["axis_size"]))]


def _ppermute_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("ppermute", params, ("axes", "perm"))
    x, perm = _checked("ppermute", avals, ANY, params), params["perm"]
    if len({source for source, _ in perm}) < len(perm) or len({to for _, to in perm}) < len(perm):
        raise ValueError(
            f"`perm` of ppermute must name each source and each destination once, got {perm}. "
            f"Use all_gather to send to several lanes."
        )
    return [x]


all_gather_p = Primitive("all_gather", "collective", _all_gather_rule)
reduce_scatter_p = Primitive("reduce_scatter", "collective", _reduce_scatter_rule, budget=ROUNDED)
all_to_all_p = Primitive("all_to_all", "collective", _all_to_all_rule)
ppermute_p = Primitive("ppermute", "collective", _ppermute_rule)
