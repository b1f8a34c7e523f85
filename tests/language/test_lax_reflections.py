"""Reflections, the forms they bring matrices to, tridiagonal systems and updated factors: JAX's, to leading digits.

Both compute in float64; the leading digits are float32's, held by bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from jax.lax import linalg as jax_linalg

import verax
from verax.language.config import enable_x64
from verax.lax import linalg

jax_lax_linalg: Any = jax_linalg  # its types are not those of what it takes
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def drawn(kind: Any, *shape: int) -> Any:
    rng = np.random.default_rng([*shape, 7])
    found = rng.normal(size=shape)
    return (found + 1j * rng.normal(size=shape) if kind is complex else found).astype(kind)


def hermitian(kind: Any, n: int) -> Any:
    x = drawn(kind, 2, n, n)
    return x + np.conj(np.swapaxes(x, 1, 2))


def by_name(name: str, **options: Any) -> Callable[..., Any]:
    return lambda module, *xs: getattr(module, name)(*xs, **options)


def diagonals(size: int) -> list[Any]:
    below, main, above = drawn(float, 3, 2, size)
    below[:, 0] = above[:, -1] = 0
    return [below, main, above]


CALLS: dict[str, Call] = {}
for kind in (float, complex):
    for n in (1, 2, 5) if kind is complex else (5,):
        CALLS[f"hessenberg {n} {kind.__name__}"] = by_name("hessenberg"), (drawn(kind, 2, n, n),)
        for lower in (True, False):
            form = by_name("tridiagonal", lower=lower)
            CALLS[f"tridiagonal {n} {kind.__name__} {lower}"] = form, (hermitian(kind, n),)
    for count in (2, 3):
        operands = drawn(kind, 2, 5, 3), drawn(kind, 2, count)
        CALLS[f"householder_product {count} {kind.__name__}"] = by_name("householder_product"), operands
    for left in (True, False):
        for turned in (True, False):
            side = drawn(kind, 2, 5, 4) if left else drawn(kind, 2, 4, 5)
            apply = by_name("ormqr", left=left, transpose=turned)
            CALLS[f"ormqr {left} {turned} {kind.__name__}"] = (
                apply,
                (drawn(kind, 2, 5, 3), drawn(kind, 2, 3), side),
            )
UPPER = np.triu(drawn(float, 4, 4)) + 3 * np.eye(4)
CALLS |= {
    "tridiagonal_solve": (by_name("tridiagonal_solve"), (*diagonals(6), drawn(float, 2, 6, 3))),
    "cholesky_update": (by_name("cholesky_update"), (UPPER, drawn(float, 4))),
    "cholesky_update by zeros": (by_name("cholesky_update"), (UPPER, np.array([0.0, 1.5, 0.0, 0.0]))),
}


def leading(x: Any) -> bytes:
    return np.asarray(x).astype(np.complex64 if np.iscomplexobj(x) else np.float32).tobytes()


def assert_leading_digits_agree(found: Any, wanted: Any) -> None:
    ours, theirs = jax.tree.leaves(found), jax.tree.leaves(wanted)
    assert len(ours) == len(theirs)
    for x, y in zip(map(np.asarray, ours), map(np.asarray, theirs), strict=True):
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        assert leading(x) == leading(y)


@pytest.mark.parametrize("name", CALLS)
def test_leading_digits_are_jaxs(name: str) -> None:
    function, operands = CALLS[name]
    with enable_x64(), jax.enable_x64(True):
        wanted = function(jax_lax_linalg, *operands)
        if name.startswith("cholesky_update"):
            wanted = np.triu(wanted)  # what rounding leaves below the diagonal is zero here
        assert_leading_digits_agree(function(linalg, *operands), wanted)


@pytest.mark.parametrize("name", ["hessenberg 5 complex", "tridiagonal 5 float True", "cholesky_update"])
def test_the_reference_has_the_same_digits(name: str) -> None:
    function, operands = CALLS[name]
    with enable_x64(), verax.using("reference"):
        found = [np.asarray(x) for x in jax.tree.leaves(function(linalg, *operands))]
    with enable_x64():
        assert_leading_digits_agree(function(linalg, *operands), found if len(found) > 1 else found[0])


@pytest.mark.parametrize("kind", [float, complex])
def test_scipys_form_is_jaxs_and_its_factors_are_unitary(kind: Any) -> None:
    for n in (0, 1, 4):
        x = drawn(kind, 2, n, n)
        with enable_x64(), jax.enable_x64(True):
            found = verax.scipy.linalg.hessenberg(x, calc_q=True)
            assert_leading_digits_agree(found, jax.scipy.linalg.hessenberg(x, calc_q=True))
            assert_leading_digits_agree(verax.scipy.linalg.hessenberg(x), found[0])


SMALL = np.array([[2.0, 1.0, 0.5], [3.0, -1.0, 2.0], [4.0, 0.25, 1.0]], np.float32)


def test_they_hold_their_bounds() -> None:
    for function, operands in (
        (linalg.hessenberg, (SMALL,)),
        (linalg.tridiagonal, (SMALL + SMALL.T,)),
        (linalg.householder_product, (SMALL, np.array([1.5, 0.5, 1.25], np.float32))),
        (linalg.cholesky_update, (np.triu(SMALL) + np.eye(3, dtype=np.float32) * 3, SMALL[1])),
    ):
        assert not verax.judge(function, *operands).findings


def test_slopes_are_jaxs() -> None:
    with enable_x64(), jax.enable_x64(True):
        solve, operands = CALLS["tridiagonal_solve"]
        operands = tuple(x[0] for x in operands)  # JAX wants one matrix here
        tangents = tuple(np.cos(np.arange(x.size)).reshape(x.shape) for x in operands)
        tangents[0][0] = tangents[2][-1] = 0
        wanted = jax.jvp(lambda *xs: solve(jax_lax_linalg, *xs), operands, tangents)[1]
        assert_leading_digits_agree(verax.jvp(lambda *xs: solve(linalg, *xs), operands, tangents)[1], wanted)

        product, operands = CALLS["householder_product 3 float"]
        tangents = tuple(np.cos(np.arange(x.size)).reshape(x.shape) for x in operands)
        found = verax.jvp(lambda *xs: product(linalg, *xs), operands, tangents)[1]
        assert_leading_digits_agree(found, _by_reflections(operands, tangents))


def _by_reflections(operands: Any, tangents: Any) -> Any:
    """JAX has no derivative of the product: the matrices I - tau v v^T are multiplied."""

    def product(a: Any, taus: Any) -> Any:
        rows, columns = a.shape[1:]
        found = jax.numpy.eye(rows)
        for i in range(columns):
            v = jax.numpy.where(np.arange(rows) > i, a[:, :, i], 0).at[:, i].set(1)
            found = found - (found @ v[..., None]) * taus[:, i, None, None] * v[:, None, :]
        return found[:, :, :columns]

    return jax.jvp(product, operands, tangents)[1]


def test_lanes_are_matrices_each() -> None:
    x = np.stack([SMALL, SMALL.T])
    together = verax.vmap(lambda y: linalg.hessenberg(y)[0])(x)
    assert np.asarray(together).tolist() == [np.asarray(linalg.hessenberg(y)[0]).tolist() for y in x]


def test_a_planted_sign_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from verax.language.lax import reflections

    monkeypatch.setattr(reflections, "neg", lambda x: x)
    with pytest.raises(AssertionError):
        test_leading_digits_are_jaxs("hessenberg 5 float")


T = np.ones(3, np.float32)
WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: linalg.hessenberg(SMALL[:2]), ValueError, "`a` of hessenberg must be square"),
    (lambda: linalg.tridiagonal(SMALL.astype(int)), TypeError, "`a` of tridiagonal must have a dtype among"),
    (lambda: linalg.householder_product(SMALL[:2], T[:2]), ValueError, "must have no more columns than rows"),
    (
        lambda: linalg.householder_product(SMALL, np.ones(4, np.float32)),
        ValueError,
        "`taus` of householder_product",
    ),
    (lambda: linalg.ormqr(SMALL, T, SMALL[:2]), ValueError, "`c` of ormqr must have 3 rows"),
    (lambda: linalg.ormqr(SMALL, T, SMALL.astype(np.float16)), TypeError, "`c` of ormqr must be of float32"),
    (lambda: linalg.tridiagonal_solve(T, T, T[:2], SMALL), ValueError, "`du` of tridiagonal_solve must fit"),
    (
        lambda: linalg.tridiagonal_solve(T, T, T, SMALL.astype(np.float16)),
        TypeError,
        "`b` of tridiagonal_solve",
    ),
    (
        lambda: linalg.tridiagonal_solve(T, T, T, SMALL, perturb_singular=True),
        NotImplementedError,
        "`perturb_sing",
    ),
    (
        lambda: linalg.cholesky_update(SMALL, T[:2]),
        ValueError,
        "`r_matrix` and `w_vector` of cholesky_update",
    ),
    (lambda: linalg.cholesky_update(SMALL, T.astype(np.float16)), TypeError, "`w_vector` of cholesky_update"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_errors_name_the_argument(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
