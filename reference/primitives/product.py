"""`dot_general`: sums of products over the contracted axes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

from ...language.dtypes import is_float
from ..array import ReferenceArray
from ..reals import Scalar
from .call import Call, Lists, Rule, indices, place, strides
from .integers import wrapped


def _rows(
    x: ReferenceArray, batch: Sequence[int], free: Sequence[int], summed: Sequence[int]
) -> list[list[list[Scalar]]]:
    """For each batch index and each free index, the elements along the contracted axes."""
    steps = strides(x.shape)

    def places(axes: Sequence[int]) -> list[int]:
        own = [steps[a] for a in axes]
        return [place(i, own) for i in indices(tuple(x.shape[a] for a in axes))]

    within, s = places(summed), x.scalars
    return [[[s[b + f + k] for k in within] for f in places(free)] for b in places(batch)]


def integer_product(c: Call, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    """The sum of products of integers."""
    dtype, count = c.results[0].dtype, len(left)
    return c.system.plainly(
        lambda *ns: wrapped(sum(map(mul, ns[:count], ns[count:])), dtype), (*left, *right)
    )


def dot_general(c: Call) -> Lists:
    """result[b, i, j] = sum over k of lhs[b, i, k] rhs[b, j, k]."""
    (lhs, rhs), dtype = c.operands, c.results[0].dtype
    (lhs_summed, rhs_summed), (lhs_batch, rhs_batch) = c.params["dimension_numbers"]
    lhs_free = [a for a in range(lhs.ndim) if a not in (*lhs_summed, *lhs_batch)]
    rhs_free = [a for a in range(rhs.ndim) if a not in (*rhs_summed, *rhs_batch)]
    batches = zip(
        _rows(lhs, lhs_batch, lhs_free, lhs_summed), _rows(rhs, rhs_batch, rhs_free, rhs_summed), strict=True
    )
    found: list[Scalar] = []
    if not is_float(dtype):
        return [[integer_product(c, a, b) for left, right in batches for a in left for b in right]]
    for left, right in batches:
        columns = [c.system.reused(b) for b in right]
        for a in map(c.system.reused, left):
            found += [c.system.total(c.primitive, dtype, a, b) for b in columns]
    return [found]


RULES: dict[str, Rule] = {"dot_general": dot_general}
