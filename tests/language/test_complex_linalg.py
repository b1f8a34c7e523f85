"""Complex matrices: values within their bounds, here and in NumPy or SciPy; JAX's types; gradients; phases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jax_scipy
import numpy as np
import pytest
import scipy.linalg
from tests.language.test_numpy_linalg import assert_within, listed

import verax
from verax import numpy as vnp
from verax.adapters.profiles import profile_of
from verax.language.dispatch import lift
from verax.language.lax import linalg
from verax.reference.bounded import Bounded
from verax.reference.evaluation import evaluate
from verax.scipy import linalg as verax_scipy

Shape = tuple[int, ...]
Call = Callable[..., Any]


def drawn(name: str, shape: Shape, dtype: str = "complex64") -> Any:
    """Full mantissas; square matrices are far from singular, their eigenvalues far apart."""
    rng = np.random.default_rng([*name.encode()])
    x = rng.uniform(-1, 1, shape) + 1j * rng.uniform(-1, 1, shape)
    apart = (2.0 + 2 * np.arange(shape[-1])) * (-1.0) ** np.arange(shape[-1])
    return (x / 2 + np.eye(shape[-2], shape[-1]) * apart if len(shape) > 1 else x).astype(dtype)


def positive(x: Any) -> Any:
    return x @ x.conj().T + np.eye(x.shape[-1], dtype=x.dtype)


class Library:
    """`numpy` and `scipy.linalg` of a library, under one name."""

    def __init__(self, numpy: Any, scipy: Any) -> None:
        self.numpy, self.linalg, self.scipy = numpy, numpy.linalg, scipy


VERAX, NUMPY, JAX = Library(vnp, verax_scipy), Library(np, scipy.linalg), Library(jnp, jax_scipy)

# What has one value in every library.
VALUES: dict[str, tuple[Call, list[Shape]]] = {
    "cholesky": (lambda m, x: m.linalg.cholesky(positive(x)), [(3, 3)]),
    "cond": (lambda m, x: m.linalg.cond(x), [(3, 3)]),
    "det of two": (lambda m, x: m.linalg.det(x), [(2, 2)]),
    "det of three": (lambda m, x: m.linalg.det(x), [(2, 3, 3)]),
    "det of four": (lambda m, x: m.linalg.det(x), [(4, 4)]),
    "eigvalsh": (lambda m, x: m.linalg.eigvalsh(positive(x)), [(3, 3)]),
    "inv": (lambda m, x: m.linalg.inv(x), [(2, 3, 3)]),
    "lstsq": (lambda m, x, y: m.linalg.lstsq(x, y)[0], [(4, 2), (4,)]),
    "matrix_power": (lambda m, x: m.linalg.matrix_power(x, 3), [(3, 3)]),
    "matrix_rank": (lambda m, x: m.linalg.matrix_rank(x), [(3, 2)]),
    "nuclear norm": (lambda m, x: m.linalg.norm(x, "nuc"), [(3, 2)]),
    "norm": (lambda m, x: m.linalg.norm(x), [(2, 3)]),
    "norm of columns": (lambda m, x: m.linalg.norm(x, axis=0), [(2, 3)]),
    "count of nonzeros": (lambda m, x: m.linalg.norm(x, 0), [(3,)]),
    "pinv": (lambda m, x: m.linalg.pinv(x), [(4, 2)]),
    "qr": (lambda m, x: tuple(m.linalg.qr(x)), [(4, 3)]),
    "qr of a square": (lambda m, x: tuple(m.linalg.qr(x)), [(3, 3)]),
    "complete qr": (lambda m, x: tuple(m.linalg.qr(x, mode="complete")), [(3, 2)]),
    "slogdet": (lambda m, x: tuple(m.linalg.slogdet(x)), [(2, 4, 4)]),
    "solve": (lambda m, x, y: m.linalg.solve(x, y), [(3, 3), (3,)]),
    "svdvals": (lambda m, x: m.linalg.svd(x, compute_uv=False), [(3, 2)]),
    "cho_solve": (lambda m, x, y: m.scipy.cho_solve(m.scipy.cho_factor(positive(x)), y), [(3, 3), (3,)]),
    "lu": (lambda m, x: m.scipy.lu(x), [(3, 2)]),
    "lu_solve of the adjoint": (
        lambda m, x, y: m.scipy.lu_solve(m.scipy.lu_factor(x), y, trans=2),
        [(3, 3), (3,)],
    ),
    "polar": (lambda m, x: m.scipy.polar(x), [(3, 2)]),
    "solve_triangular of the adjoint": (
        lambda m, x, y: m.scipy.solve_triangular(x, y, trans="C"),
        [(3, 3), (3,)],
    ),
    "toeplitz": (lambda m, x: m.scipy.toeplitz(x), [(3,)]),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_within_their_bounds_here_and_in_numpy(name: str) -> None:
    function, shapes = VALUES[name]
    xs = [drawn(name, s) for s in shapes]

    def call(*operands: Any) -> list[Any]:
        return [part for y in listed(function(VERAX, *operands)) for part in (vnp.real(y), vnp.imag(y))]

    bounded = evaluate(call, xs, Bounded(profile_of("numpy-ufuncs")))
    fast = call(*map(lift, xs))
    numpy = [part for y in listed(function(NUMPY, *xs)) for part in (np.real(y), np.imag(y))]
    for y, mine, other in zip(bounded, fast, numpy, strict=True):
        assert mine.shape == y.shape == np.shape(other)
        assert_within(mine, y)
        assert_within(np.asarray(other), y)


@pytest.mark.parametrize("name", VALUES)
def test_types_are_those_of_jax(name: str) -> None:
    function, shapes = VALUES[name]
    xs = [drawn(name, s) for s in shapes]
    for mine, other in zip(listed(function(VERAX, *map(lift, xs))), listed(function(JAX, *xs)), strict=True):
        assert (mine.shape, mine.dtype, mine.aval.weak_type) == (other.shape, other.dtype, other.weak_type)


# -- gradients ----------------------------------------------------------------------------------------------
GRADIENTS: dict[str, tuple[Call, Shape]] = {
    "cholesky": (lambda x: vnp.linalg.cholesky(positive(x)), (2, 2)),
    "lu": (lambda x: linalg.lu(x)[0], (2, 3)),
    "q": (lambda x: vnp.linalg.qr(x)[0], (3, 2)),
    "r": (lambda x: vnp.linalg.qr(x)[1], (2, 2)),
    "eigh": (lambda x: linalg.eigh(x)[0], (2, 2)),
    "u": (lambda x: vnp.linalg.svd(x, full_matrices=False)[0], (2, 2)),
    "vh": (lambda x: vnp.linalg.svd(x, full_matrices=False)[2], (2, 3)),
    "tall vh": (lambda x: vnp.linalg.svd(x, full_matrices=False)[2], (3, 2)),
    "svdvals": (vnp.linalg.svdvals, (3, 2)),
    "eigvals": (vnp.linalg.eigvals, (2, 2)),
    "eigenvectors": (lambda x: vnp.linalg.eig(x)[1], (2, 2)),
    "left eigenvectors": (lambda x: linalg.eig(x)[1], (2, 2)),
    "eigenvectors of a real matrix": (lambda x: vnp.linalg.eig(vnp.real(x))[1], (3, 3)),
    "det of four": (vnp.linalg.det, (4, 4)),
    "slogdet": (lambda x: vnp.linalg.slogdet(x)[0], (3, 3)),
    "inv": (vnp.linalg.inv, (2, 2)),
    "solve": (lambda x: vnp.linalg.solve(x, vnp.cos(x[0])), (2, 2)),
    "pinv": (vnp.linalg.pinv, (3, 2)),
    "norm": (vnp.linalg.norm, (2, 3)),
    "solve the adjoint": (
        lambda x: linalg.triangular_solve(x, x[:, :1], left_side=True, transpose_a=True, conjugate_a=True),
        (2, 2),
    ),
}


def weighted(function: Call, x: Any) -> Any:
    """A real number that every part of the results has its weight in."""
    found = vnp.ravel(function(x))
    weights = np.random.default_rng(7).uniform(1, 2, (2, 64))[:, : found.size].astype(np.float32)
    return vnp.sum(vnp.real(found) * weights[0]) + vnp.sum(vnp.imag(found) * weights[1])


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_are_the_limits(name: str) -> None:
    function, shape = GRADIENTS[name]
    x = drawn(name, shape)

    def of_parts(real: Any, imaginary: Any) -> Any:
        return weighted(function, verax.lax.complex(real, imaginary))

    verdict = verax.judge(of_parts, lift(x.real.copy()), lift(x.imag.copy()), order=1, formula=False)

    assert verdict.status.value == "hold", str(verdict)


@pytest.mark.parametrize("name", ["eigh", "vh", "q", "solve the adjoint"])
def test_a_gradient_by_a_complex_matrix_is_that_by_its_parts(name: str) -> None:
    function, shape = GRADIENTS[name]
    x = drawn(name, shape)

    whole = np.asarray(verax.grad(lambda z: weighted(function, z))(lift(x)))
    real, imaginary = verax.grad(
        lambda a, b: weighted(function, verax.lax.complex(a, b)), argnums=(0, 1)
    )(lift(x.real.copy()), lift(x.imag.copy()))  # fmt: skip

    assert np.array_equal(whole.real, np.asarray(real))
    assert np.array_equal(whole.imag, -np.asarray(imaginary))  # a cotangent c pairs with t as Re(c t)


OF_JAX: dict[str, Call] = {
    "cholesky": lambda x: jnp.linalg.cholesky(positive(x)),
    "lu": lambda x: jax.lax.linalg.lu(x)[0],
    "q": lambda x: jnp.linalg.qr(x)[0],
    "inv": jnp.linalg.inv,
    "det of four": jnp.linalg.det,
    "svdvals": lambda x: jnp.linalg.svd(x, compute_uv=False),
    "eigvals": lambda x: jnp.sum(jnp.linalg.eigvals(x) ** 2),
    "pinv": jnp.linalg.pinv,
}


@pytest.mark.parametrize("name", OF_JAX)
def test_gradients_have_the_convention_of_jax(name: str) -> None:
    function, shape = GRADIENTS[name]
    x, of_jax = drawn(name, shape, "complex128"), OF_JAX[name]
    mine = (lambda x: vnp.sum(function(x) ** 2)) if name == "eigvals" else function

    with verax.enable_x64(), jax.enable_x64(True):
        found = np.asarray(verax.grad(lambda x: vnp.sum(vnp.real(mine(x))))(lift(x)))
        other = np.asarray(jax.grad(lambda x: jnp.sum(jnp.real(of_jax(x))))(x))

    # To nine digits of the largest, which no wrong convention is.
    scale = np.abs(other).max()
    assert np.array_equal(np.round(found / scale, 9) + 0.0, np.round(other / scale, 9) + 0.0)


def test_eigenvectors_of_jax_have_the_same_gradient_where_phases_do_not_matter() -> None:
    x = drawn("eig", (3, 3), "complex128")
    with verax.enable_x64(), jax.enable_x64(True):
        options: Any = {"compute_left_eigenvectors": False, "enable_eigvec_derivs": True}
        found = np.asarray(verax.grad(lambda x: vnp.sum(vnp.abs(linalg.eig(x, **options)[1]) ** 4))(lift(x)))
        other = np.asarray(jax.grad(lambda x: jnp.sum(jnp.abs(jax.lax.linalg.eig(x, **options)[1]) ** 4))(x))

    assert np.array_equal(np.round(found, 9) + 0.0, np.round(other, 9) + 0.0)


def test_eigenvectors_of_equal_eigenvalues_have_no_derivative() -> None:
    eye = lift(np.eye(2, dtype=np.complex64))

    assert np.isnan(np.asarray(verax.grad(lambda x: vnp.real(linalg.eig(x)[1][0, 0]))(eye))).any()
    values = verax.grad(lambda x: vnp.real(vnp.sum(vnp.linalg.eigvals(x))))
    assert np.asarray(values(eye)).tolist() == np.eye(2).tolist()


# -- phases ---------------------------------------------------------------------------------------------------
def test_phases_are_those_that_are_stated() -> None:
    x = drawn("phases", (3, 3), "complex128")
    cosines = np.cos(np.arange(3))
    with verax.enable_x64():
        for room in ("fast", "reference"):
            with verax.using(room):
                v, _ = linalg.eigh(x)
                u, _, _ = linalg.svd(x[:, :2])
                _, _, vh = linalg.svd(x[:2])
                _, _, right = linalg.eig(x)
                _, r = linalg.qr(x)
            sums = [cosines @ np.asarray(v), cosines @ np.asarray(u)[:, :2], cosines @ np.asarray(right)]
            sums.append(cosines @ np.asarray(vh)[:2].conj().T)
            for total in sums:
                assert (total.real > np.abs(total.imag)).all()
            assert not np.asarray(r).diagonal().imag.any()
            assert np.array_equal(np.sign(np.asarray(r)[0, 0].real), -np.sign(x[0, 0].real))


# -- random matrices ------------------------------------------------------------------------------------------
def test_complex_normal_numbers_are_those_of_two_keys_and_unitary_matrices_their_factor() -> None:
    key = verax.random.key(5)
    first, second = verax.random.split(key)
    parts = [np.asarray(verax.random.normal(k, (4, 3))) for k in (first, second)]

    found = np.asarray(verax.random.normal(key, (4, 3), np.complex64))
    unitary = verax.random.orthogonal(key, 3, m=4, dtype=np.complex64)
    q, r = (
        np.asarray(x) for x in linalg.qr(verax.random.normal(key, (4, 3), np.complex64), full_matrices=False)
    )

    assert np.array_equal(found, np.asarray(verax.lax.complex(*parts) / np.complex64(2**0.5)))
    assert np.array_equal(np.asarray(unitary), (q * np.sign(r.diagonal().real)).T)
    peers = (
        jax.random.normal(jax.random.key(5), (4, 3), np.complex64),
        jax.random.orthogonal(jax.random.key(5), 3, m=4, dtype=np.complex64),
    )
    for mine, other in zip((found, np.asarray(unitary)), peers, strict=True):
        assert np.array_equal(np.round(mine, 4) + 0.0, np.round(np.asarray(other), 4) + 0.0)
    with pytest.raises(ValueError, match="`dtype` of normal must be a float or complex dtype, got int32"):
        verax.random.normal(key, (2,), np.int32)
