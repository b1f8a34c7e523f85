"""The reference's linear algebra of complex matrices against Gaussian rationals: every part, to the nearest double."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.reference import gaussian as g
from tests.reference.gaussian import Gaussian, gaussian, machine, product, turned

import verax
from verax import numpy as vnp
from verax.language.lax import linalg
from verax.reference.primitives import jacobi, matrices, numbers, orthogonal
from verax.reference.primitives.matrices import Algebra
from verax.reference.truth import Truth, true_value

Rng = np.random.Generator


@pytest.fixture(autouse=True)
def wide() -> Any:
    with verax.enable_x64():
        yield


def true(function: Callable[..., Any], *operands: Any) -> list[Any]:
    """The certified results as arrays of the nearest doubles."""

    def in_parts(*xs: Any) -> list[Any]:
        found = function(*xs)
        each = found if isinstance(found, (tuple, list)) else [found]
        return [part for y in each for part in (vnp.real(y), vnp.imag(y))]

    truth: Truth = true_value(in_parts, operands)
    assert truth.certified, truth.doubt
    parts = [np.reshape([float(x) + 0.0 for x in y.scalars], y.aval.shape) for y in truth.outputs]
    return [x + 1j * y for x, y in zip(parts[::2], parts[1::2], strict=True)]


def nearest(a: g.Matrix) -> Any:
    return [[complex(x) + 0.0 for x in row] for row in a]


def with_real_diagonal(a: g.Matrix) -> g.Matrix:
    return [[Gaussian(x.real) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(a)]


# -- triangles ----------------------------------------------------------------------------------------------
def check_lu(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = g.integers(rng, int(rng.integers(1, 5)), int(rng.integers(1, 5)))
    factors, order, _ = g.eliminated(a)

    assert true(lambda x: linalg.lu(x)[0], machine(a))[0].tolist() == nearest(factors)
    with verax.using("reference"):
        assert np.asarray(linalg.lu(machine(a))[2]).tolist() == order


def check_cholesky(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    low = g.integers(rng, n, n)
    low = [
        [Gaussian(Fraction(int(rng.integers(1, 9)))) if i == j else x if j < i else g.ZERO for j, x in row]
        for i, row in enumerate(map(enumerate, low))
    ]

    assert true(linalg.cholesky, machine(product(low, g.adjoint(low))))[0].tolist() == nearest(low)


def check_triangular_solve(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = (int(x) for x in rng.integers(1, 4, 2))
    names = ("left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal")
    params = {name: bool(rng.integers(2)) for name in names}
    a, b = g.integers(rng, n, n), g.integers(rng, n, k)
    for i in range(n):
        a[i][i] = Gaussian(Fraction(int(rng.integers(1, 9))), Fraction(int(rng.integers(-9, 9))))
    t = gaussian(np.tril(machine(a)) if params["lower"] else np.triu(machine(a)))
    if params["unit_diagonal"]:
        t = [[g.ONE if i == j else x for j, x in enumerate(row)] for i, row in enumerate(t)]
    t = [[x.conjugate() for x in row] for row in t] if params["conjugate_a"] else t
    t = g.transposed(t) if params["transpose_a"] else t
    right = b if params["left_side"] else g.transposed(b)
    x = g.solved(t if params["left_side"] else g.transposed(t), b)

    found = true(lambda a, b: linalg.triangular_solve(a, b, **params), machine(a), machine(right))[0]
    assert found.tolist() == nearest(x if params["left_side"] else g.transposed(x))


def check_equations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    a, b = g.integers(rng, n, n), g.integers(rng, n, 1)
    determinant = g.eliminated(a)[2]
    x, y = machine(a), machine(b)

    assert true(vnp.linalg.det, x)[0].tolist() == complex(determinant) + 0.0
    inverse = g.solved(a, g.identity(n))
    assert true(vnp.linalg.inv, x)[0].tolist() == nearest(inverse)
    assert true(vnp.linalg.solve, x, y)[0].tolist() == nearest(g.solved(a, b))
    assert true(lambda x: vnp.linalg.matrix_power(x, -2), x)[0].tolist() == nearest(product(inverse, inverse))


# -- orthogonal factors ---------------------------------------------------------------------------------------
def check_qr(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    k = int(rng.integers(1, n + 1))
    q = g.unitary(rng, n)
    upper = gaussian(np.triu(machine(g.integers(rng, n, k, 4)), 1) + np.eye(n, k) * rng.integers(1, 5, k))
    r = g.scaled(upper, g.common_denominator(q))
    a = machine(product(q, r))

    found_q, found_r = true(lambda x: linalg.qr(x, full_matrices=False), a)

    signs = np.sign(found_r.diagonal().real)
    assert found_r.tolist() == (np.array(nearest(r[:k])) * signs[:, None] + 0.0).tolist()
    assert found_q.tolist() == (np.array(nearest(q))[:, :k] * signs + 0.0).tolist()
    assert found_r[0, 0].real * a[0, 0].real < 0 or not (a[1:, 0].any() or a[0, 0].imag)


def check_eigh(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    q = g.unitary(rng, n)
    common = g.common_denominator(q) ** 2
    values = sorted(int(w) for w in rng.choice([-7, -4, -2, 1, 3, 5], n, replace=False))
    middle = [[x * Gaussian(w * common) for x, w in zip(row, values, strict=True)] for row in q]
    a = machine(product(middle, g.adjoint(q)))
    lower = bool(rng.integers(2))
    read = np.tril(a) if lower else np.triu(a)

    v, w = true(lambda x: linalg.eigh(x, lower=lower, symmetrize_input=False), read + 1j * np.eye(n))

    assert w.tolist() == [float(w * common) for w in values]
    assert v.T.tolist() == [turned(column) for column in g.transposed(q)]


def check_svd(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = g.unitary(rng, int(rng.integers(1, 4))), g.unitary(rng, int(rng.integers(1, 4)))
    m, n = len(left), len(right)
    k = min(m, n)
    values = sorted((Fraction(int(s)) for s in rng.choice(np.arange(1, 10), k, replace=False)), reverse=True)
    middle = [[Gaussian(values[i]) if i == j else g.ZERO for j in range(n)] for i in range(m)]
    a = product(product(left, middle), g.adjoint(right))
    common = g.common_denominator(a)

    u, s, vh = true(lambda x: linalg.svd(x, full_matrices=False), machine(g.scaled(a, common)))

    assert s.tolist() == [float(x * common) for x in values]
    long, short = (left, right) if m >= n else (right, left)
    found_long, found_short = (u, vh.conj().T) if m >= n else (vh.conj().T, u)
    for j in range(k):
        column, other = ([row[j] for row in side] for side in (long, short))
        assert (found_long[:, j] + 0.0).tolist() == turned(column)
        assert (found_short[:, j] + 0.0).tolist() == turned(other, column)


def check_eig(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    low, high = (np.tril(machine(g.integers(rng, n, n, 1)), -1) + np.eye(n) for _ in range(2))
    basis = product(gaussian(low), g.transposed(gaussian(high)))
    back = g.solved(basis, g.identity(n))
    points = [complex(x, y) for x in range(-2, 3) for y in range(-2, 3)]
    values = [points[i] for i in rng.choice(len(points), n, replace=False)]
    values.sort(key=lambda w: w.real + np.cos(1) * w.imag)
    middle = [[x * gaussian([[w]])[0][0] for x, w in zip(row, values, strict=True)] for row in basis]

    w, left, right = true(linalg.eig, machine(product(middle, back)))

    assert w.tolist() == values
    assert (right.T + 0.0).tolist() == [turned(column) for column in g.transposed(basis)]
    assert (left.T + 0.0).tolist() == [turned([x.conjugate() for x in row]) for row in back]


SEEDS = 5
CHECKS: dict[str, Callable[[int], None]] = {
    "lu": check_lu,
    "cholesky": check_cholesky,
    "triangular_solve": check_triangular_solve,
    "equations": check_equations,
    "qr": check_qr,
    "eigh": check_eigh,
    "svd": check_svd,
    "eig": check_eig,
}


def check_all(name: str) -> None:
    for seed in range(SEEDS):
        CHECKS[name](seed)


@pytest.mark.parametrize("name", CHECKS)
def test_a_complex_factorization_is_the_rational_one(name: str) -> None:
    check_all(name)


@pytest.mark.parametrize("n", [1, 2])
def test_a_square_matrix_has_the_same_vectors_in_full(n: int) -> None:
    a = machine(g.integers(np.random.default_rng(n), n, n))
    thin, full = (true(lambda x, f=full: linalg.svd(x, full_matrices=f), a) for full in (False, True))

    assert [x.tolist() for x in thin] == [x.tolist() for x in full]


# -- planted faults -------------------------------------------------------------------------------------------
REFLECTION, ROTATION, TURN = orthogonal.reflection, jacobi.rotation, Algebra.turn


def unconjugated(x: Any) -> Any:
    return x


def other_phase(m: Algebra, p: Any, x: Any, q: Any) -> Any:
    return ROTATION(m, p, m.o.conj(x), q)


FAULTS: dict[str, tuple[str, Any, str, Any]] = {
    "a pivot is chosen by its real part": (
        "lu",
        numbers.Arithmetic,
        "extent",
        lambda o, x: o.real.abs(numbers.real(x)),
    ),
    "Cholesky's rows are not conjugated": ("cholesky", Algebra, "conj", lambda m, xs: list(xs)),
    "conjugate_a is overlooked": ("triangular_solve", Algebra, "conj", lambda m, xs: list(xs)),
    "tau is not conjugated": ("qr", numbers.Arithmetic, "conj", lambda o, x: x),
    "a rotation has the other phase": ("eigh", jacobi, "rotation", other_phase),
    "a phase is left as it comes": ("svd", Algebra, "turn", lambda m, v: 1),
    "left vectors are not conjugated": ("eig", matrices.Algebra, "conj", lambda m, xs: list(xs)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_a_complex_definition_is_caught(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, owner, attribute, wrong = FAULTS[fault]
    monkeypatch.setattr(owner, attribute, wrong)

    with pytest.raises(AssertionError):
        check_all(name)


# -- what has no decomposition ------------------------------------------------------------------------------------
def test_a_hermitian_matrix_that_is_not_positive_definite_has_no_factor() -> None:
    for a in ([[1, 2j], [-2j, 1]], [[-1]], [[1, 1j], [-1j, 1]], [[np.nan]]):
        for room in ("fast", "reference"):
            with verax.using(room):
                low = np.asarray(linalg.cholesky(np.array(a, np.complex128)))
            assert np.isnan(low[np.tril_indices(len(a))]).all()
            assert not low[np.triu_indices(len(a), 1)].any()


def test_a_complex_matrix_with_an_infinity_has_no_decomposition() -> None:
    a = np.array([[1, complex(0, np.inf)], [2, 3]])
    for function in (linalg.qr, linalg.svd, linalg.eigh, linalg.lu, linalg.eig):
        for room in ("fast", "reference"):
            with verax.using(room):
                found = np.asarray(function(a)[0])
            assert np.isnan(found).all()
