"""Factorizations and solves of `lax.linalg`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_types.comparing import FLOATS, NARROW, Call, Spec, mostly, of

batches = st.lists(st.integers(0, 2), max_size=2).map(tuple)
sizes = st.integers(0, 3)
INEXACT = [*FLOATS, np.dtype("complex64")]
floats = mostly(
    st.sampled_from([np.dtype("float32"), np.dtype("complex64"), *FLOATS]), st.sampled_from(NARROW)
)


@st.composite
def matrices(draw: Any, square: bool) -> Spec:
    m, n = draw(sizes), draw(sizes)
    matrix = draw(mostly(st.just((m, m if square else n)), st.sampled_from([(m, n), (m,), ()])))
    dtype = draw(floats)
    weak = dtype in (np.float32, np.complex64) and draw(st.booleans())
    return Spec((*draw(batches), *matrix), dtype, weak)


@st.composite
def factored(draw: Any, /, name: str, square: bool, **options: Any) -> Call:
    given = {k: draw(st.sampled_from(v)) for k, v in options.items()}
    call: Callable[..., Any] = lambda lax, x: getattr(lax.linalg, name)(x, **given)  # noqa: E731  # as its neighbours
    x = draw(matrices(square))
    # JAX symmetrizes with the operators of its arrays, which make floats of integers and broadcast.
    strict = "symmetrize_input" in options and (x.dtype not in INEXACT or len({*x.shape[-2:]}) > 1)
    return of(call, f"{name} {given}", x, strict=strict)


@st.composite
def triangular_solve(draw: Any) -> Call:
    a = draw(matrices(True))
    names = ("left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal")
    given = {name: draw(st.booleans()) for name in names}
    n, k = a.shape[-1] if a.shape else 0, draw(sizes)
    fitting = (n, k) if given["left_side"] else (k, n)
    shape = draw(
        mostly(st.just((*a.shape[:-2], *fitting)), st.sampled_from([a.shape, (n,), (*a.shape[:-2], n)]))
    )
    b = Spec(shape, draw(mostly(st.just(a.dtype), floats)), a.weak)
    return of(lambda lax, a, b: lax.linalg.triangular_solve(a, b, **given), f"triangular_solve {given}", a, b)


@st.composite
def permutation(draw: Any) -> Call:
    size, k = draw(st.integers(0, 4)), draw(sizes)
    dtype = draw(mostly(st.just(np.dtype("int32")), st.sampled_from(NARROW)))
    pivots = Spec((*draw(batches), k), dtype)
    return of(lambda lax, p: lax.linalg.lu_pivots_to_permutation(p, size), f"permutation of {size}", pivots)


@st.composite
def symmetric_product(draw: Any) -> Call:
    a = draw(matrices(False).filter(lambda x: len(x.shape) > 1))
    m = a.shape[-2]
    c = Spec((*a.shape[:-2], m, m), a.dtype)
    return of(
        lambda lax, a, c: lax.linalg.symmetric_product(a, c, beta=2.0),
        "symmetric_product",
        a,
        c,
        lenient=True,
    )


BOTH = [True, False]
FACTORIZATIONS: dict[str, st.SearchStrategy[Call]] = {
    "cholesky": factored("cholesky", True, symmetrize_input=BOTH),
    "lu": factored("lu", False),
    "qr": factored("qr", False, full_matrices=BOTH),
    "eigh": factored("eigh", True, lower=BOTH, symmetrize_input=BOTH),
    "eig": factored("eig", True, compute_left_eigenvectors=BOTH, compute_right_eigenvectors=BOTH),
    "svd": factored("svd", False, full_matrices=BOTH, compute_uv=BOTH),
    "triangular_solve": triangular_solve(),
    "lu_pivots_to_permutation": permutation(),
    "symmetric_product": symmetric_product(),
}
