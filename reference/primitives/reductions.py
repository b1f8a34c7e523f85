"""Reductions, running reductions, positions of extremes, and sorting.

Sources: openxla.org/xla/operation_semantics (Reduce, Sort); IEEE 754-2019 9.6 for extremes beside NaN and zeros, 5.10
for the order of all numbers; jax.lax for running ones and for the first of equal positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from ...language.dtypes import DType, is_float
from ..array import ReferenceArray
from ..exact import ordering
from ..reals import Scalar
from ..system import NumberSystem
from .call import Call, Lists, Rule, offsets, strides
from .elementwise import DEFINITIONS
from .integers import limits, wrapped
from .pointwise import integers, sum_of

# Combines the elements that a reduction takes together.
Combine = Callable[[NumberSystem, Call, DType, Sequence[Scalar]], Scalar]


def groups(x: ReferenceArray, axes: Sequence[int]) -> list[list[int]]:
    """For each index of the result, the places of the elements that are taken together, in order."""
    steps = strides(x.shape)
    taken, kept = sorted(axes), [axis for axis in range(x.ndim) if axis not in axes]
    within = offsets([x.shape[a] for a in taken], [steps[a] for a in taken])
    starts = offsets([x.shape[a] for a in kept], [steps[a] for a in kept])
    return [[start + offset for offset in within] for start in starts]


def sum_over(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    """The sum of elements."""
    return sum_of(system, c.primitive, dtype, xs)


def product_over(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
    """The product of elements, one after another."""
    found = system.lift(1, dtype)
    for i, x in enumerate(xs):
        if i == 0:
            found = x
        elif is_float(dtype):
            found = system.apply(DEFINITIONS["mul"], dtype, (found, x))
        else:
            (found,) = integers(system, "mul", dtype, [[found], [x]])
    return found


def extreme_over(sign: int) -> Combine:
    """The greatest (``sign`` 1) or least (-1) of elements; of none the neutral one."""
    name = "max" if sign > 0 else "min"

    def combine(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
        if not xs:
            return system.lift(_least(dtype, sign), dtype)
        if is_float(dtype):
            return system.extreme(dtype, xs, sign)
        found = xs[0]
        for x in xs[1:]:
            (found,) = integers(system, name, dtype, [[found], [x]])
        return found

    return combine


def _least(dtype: DType, sign: int) -> Any:
    """The extreme of no elements: the neutral element."""
    if is_float(dtype):
        return -float("inf") * sign
    low, high = limits(dtype)
    return low if sign > 0 else high


def _logical(name: str, neutral: int) -> Combine:
    def combine(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Scalar]) -> Scalar:
        found: Scalar = wrapped(neutral, dtype)
        for i, x in enumerate(xs):
            found = x if i == 0 else integers(system, name, dtype, [[found], [x]])[0]
        return found

    return combine


def reduction(combine: Combine) -> Rule:
    """What becomes of the elements of each group."""

    def apply(c: Call) -> Lists:
        (x,), dtype = c.operands, c.results[0].dtype
        taken = groups(x, c.params["axes"])
        return [[combine(c.system, c, dtype, [x.scalars[i] for i in group]) for group in taken]]

    return apply


def _running(combine: Combine) -> Rule:
    def apply(c: Call) -> Lists:
        (x,), dtype = c.operands, c.results[0].dtype
        found = list(x.scalars)
        for group in groups(x, (c.params["axis"],)):
            line = group[::-1] if c.params["reverse"] else group
            for count, at in enumerate(line, 1):
                found[at] = combine(c.system, c, dtype, [x.scalars[i] for i in line[:count]])
        return [found]

    return apply


def chained(combine: Combine) -> Rule:
    """A running reduction whose every step starts from the last: for what is exact or sequential anyway."""

    def apply(c: Call) -> Lists:
        (x,), dtype = c.operands, c.results[0].dtype
        found = list(x.scalars)
        for group in groups(x, (c.params["axis"],)):
            line = group[::-1] if c.params["reverse"] else group
            for before, at in pairwise(line):
                found[at] = combine(c.system, c, dtype, [found[before], x.scalars[at]])
        return [found]

    return apply


def _order(x: Any, y: Any) -> int:
    return int(x > y) - int(x < y)


def _beats(sign: int) -> Callable[[Scalar, Scalar], bool]:
    """The question whether x is more extreme than the best so far; NaN is more extreme than all."""

    def question(x: Scalar, best: Scalar) -> bool:
        order = ordering(x, best)
        return x != x and best == best if order is None else order == sign

    return question


def _position(sign: int) -> Rule:
    """The first extreme element, or the first NaN."""

    def apply(c: Call) -> Lists:
        (x,), system, question = c.operands, c.system, _beats(sign)

        def beats(a: Scalar, b: Scalar) -> Scalar:
            if is_float(x.dtype):
                return system.answer(bool, question, (a, b))
            return system.plainly(question_of_integers, (a, b))

        def question_of_integers(a: int, b: int) -> bool:
            return _order(a, b) == sign

        found = []
        for group in groups(x, c.params["axes"]):
            xs, best = [x.scalars[i] for i in group], 0
            for i in range(1, len(xs)):
                if system.outcome(beats(xs[i], xs[best])):
                    best = i
            others = [beats(s, xs[best]) for i, s in enumerate(xs) if i != best]
            found.append(system.marked(best, others))
        return [found]

    return apply


def total_order(x: Scalar, y: Scalar) -> int:
    """The order in which floats are sorted: NaN comes last, zeros are equal (JAX's `lax.sort`)."""
    order = ordering(x, y)
    return int(x != x) - int(y != y) if order is None else order


def _sort(c: Call) -> Lists:
    """Each line in the order of its keys; equal ones keep their order."""
    first, system = c.operands[0], c.system
    keys = c.operands[: c.params["num_keys"]]
    results = [list(x.scalars) for x in c.operands]

    def order_by(key: ReferenceArray, i: int, j: int) -> Scalar:
        pair = key.scalars[i], key.scalars[j]
        if is_float(key.dtype):
            return system.answer(int, total_order, pair)
        return system.plainly(_order, pair)

    def compare(i: int, j: int) -> int:
        orders = (int(system.outcome(order_by(key, i, j))) for key in keys)
        return next((order for order in orders if order), 0)

    for line in groups(first, (c.params["dimension"],)):
        ranked = sorted(line, key=cmp_to_key(compare))
        runs = _doubtful_runs(ranked, lambda i, j: system.marked(0, [order_by(key, i, j) for key in keys]))
        for number, (result, x) in enumerate(zip(results, c.operands, strict=True)):
            for run in runs:
                candidates = [x.scalars[ranked[k]] for k in run]
                for k, s in zip(run, candidates, strict=True):
                    result[line[k]] = system.among(s, candidates, number < len(keys)) if len(run) > 1 else s
    return results


def _doubtful_runs(ranked: Sequence[int], order: Callable[[int, int], Scalar]) -> list[list[int]]:
    """The ranks, together where the order of neighbours is not certain (its outcome bears a mark)."""
    runs: list[list[int]] = [[0]] if ranked else []
    for k in range(1, len(ranked)):
        if type(order(ranked[k - 1], ranked[k])) is int:
            runs.append([k])
        else:
            runs[-1].append(k)
    return runs


RULES: dict[str, Rule] = {
    "reduce_sum": reduction(sum_over),
    "reduce_prod": reduction(product_over),
    "reduce_max": reduction(extreme_over(1)),
    "reduce_min": reduction(extreme_over(-1)),
    "reduce_and": reduction(_logical("and", -1)),
    "reduce_or": reduction(_logical("or", 0)),
    "reduce_xor": reduction(_logical("xor", 0)),
    "cumsum": _running(sum_over),
    "cumprod": chained(product_over),
    "cummax": chained(extreme_over(1)),
    "cummin": chained(extreme_over(-1)),
    "argmax": _position(1),
    "argmin": _position(-1),
    "sort": _sort,
}
