"""Calls of ragged products, of functions at places, and of what only a compiler is told."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import (
    DEFAULTS,
    FLOATS,
    NUMBERS,
    Call,
    Spec,
    dtypes,
    mostly,
    shapes,
    specs,
)

INDEX = np.dtype("int32")
sizes = st.integers(1, 3)


@st.composite
def ragged_dot(draw: Any) -> Call:
    m, k, g, n = (draw(sizes) for _ in range(4))
    dtype, wanted = draw(st.sampled_from(NUMBERS)), draw(st.none() | st.sampled_from(FLOATS))
    left = Spec(draw(mostly(st.just((m, k)), shapes)), dtype)
    counts = Spec((draw(mostly(st.just(g), sizes)),), draw(mostly(st.just(INDEX), dtypes)))

    def call(lax: Any, *xs: Any) -> Any:
        return lax.ragged_dot(*xs, preferred_element_type=wanted)

    # JAX lets products through in dtypes that it has no sums for.
    return Call(call, (left, Spec((g, k, n), dtype), counts), f"ragged_dot as {wanted}", strict=True)


@st.composite
def ragged_sums(draw: Any) -> Call:
    b, m, k, g, n = (draw(sizes) for _ in range(5))
    dtype = draw(st.sampled_from(FLOATS))
    mode = draw(st.sampled_from(["rows", "sums", "batches"]))
    dots = {
        "rows": ([[2], [2]], [[0], [1]]),
        "sums": ([[1], [1]], [[0], [0]]),
        "batches": ([[2], [1]], [[0], [0]]),
    }[mode]
    left = {"rows": (b, m, k), "sums": (b, k, m), "batches": (b, m, k)}[mode]
    right = {"rows": (g, b, k, n), "sums": (b, k, n), "batches": (b, k, n)}[mode]
    ragged = {"rows": [1], "sums": [1], "batches": [0]}[mode]
    group = draw(mostly(st.just([0] if mode == "rows" else []), st.sampled_from([[0], [1], []])))
    counts = Spec(draw(mostly(st.just((g,)), st.just((b, g)))), INDEX)

    def call(lax: Any, *xs: Any) -> Any:
        return lax.ragged_dot_general(*xs, lax.RaggedDotDimensionNumbers(dots, ragged, group))

    return Call(call, (Spec(left, dtype), Spec(right, dtype), counts), f"ragged {mode} over {group}")


@st.composite
def scatter_apply(draw: Any) -> Call:
    x, count = draw(specs(st.tuples(sizes))), draw(sizes)
    where = Spec((count, 1), draw(mostly(st.just(INDEX), dtypes)))
    update = draw(mostly(st.just((count,)), shapes))

    def call(lax: Any, x: Any, at: Any) -> Any:
        numbers = lax.ScatterDimensionNumbers((), (0,), (0,))
        return lax.scatter_apply(x, at, lambda v: v, numbers, update_shape=update)

    return Call(call, (x, where), f"scatter_apply of {update}", strict=x.weak)


@st.composite
def index_take(draw: Any) -> Call:
    x, count = draw(specs(st.tuples(sizes, sizes, sizes))), draw(sizes)
    axes = tuple(sorted(draw(st.sets(st.integers(0, 2), min_size=1))))
    indices = [Spec((count,), INDEX) for _ in axes]
    return Call(lambda lax, x, *i: lax.index_take(x, i, axes), (x, *indices), f"index_take along {axes}")


@st.composite
def extremes(draw: Any, name: str) -> Call:
    x = draw(
        mostly(specs(st.lists(sizes, min_size=1, max_size=3).map(tuple), st.sampled_from(FLOATS)), specs())
    )
    k, axis = draw(mostly(st.just(1), st.integers(0, 3))), draw(mostly(st.just(-1), st.integers(-1, 2)))

    def call(lax: Any, x: Any) -> Any:
        return getattr(lax, name)(x, k, axis)

    # JAX looks at the axis after it has used it.
    return Call(call, (x,), f"{name} of {k} along {axis}", strict=axis >= len(x.shape))


@st.composite
def broadcast_like(draw: Any) -> Call:
    x = draw(specs())
    wide = draw(mostly(st.just((2, *(3 if n == 1 else n for n in x.shape))), shapes))
    like = Spec(wide, draw(dtypes))
    return Call(lambda lax, x, y: lax.broadcast_like(x, y), (x, like), "broadcast_like")


@st.composite
def broadcast_to_rank(draw: Any) -> Call:
    x, rank = draw(specs()), draw(st.integers(0, 4))
    return Call(
        lambda lax, x: lax.broadcast_to_rank(x, rank),
        (x,),
        f"broadcast_to_rank {rank}",
        strict=rank < len(x.shape),
    )


@st.composite
def select(draw: Any) -> Call:
    x = draw(specs())
    which = Spec(draw(st.sampled_from([x.shape, ()])), draw(mostly(st.just(np.dtype("bool")), dtypes)))
    other = Spec(draw(mostly(st.just(x.shape), shapes)), draw(mostly(st.just(x.dtype), dtypes)))
    if other.dtype in DEFAULTS:
        other = other._replace(weak=draw(st.booleans()))
    return Call(lambda lax, p, x, y: lax.select(p, x, y), (which, x, other), "select")


@st.composite
def sort_key_val(draw: Any) -> Call:
    x, axis = draw(specs()), draw(st.integers(-1, 2))
    values = Spec(draw(mostly(st.just(x.shape), shapes)), draw(dtypes))
    return Call(lambda lax, k, v: lax.sort_key_val(k, v, axis), (x, values), f"sort_key_val along {axis}")


@st.composite
def told(draw: Any, name: str) -> Call:
    x = draw(specs())
    return Call(lambda lax, x: getattr(lax, name)(x), (x,), name)


@st.composite
def locally_connected(draw: Any) -> Call:
    n, c, o = draw(sizes), draw(sizes), draw(sizes)
    image, window, stride = draw(st.integers(2, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    places = max(0, (image - window) // stride + 1)
    dtype = draw(st.sampled_from(FLOATS))
    kernel = (o, draw(mostly(st.just(c * window), sizes)), places)

    def call(lax: Any, x: Any, k: Any) -> Any:
        return lax.conv_general_dilated_local(x, k, (stride,), "VALID", (window,))

    return Call(call, (Spec((n, c, image), dtype), Spec(kernel, dtype)), "conv_general_dilated_local")


@st.composite
def plain_convolution(draw: Any, name: str) -> Call:
    n, c, o = draw(sizes), draw(sizes), draw(sizes)
    image, window = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    dtype = draw(mostly(st.sampled_from(FLOATS), dtypes))
    how = draw(st.sampled_from(["SAME", "VALID"]))
    into = draw(mostly(st.just(c), sizes))
    rest = (None, (draw(sizes),)) if name == "conv_with_general_padding" else ()

    def call(lax: Any, x: Any, k: Any) -> Any:
        return getattr(lax, name)(x, k, (draw_stride,), how, *rest)

    draw_stride = draw(sizes)
    return Call(call, (Spec((n, c, image), dtype), Spec((o, into, window), dtype)), f"{name} {how}")


@st.composite
def made(draw: Any, name: str) -> Call:
    dtype, shape = draw(dtypes), draw(shapes)
    if name == "iota":
        return Call(lambda lax: lax.iota(dtype, 3), (), f"iota {dtype}")
    if name == "shape_as_value":
        return Call(lambda lax: lax.shape_as_value(shape), (), f"shape_as_value {shape}")
    return Call(lambda lax: lax.empty(shape, dtype), (), f"empty {shape} {dtype}")
