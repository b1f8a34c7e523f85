"""Calls that read and write parts of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import (
    NARROW,
    NUMBERS,
    Call,
    Spec,
    dtypes,
    mostly,
    of,
    solid,
    specs,
    weak,
)


@st.composite
def slice_(draw: Any) -> Call:
    x = draw(specs())
    starts = [draw(mostly(st.integers(0, n), st.integers(-1, 3))) for n in x.shape]
    limits = [
        draw(mostly(st.integers(max(0, min(a, n)), n), st.integers(0, 4)))
        for a, n in zip(starts, x.shape, strict=True)
    ]
    strides = draw(st.none() | st.just([draw(st.integers(1, 3)) for _ in x.shape]))
    return of(lambda lax, x: lax.slice(x, starts, limits, strides), f"slice {starts} {limits} {strides}", x)


@st.composite
def slice_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    ends = [draw(st.none() | st.integers(-3, 3)) for _ in range(2)]
    stride, axis = draw(st.integers(1, 2)), draw(st.integers(-1, len(x.shape) - 1))
    return of(
        lambda lax, x: lax.slice_in_dim(x, *ends, stride, axis), f"slice_in_dim {ends} {stride} {axis}", x
    )


@st.composite
def index_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    axis, keep = draw(st.integers(-1, len(x.shape) - 1)), draw(st.booleans())
    index = draw(st.integers(-x.shape[axis], x.shape[axis] - 1))
    return of(lambda lax, x: lax.index_in_dim(x, index, axis, keep), f"index_in_dim {index} {axis} {keep}", x)


@st.composite
def dynamic_slice(draw: Any) -> Call:
    x = draw(specs())
    sizes = [draw(mostly(st.integers(0, n), st.integers(0, 4))) for n in x.shape]
    start = Spec((), draw(mostly(st.just(np.dtype("int32")), dtypes)))
    starts = [start] * len(x.shape)
    return of(lambda lax, x, *i: lax.dynamic_slice(x, i, sizes), f"dynamic_slice {sizes}", x, *starts)


@st.composite
def dynamic_update_slice(draw: Any) -> Call:
    x = draw(specs())
    sizes = tuple(draw(mostly(st.integers(0, n), st.integers(0, 4))) for n in x.shape)
    update = Spec(sizes, draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    starts = [draw(st.integers(-2, 2)) for _ in x.shape]
    return of(lambda lax, x, u: lax.dynamic_update_slice(x, u, starts), "dynamic_update_slice", x, update)


@st.composite
def dynamic_in_dim(draw: Any) -> Call:
    x = draw(specs(solid))
    axis, i = draw(st.integers(-1, len(x.shape) - 1)), Spec((), np.dtype("int32"))
    size, keep = draw(st.integers(0, x.shape[axis])), draw(st.booleans())
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return of(lambda lax, x, i: lax.dynamic_slice_in_dim(x, i, size, axis), f"slice {size} {axis}", x, i)
    if kind == 1:
        return of(lambda lax, x, i: lax.dynamic_index_in_dim(x, i, axis, keep), f"index {axis} {keep}", x, i)
    shape = list(x.shape)
    shape[axis] = size
    update = x._replace(shape=tuple(shape))
    if kind == 2:
        return of(lambda lax, x, u, i: lax.dynamic_update_slice_in_dim(x, u, i, axis), "update", x, update, i)
    del shape[axis]
    row = x._replace(shape=tuple(shape))
    return of(lambda lax, x, u, i: lax.dynamic_update_index_in_dim(x, u, i, axis), "update row", x, row, i)


@st.composite
def gather(draw: Any) -> Call:
    x = draw(specs(solid))
    rank = len(x.shape)
    batch = draw(st.lists(st.integers(0, 3), max_size=2))
    mapped = draw(st.permutations(range(rank)).map(tuple))[: draw(st.integers(0, rank))]
    collapsed = tuple(sorted(draw(st.sets(st.sampled_from(mapped)) if mapped else st.just(set()))))
    sizes = [1 if i in collapsed else draw(st.integers(0, n)) for i, n in enumerate(x.shape)]
    result_rank = len(batch) + rank - len(collapsed)
    offsets = tuple(sorted(draw(st.permutations(range(result_rank)))[: rank - len(collapsed)]))
    if draw(st.integers(0, 5)) == 0:
        sizes = [n + 1 for n in sizes]
    indices = Spec((*batch, len(mapped)), draw(mostly(st.just(np.dtype("int32")), dtypes)))

    def call(lax: Any, x: Any, i: Any) -> Any:
        return lax.gather(x, i, lax.GatherDimensionNumbers(offsets, collapsed, mapped), sizes, mode="clip")

    return of(call, f"gather {offsets} {collapsed} {mapped} {sizes}", x, indices)


@st.composite
def gather_batched(draw: Any) -> Call:
    x = draw(specs(st.tuples(st.just(2), st.integers(1, 3))))
    indices = Spec((draw(st.sampled_from([2, 2, 3])), 4, 1), np.dtype("int32"))

    def call(lax: Any, x: Any, i: Any) -> Any:
        numbers = lax.GatherDimensionNumbers((), (1,), (1,), (0,), (0,))
        return lax.gather(x, i, numbers, (1, 1), mode="fill")

    return of(call, "gather with batching axes", x, indices)


@st.composite
def scatter(draw: Any, name: str) -> Call:
    x = draw(specs(solid, st.sampled_from(NARROW if name == "scatter" else NUMBERS)))
    rank = len(x.shape)
    batch = draw(st.lists(st.integers(0, 3), max_size=2))
    mapped = draw(st.permutations(range(rank)).map(tuple))[: draw(st.integers(0, rank))]
    inserted = tuple(sorted(draw(st.sets(st.sampled_from(mapped)) if mapped else st.just(set()))))
    window = [
        draw(mostly(st.integers(0, n), st.integers(0, 4))) for i, n in enumerate(x.shape) if i not in inserted
    ]
    update_rank = len(batch) + len(window)
    axes = tuple(sorted(draw(st.permutations(range(update_rank)))[: len(window)]))
    sizes, places = iter(window), iter(batch)
    shape = tuple(next(sizes) if i in axes else next(places) for i in range(update_rank))
    updates = Spec(shape, draw(mostly(st.just(x.dtype), dtypes)), draw(weak))
    indices = Spec((*batch, len(mapped)), np.dtype("int32"))

    def call(lax: Any, x: Any, i: Any, u: Any) -> Any:
        return getattr(lax, name)(x, i, u, lax.ScatterDimensionNumbers(axes, inserted, mapped), mode="clip")

    # Complex numbers have no order (array API): no scatter chooses among them.
    strict = name in ("scatter_max", "scatter_min") and x.dtype.kind == "c"
    return of(call, f"{name} {axes} {inserted} {mapped}", x, indices, updates, strict=strict)
