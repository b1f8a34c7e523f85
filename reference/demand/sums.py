"""Reductions, products, windows and sorting: the elements that are taken together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from ...language.dtypes import bool_
from ...language.shapes import Shape
from ..primitives.call import Lists, offsets, strides
from ..primitives.product import product_of, ready
from ..primitives.reductions import Combine, extreme_over, product_over, sum_over
from ..primitives.windows import COMBINES, Convolution, window_places
from ..reals import Scalar
from .moves import each_index, index_of, places_of
from .part import Asked, Part, Places, Row, smaller

# For each element the places of its factors; None is padding.
Lines = Sequence[tuple[int | None, ...]]


def _along(shape: Shape, axes: Sequence[int], index: Sequence[Sequence[int]], count: int) -> list[list[int]]:
    """For each of ``count`` indices of the other axes, the places along ``axes``, in order."""
    steps, axes = strides(shape), sorted(axes)
    within = offsets([shape[a] for a in axes], [steps[a] for a in axes])
    kept = iter(index)
    starts = places_of([0 if a in axes else next(kept) for a in range(len(shape))], shape, count)
    return [[start + offset for offset in within] for start in starts]


def reduction(a: Asked) -> Part:
    """Each element needs its group."""
    (x,), axes, places = a.operands, a.params["axes"], a.places[0]
    groups = _along(x.shape, axes, index_of(places, a.results[0].shape), len(places))
    shape = (len(groups), len(groups[0]))
    return smaller(a, [_flat(groups)], [shape], {"axes": (1,)})


def _running(combine: Combine, chained: bool) -> Row:
    """Each element needs those before it in its line."""

    def row(a: Asked) -> Part:
        (x,), axis, places = a.operands, a.params["axis"], a.places[0]
        index = index_of(places, x.shape)
        lines = _along(x.shape, [axis], [i for d, i in enumerate(index) if d != axis], len(places))
        ranks = [int(k) for k in index[axis]]
        pairs = zip(lines, ranks, strict=True)
        taken = [
            line[: k - 1 if k else None : -1] if a.params["reverse"] else line[: k + 1] for line, k in pairs
        ]
        dtype = x.dtype

        def step(xs: Sequence[Scalar]) -> Scalar:
            return combine(a.system, a.call, dtype, xs)

        def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
            own = _split(lists[0], taken)
            return [[reduce(lambda best, s: step([best, s]), xs) if chained else step(xs) for xs in own]]

        return Part([_flat(taken)], run, a.places)

    return row


def sort(a: Asked) -> Part:
    """Each element needs the whole of its line, of all operands."""
    shape, axis, places = a.operands[0].shape, a.params["dimension"], a.union
    index = index_of(places, shape)
    starts = places_of([i * 0 if d == axis else i for d, i in enumerate(index)], shape, len(places))
    heads = sorted(set(starts))
    length, step = shape[axis], strides(shape)[axis]
    needs = [head + k * step for head in heads for k in range(length)]
    taken = [heads.index(start) * length + int(k) for start, k in zip(starts, index[axis], strict=True)]
    count = len(a.operands)
    return smaller(a, [needs] * count, [(len(heads), length)] * count, {"dimension": 1}, taken)


def dot_general(a: Asked) -> Part:
    """Each element needs a line of either operand."""
    return _products(a, *_factors(a))


def dot_of_pairs(a: Asked) -> Part:
    """The same with complex numbers: the lines are a batch, each with its own."""
    left, right = _factors(a)
    shape = len(left), len(left[0])
    numbers = (((1,), (1,)), ((0,), (0,)))
    return smaller(a, [_flat(left), _flat(right)], [shape, shape], {"dimension_numbers": numbers})


def _factors(a: Asked) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """For each element where the factors of its products stand in either operand."""
    (lhs, rhs), places = a.operands, a.places[0]
    (lhs_summed, rhs_summed), (lhs_batch, rhs_batch) = a.params["dimension_numbers"]
    lhs_free = [d for d in range(lhs.ndim) if d not in (*lhs_summed, *lhs_batch)]
    rhs_free = [d for d in range(rhs.ndim) if d not in (*rhs_summed, *rhs_batch)]
    index = index_of(places, a.results[0].shape)
    batch = index[: len(lhs_batch)]
    left = index[len(batch) : len(batch) + len(lhs_free)]
    right = index[len(batch) + len(lhs_free) :]
    return (
        _lines(lhs.shape, [*lhs_batch, *lhs_free], [*batch, *left], lhs_summed, len(places)),
        _lines(rhs.shape, [*rhs_batch, *rhs_free], [*batch, *right], rhs_summed, len(places)),
    )


def _lines(
    shape: Shape, fixed: Sequence[int], index: Sequence[Sequence[int]], summed: Sequence[int], count: int
) -> list[tuple[int, ...]]:
    """For each element the places along the summed axes, in the order that the sum names them."""
    steps = strides(shape)
    within = offsets([shape[d] for d in summed], [steps[d] for d in summed])
    at = dict(zip(fixed, index, strict=True))
    starts = places_of([at.get(d, 0) for d in range(len(shape))], shape, count)
    return [tuple([start + offset for offset in within]) for start in starts]


def conv_general_dilated(a: Asked) -> Part:
    """Each element needs a window of the left operand and a kernel of the right one."""
    conv = Convolution(a.operands[0].shape, a.operands[1].shape, a.params)
    factors = [conv.factors(index) for index in each_index(a.places[0], a.results[0].shape)]
    return _products(
        a,
        [tuple(conv.image(*window)) for window, _ in factors],
        [tuple(conv.kernel(o)) for _, o in factors],
    )


def _products(a: Asked, left: Lines, right: Lines) -> Part:
    """Sums of products of the elements at these places; None is padding, which is zero."""
    needs = [sorted({p for line in lines for p in line if p is not None}) for lines in (left, right)]
    dtype = a.results[0].dtype

    def made(
        k: int, lines: Lines, xs: Sequence[Scalar]
    ) -> Callable[[tuple[int | None, ...]], Sequence[Scalar]]:
        known: dict[int | None, Scalar] = dict(zip(needs[k], xs, strict=True))
        known[None] = a.system.lift(False if a.operands[k].dtype == bool_ else 0, a.operands[k].dtype)
        found = {line: ready(a.call, [known[p] for p in line]) for line in set(lines)}
        return found.__getitem__

    def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
        lefts, rights = made(0, left, lists[0]), made(1, right, lists[1])
        pairs = zip(map(lefts, left), map(rights, right), strict=True)
        return [[product_of(a.call, dtype, x, y) for x, y in pairs]]

    return Part(needs, run, a.places)


def _window(combine: Combine) -> Row:
    """Each element needs its window."""

    def row(a: Asked) -> Part:
        (x,), (result,) = a.operands, a.results
        taken = [window_places(x.shape, a.params, i) for i in each_index(a.places[0], result.shape)]

        def run(lists: Sequence[Sequence[Scalar]]) -> Lists:
            return [[combine(a.system, a.call, result.dtype, xs) for xs in _split(lists[0], taken)]]

        return Part([_flat(taken)], run, a.places)

    return row


def _flat(groups: Sequence[Places]) -> list[int]:
    return [p for group in groups for p in group]


def _split(xs: Sequence[Scalar], groups: Sequence[Places]) -> list[list[Scalar]]:
    """The elements of each group, of those of all."""
    rest = iter(xs)
    return [[next(rest) for _ in group] for group in groups]


_REDUCTIONS = (
    "reduce_sum",
    "reduce_prod",
    "reduce_max",
    "reduce_min",
    "reduce_and",
    "reduce_or",
    "reduce_xor",
)
ROWS: dict[str, Row] = {
    **dict.fromkeys((*_REDUCTIONS, "argmax", "argmin"), reduction),
    "cumsum": _running(sum_over, chained=False),
    "cumprod": _running(product_over, chained=True),
    "cummax": _running(extreme_over(1), chained=True),
    "cummin": _running(extreme_over(-1), chained=True),
    "sort": sort,
    "dot_general": dot_general,
    "conv_general_dilated": conv_general_dilated,
    **{name: _window(combine) for name, combine in COMBINES.items()},
}
# With complex numbers, whose elements are pairs: those that apply the primitive itself to fewer elements.
PAIRED: dict[str, Row] = {
    **dict.fromkeys(("reduce_sum", "reduce_prod"), reduction),
    "sort": sort,
    "dot_general": dot_of_pairs,
}
