"""Operands of products, convolutions and windows."""

from __future__ import annotations

from collections.abc import Sequence

from ...language.dtypes import (
    DType,
)
from .case import Builder, Built, Rng, Shape, operand, some_shape


def _dot_general(rng: Rng, dtype: DType) -> Built:
    batch, free, other = int(rng.integers(0, 2)), int(rng.integers(0, 3)), int(rng.integers(0, 3))
    summed = int(rng.integers(0, 3))
    sizes = {"b": [2] * batch, "c": [int(n) for n in rng.integers(1, 5, summed)]}
    left_free = [int(n) for n in rng.integers(1, 4, free)]
    right_free = [int(n) for n in rng.integers(1, 4, other)]

    def side(own: list[int]) -> tuple[Shape, tuple[int, ...], tuple[int, ...]]:
        labels = [("b", n) for n in sizes["b"]] + [("c", n) for n in sizes["c"]] + [("f", n) for n in own]
        order = [int(i) for i in rng.permutation(len(labels))]
        place = {old: new for new, old in enumerate(order)}
        shape = tuple(labels[i][1] for i in order)
        return shape, tuple(place[i] for i in range(batch)), tuple(place[batch + i] for i in range(summed))

    left, left_batch, left_summed = side(left_free)
    right, right_batch, right_summed = side(right_free)
    numbers = ((left_summed, right_summed), (left_batch, right_batch))
    return [operand(dtype, left), operand(dtype, right)], {
        "dimension_numbers": numbers,
        "preferred_element_type": None,
    }


def _along(rng: Rng, size: int) -> tuple[int, int, tuple[int, int], int, int]:
    """Window, stride, padding and dilations with which at least one window fits."""
    low, high, base = (int(n) for n in (rng.integers(-1, 3), rng.integers(0, 3), rng.integers(1, 3)))
    room = (size - 1) * base + 1 + low + high
    if room < 1:
        return 1, 1, (0, 0), 1, 1
    window = int(rng.integers(1, min(room, 3) + 1))
    dilation = int(rng.integers(1, 3)) if (window - 1) * 2 < room else 1
    return window, int(rng.integers(1, 3)), (low, high), base, dilation


def _reduce_window(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1, 2)
    names = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")
    columns = zip(*(_along(rng, n) for n in shape), strict=True)
    return [operand(dtype, shape)], dict(zip(names, columns, strict=True))


def _conv(rng: Rng, dtype: DType) -> Built:
    spatial = some_shape(rng, 0, 2)
    along = [_along(rng, n) for n in spatial]
    window, strides, padding, base, dilation = zip(*along, strict=True) if along else ((),) * 5
    groups = int(rng.integers(1, 3))
    features, batches = (groups, 1) if rng.random() < 0.5 else (1, groups)
    batch, ins, outs = (int(n) for n in rng.integers(1, 3, 3))
    specs = [tuple(int(i) for i in rng.permutation(len(spatial) + 2)) for _ in range(3)]

    def placed(sizes: Sequence[int], spec: Sequence[int]) -> Shape:
        return tuple(sizes[spec.index(axis)] for axis in range(len(sizes)))

    lhs = placed((batch * batches, ins * features, *spatial), specs[0])
    rhs = placed((outs * groups, ins, *window), specs[1])
    return [operand(dtype, lhs), operand(dtype, rhs)], {
        "window_strides": strides,
        "padding": padding,
        "lhs_dilation": base,
        "rhs_dilation": dilation,
        "dimension_numbers": tuple(specs),
        "feature_group_count": features,
        "batch_group_count": batches,
        "preferred_element_type": None,
    }


PRODUCTS: dict[str, Builder] = {
    "dot_general": _dot_general,
    "conv_general_dilated": _conv,
    **{f"reduce_window_{name}": _reduce_window for name in ("sum", "prod", "max", "min")},
}
