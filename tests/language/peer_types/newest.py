"""Random bits, products with scales, and reflections of `lax.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import FLOATS, Call, Spec, dtypes, mostly, of, shapes
from tests.language.peer_types.factorizations import BOTH, batches, factored, floats, matrices, sizes

UINT32 = np.dtype("uint32")


@st.composite
def random_bits(draw: Any) -> Call:
    shape, algorithm = draw(shapes), draw(st.integers(0, 2))
    dtype = draw(mostly(st.sampled_from(["uint8", "uint16", "uint32"]), dtypes))
    key = Spec(draw(mostly(st.just((4,)), shapes)), draw(mostly(st.just(UINT32), dtypes)))
    # JAX looks at the key when it compiles.
    fits = key.shape == (4,) and key.dtype == UINT32
    return of(
        lambda lax, k: lax.rng_bit_generator(k, shape, dtype, algorithm=algorithm),
        f"rng_bit_generator {shape} {dtype}",
        key,
        strict=not fits,
    )


@st.composite
def between(draw: Any) -> Call:
    shape, dtype = draw(shapes), draw(dtypes)
    weak = dtype in (np.int32, np.float32) and draw(st.booleans())
    ends = (
        Spec((), dtype, weak),
        Spec(draw(mostly(st.just(()), shapes)), draw(mostly(st.just(dtype), dtypes))),
    )
    # JAX fails when it compiles for truth values and complex numbers.
    return of(
        lambda lax, a, b: lax.rng_uniform(a, b, shape),
        f"rng_uniform {shape}",
        *ends,
        strict=dtype.kind in "bc",
    )


@st.composite
def scaled_product(draw: Any) -> Call:
    m, runs, n, wide = draw(sizes), draw(sizes), draw(sizes), draw(st.integers(1, 3))
    lead, k = draw(batches), runs * wide
    left = Spec((*lead, m, k), draw(st.sampled_from(FLOATS)))
    right = Spec((*lead, draw(mostly(st.just(k), sizes)), n), draw(st.sampled_from(FLOATS)))
    scale = Spec((*lead, m, draw(mostly(st.just(runs), st.integers(1, 3)))), draw(st.sampled_from(FLOATS)))
    dtype = draw(st.none() | st.sampled_from(FLOATS))
    return of(
        lambda lax, x, y, s: lax.scaled_dot(x, y, lhs_scale=s, preferred_element_type=dtype),
        f"scaled_dot in {dtype}",
        left,
        right,
        scale,
    )


@st.composite
def reflected(draw: Any, name: str) -> Call:
    a = draw(matrices(False).filter(lambda x: len(x.shape) > 1))
    count = draw(mostly(st.just(min(a.shape[-2:])), sizes))
    taus = Spec((*a.shape[:-2], count), draw(mostly(st.just(a.dtype), floats)))
    if name == "householder_product":
        return of(lambda lax, a, t: lax.linalg.householder_product(a, t), name, a, taus)
    left, turned = draw(st.booleans()), draw(st.booleans())
    m, p = draw(mostly(st.just(a.shape[-2]), sizes)), draw(sizes)
    c = Spec((*a.shape[:-2], *((m, p) if left else (p, m))), draw(mostly(st.just(a.dtype), floats)))
    return of(
        lambda lax, a, t, c: lax.linalg.ormqr(a, t, c, left=left, transpose=turned),
        f"{name} {left} {turned}",
        a,
        taus,
        c,
        # More reflections than columns or rows that hold them: JAX does not look.
        strict=taus.shape[-1] > min(a.shape[-2:]),
    )


@st.composite
def reduced(draw: Any, /, name: str, **options: Any) -> Call:
    found = draw(factored(name, True, **options))
    # Of no rows JAX has -1 reflections.
    return found._replace(strict=0 in found.operands[0].shape[-1:])


@st.composite
def tridiagonal_system(draw: Any) -> Call:
    lead, m, n, dtype = draw(batches), draw(sizes), draw(sizes), draw(floats)
    three = [
        Spec((*lead, draw(mostly(st.just(m), sizes))), draw(mostly(st.just(dtype), floats))) for _ in range(3)
    ]
    b = Spec((*lead, m, n), dtype)
    return of(lambda lax, *xs: lax.linalg.tridiagonal_solve(*xs), "tridiagonal_solve", *three, b)


@st.composite
def updated(draw: Any) -> Call:
    r = draw(matrices(True).filter(lambda x: len(x.shape) > 1))
    w = Spec(draw(mostly(st.just(r.shape[:-1]), shapes)), draw(mostly(st.just(r.dtype), floats)))
    # JAX takes one matrix only, but under vmap.
    return of(
        lambda lax, r, w: lax.linalg.cholesky_update(r, w), "cholesky_update", r, w, lenient=len(r.shape) > 2
    )


NEWEST: dict[str, st.SearchStrategy[Call]] = {
    "rng_bit_generator": random_bits(),
    "rng_uniform": between(),
    "scaled_dot": scaled_product(),
    "hessenberg": reduced("hessenberg"),
    "tridiagonal": reduced("tridiagonal", lower=BOTH),
    "householder_product": reflected("householder_product"),
    "ormqr": reflected("ormqr"),
    "tridiagonal_solve": tridiagonal_system(),
    "cholesky_update": updated(),
}
