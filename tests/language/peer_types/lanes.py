"""Calls of collectives, in the lanes of a mapped axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from hypothesis import strategies as st
from jax import lax as jax_lax
from tests.language.peer_types.comparing import Call, Spec, specs

import verax


def _mapped(lax: Any, function: Callable[..., Any], x: Any) -> Any:
    vmap: Any = jax.vmap if lax is jax_lax else verax.vmap
    return vmap(function, axis_name="i")(x)


@st.composite
def _row(draw: Any) -> tuple[Spec, int]:
    lanes, row = draw(st.integers(1, 4)), draw(specs())
    return Spec((lanes, *row.shape), row.dtype, row.weak), lanes


@st.composite
def _parts(draw: Any) -> tuple[Spec, int]:
    """Rows whose axes are as long as there are lanes, or twice as long."""
    lanes = draw(st.integers(1, 3))
    row = draw(
        specs(st.lists(st.sampled_from([lanes, lanes, 2 * lanes, 1]), min_size=1, max_size=3).map(tuple))
    )
    return Spec((lanes, *row.shape), row.dtype, row.weak), lanes


@st.composite
def combined(draw: Any, name: str) -> Call:
    x, _ = draw(_row())
    return Call(
        lambda lax, x: _mapped(lax, lambda row: getattr(lax, name)(row, "i"), x), (x,), name, runs=True
    )


@st.composite
def place(draw: Any) -> Call:
    x, _ = draw(_row())
    return Call(
        lambda lax, x: _mapped(lax, lambda row: lax.axis_index("i"), x), (x,), "axis_index", runs=True
    )


@st.composite
def gathered(draw: Any) -> Call:
    x, _ = draw(_row())
    axis, tiled = draw(st.integers(-1, 3)), draw(st.booleans())

    def call(lax: Any, x: Any) -> Any:
        return _mapped(lax, lambda row: lax.all_gather(row, "i", axis=axis, tiled=tiled), x)

    # JAX takes axes that are not there for some that are.
    return Call(call, (x,), f"all_gather along {axis}, tiled {tiled}", strict=True, runs=True)


@st.composite
def scattered(draw: Any) -> Call:
    x, _ = draw(_parts())
    axis, tiled = draw(st.integers(0, 2)), draw(st.booleans())

    def call(lax: Any, x: Any) -> Any:
        return _mapped(lax, lambda row: lax.psum_scatter(row, "i", scatter_dimension=axis, tiled=tiled), x)

    return Call(call, (x,), f"psum_scatter along {axis}, tiled {tiled}", strict=True, runs=True)


@st.composite
def exchanged(draw: Any) -> Call:
    x, _ = draw(_parts())
    split, to, tiled = draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(st.booleans())

    def call(lax: Any, x: Any) -> Any:
        return _mapped(lax, lambda row: lax.all_to_all(row, "i", split, to, tiled=tiled), x)

    return Call(call, (x,), f"all_to_all from {split} to {to}, tiled {tiled}", strict=True, runs=True)


@st.composite
def permuted(draw: Any) -> Call:
    x, lanes = draw(_row())
    order = draw(st.permutations(range(lanes)))
    pairs = list(enumerate(order))  # of lanes that get nothing vmap of JAX knows nothing
    return Call(
        lambda lax, x: _mapped(lax, lambda row: lax.ppermute(row, "i", pairs), x),
        (x,),
        f"ppermute by {pairs}",
        runs=True,
    )


@st.composite
def shuffled(draw: Any) -> Call:
    x, lanes = draw(_row())
    order = draw(st.permutations(range(lanes)))
    return Call(
        lambda lax, x: _mapped(lax, lambda row: lax.pshuffle(row, "i", order), x),
        (x,),
        f"pshuffle by {order}",
        runs=True,
    )
