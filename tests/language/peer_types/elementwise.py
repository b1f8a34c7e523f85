"""Calls of functions of elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import FLOATS, Call, Spec, dtypes, mostly, of, shapes, specs, weak


@st.composite
def clamp(draw: Any) -> Call:
    x = draw(specs())
    limit = st.builds(
        Spec, mostly(st.sampled_from([x.shape, ()]), shapes), mostly(st.just(x.dtype), dtypes), weak
    )
    low, high = draw(limit), draw(limit)
    return of(lambda lax, a, b, c: lax.clamp(a, b, c), "clamp", low, x, high)


@st.composite
def select_n(draw: Any) -> Call:
    x = draw(specs())
    which = Spec(
        draw(mostly(st.sampled_from([x.shape, ()]), shapes)), draw(mostly(st.just(np.dtype(bool)), dtypes))
    )
    others = [x._replace(weak=draw(weak)) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 4)) == 0:
        others.append(draw(specs()))
    return of(lambda lax, w, *cases: lax.select_n(w, *cases), "select_n", which, x, *others)


@st.composite
def round_(draw: Any) -> Call:
    method = draw(st.sampled_from([0, 1]))
    return of(lambda lax, x: lax.round(x, lax.RoundingMethod(method)), f"round[{method}]", draw(specs()))


@st.composite
def integer_pow(draw: Any) -> Call:
    y = draw(st.integers(-3, 3))
    return of(lambda lax, x: lax.integer_pow(x, y), f"integer_pow[{y}]", draw(specs()))


@st.composite
def pow_(draw: Any) -> Call:
    x = draw(specs(dtype=st.sampled_from(FLOATS)))
    y = Spec(draw(mostly(st.just(x.shape), st.just(()))), draw(mostly(st.just(x.dtype), dtypes)), False)
    return of(lambda lax, x, y: lax.pow(x, y), "pow", x, y)


@st.composite
def convert(draw: Any) -> Call:
    new = draw(dtypes)
    if draw(st.integers(0, 3)) == 0:
        scalar = draw(st.sampled_from([True, 7, -1.5, 2.0]))
        return of(lambda lax: lax.convert_element_type(scalar, new), f"convert {scalar} to {new}")
    x = draw(specs())
    if x.dtype.kind == "c" and new.kind != "c":  # JAX warns, and will refuse one day
        return of(lambda lax, x: lax.convert_element_type(lax.real(x), new), f"convert to {new}", x)
    return of(lambda lax, x: lax.convert_element_type(x, new), f"convert to {new}", x)


@st.composite
def reduced(draw: Any) -> Call:
    bits = draw(st.integers(0, 9)), draw(st.integers(-1, 24))
    return of(lambda lax, x: lax.reduce_precision(x, *bits), f"reduce_precision {bits}", draw(specs()))


@st.composite
def bitcast(draw: Any) -> Call:
    new = draw(dtypes)
    last = st.sampled_from([1, 2, 4])
    shape = mostly(shapes, st.tuples(st.integers(1, 2), last))
    return of(lambda lax, x: lax.bitcast_convert_type(x, new), f"bitcast to {new}", draw(specs(shape)))


@st.composite
def stop_gradient(draw: Any) -> Call:
    return of(
        lambda lax, x, y: lax.stop_gradient({"a": x, "b": (y, 1.5)}),
        "stop_gradient",
        draw(specs()),
        draw(specs()),
    )
