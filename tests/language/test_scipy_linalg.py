"""`verax.scipy.linalg`: SciPy's values, exactly or within their bounds here and there, and JAX's types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jax_linalg
import numpy as np
import pytest
import scipy.linalg as scipy_linalg
from tests.language.test_numpy_linalg import assert_within, drawn, listed

import verax
from verax.adapters.profiles import profile_of
from verax.language.dispatch import lift
from verax.reference.bounded import Bounded
from verax.reference.evaluation import evaluate
from verax.scipy import linalg

Shape = tuple[int, ...]
Call = Callable[..., Any]


def spd(x: Any) -> Any:
    return x @ x.T + np.eye(3, dtype=x.dtype)


# name: a call of a module and of arrays of these shapes.
COMPUTED: dict[str, tuple[Call, list[Shape]]] = {
    "cholesky": (lambda s, x: s.cholesky(spd(x)), [(3, 3)]),
    "lower cholesky": (lambda s, x: s.cholesky(spd(x), lower=True), [(3, 3)]),
    "cho_solve": (lambda s, x, y: s.cho_solve(s.cho_factor(spd(x)), y), [(3, 3), (3,)]),
    "lower cho_solve": (lambda s, x, y: s.cho_solve(s.cho_factor(spd(x), lower=True), y), [(3, 3), (3, 2)]),
    "lu_solve": (lambda s, x, y: s.lu_solve(s.lu_factor(x), y), [(3, 3), (3,)]),
    "transposed lu_solve": (
        lambda s, x, y: s.lu_solve(s.lu_factor(x[np.array([2, 0, 1])]), y, trans=1),
        [(3, 3), (3, 2)],
    ),
    "solve": (lambda s, x, y: s.solve(x, y), [(3, 3), (3, 2)]),
    "positive solve": (lambda s, x, y: s.solve(spd(x), y, assume_a="pos"), [(3, 3), (3,)]),
    "solve_triangular": (lambda s, x, y: s.solve_triangular(x, y, trans="T", lower=True), [(3, 3), (3,)]),
    "unit solve_triangular": (lambda s, x, y: s.solve_triangular(x, y, unit_diagonal=True), [(3, 3), (3, 2)]),
    "inv": (lambda s, x: s.inv(x), [(3, 3)]),
    "det": (lambda s, x: s.det(x), [(4, 4)]),
    "lu": (lambda s, x: s.lu(x), [(3, 4)]),
    "permuted lu": (lambda s, x: s.lu(x, permute_l=True), [(4, 2)]),
    "qr": (lambda s, x: s.qr(x), [(3, 2)]),
    "economic qr": (lambda s, x: s.qr(x, mode="economic"), [(3, 2)]),
    "svd": (lambda s, x: s.svd(x, compute_uv=False), [(3, 2)]),
    "polar": (lambda s, x: s.polar(x), [(3, 2)]),
    "left polar": (lambda s, x: s.polar(x, side="left"), [(2, 3)]),
    "eigh": (lambda s, x: s.eigh(x, eigvals_only=True), [(3, 3)]),
    "eigh_tridiagonal": (
        lambda s, d, e: s.eigh_tridiagonal(d, e, eigvals_only=True, select="i", select_range=(1, 2)),
        [(4,), (3,)],
    ),
    "companion": (lambda s, x: s.companion(x), [(4,)]),
    "hilbert": (lambda s: s.hilbert(4), []),
    "helmert": (lambda s: s.helmert(4, full=True), []),
}
# Only moved, or integers.
EXACT: dict[str, tuple[Call, list[Shape]]] = {
    "block_diag": (lambda s, x, y: s.block_diag(x, y), [(2, 3), (2, 1)]),
    "block_diag of rows": (lambda s, x: s.block_diag(x, x), [(3,)]),
    "circulant": (lambda s, x: s.circulant(x), [(4,)]),
    "convolution_matrix": (lambda s, x: s.convolution_matrix(x, 4), [(3,)]),
    "same convolution_matrix": (lambda s, x: s.convolution_matrix(x, 2, "same"), [(3,)]),
    "valid convolution_matrix": (lambda s, x: s.convolution_matrix(x, 5, "valid"), [(3,)]),
    "fiedler": (lambda s, x: s.fiedler(x), [(4,)]),
    "hadamard": (lambda s: s.hadamard(4), []),
    "hankel": (lambda s, x: s.hankel(x), [(3,)]),
    "long hankel": (lambda s, x, y: s.hankel(x, y), [(3,), (5,)]),
    "invhilbert": (lambda s: s.invhilbert(4), []),
    "invpascal": (lambda s: s.invpascal(5), []),
    "lower invpascal": (lambda s: s.invpascal(5, "lower"), []),
    "leslie": (lambda s, x, y: s.leslie(x, y), [(4,), (3,)]),
    "pascal": (lambda s: s.pascal(5), []),
    "upper pascal": (lambda s: s.pascal(5, "upper"), []),
    "short helmert": (lambda s: s.helmert(1), []),
    "toeplitz": (lambda s, x: s.toeplitz(x), [(3,)]),
    "long toeplitz": (lambda s, x, y: s.toeplitz(x, y), [(3,), (5,)]),
}
ALL = {**COMPUTED, **EXACT}
# JAX computes Pascal's triangle in float32, by logarithms of factorials.
OTHERWISE = {"pascal", "upper pascal", "lower invpascal", "invpascal"}


@pytest.mark.parametrize("name", COMPUTED)
def test_values_are_within_their_bounds_here_and_in_scipy(name: str) -> None:
    function, shapes = COMPUTED[name]
    rng = np.random.default_rng([*name.encode()])
    with verax.enable_x64():
        xs = [drawn(rng, s) for s in shapes]

        def call(*operands: Any) -> list[Any]:
            return [lift(y) for y in listed(function(linalg, *operands))]

        bounded = evaluate(call, xs, Bounded(profile_of("numpy-ufuncs")))
        fast = [np.asarray(y) for y in listed(function(linalg, *map(lift, xs)))]
        for y, mine, other in zip(bounded, fast, listed(function(scipy_linalg, *xs)), strict=True):
            assert mine.shape == y.shape == np.shape(other)
            assert_within(mine, y)
            assert_within(other, y)


@pytest.mark.parametrize("name", EXACT)
def test_elements_that_are_moved_are_scipys(name: str) -> None:
    function, shapes = EXACT[name]
    rng = np.random.default_rng([*name.encode()])
    with verax.enable_x64():
        xs = [drawn(rng, s) for s in shapes]
        for room in ("fast", "reference"):
            with verax.using(room):
                found = np.asarray(function(linalg, *xs))
            np.testing.assert_array_equal(found, np.asarray(function(scipy_linalg, *xs), found.dtype))


# JAX ships it untyped.
STRUCT: Any = jax.ShapeDtypeStruct


@pytest.mark.parametrize("name", ALL)
def test_types_are_jaxs(name: str) -> None:
    function, shapes = ALL[name]
    dtype = "float32" if name in COMPUTED else "int32"
    structs = [verax.ShapeDtypeStruct(s, np.dtype(dtype)) for s in shapes]
    ours = verax.eval_shape(lambda *xs: function(linalg, *xs), *structs)
    theirs = jax.eval_shape(
        lambda *xs: function(jax_linalg, *xs), *(STRUCT(s, jnp.dtype(dtype)) for s in shapes)
    )
    for x, y in zip(listed(ours), listed(theirs), strict=True):
        assert x.shape == y.shape
        if name not in OTHERWISE:
            assert str(x.dtype) == str(y.dtype)


BAD: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "trans": (
        lambda: linalg.solve_triangular(np.eye(2), np.ones(2), 3),
        ValueError,
        "`trans` of solve_triangular",
    ),
    "lu_solve": (
        lambda: linalg.lu_solve((np.eye(2), np.arange(2)), np.ones(2), 3),
        ValueError,
        "`trans` of lu_solve",
    ),
    "kind": (
        lambda: linalg.solve(np.eye(2), np.ones(2), assume_a="x"),
        ValueError,
        "`assume_a` of solve must be",
    ),
    "shapes": (
        lambda: linalg.cho_solve((np.eye(2), True), np.ones(3)),
        ValueError,
        "`b` of cho_solve must have",
    ),
    "mode": (
        lambda: linalg.qr(np.eye(2), mode="x"),
        ValueError,
        "`mode` of qr must be 'full', 'economic' or 'r'",
    ),
    "side": (lambda: linalg.polar(np.eye(2), "up"), ValueError, "`side` of polar must be 'right' or 'left'"),
    "problem": (lambda: linalg.eigh(np.eye(2), type=2), NotImplementedError, "`type` 1"),
    "vectors": (
        lambda: linalg.eigh_tridiagonal(np.ones(2), np.ones(1)),
        NotImplementedError,
        "Use eigh for vectors",
    ),
    "lu": (lambda: linalg.lu(np.ones((2, 2, 2))), ValueError, "`a` of lu must have 2 axes"),
    "vector": (lambda: linalg.toeplitz(np.ones((2, 2))), ValueError, "`c` of toeplitz must be a vector"),
    "power": (lambda: linalg.hadamard(3), ValueError, "`n` of hadamard must be a power of 2"),
    "blocks": (lambda: linalg.block_diag(np.ones((1, 1, 1))), ValueError, "must have at most 2 axes"),
    "leslie": (
        lambda: linalg.leslie(np.ones(3), np.ones(3)),
        ValueError,
        "`s` of leslie must have 2 elements",
    ),
    "pascal": (lambda: linalg.pascal(2, "x"), ValueError, "`kind` of pascal must be one of"),
    "convolution": (
        lambda: linalg.convolution_matrix(np.ones(2), 0),
        ValueError,
        "`n` of convolution_matrix must be",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_an_error_names_the_argument(name: str) -> None:
    call, kind, message = BAD[name]
    with pytest.raises(kind, match=message):
        call()


def test_eigenvalues_are_right_where_the_largest_element_stays_for_a_sweep() -> None:
    d, e = [-30.75, 29.125, -30.75, 17.375], [17.375, -30.75, 1.0]
    with verax.enable_x64():
        for room in ("fast", "reference"):
            with verax.using(room):
                found = linalg.eigh_tridiagonal(np.array(d), np.array(e), eigvals_only=True)
            assert np.round(np.asarray(found), 6).tolist() == [-47.122362, -30.755024, 17.384937, 45.492449]
