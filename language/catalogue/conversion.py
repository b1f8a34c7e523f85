"""Conversions between element types, by value and by bits."""

from __future__ import annotations

from typing import Any

from ..dtypes import bool_, is_complex
from ..primitive import EXACT, ROUNDED, Primitive, reals
from ..shapes import ShapedArray
from .rules import ANY, check_count, check_dtype, check_params


def _convert_element_type_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("convert_element_type", avals, 1)
    check_params("convert_element_type", params, ("new_dtype", "weak_type"))
    check_dtype("convert_element_type", avals[0], ANY, "operand")
    return [avals[0].with_dtype(params["new_dtype"], params["weak_type"])]


convert_element_type_p = Primitive(
    "convert_element_type", "elementwise", _convert_element_type_rule, (reals,), ROUNDED
)


def _bitcast_convert_type_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("bitcast_convert_type", avals, 1)
    check_params("bitcast_convert_type", params, ("new_dtype",))
    (x,), new = avals, params["new_dtype"]
    check_dtype("bitcast_convert_type", x, ANY, "operand")
    if x.dtype != new and (bool_ in (x.dtype, new) or is_complex(x.dtype) or is_complex(new)):
        raise TypeError(
            f"`new_dtype` of bitcast_convert_type must keep bool and complex dtypes as they are, got {new} for "
            f"{x.dtype}. "
            f"Use convert_element_type."
        )
    old_size, new_size = x.dtype.itemsize, new.itemsize
    if old_size == new_size:
        return [ShapedArray(x.shape, new)]
    if old_size > new_size:
        return [ShapedArray((*x.shape, old_size // new_size), new)]
    last = x.shape[-1] if x.shape else 1
    if last * old_size != new_size:
        raise ValueError(
            f"`operand` of bitcast_convert_type to {new} must have a last axis of {new_size // old_size} "
            f"elements of {x.dtype}, got shape {x.shape}. Reshape it."
        )
    return [ShapedArray(x.shape[:-1], new)]


bitcast_convert_type_p = Primitive(
    "bitcast_convert_type", "structural", _bitcast_convert_type_rule, budget=EXACT
)
