"""Kernels of factorizations on every device: within their bound of the reference, whatever the shape and dtype."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax.adapters.profiles import profile_of
from verax.language.dispatch import lift
from verax.language.lax import linalg
from verax.reference.bounded import Bounded
from verax.reference.evaluation import evaluate
from verax.reference.verdict import exact, is_special

DTYPES = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
SHAPES = [(3, 3), (4, 2), (2, 4), (1, 1), (2, 3, 3), (0, 0), (0, 2), (2, 0), (0, 2, 2)]


def listed(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    def call(*xs: Any) -> list[Any]:
        found = function(*xs)
        return list(found) if isinstance(found, tuple) else [found]

    return call


def turned_about(x: Any) -> Any:
    """With complex eigenvalues: what is above the diagonal has another sign."""
    return vnp.tril(x) - vnp.triu(x, 1) * 8


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "lu": linalg.lu,
    "qr": linalg.qr,
    "thin qr": lambda x: linalg.qr(x, full_matrices=False),
    "svd": linalg.svd,
    "thin svd": lambda x: linalg.svd(x, full_matrices=False),
    "singular values": lambda x: linalg.svd(x, compute_uv=False),
}


def parts(found: Any) -> tuple[Any, ...]:
    """The real and the imaginary part of each."""
    return tuple(part for y in found for part in (vnp.real(y), vnp.imag(y)))


SQUARE: dict[str, Callable[..., Any]] = {
    "eig": lambda x: parts(linalg.eig(turned_about(x))),
    "eigenvalues": lambda x: parts(linalg.eig(x, compute_left_eigenvectors=False)),
    "cholesky": lambda x: linalg.cholesky(x @ linalg.adjoint(x) + vnp.eye(x.shape[-1], dtype=x.dtype)),
    "eigh": linalg.eigh,
    "upper eigh": lambda x: linalg.eigh(x, lower=False, symmetrize_input=False),
    "triangular_solve": lambda x: linalg.triangular_solve(x, x / 4, left_side=True, lower=True),
    "solve from the right": lambda x: linalg.triangular_solve(x, x, transpose_a=True, unit_diagonal=True),
    "solve the adjoint": lambda x: linalg.triangular_solve(x, x, transpose_a=True, conjugate_a=True),
}
ALL = {**FUNCTIONS, **SQUARE}


def assert_within_bound(function: Callable[..., Any], operands: Sequence[Any]) -> None:
    """Every element is within its bound, and there is one but for narrow formats, whose digits may not suffice."""
    got = [np.asarray(y) for y in listed(function)(*map(lift, operands))]
    found = evaluate(listed(function), operands, Bounded(profile_of("numpy")))
    for g, y in zip(got, found, strict=True):
        assert g.shape == y.aval.shape
        assert g.dtype == y.aval.dtype
        flat = g.ravel()
        halves = [*flat.real, *flat.imag] if g.dtype.kind == "c" else flat
        for machine, s in zip(halves, y.scalars, strict=True):
            if s.unverified and g.dtype.itemsize < 4:
                assert "too few digits" in s.unverified
                continue
            assert not s.unverified, s.unverified
            assert not is_special(s.value)
            assert abs(exact(machine) - exact(s.value)) <= exact(s.bound)


def drawn(shape: Sequence[int], dtype: str) -> Any:
    rng = np.random.default_rng([*shape, len(dtype)])
    rows, columns = shape[-2:]
    apart = np.eye(rows, columns) * (4.0 + 4 * np.arange(shape[-1]))
    x = rng.uniform(-1, 1, tuple(shape)) / 2 + apart
    wide = x + 1j * rng.uniform(-1, 1, tuple(shape)) / 2 if dtype.startswith("complex") else x
    return wide.astype(lift(np.zeros((), dtype)).dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ALL)
def test_a_factorization_is_within_its_bound_in_every_dtype_and_shape(name: str, dtype: str) -> None:
    with verax.enable_x64():
        for shape in SHAPES:
            if name in FUNCTIONS or shape[-1] == shape[-2]:
                assert_within_bound(ALL[name], [drawn(shape, dtype)])


@pytest.mark.parametrize("n", [33, 70])
def test_large_triangles_are_solved_and_made_by_halves(n: int) -> None:
    rng = np.random.default_rng(n)
    low = (np.tril(rng.integers(-3, 4, (n, n)), -1) / 4 + np.eye(n)).astype(np.float32)
    x = rng.integers(-3, 4, (n, 2)).astype(np.float32)

    # Every number on the way is a multiple of 1/16 below 2^16: nothing is rounded.
    assert np.array_equal(np.asarray(linalg.cholesky(low @ low.T)), low)
    for unit in (True, False):
        found = linalg.triangular_solve(low, low @ x, left_side=True, lower=True, unit_diagonal=unit)
        assert np.array_equal(np.asarray(found), x)
    back = linalg.triangular_solve(low.T.copy(), low.T @ x, left_side=True)
    assert np.array_equal(np.asarray(back), x)


def test_one_matrix_that_is_not_positive_definite_does_not_spoil_the_others() -> None:
    stack = np.array(
        [[[4, 2], [2, 5]], [[1, 2], [2, 1]], [[0, 0], [0, 1]], [[np.nan, 0], [0, 1]]], np.float32
    )

    found = np.asarray(linalg.cholesky(stack))

    assert found[0].tolist() == [[2, 0], [1, 2]]
    assert [np.isnan(x[np.tril_indices(2)]).all() for x in found] == [False, True, True, True]
    assert (found[:, 0, 1] == 0).all()


def test_the_first_of_equal_pivots_is_taken_and_a_zero_column_is_left() -> None:
    factors, pivots, order = linalg.lu(np.array([[1, 2], [-1, 4], [1, 0]], np.float32))
    assert np.asarray(factors).tolist() == [[1, 2], [-1, 6], [1, float(np.float32(-1 / 3))]]
    assert (np.asarray(pivots).tolist(), np.asarray(order).tolist()) == ([0, 1], [0, 1, 2])

    factors, pivots, order = linalg.lu(np.array([[0, 2], [0, 4]], np.float32))
    assert np.asarray(factors).tolist() == [[0, 2], [0, 4]]


def test_signs_are_those_that_are_stated() -> None:
    x = np.array([[2, 1, 0], [1, 3, 1], [0, 1, 4]], np.float32)
    cosines = np.cos(np.arange(3))
    for room in ("fast", "reference"):
        with verax.using(room):
            v, _ = linalg.eigh(x)
            u, _, _ = linalg.svd(x[:, :2])
            _, _, vh = linalg.svd(x[:2])
            _, r = linalg.qr(-x)
            _, kept = linalg.qr(np.triu(x))
        assert (cosines @ np.asarray(v) > 0).all()
        assert (cosines @ np.asarray(u)[:, :2] > 0).all()
        assert (np.asarray(vh)[:2] @ cosines > 0).all()
        assert np.asarray(r)[0, 0] > 0
        assert np.array_equal(np.asarray(kept), np.triu(x))


def test_swaps_make_a_permutation() -> None:
    pivots = np.array([[2, 2, 2], [0, 1, 2]], np.int32)
    for room in ("fast", "reference"):
        with verax.using(room):
            found = linalg.lu_pivots_to_permutation(pivots, 4)
        assert np.asarray(found).tolist() == [[2, 0, 1, 3], [0, 1, 2, 3]]


@pytest.mark.parametrize("shape", [(3, 2), (2, 3)])
def test_what_has_no_derivative_rule_says_what_to_do(shape: tuple[int, int]) -> None:
    x = drawn(shape, "float32")
    message = (
        r"The derivative of svd\(full_matrices=True\) is known for square matrices, .*Use full_matrices=False"
    )
    with pytest.raises(NotImplementedError, match=message):
        verax.grad(lambda x: vnp.sum(linalg.svd(x)[0]))(x)
    if shape == (3, 2):
        with pytest.raises(
            NotImplementedError, match=r"The derivative of qr\(full_matrices=True\) is known for"
        ):
            verax.grad(lambda x: vnp.sum(linalg.qr(x)[0]))(x)


def test_vectors_of_equal_eigenvalues_have_no_derivative_and_the_sum_of_values_has() -> None:
    eye = vnp.eye(3)

    assert np.isnan(np.asarray(verax.grad(lambda x: vnp.sum(linalg.eigh(x)[0][:, 0]))(eye))).any()
    assert np.asarray(verax.grad(lambda x: vnp.sum(linalg.eigh(x)[1]))(eye)).tolist() == np.eye(3).tolist()
