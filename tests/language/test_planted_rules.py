"""Faults planted in the shape and dtype rules of primitives are caught by the calls that are drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from tests.language.peer_types.calls import CALLS
from tests.language.peer_types.comparing import check_drawn

from verax.language import catalogue
from verax.language.primitive import Primitive
from verax.language.shapes import ShapedArray

Rule = Callable[..., Sequence[ShapedArray]]


@contextlib.contextmanager
def planted(primitive: Primitive, fault: Callable[[Rule], Rule]) -> Iterator[None]:
    rule = primitive.rule
    object.__setattr__(primitive, "rule", fault(rule))
    try:
        yield
    finally:
        object.__setattr__(primitive, "rule", rule)


def after(change: Callable[..., ShapedArray]) -> Callable[[Rule], Rule]:
    """A fault that changes the first result: ``change(result, operands, params)``."""

    def fault(rule: Rule) -> Rule:
        def changed(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
            first, *rest = rule(*avals, **params)
            return [change(first, avals, params), *rest]

        return changed

    return fault


def instead(rule: Rule) -> Callable[[Rule], Rule]:
    return lambda _: rule


def _slice_rounding_down(r: ShapedArray, xs: Any, p: Any) -> ShapedArray:
    spans = zip(p["start_indices"], p["limit_indices"], p["strides"] or (1,) * r.ndim, strict=True)
    return r.with_shape((high - low) // step for low, high, step in spans)


FAULTS: dict[str, tuple[str, str, Callable[[Rule], Rule]]] = {
    "a unary function accepts integers": ("exp", "exp", instead(lambda x: [x])),
    "a unary function refuses bfloat16": (
        "sin",
        "sin",
        lambda rule: lambda x: rule(x.with_dtype(np.dtype("int8")) if x.dtype == ml_dtypes.bfloat16 else x),
    ),
    "a comparison keeps its operands' dtype": ("eq", "eq", after(lambda r, xs, p: r.with_dtype(xs[0].dtype))),
    "a sum is never weak": ("add", "add", after(lambda r, xs, p: r.with_dtype(r.dtype))),
    "a product is weak where either operand is": (
        "mul",
        "mul",
        after(lambda r, xs, p: r.with_dtype(r.dtype, any(x.weak_type for x in xs))),
    ),
    "a choice is weak only with its index": (
        "select_n",
        "select_n",
        after(lambda r, xs, p: r.with_dtype(r.dtype, all(x.weak_type for x in xs))),
    ),
    "clamp has its lower limit's shape": (
        "clamp",
        "clamp",
        after(lambda r, xs, p: r.with_shape(xs[0].shape)),
    ),
    "transpose permutes the other way round": (
        "transpose",
        "transpose",
        after(lambda r, xs, p: r.with_shape(xs[0].shape[p["permutation"].index(i)] for i in range(r.ndim))),
    ),
    "pad forgets the interior": (
        "pad",
        "pad",
        after(
            lambda r, xs, p: r.with_shape(
                n + c[0] + c[1] for n, c in zip(xs[0].shape, p["padding_config"], strict=True)
            )
        ),
    ),
    "a strided slice rounds down": ("slice", "slice", after(_slice_rounding_down)),
    "concatenate takes the first operand's weakness": (
        "concatenate",
        "concatenate",
        after(lambda r, xs, p: r.with_dtype(r.dtype, xs[0].weak_type)),
    ),
    "a dynamic slice has the operand's shape": (
        "dynamic_slice",
        "dynamic_slice",
        after(lambda r, xs, p: xs[0]),
    ),
    "a reduction keeps its axes": (
        "reduce_sum",
        "reduce_sum",
        after(lambda r, xs, p: r.with_shape(1 if i in p["axes"] else n for i, n in enumerate(xs[0].shape))),
    ),
    "a reduction of integers widens": (
        "reduce_prod",
        "reduce_prod",
        after(lambda r, xs, p: r.with_dtype(np.dtype("int32")) if r.dtype.kind in "iu" else r),
    ),
    "argmax ignores the index dtype": (
        "argmax",
        "argmax",
        after(lambda r, xs, p: r.with_dtype(np.dtype("int32"))),
    ),
    "dot_general puts the batch axes last": (
        "dot_general",
        "dot_general",
        after(
            lambda r, xs, p: r.with_shape(
                r.shape[len(p["dimension_numbers"][1][0]) :] + r.shape[: len(p["dimension_numbers"][1][0])]
            )
        ),
    ),
    "gather puts its windows first": (
        "gather",
        "gather",
        after(
            lambda r, xs, p: r.with_shape(
                [n for i, n in enumerate(r.shape) if i in p["dimension_numbers"].offset_dims]
                + [n for i, n in enumerate(r.shape) if i not in p["dimension_numbers"].offset_dims]
            )
        ),
    ),
    "windows do not know their own dilation": (
        "reduce_window_sum",
        "reduce_window",
        lambda rule: lambda x, **p: rule(x, **{**p, "window_dilation": (1,) * x.ndim}),
    ),
    "a convolution forgets the groups of its batch": (
        "conv_general_dilated",
        "conv_general_dilated",
        lambda rule: lambda *xs, **p: rule(*xs, **{**p, "batch_group_count": 1}),
    ),
    "scatter_add has its updates' weakness": (
        "scatter_add",
        "scatter_add",
        after(lambda r, xs, p: r.with_dtype(r.dtype, xs[2].weak_type)),
    ),
    "iota is weak": ("iota", "broadcasted_iota", after(lambda r, xs, p: r.with_dtype(r.dtype, True))),
    "a bitcast to a narrower dtype adds no axis": (
        "bitcast_convert_type",
        "bitcast_convert_type",
        after(lambda r, xs, p: r.with_shape(xs[0].shape)),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_a_rule_is_caught(fault: str) -> None:
    primitive, name, plant = FAULTS[fault]
    with planted(catalogue.PRIMITIVES[primitive], plant), pytest.raises((AssertionError, BaseExceptionGroup)):
        check_drawn(CALLS[name], 200, shrink=False)
