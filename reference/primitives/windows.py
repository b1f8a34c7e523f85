"""Reductions of windows, and convolutions, as XLA defines them.

Sources: openxla.org/xla/operation_semantics: ReduceWindow, Conv (ConvGeneralDilated).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ...language.dtypes import bool_, is_float
from ..array import ReferenceArray
from ..reals import Scalar
from .call import Call, Lists, Rule, indices, place, strides
from .product import integer_product
from .reductions import Combine, extreme_over, product_over, sum_over


def _source(
    window: int, k: int, size: int, stride: int, padding: Sequence[int], base: int, dilation: int
) -> int | None:
    """Which element of the operand is element k of a window along an axis; None for padding."""
    at = window * stride + k * dilation - padding[0]
    return at // base if at % base == 0 and 0 <= at // base < size else None


def _reduced(combine: Combine) -> Rule:
    """Each window reduced; padding does not count."""

    def apply(c: Call) -> Lists:
        (x,), p, steps = c.operands, c.params, strides(c.operands[0].shape)
        along = [
            (n, p["window_strides"][d], p["padding"][d], p["base_dilation"][d], p["window_dilation"][d])
            for d, n in enumerate(x.shape)
        ]
        found = []
        for window in indices(c.results[0].shape):
            taken = []
            for k in indices(p["window_dimensions"]):
                at = [_source(w, j, *axis) for w, j, axis in zip(window, k, along, strict=True)]
                inside = [i for i in at if i is not None]
                if len(inside) == len(at):
                    taken.append(x.scalars[place(inside, steps)])
            found.append(combine(c.system, c, c.results[0].dtype, taken))
        return [found]

    return apply


def conv_general_dilated(c: Call) -> Lists:
    """result[n, o, p] = the sum over i and k of lhs[n, i, p stride + k dilation - low] rhs[o, i, k].

    Output feature o belongs to group g of equal runs; it sees the input features of group g (feature groups)
    or the batch entries of group g (batch groups). Padding is zeros.
    """
    (lhs, rhs), p, dtype = c.operands, c.params, c.results[0].dtype
    lhs_spec, rhs_spec, out_spec = p["dimension_numbers"]
    left, right = strides(lhs.shape), strides(rhs.shape)
    zero = c.system.lift(False if lhs.dtype == bool_ else 0, lhs.dtype)
    outs, ins = rhs.shape[rhs_spec[0]], rhs.shape[rhs_spec[1]]
    within = list(indices((ins, *(rhs.shape[a] for a in rhs_spec[2:]))))
    features, batches = p["feature_group_count"], p["batch_group_count"]
    along = [
        (lhs.shape[a], p["window_strides"][d], p["padding"][d], p["lhs_dilation"][d], p["rhs_dilation"][d])
        for d, a in enumerate(lhs_spec[2:])
    ]

    def reused(xs: list[Scalar]) -> Sequence[Scalar]:
        return c.system.reused(xs) if is_float(dtype) else xs

    def element(x: ReferenceArray, spec: Sequence[int], steps: Sequence[int], index: Sequence[int]) -> Scalar:
        return x.scalars[sum(steps[a] * k for a, k in zip(spec, index, strict=True))]

    @cache
    def kernel(o: int) -> Sequence[Scalar]:
        return reused([element(rhs, rhs_spec, right, (o, *k)) for k in within])

    @cache
    def image(n: int, group: int, window: tuple[int, ...]) -> Sequence[Scalar]:
        found = []
        for i, *k in within:
            at = [_source(w, j, *axis) for w, j, axis in zip(window, k, along, strict=True)]
            inside = [q for q in at if q is not None]
            feature = i + (group * ins if features > 1 else 0)
            padding = len(inside) < len(at)
            found.append(zero if padding else element(lhs, lhs_spec, left, (n, feature, *inside)))
        return reused(found)

    sums = []
    for index in indices(c.results[0].shape):
        n, o, *window = (index[a] for a in out_spec)
        group = o // (outs // (features * batches))
        if batches > 1:
            n += group * (lhs.shape[lhs_spec[0]] // batches)
        terms = image(n, group if features > 1 else 0, tuple(window)), kernel(o)
        sums.append(
            c.system.total(c.primitive, dtype, *terms) if is_float(dtype) else integer_product(c, *terms)
        )
    return [sums]


RULES: dict[str, Rule] = {
    "reduce_window_sum": _reduced(sum_over),
    "reduce_window_prod": _reduced(product_over),
    "reduce_window_max": _reduced(extreme_over(1)),
    "reduce_window_min": _reduced(extreme_over(-1)),
    "conv_general_dilated": conv_general_dilated,
}
