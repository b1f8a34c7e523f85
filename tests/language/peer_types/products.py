"""Calls of products of arrays, and of windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import (
    FLOATS,
    NUMBERS,
    Call,
    Spec,
    dtypes,
    mostly,
    of,
    shapes,
    solid,
    specs,
    weak,
)


@st.composite
def dot_general(draw: Any) -> Call:
    x = draw(specs(solid))
    axes = draw(st.permutations(range(len(x.shape))))
    contract, batch = draw(st.integers(0, len(axes))), draw(st.integers(0, len(axes)))
    contracting, batched = axes[:contract], axes[contract : contract + batch]
    shared = [x.shape[i] for i in (*contracting, *batched)]
    extra = draw(st.lists(st.integers(0, 3), max_size=1))
    order = draw(st.permutations(range(len(shared) + len(extra))))
    sizes = [*shared, *extra]
    shape = [0] * len(sizes)
    for size, place in zip(sizes, order, strict=True):
        shape[place] = size
    if shape and draw(st.integers(0, 5)) == 0:
        shape[0] += 1
    wanted = draw(st.none() | st.none() | dtypes)
    y = Spec(tuple(shape), draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    numbers = ((contracting, order[:contract]), (batched, order[contract : len(shared)]))

    def call(lax: Any, x: Any, y: Any) -> Any:
        return lax.dot_general(x, y, numbers, preferred_element_type=wanted)

    # Products of complex numbers are complex: JAX leaves their imaginary parts out where reals are wanted.
    strict = wanted is not None and wanted.kind != "c" and "c" in (x.dtype.kind, y.dtype.kind)
    return of(call, f"dot_general {numbers} {wanted}", x, y, strict=strict)


@st.composite
def dot(draw: Any) -> Call:
    x, y = draw(specs(solid)), draw(specs(solid))
    return of(lambda lax, x, y: lax.dot(x, y), "dot", x, y._replace(dtype=x.dtype, weak=False))


@st.composite
def batch_matmul(draw: Any) -> Call:
    lead, n, k, m = draw(shapes.filter(lambda s: len(s) < 3)), *(draw(st.integers(0, 3)) for _ in range(3))
    x = draw(specs(st.just((*lead, n, k))))
    return of(lambda lax, x, y: lax.batch_matmul(x, y), "batch_matmul", x, x._replace(shape=(*lead, k, m)))


@st.composite
def patches(draw: Any) -> Call:
    spatial = draw(st.integers(0, 2))
    image = (2, draw(st.integers(1, 2)), *(draw(st.integers(1, 4)) for _ in range(spatial)))
    sizes, strides = ([draw(st.integers(1, 3)) for _ in range(spatial)] for _ in range(2))
    x = draw(specs(st.just(image), st.sampled_from(FLOATS)))._replace(weak=False)

    def call(lax: Any, x: Any) -> Any:
        return lax.conv_general_dilated_patches(x, sizes, strides, "SAME")

    return of(call, f"patches {sizes} {strides}", x)


@st.composite
def reduce_window(draw: Any) -> Call:
    others = [("max", -np.inf), ("min", np.inf), ("mul", 1)]
    name, start = draw(st.sampled_from([*[("add", 0)] * 3, *others]))
    x = draw(specs(solid, st.sampled_from(NUMBERS if name == "add" else FLOATS)))
    rank = len(x.shape)
    window = draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    if draw(st.integers(0, 6)) == 0:
        window = window[1:]
    ones = mostly(st.lists(st.integers(1, 2), min_size=rank, max_size=rank), st.none())
    strides, base, spread = draw(ones), draw(ones), draw(ones)
    pairs = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=rank, max_size=rank)
    padding = draw(pairs | st.sampled_from(["VALID", "SAME", "SAME_LOWER"]))
    if isinstance(padding, str) and strides is None:
        strides = [1] * rank  # JAX's SAME wants them given
    init = np.asarray(start).astype(x.dtype)

    def call(lax: Any, x: Any) -> Any:
        return lax.reduce_window(x, init, getattr(lax, name), window, strides, padding, base, spread)

    text = f"reduce_window {name} {window} {strides} {padding} {base} {spread}"
    # JAX multiplies by a primitive of its own, which has no weak results.
    return of(call, text, x._replace(weak=x.weak and name != "mul"))


@st.composite
def convolution(draw: Any) -> Call:
    spatial = draw(st.integers(0, 2))

    def some(values: Any) -> Any:
        return draw(st.lists(values, min_size=spatial, max_size=spatial))

    groups, kind = draw(st.integers(1, 2)), draw(st.integers(0, 4))
    features, batches = [(groups, 1), (1, groups), (2, 1), (1, 2), (2, 2)][kind]
    batch, ins, outs = (draw(st.integers(1, 3)) for _ in range(3))
    image = (batch * groups, ins * features, *some(st.integers(0, 4)))
    kernel = (outs * groups, ins, *some(st.integers(1, 3)))
    x = draw(specs(st.just(image)))
    y = Spec(kernel, draw(mostly(st.just(x.dtype), dtypes)), x.weak and draw(weak))
    padding = draw(
        st.just(some(st.tuples(st.integers(-1, 2), st.integers(-1, 2)))) | st.sampled_from(["VALID", "SAME"])
    )
    strides, base, spread = (some(st.integers(1, 2)) for _ in range(3))
    base = None if isinstance(padding, str) and draw(st.booleans()) else base
    wanted = draw(st.none() | st.none() | dtypes)

    def call(lax: Any, x: Any, y: Any) -> Any:
        return lax.conv_general_dilated(
            x,
            y,
            strides,
            padding,
            base,
            spread,
            feature_group_count=features,
            batch_group_count=batches,
            preferred_element_type=wanted,
        )

    return of(call, f"convolution {strides} {padding} {base} {spread} {features} {batches} {wanted}", x, y)


@st.composite
def conv_transpose(draw: Any) -> Call:
    spatial = draw(st.integers(0, 3))
    image = tuple(draw(st.integers(1, 4)) for _ in range(spatial))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(spatial))
    ins = draw(st.integers(1, 2))
    x = draw(specs(st.just((2, *image, ins)), st.sampled_from(FLOATS)))
    y = x._replace(shape=(*kernel, ins, 3))
    strides = [draw(st.integers(1, 3)) for _ in range(spatial)]
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    return of(lambda lax, x, y: lax.conv_transpose(x, y, strides, padding), f"{strides} {padding}", x, y)
