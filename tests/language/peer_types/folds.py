"""Calls that reduce, accumulate and order."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import (
    FLOATS,
    NUMBERS,
    Call,
    dtypes,
    mostly,
    of,
    shapes,
    solid,
    specs,
)


@st.composite
def reduction(draw: Any, name: str) -> Call:
    x = draw(specs())
    axes = draw(mostly(st.sets(st.integers(0, max(0, len(x.shape) - 1))).map(tuple), st.just((0, 0))))
    # JAX lets a repeated axis of reduce_and through, and begins the extremes of complex numbers at infinities.
    nothing = any(x.shape[i : i + 1] == (0,) for i in axes)
    strict = axes == (0, 0) or (nothing and x.dtype.kind == "c" and name in ("reduce_max", "reduce_min"))
    return of(lambda lax, x: getattr(lax, name)(x, axes), f"{name} {axes}", x, strict=strict)


@st.composite
def cumulative(draw: Any, name: str) -> Call:
    x = draw(specs(solid))
    axis, reverse = draw(st.integers(0, len(x.shape) - 1)), draw(st.booleans())
    # JAX lets integers through, until it compiles.
    strict = name == "cumlogsumexp" and x.dtype not in FLOATS
    return of(lambda lax, x: getattr(lax, name)(x, axis, reverse), f"{name} {axis}", x, strict=strict)


@st.composite
def associative_scan(draw: Any) -> Call:
    x = draw(specs(solid, st.sampled_from(NUMBERS)))
    y = draw(specs(st.just(x.shape), st.sampled_from(NUMBERS)))
    if draw(st.integers(0, 4)) == 0:
        y = draw(specs(solid, st.sampled_from(NUMBERS)))
    axis, reverse = draw(st.integers(-1, len(x.shape) - 1)), draw(st.booleans())

    def call(lax: Any, x: Any, y: Any) -> Any:
        def combine(a: Any, b: Any) -> Any:
            return lax.add(a[0], b[0]), lax.mul(a[1], b[1])

        return lax.associative_scan(combine, (x, y), reverse, axis)

    # JAX does not count its axis from the front before it turns arrays round.
    return of(call, f"associative_scan {axis} {reverse}", x, y, lenient=axis < 0 and reverse)


@st.composite
def position(draw: Any, name: str) -> Call:
    x, axis, dtype = draw(specs()), draw(st.integers(-1, 2)), draw(dtypes)
    # Complex numbers have no order (array API); JAX refuses them when it compiles.
    strict = x.dtype.kind == "c"
    return of(lambda lax, x: getattr(lax, name)(x, axis, dtype), f"{name} {axis} {dtype}", x, strict=strict)


@st.composite
def sort(draw: Any) -> Call:
    x = draw(specs(solid))
    others = [draw(specs(mostly(st.just(x.shape), shapes))) for _ in range(draw(st.integers(0, 2)))]
    keys, axis = draw(st.integers(0, 3)), draw(st.integers(-1, len(x.shape) - 1))
    text = f"sort {axis} by {keys}"
    return of(lambda lax, *xs: lax.sort(list(xs), axis, num_keys=keys), text, x, *others)


@st.composite
def top_k(draw: Any) -> Call:
    x = draw(specs(solid, st.sampled_from(NUMBERS)))
    axis = draw(st.integers(-1, len(x.shape) - 1))
    k = draw(st.integers(0, x.shape[axis]))
    return of(lambda lax, x: lax.top_k(x, k, axis=axis), f"top_k {k} {axis}", x._replace(weak=False))


@st.composite
def reduce(draw: Any) -> Call:
    name, start = draw(
        st.sampled_from([("add", 0), ("max", -np.inf), ("mul", 1), ("add", 3), ("bitwise_or", 0)])
    )
    x = draw(specs(solid, st.sampled_from(NUMBERS if start in (0, 1) and name != "bitwise_or" else FLOATS)))
    axes = draw(st.sets(st.integers(0, len(x.shape) - 1)).map(tuple))
    init = np.asarray(start).astype(x.dtype)
    # Beside a start that changes something, JAX's result is never weak.
    x = x._replace(weak=x.weak and start != 3)
    return of(lambda lax, x: lax.reduce(x, init, getattr(lax, name), axes), f"reduce {name} {axes}", x)
