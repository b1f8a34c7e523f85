"""The product of two arrays over any of their axes."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType, bool_, is_complex, is_inexact
from ..primitive import ROUNDED, Primitive
from ..shapes import ShapedArray
from .rules import (
    ANY,
    all_weak,
    check_axes,
    check_count,
    check_dtype,
    check_params,
    check_same_dtypes,
    without,
)


def _width(dtype: DType) -> int:
    return 1 if dtype == bool_ else 8 * dtype.itemsize


def _dot_general_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("dot_general", avals, 2)
    check_params("dot_general", params, ("dimension_numbers", "preferred_element_type"))
    lhs, rhs = avals
    (lhs_contract, rhs_contract), (lhs_batch, rhs_batch) = params["dimension_numbers"]
    check_dtype("dot_general", lhs, ANY, "lhs")
    check_same_dtypes("dot_general", avals)
    check_axes("dot_general", "lhs dimension_numbers", (*lhs_contract, *lhs_batch), lhs.ndim)
    check_axes("dot_general", "rhs dimension_numbers", (*rhs_contract, *rhs_batch), rhs.ndim)
    for what, left, right in (("contracting", lhs_contract, rhs_contract), ("batch", lhs_batch, rhs_batch)):
        sizes = tuple(lhs.shape[i] for i in left), tuple(rhs.shape[i] for i in right)
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"The {what} axes of dot_general must have equal sizes, got {sizes[0]} of lhs {lhs.shape} "
                f"and {sizes[1]} of rhs {rhs.shape}. Transpose or reshape an operand."
            )
    wanted = params["preferred_element_type"]
    if wanted is not None and is_complex(lhs.dtype) and not is_complex(wanted):
        raise TypeError(
            f"`preferred_element_type` of dot_general must be complex for {lhs.dtype}, got {wanted}."
        )
    if wanted is not None and not is_inexact(lhs.dtype) and _width(wanted) < _width(lhs.dtype):
        raise TypeError(
            f"`preferred_element_type` of dot_general must not be narrower than {lhs.dtype}, got {wanted}."
        )
    shape = (
        *(lhs.shape[i] for i in lhs_batch),
        *without(lhs.shape, (*lhs_contract, *lhs_batch)),
        *without(rhs.shape, (*rhs_contract, *rhs_batch)),
    )
    return [ShapedArray(shape, wanted or lhs.dtype, all_weak(avals))]


dot_general_p = Primitive("dot_general", "product", _dot_general_rule, budget=ROUNDED)
