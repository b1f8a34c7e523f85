"""Gather and scatter: windows of an array at computed places, as XLA defines them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..primitive import EXACT, ROUNDED, Primitive, ULPs
from ..shapes import Shape, ShapedArray
from .rules import (
    ANY,
    INTEGRAL,
    NUMBERS,
    REAL_NUMBERS,
    Dtypes,
    check_axes,
    check_count,
    check_dtype,
    check_params,
    check_rank,
    check_same_dtypes,
    without,
)

# What an index out of bounds means: "clip" moves the window inside, "fill" gives NaN (or the least
# integer, the greatest unsigned, True) and drops updates, "promise_in_bounds" says there is none.
MODES = ("clip", "fill", "promise_in_bounds")


@dataclass(frozen=True, slots=True)
class GatherDimensionNumbers:
    """How the axes of operand, indices and result of a gather correspond, as in JAX.

    The last axis of the indices holds the index vectors.

    Attributes:
        offset_dims: axes of the result that run within a window.
        collapsed_slice_dims: axes of the operand whose window, of size 1, is dropped.
        start_index_map: for each entry of an index vector, the operand's axis that it indexes.
        operand_batching_dims: axes of the operand that pair with an axis of the indices.
        start_indices_batching_dims: those axes of the indices.
    """

    offset_dims: tuple[int, ...]
    collapsed_slice_dims: tuple[int, ...]
    start_index_map: tuple[int, ...]
    operand_batching_dims: tuple[int, ...] = ()
    start_indices_batching_dims: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScatterDimensionNumbers:
    """How the axes of operand, indices and updates of a scatter correspond, as in JAX.

    Attributes:
        update_window_dims: axes of the updates that run within a window.
        inserted_window_dims: axes of the operand whose window, of size 1, the updates lack.
        scatter_dims_to_operand_dims: for each entry of an index vector, the operand's axis.
        operand_batching_dims: axes of the operand that pair with an axis of the indices.
        scatter_indices_batching_dims: those axes of the indices.
    """

    update_window_dims: tuple[int, ...]
    inserted_window_dims: tuple[int, ...]
    scatter_dims_to_operand_dims: tuple[int, ...]
    operand_batching_dims: tuple[int, ...] = ()
    scatter_indices_batching_dims: tuple[int, ...] = ()


def _check_sorted(name: str, argument: str, axes: Sequence[int], ndim: int) -> None:
    check_axes(name, argument, axes, ndim)
    if list(axes) != sorted(axes):
        raise ValueError(f"`{argument}` of {name} must be sorted, got {tuple(axes)}.")


def _check_vectors(
    name: str,
    operand: ShapedArray,
    indices: ShapedArray,
    dropped: tuple[str, Sequence[int]],
    mapped: tuple[str, Sequence[int]],
    batching: tuple[Sequence[int], str, Sequence[int]],
) -> Shape:
    # What gather and scatter check alike; returns the shape of the indices without the vectors.
    check_dtype(name, indices, INTEGRAL, "indices")
    if not indices.shape or indices.shape[-1] != len(mapped[1]):
        raise ValueError(
            f"`indices` of {name} must have a last axis of {len(mapped[1])} entries, one for each of "
            f"`{mapped[0]}`, got shape {indices.shape}."
        )
    _check_sorted(name, dropped[0], dropped[1], operand.ndim)
    check_axes(name, mapped[0], mapped[1], operand.ndim)
    operand_axes, label, index_axes = batching
    _check_sorted(name, "operand_batching_dims", operand_axes, operand.ndim)
    check_axes(name, label, index_axes, indices.ndim - 1)
    for other_name, other in (dropped, mapped):
        if set(other) & set(operand_axes):
            raise ValueError(
                f"`operand_batching_dims` of {name} must not share an axis with `{other_name}`, got "
                f"{tuple(operand_axes)} and {tuple(other)}."
            )
    sizes = [operand.shape[i] for i in operand_axes], [indices.shape[i] for i in index_axes]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"`operand_batching_dims` and `{label}` of {name} must pair axes of equal sizes, got "
            f"{sizes[0]} and {sizes[1]}."
        )
    return indices.shape[:-1]


def _check_mode(name: str, mode: Any) -> None:
    if mode not in MODES:
        raise ValueError(f"`mode` of {name} must be one of {', '.join(map(repr, MODES))}, got {mode!r}.")


def _gather_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("gather", avals, 2)
    check_params("gather", params, ("dimension_numbers", "slice_sizes", "mode"))
    operand, indices = avals
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    _check_mode("gather", params["mode"])
    check_dtype("gather", operand, ANY, "operand")
    places = _check_vectors(
        "gather",
        operand,
        indices,
        ("collapsed_slice_dims", numbers.collapsed_slice_dims),
        ("start_index_map", numbers.start_index_map),
        (
            numbers.operand_batching_dims,
            "start_indices_batching_dims",
            numbers.start_indices_batching_dims,
        ),
    )
    check_rank("gather", "slice_sizes", sizes, operand)
    dropped = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    window = list(without(tuple(sizes), dropped))
    rank = len(places) + len(numbers.offset_dims)
    _check_sorted("gather", "offset_dims", numbers.offset_dims, rank)
    if len(window) != len(numbers.offset_dims):
        raise ValueError(
            f"`offset_dims` of gather must name one axis for each of the {len(window)} axes of a window, "
            f"got {numbers.offset_dims}."
        )
    bounds = zip(sizes, operand.shape, strict=True)
    if any(not 0 <= n <= size for n, size in bounds) and 0 not in indices.shape:
        raise ValueError(f"`slice_sizes` of gather must lie within {operand.shape}, got {tuple(sizes)}.")
    if any(sizes[i] != 1 for i in numbers.collapsed_slice_dims) or any(
        sizes[i] > 1 for i in numbers.operand_batching_dims
    ):
        raise ValueError(
            f"`slice_sizes` of gather must be 1 along collapsed and batching axes {sorted(dropped)}, "
            f"got {tuple(sizes)}."
        )
    rest, within = iter(places), iter(window)
    shape = [next(within) if i in numbers.offset_dims else next(rest) for i in range(rank)]
    return [operand.with_shape(shape)]


def scatter(name: str, accepts: Dtypes, budget: ULPs = EXACT) -> Primitive:
    """A row for a scatter: the operand with windows combined with updates."""

    def rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
        check_count(name, avals, 3)
        check_params(name, params, ("dimension_numbers", "mode"))
        operand, indices, updates = avals
        numbers = params["dimension_numbers"]
        _check_mode(name, params["mode"])
        check_dtype(name, operand, accepts, "operand")
        check_same_dtypes(name, (operand, updates))
        places = _check_vectors(
            name,
            operand,
            indices,
            ("inserted_window_dims", numbers.inserted_window_dims),
            ("scatter_dims_to_operand_dims", numbers.scatter_dims_to_operand_dims),
            (
                numbers.operand_batching_dims,
                "scatter_indices_batching_dims",
                numbers.scatter_indices_batching_dims,
            ),
        )
        window_axes = numbers.update_window_dims
        _check_sorted(name, "update_window_dims", window_axes, updates.ndim)
        most = without(operand.shape, {*numbers.inserted_window_dims, *numbers.operand_batching_dims})
        window = tuple(updates.shape[i] for i in window_axes)
        if len(window) != len(most) or any(n > size for n, size in zip(window, most, strict=True)):
            raise ValueError(
                f"`updates` of {name} must have windows within {most} along axes {tuple(window_axes)}, "
                f"got {window} of shape {updates.shape}."
            )
        if without(updates.shape, window_axes) != places:
            raise ValueError(
                f"`updates` of {name} must have the indices' axes {places} outside of its windows, "
                f"got {without(updates.shape, window_axes)} of shape {updates.shape}."
            )
        return [operand]

    return Primitive(name, "indexing", rule, budget=budget)


gather_p = Primitive("gather", "indexing", _gather_rule)
scatter_p = scatter("scatter", ANY)
scatter_add_p = scatter("scatter_add", NUMBERS, ROUNDED)
scatter_sub_p = scatter("scatter_sub", NUMBERS, ROUNDED)
scatter_mul_p = scatter("scatter_mul", NUMBERS, ROUNDED)
scatter_min_p = scatter("scatter_min", REAL_NUMBERS)
scatter_max_p = scatter("scatter_max", REAL_NUMBERS)
