"""Windows that slide over an array: reductions of each, and convolutions.

Along an axis, element k of window o stands at ``o * stride + k * window_dilation - low`` of the operand, whose
elements are ``base_dilation`` apart; what lies before, between and behind them is padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dtypes import DType, is_complex, is_float, is_integer
from ..primitive import EXACT, ROUNDED, Primitive, ULPs
from ..shapes import ShapedArray
from .rules import (
    ANY,
    NUMBERS,
    REAL_NUMBERS,
    Dtypes,
    all_weak,
    check_axes,
    check_count,
    check_dtype,
    check_params,
    check_rank,
    check_same_dtypes,
)

WINDOW_PARAMS = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")


def dilated(size: int, dilation: int) -> int:
    """The extent of elements that are ``dilation`` apart."""
    return (size - 1) * dilation + 1 if size else 0


def window_count(
    size: int, window: int, stride: int, padding: Sequence[int], base_dilation: int, window_dilation: int
) -> int:
    """How many windows fit along an axis."""
    room = dilated(size, base_dilation) + sum(padding) - dilated(window, window_dilation)
    return room // stride + 1 if room >= 0 else 0


def _check_positive(name: str, argument: str, sizes: Sequence[int], least: int = 1) -> None:
    if any(n < least for n in sizes):
        raise ValueError(f"`{argument}` of {name} must be at least {least}, got {tuple(sizes)}.")


def windowed(name: str, accepts: Dtypes, budget: ULPs = EXACT) -> Primitive:
    """A row for a reduction of each window."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 1)
        check_params(name, params, WINDOW_PARAMS)
        (x,) = avals
        check_dtype(name, x, accepts, "operand")
        for argument in WINDOW_PARAMS:
            check_rank(name, argument, params[argument], x)
            if argument != "padding":
                _check_positive(name, argument, params[argument])
        return [x.with_shape(map(window_count, x.shape, *(params[k] for k in WINDOW_PARAMS)))]

    return Primitive(name, "reduction", rule, budget=budget)


reduce_window_sum_p = windowed("reduce_window_sum", NUMBERS, ROUNDED)
reduce_window_prod_p = windowed("reduce_window_prod", NUMBERS, ROUNDED)
reduce_window_max_p = windowed("reduce_window_max", REAL_NUMBERS)
reduce_window_min_p = windowed("reduce_window_min", REAL_NUMBERS)

CONV_PARAMS = (
    "window_strides",
    "padding",
    "lhs_dilation",
    "rhs_dilation",
    "dimension_numbers",
    "feature_group_count",
    "batch_group_count",
    "preferred_element_type",
)


def _check_groups(lhs: Sequence[int], rhs: Sequence[int], features: int, batches: int) -> None:
    # Shapes as (batch, feature, ...) and (out, in, ...).
    _check_positive("conv_general_dilated", "feature_group_count", (features,))
    _check_positive("conv_general_dilated", "batch_group_count", (batches,))
    if features > 1 and batches > 1:
        raise ValueError(
            f"Only one of `feature_group_count` and `batch_group_count` of conv_general_dilated may exceed 1, "
            f"got {features} and {batches}."
        )
    if lhs[1] % features or lhs[1] // features != rhs[1]:
        raise ValueError(
            f"`lhs` of conv_general_dilated must have {rhs[1]} features for each of {features} groups, the "
            f"kernel's, got {lhs[1]}."
        )
    if lhs[0] % batches or rhs[0] % batches or rhs[0] % features:
        raise ValueError(
            f"The batch of `lhs` and the output features of `rhs` of conv_general_dilated must be multiples of "
            f"the number of groups, got {lhs[0]} and {rhs[0]} for feature_group_count {features} and "
            f"batch_group_count {batches}."
        )


def _holds_products(old: DType, new: DType) -> bool:
    """Whether sums of products of one dtype may be wanted in another."""
    if new.itemsize < old.itemsize:
        return False
    if is_complex(old) or is_complex(new):
        return is_complex(old) and is_complex(new)
    if is_integer(old):
        return is_float(new) or (new.kind == "i" if old.kind == "i" else is_integer(new))
    return is_float(new) or not is_float(old)


def _conv_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    name = "conv_general_dilated"
    check_count(name, avals, 2)
    check_params(name, params, CONV_PARAMS)
    lhs, rhs = avals
    check_dtype(name, lhs, ANY, "lhs")
    check_same_dtypes(name, avals)
    if lhs.ndim != rhs.ndim or lhs.ndim < 2:
        raise ValueError(
            f"`lhs` and `rhs` of {name} must have equal ranks of at least 2, got shapes {lhs.shape} and "
            f"{rhs.shape}."
        )
    specs = params["dimension_numbers"]
    for spec in specs:
        check_axes(name, "dimension_numbers", spec, lhs.ndim)
        check_rank(name, "dimension_numbers", spec, lhs)
    for argument in ("window_strides", "padding", "lhs_dilation", "rhs_dilation"):
        if len(params[argument]) != lhs.ndim - 2:
            raise ValueError(
                f"`{argument}` of {name} must have one entry for each of the {lhs.ndim - 2} spatial axes, got "
                f"{params[argument]}."
            )
        if argument != "padding":
            _check_positive(name, argument, params[argument])
    left, right = [lhs.shape[i] for i in specs[0]], [rhs.shape[i] for i in specs[1]]
    batches = params["batch_group_count"]
    _check_groups(left, right, params["feature_group_count"], batches)
    wanted = params["preferred_element_type"]
    if wanted is not None and not _holds_products(lhs.dtype, wanted):
        raise TypeError(
            f"`preferred_element_type` of {name} must be a dtype of the same kind as {lhs.dtype} (or a float beside "
            f"integers), and not narrower, got {wanted}."
        )
    for size, spread, pads in zip(left[2:], params["lhs_dilation"], params["padding"], strict=True):
        if dilated(size, spread) + sum(pads) < 0:
            raise ValueError(
                f"`padding` of {name} must not take more than there is, got {params['padding']} for the spatial "
                f"sizes {left[2:]}."
            )
    geometry = zip(
        left[2:],
        right[2:],
        params["window_strides"],
        params["padding"],
        params["lhs_dilation"],
        params["rhs_dilation"],
        strict=True,
    )
    found = [left[0] // batches, right[0], *(window_count(*along) for along in geometry)]
    shape = [0] * lhs.ndim
    for axis, size in zip(specs[2], found, strict=True):
        shape[axis] = size
    return [ShapedArray(tuple(shape), wanted or lhs.dtype, all_weak(avals))]


conv_general_dilated_p = Primitive("conv_general_dilated", "product", _conv_rule, budget=ROUNDED)
