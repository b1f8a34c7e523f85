"""Calls of control flow, and of solvers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import DEFAULTS, Call, Spec, dtypes, mostly, shapes, specs

numbers = st.sampled_from([np.dtype("float32"), np.dtype("int32"), np.dtype("float16"), np.dtype("int8")])
# What a body makes of a carry: some keep its type, some do not.
STEPS = ("same", "same", "plus one", "times a number", "twice", "compared", "first")


def _stepped(lax: Any, how: str, x: Any) -> Any:
    if how == "plus one":
        return x + 1
    if how == "times a number":
        return x * 1.5
    if how == "twice":
        return lax.add(x, x)
    if how == "compared":
        return lax.gt(x, lax.full_like(x, 0))
    if how == "first":
        return lax.reduce_max(x, tuple(range(x.ndim)))
    return x


@st.composite
def scan(draw: Any) -> Call:
    carry, how, give = draw(specs(dtype=numbers)), draw(st.sampled_from(STEPS)), draw(st.sampled_from(STEPS))
    length, reverse = draw(st.integers(0, 3)), draw(st.booleans())
    rows = draw(specs())
    xs = Spec((length, *rows.shape), rows.dtype, rows.weak)
    said = draw(mostly(st.sampled_from([None, length]), st.integers(0, 3)))

    def call(lax: Any, c: Any, xs: Any) -> Any:
        return lax.scan(
            lambda c, x: (_stepped(lax, how, c), {"x": x, "c": _stepped(lax, give, c)}),
            c,
            xs,
            length=said,
            reverse=reverse,
        )

    return Call(call, (carry, xs), f"scan with {how}, {give}, length {said}")


@st.composite
def while_loop(draw: Any) -> Call:
    carry, how = draw(specs(dtype=numbers)), draw(st.sampled_from(STEPS))
    test = draw(st.sampled_from(["boolean", "boolean", "number", "array"]))

    def call(lax: Any, c: Any) -> Any:
        def going_on(c: Any) -> Any:
            least = lax.reduce_min(c, tuple(range(c.ndim))) if c.ndim else c
            return {"boolean": lambda: least < 3, "number": lambda: least, "array": lambda: c < 3}[test]()

        return lax.while_loop(going_on, lambda c: _stepped(lax, how, c), c)

    return Call(call, (carry,), f"while_loop with {how} while {test}")


@st.composite
def fori_loop(draw: Any) -> Call:
    carry, how = draw(specs(dtype=numbers)), draw(st.sampled_from([*STEPS, "index"]))
    known = draw(st.booleans())
    low, high = draw(st.integers(-2, 2)), draw(st.integers(-2, 5))
    bound = Spec((), np.dtype("int32"), draw(st.booleans()))

    def body(lax: Any) -> Any:
        return lambda i, c: (
            c + lax.convert_element_type(i, c.dtype) if how == "index" else _stepped(lax, how, c)
        )

    def call(lax: Any, c: Any, upper: Any) -> Any:
        return lax.fori_loop(low, high if known else upper, body(lax), c)

    return Call(call, (carry, bound), f"fori_loop with {how}")


@st.composite
def cond(draw: Any) -> Call:
    x, which = draw(specs(dtype=numbers)), draw(specs(st.just(()) | shapes))
    ways = draw(st.sampled_from(STEPS)), draw(st.sampled_from(STEPS))

    def call(lax: Any, p: Any, x: Any) -> Any:
        return lax.cond(p, lambda x: _stepped(lax, ways[0], x), lambda x: _stepped(lax, ways[1], x), x)

    # JAX does not take bfloat16 for a number there.
    return Call(call, (which, x), f"cond of {ways}", lenient=str(which.dtype) == "bfloat16")


@st.composite
def switch(draw: Any) -> Call:
    x, which = draw(specs(dtype=numbers)), Spec(draw(mostly(st.just(()), shapes)), draw(dtypes))
    ways = draw(
        mostly(st.just(["same", "plus one"]), st.lists(st.sampled_from(STEPS), min_size=1, max_size=3))
    )
    if which.dtype in DEFAULTS:
        which = which._replace(weak=draw(st.booleans()))

    def call(lax: Any, i: Any, x: Any) -> Any:
        return lax.switch(i, [lambda x, w=w: _stepped(lax, w, x) for w in ways], x)

    # A lone branch is called whatever the index is.
    return Call(call, (which, x), f"switch of {ways}", strict=len(ways) == 1)


@st.composite
def map_(draw: Any) -> Call:
    xs, how = draw(specs(dtype=numbers)), draw(st.sampled_from(STEPS))
    return Call(lambda lax, xs: lax.map(lambda x: {"y": _stepped(lax, how, x)}, xs), (xs,), f"map of {how}")


@st.composite
def linear_solve(draw: Any) -> Call:
    b = draw(specs(dtype=numbers))
    ways = draw(mostly(st.just(("same", "same")), st.tuples(st.sampled_from(STEPS), st.sampled_from(STEPS))))
    aux = draw(st.booleans())

    def call(lax: Any, b: Any) -> Any:
        def solve(_: Any, y: Any) -> Any:
            found = _stepped(lax, ways[1], y)
            return (found, 1) if aux else found

        return lax.custom_linear_solve(lambda x: _stepped(lax, ways[0], x), b, solve, has_aux=aux)

    # JAX lets other dtypes through until somebody differentiates.
    return Call(call, (b,), f"custom_linear_solve by {ways}", strict=True, runs=True)


@st.composite
def root(draw: Any) -> Call:
    guess = draw(specs(dtype=numbers))
    ways = draw(mostly(st.just(("same", "same")), st.tuples(st.sampled_from(STEPS), st.sampled_from(STEPS))))

    def call(lax: Any, x: Any) -> Any:
        return lax.custom_root(
            lambda x: _stepped(lax, ways[0], x), x, lambda f, x: _stepped(lax, ways[1], x), lambda g, y: y
        )

    return Call(call, (guess,), f"custom_root by {ways}", strict=True, runs=True)
