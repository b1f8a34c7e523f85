"""Reductions: many elements become one, or a running total, or an order.

A reduction's budget holds per step: how many steps an element goes through is the platform's to say.
"""

from __future__ import annotations

from typing import Any

from ..dtypes import is_integer
from ..primitive import EXACT, ROUNDED, Primitive, ULPs
from ..shapes import ShapedArray
from .rules import (
    ANY,
    BITS,
    NUMBERS,
    ORDERED,
    REAL_NUMBERS,
    Dtypes,
    check_axes,
    check_count,
    check_dtype,
    check_params,
    check_same_shapes,
    without,
)


def reduction(name: str, accepts: Dtypes, budget: ULPs = EXACT, weak: bool = True) -> Primitive:
    """A row for a primitive that removes ``axes``; ``weak`` says whether it keeps weak types."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, ("axes",))
        check_dtype(name, avals[0], accepts, "operand")
        check_axes(name, "axes", params["axes"], avals[0].ndim)
        kept = avals[0] if weak else avals[0].with_dtype(avals[0].dtype)
        return [kept.with_shape(without(avals[0].shape, params["axes"]))]

    return Primitive(name, "reduction", rule, budget=budget)


def cumulative(name: str, budget: ULPs = EXACT, accepts: Dtypes = NUMBERS) -> Primitive:
    """A row for a running reduction along ``axis``."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, ("axis", "reverse"))
        check_dtype(name, avals[0], accepts, "operand")
        check_axes(name, "axis", (params["axis"],), avals[0].ndim)
        return list(avals)

    return Primitive(name, "reduction", rule, budget=budget)


def position(name: str) -> Primitive:
    """A row for the index of an extreme element along one axis."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, ("axes", "index_dtype"))
        (x,), axes, index_dtype = avals, params["axes"], params["index_dtype"]
        check_dtype(name, x, ORDERED, "operand")
        if not is_integer(index_dtype):
            raise TypeError(f"`index_dtype` of {name} must be an integer dtype, got {index_dtype}.")
        if len(axes) != 1:
            raise ValueError(
                f"`axes` of {name} must be one axis, got {tuple(axes)}. Reshape to one axis first."
            )
        check_axes(name, "axes", axes, x.ndim)
        if x.shape[axes[0]] < 1:
            raise ValueError(f"`operand` of {name} must have elements along axis {axes[0]}, got {x.shape}.")
        return [ShapedArray(without(x.shape, axes), index_dtype)]

    return Primitive(name, "reduction", rule)


reduce_sum_p = reduction("reduce_sum", NUMBERS, ROUNDED)
reduce_prod_p = reduction("reduce_prod", NUMBERS, ROUNDED)
reduce_max_p = reduction("reduce_max", ORDERED)
reduce_min_p = reduction("reduce_min", ORDERED)
reduce_and_p = reduction("reduce_and", BITS, weak=False)
reduce_or_p = reduction("reduce_or", BITS, weak=False)
reduce_xor_p = reduction("reduce_xor", BITS, weak=False)
argmax_p = position("argmax")
argmin_p = position("argmin")
cumsum_p = cumulative("cumsum", ROUNDED)
cumprod_p = cumulative("cumprod", ROUNDED)
cummax_p = cumulative("cummax", accepts=REAL_NUMBERS)
cummin_p = cumulative("cummin", accepts=REAL_NUMBERS)


def _sort_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("sort", params, ("dimension", "num_keys"))
    if not 1 <= params["num_keys"] <= len(avals):
        raise ValueError(
            f"`num_keys` of sort must lie in [1, {len(avals)}] for {len(avals)} operands, "
            f"got {params['num_keys']}."
        )
    for aval in avals:
        check_dtype("sort", aval, ANY, "operands")
    for key in avals[: params["num_keys"]]:
        check_dtype("sort", key, ORDERED, "operands")
    check_same_shapes("sort", avals)
    check_axes("sort", "dimension", (params["dimension"],), avals[0].ndim)
    return list(avals)


sort_p = Primitive("sort", "reduction", _sort_rule)
