"""`dot_general`: sums of products over the contracted axes.

Source: openxla.org/xla/operation_semantics (DotGeneral).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

from ...language.dtypes import DType, is_float
from ..array import ReferenceArray
from ..reals import Scalar
from .call import Call, Lists, Rule, offsets, strides
from .integers import wrapped

# For each batch index and each free index, the elements along the contracted axes.
Lines = list[list[Sequence[Scalar]]]


def _lines(x: ReferenceArray, batch: Sequence[int], free: Sequence[int], summed: Sequence[int]) -> Lines:
    """The lines of an operand, ready for sums; a product in a loop makes them once."""
    axes = tuple(batch), tuple(free), tuple(summed)
    if axes not in x.lines:
        x.lines[axes] = _made_lines(x, *axes)
    found: Lines = x.lines[axes]
    return found


def _made_lines(x: ReferenceArray, batch: Sequence[int], free: Sequence[int], summed: Sequence[int]) -> Lines:
    steps, form = strides(x.shape), x.system.reused if is_float(x.dtype) else list

    def places(axes: Sequence[int]) -> list[int]:
        return offsets([x.shape[a] for a in axes], [steps[a] for a in axes])

    within = places(summed)
    return [[form(x.elements_at([b + f + k for k in within])) for f in places(free)] for b in places(batch)]


def ready(c: Call, xs: Sequence[Scalar]) -> Sequence[Scalar]:
    """Factors in the form that sums take."""
    return c.system.reused(xs) if is_float(c.results[0].dtype) else xs


def product_of(c: Call, dtype: DType, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    """The sum of products of numbers of any dtype."""
    if is_float(dtype):
        return c.system.total(c.primitive, dtype, left, right)
    count = len(left)
    return c.system.plainly(
        lambda *ns: wrapped(sum(map(mul, ns[:count], ns[count:])), dtype), (*left, *right)
    )


def dot_general(c: Call) -> Lists:
    """result[b, i, j] = sum over k of lhs[b, i, k] rhs[b, j, k]."""
    (lhs, rhs), dtype = c.operands, c.results[0].dtype
    (lhs_summed, rhs_summed), (lhs_batch, rhs_batch) = c.params["dimension_numbers"]
    lhs_free = [a for a in range(lhs.ndim) if a not in (*lhs_summed, *lhs_batch)]
    rhs_free = [a for a in range(rhs.ndim) if a not in (*rhs_summed, *rhs_batch)]
    lefts = _lines(lhs, lhs_batch, lhs_free, lhs_summed)
    rights = _lines(rhs, rhs_batch, rhs_free, rhs_summed)
    pairs = ((a, b) for left, right in zip(lefts, rights, strict=True) for a in left for b in right)
    return [[product_of(c, dtype, a, b) for a, b in pairs]]


RULES: dict[str, Rule] = {"dot_general": dot_general}
