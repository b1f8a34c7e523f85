"""Reductions of windows, and convolutions, as XLA defines them.

Sources: openxla.org/xla/operation_semantics: ReduceWindow, Conv (ConvGeneralDilated).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ...language.dtypes import bool_
from ...language.shapes import Shape
from ..reals import Scalar
from .call import Call, Lists, Rule, indices, place, strides
from .product import product_of, ready
from .reductions import Combine, extreme_over, product_over, sum_over


def _source(
    window: int, k: int, size: int, stride: int, padding: Sequence[int], base: int, dilation: int
) -> int | None:
    """Which element of the operand is element k of a window along an axis; None for padding."""
    at = window * stride + k * dilation - padding[0]
    return at // base if at % base == 0 and 0 <= at // base < size else None


def window_places(shape: Shape, params: Mapping[str, Any], window: Sequence[int]) -> list[int]:
    """Where the elements of a window stand in the operand; padding does not count."""
    p, steps = params, strides(shape)
    along = [
        (n, p["window_strides"][d], p["padding"][d], p["base_dilation"][d], p["window_dilation"][d])
        for d, n in enumerate(shape)
    ]
    found = []
    for k in indices(p["window_dimensions"]):
        at = [_source(w, j, *axis) for w, j, axis in zip(window, k, along, strict=True)]
        inside = [i for i in at if i is not None]
        if len(inside) == len(at):
            found.append(place(inside, steps))
    return found


def reduced(combine: Combine) -> Rule:
    """Each window reduced."""

    def apply(c: Call) -> Lists:
        (x,), dtype = c.operands, c.results[0].dtype
        windows = [window_places(x.shape, c.params, w) for w in indices(c.results[0].shape)]
        return [[combine(c.system, c, dtype, [x.scalars[i] for i in taken]) for taken in windows]]

    return apply


class Convolution:
    """Where the factors of a convolution's elements stand.

    result[n, o, p] = the sum over i and k of lhs[n, i, p stride + k dilation - low] rhs[o, i, k].
    Output feature o belongs to group g of equal runs; it sees the input features of group g (feature groups)
    or the batch entries of group g (batch groups). Padding is zeros.
    """

    def __init__(self, lhs: Shape, rhs: Shape, params: Mapping[str, Any]) -> None:
        p = params
        self.lhs_spec, self.rhs_spec, self.out_spec = p["dimension_numbers"]
        self.lhs, self.left, self.right = lhs, strides(lhs), strides(rhs)
        self.outs, self.ins = rhs[self.rhs_spec[0]], rhs[self.rhs_spec[1]]
        self.within = list(indices((self.ins, *(rhs[a] for a in self.rhs_spec[2:]))))
        self.features, self.batches = p["feature_group_count"], p["batch_group_count"]
        self.along = [
            (lhs[a], p["window_strides"][d], p["padding"][d], p["lhs_dilation"][d], p["rhs_dilation"][d])
            for d, a in enumerate(self.lhs_spec[2:])
        ]

    def factors(self, index: Sequence[int]) -> tuple[tuple[int, int, tuple[int, ...]], int]:
        """What `image` and `kernel` take for the element of the result at ``index``."""
        n, o, *window = (index[a] for a in self.out_spec)
        group = o // (self.outs // (self.features * self.batches))
        if self.batches > 1:
            n += group * (self.lhs[self.lhs_spec[0]] // self.batches)
        return (n, group if self.features > 1 else 0, tuple(window)), o

    def kernel(self, o: int) -> list[int]:
        """Where the factors of an output feature stand in the right operand."""
        steps = [self.right[a] for a in self.rhs_spec]
        return [place((o, *k), steps) for k in self.within]

    def image(self, n: int, group: int, window: tuple[int, ...]) -> list[int | None]:
        """Where a window's factors stand in the left operand; None for padding."""
        found, steps = [], [self.left[a] for a in self.lhs_spec]
        for i, *k in self.within:
            at = [_source(w, j, *axis) for w, j, axis in zip(window, k, self.along, strict=True)]
            inside = [q for q in at if q is not None]
            padding = len(inside) < len(at)
            found.append(None if padding else place((n, i + group * self.ins, *inside), steps))
        return found


def conv_general_dilated(c: Call) -> Lists:
    """Sums of products; see `Convolution`."""
    (lhs, rhs), dtype = c.operands, c.results[0].dtype
    conv = Convolution(lhs.shape, rhs.shape, c.params)
    zero = c.system.lift(False if lhs.dtype == bool_ else 0, lhs.dtype)

    @cache
    def kernel(o: int) -> Sequence[Scalar]:
        return ready(c, [rhs.scalars[k] for k in conv.kernel(o)])

    @cache
    def image(n: int, group: int, window: tuple[int, ...]) -> Sequence[Scalar]:
        return ready(c, [zero if k is None else lhs.scalars[k] for k in conv.image(n, group, window)])

    pairs = (conv.factors(index) for index in indices(c.results[0].shape))
    return [[product_of(c, dtype, image(*window), kernel(o)) for window, o in pairs]]


# What becomes of the elements of a window.
COMBINES: dict[str, Combine] = {
    "reduce_window_sum": sum_over,
    "reduce_window_prod": product_over,
    "reduce_window_max": extreme_over(1),
    "reduce_window_min": extreme_over(-1),
}
RULES: dict[str, Rule] = {
    **{name: reduced(combine) for name, combine in COMBINES.items()},
    "conv_general_dilated": conv_general_dilated,
}
