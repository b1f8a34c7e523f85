"""Structural primitives: elements move, none is computed. And `iota`, which makes them."""

from __future__ import annotations

from typing import Any

from ..errors import ShapeError
from ..primitive import Primitive
from ..shapes import ShapedArray
from .rules import (
    NUMBERS,
    all_weak,
    check_axes,
    check_count,
    check_indices,
    check_params,
    check_rank,
    check_same_dtypes,
    check_scalars,
    named,
    without,
)


def _broadcast_in_dim_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("broadcast_in_dim", avals, 1)
    check_params("broadcast_in_dim", params, ("shape", "broadcast_dimensions"))
    (x,), shape, places = avals, params["shape"], params["broadcast_dimensions"]
    check_rank("broadcast_in_dim", "broadcast_dimensions", places, x)
    check_axes("broadcast_in_dim", "broadcast_dimensions", places, len(shape))
    for size, place in zip(x.shape, places, strict=True):
        if size not in (1, shape[place]):
            raise ValueError(
                f"`operand` of broadcast_in_dim must have axes of size 1 or of the result's size, got "
                f"{x.shape} for {shape} with broadcast_dimensions {places}."
            )
    return [x.with_shape(shape)]


def _reshape_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("reshape", avals, 1)
    check_params("reshape", params, ("new_sizes",))
    result = avals[0].with_shape(params["new_sizes"])
    if any(n < 0 for n in result.shape) or result.size != avals[0].size:
        raise ShapeError(
            f"`new_sizes` of reshape must hold the {avals[0].size} elements of shape {avals[0].shape}, "
            f"got {result.shape}."
        )
    return [result]


def _transpose_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("transpose", avals, 1)
    check_params("transpose", params, ("permutation",))
    (x,), permutation = avals, params["permutation"]
    check_rank("transpose", "permutation", permutation, x)
    check_axes("transpose", "permutation", permutation, x.ndim)
    return [x.with_shape(x.shape[i] for i in permutation)]


def _squeeze_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("squeeze", avals, 1)
    check_params("squeeze", params, ("dimensions",))
    (x,), axes = avals, params["dimensions"]
    check_axes("squeeze", "dimensions", axes, x.ndim)
    if any(x.shape[a] != 1 for a in axes):
        raise ValueError(
            f"`dimensions` of squeeze must name axes of size 1, got {tuple(axes)} for shape {x.shape}. "
            f"Index or reduce the others."
        )
    return [x.with_shape(without(x.shape, axes))]


def _concatenate_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("concatenate", params, ("dimension",))
    if not avals:
        raise TypeError("`operands` of concatenate must be at least one array, got none.")
    axis, first = params["dimension"], avals[0]
    check_same_dtypes("concatenate", avals)
    check_axes("concatenate", "dimension", (axis,), first.ndim)
    if any(a.ndim != first.ndim or without(a.shape, (axis,)) != without(first.shape, (axis,)) for a in avals):
        raise ShapeError(
            f"`operands` of concatenate must agree in all axes but {axis}, got shapes "
            f"{', '.join(str(a.shape) for a in avals)}."
        )
    total = sum(a.shape[axis] for a in avals)
    shape = (*first.shape[:axis], total, *first.shape[axis + 1 :])
    return [ShapedArray(shape, first.dtype, all_weak(avals))]


def _slice_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("slice", avals, 1)
    check_params("slice", params, ("start_indices", "limit_indices", "strides"))
    (x,) = avals
    starts, limits = params["start_indices"], params["limit_indices"]
    strides = params["strides"] or (1,) * x.ndim
    for label, entries in (("start_indices", starts), ("limit_indices", limits), ("strides", strides)):
        check_rank("slice", label, entries, x)
    for low, high, size in zip(starts, limits, x.shape, strict=True):
        if not 0 <= low <= high <= size:
            raise ValueError(
                f"`start_indices` and `limit_indices` of slice must satisfy 0 <= start <= limit <= size, got "
                f"{tuple(starts)} and {tuple(limits)} for shape {x.shape}."
            )
    if any(s < 1 for s in strides):
        raise ValueError(f"`strides` of slice must be positive, got {tuple(strides)}. Reverse with rev.")
    sizes = zip(starts, limits, strides, strict=True)
    return [x.with_shape(-(-(high - low) // step) for low, high, step in sizes)]


def _dynamic_slice_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("dynamic_slice", params, ("slice_sizes",))
    x, *starts = avals
    sizes = params["slice_sizes"]
    check_rank("dynamic_slice", "start_indices", starts, x)
    check_rank("dynamic_slice", "slice_sizes", sizes, x)
    check_indices("dynamic_slice", "start_indices", starts)
    if not all(0 <= n <= size for n, size in zip(sizes, x.shape, strict=True)):
        raise ShapeError(
            f"`slice_sizes` of dynamic_slice must lie within the shape {x.shape}, got {tuple(sizes)}."
        )
    return [x.with_shape(sizes)]


def _dynamic_update_slice_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("dynamic_update_slice", params, ())
    x, update, *starts = avals
    check_same_dtypes("dynamic_update_slice", (x, update))
    check_rank("dynamic_update_slice", "start_indices", starts, x)
    check_indices("dynamic_update_slice", "start_indices", starts)
    if update.ndim != x.ndim or any(n > size for n, size in zip(update.shape, x.shape, strict=True)):
        raise ValueError(
            f"`update` of dynamic_update_slice must fit within the shape {x.shape}, got {update.shape}."
        )
    return [ShapedArray(x.shape, x.dtype, all_weak(avals))]


def _pad_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("pad", avals, 2)
    check_params("pad", params, ("padding_config",))
    x, value = avals
    config = params["padding_config"]
    check_same_dtypes("pad", avals)
    check_scalars("pad", "padding_value", (value,))
    check_rank("pad", "padding_config", config, x)
    if any(interior < 0 for _, _, interior in config):
        raise ValueError(f"`padding_config` of pad must have interior padding >= 0, got {tuple(config)}.")
    widths = zip(x.shape, config, strict=True)
    shape = [low + high + size + interior * max(size - 1, 0) for size, (low, high, interior) in widths]
    if any(n < 0 for n in shape):
        raise ValueError(
            f"`padding_config` of pad must leave sizes >= 0, got {tuple(config)} for shape {x.shape}."
        )
    return [ShapedArray(tuple(shape), x.dtype, all_weak(avals))]


def _rev_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("rev", avals, 1)
    check_params("rev", params, ("dimensions",))
    check_axes("rev", "dimensions", params["dimensions"], avals[0].ndim)
    return list(avals)


def _iota_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("iota", avals, 0)
    check_params("iota", params, ("dtype", "shape", "dimension"))
    if params["dtype"] not in NUMBERS:
        raise TypeError(f"`dtype` of iota must be among {named(NUMBERS)}, got {params['dtype']}.")
    check_axes("iota", "dimension", (params["dimension"],), len(params["shape"]))
    return [ShapedArray(tuple(params["shape"]), params["dtype"])]


broadcast_in_dim_p = Primitive("broadcast_in_dim", "structural", _broadcast_in_dim_rule)
reshape_p = Primitive("reshape", "structural", _reshape_rule)
transpose_p = Primitive("transpose", "structural", _transpose_rule)
squeeze_p = Primitive("squeeze", "structural", _squeeze_rule)
concatenate_p = Primitive("concatenate", "structural", _concatenate_rule)
slice_p = Primitive("slice", "structural", _slice_rule)
dynamic_slice_p = Primitive("dynamic_slice", "structural", _dynamic_slice_rule)
dynamic_update_slice_p = Primitive("dynamic_update_slice", "structural", _dynamic_update_slice_rule)
pad_p = Primitive("pad", "structural", _pad_rule)
rev_p = Primitive("rev", "structural", _rev_rule)
iota_p = Primitive("iota", "creation", _iota_rule)
