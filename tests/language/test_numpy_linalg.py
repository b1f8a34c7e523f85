"""`verax.numpy.linalg`: values within their bounds, here and in NumPy; exact rationals; gradients; errors."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax.adapters.profiles import profile_of
from verax.language import lax
from verax.language.dispatch import lift
from verax.reference.bounded import Bounded
from verax.reference.evaluation import evaluate
from verax.reference.truth import true_value
from verax.reference.verdict import exact, is_special

Shape = tuple[int, ...]
ORDERS = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


# -- values ---------------------------------------------------------------------------------------------------
def drawn(rng: np.random.Generator, shape: Shape) -> Any:
    """Numbers of full mantissa; square matrices have distinct eigenvalues and are far from singular."""
    x = rng.uniform(-1, 1, shape)
    if len(shape) > 1 and shape[-1] == shape[-2]:
        x = (x + np.swapaxes(x, -1, -2)) / 2 + np.diag(
            (2.0 + 2 * np.arange(shape[-1])) * (-1.0) ** np.arange(shape[-1])
        )
    return x


def positive(x: Any) -> Any:
    return x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1])


def turned(v: Any) -> Any:
    """Columns with the signs that `eigh` states."""
    return (
        v * np.where(np.einsum("i,...ij->...j", np.cos(np.arange(v.shape[-2])), v) < 0, -1, 1)[..., None, :]
    )


def svd_of_numpy(x: Any, **kwargs: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    m, n = x.shape[-2:]
    v = np.swapaxes(vh, -1, -2)
    signs = turned(v if n > m else u) / (v if n > m else u)
    return u * signs[..., :1, :], s, np.swapaxes(v * signs[..., :1, :], -1, -2)


def in_parts(z: Any) -> Any:
    return vnp.real(z), vnp.imag(z)


def eigvals_of_numpy(x: Any) -> Any:
    w = np.linalg.eigvals(x[::-1]) + 0j
    w = w[np.argsort(w.real + np.cos(1) * w.imag)]
    return w.real, w.imag


# What is called with verax.numpy and numpy, or something else for the latter, and the shapes.
Case = tuple[Callable[..., Any], Callable[..., Any] | None, list[Shape]]
VALUES: dict[str, Case] = {
    "cholesky": (lambda n, x: n.linalg.cholesky(x @ x.T + n.eye(3)), None, [(3, 3)]),
    "cond": (lambda n, x: n.linalg.cond(x), None, [(3, 3)]),
    "cond 1": (lambda n, x: n.linalg.cond(x, 1), None, [(3, 3)]),
    "cross": (lambda n, x, y: n.linalg.cross(x, y), None, [(2, 3), (3,)]),
    "det 1": (lambda n, x: n.linalg.det(x), None, [(1, 1)]),
    "det 2": (lambda n, x: n.linalg.det(x), None, [(2, 2)]),
    "det 3": (lambda n, x: n.linalg.det(x), None, [(2, 3, 3)]),
    "det 4": (lambda n, x: n.linalg.det(x), None, [(4, 4)]),
    "diagonal": (lambda n, x: n.linalg.diagonal(x, offset=1), None, [(2, 3, 4)]),
    "eigvalsh": (lambda n, x: n.linalg.eigvalsh(x), None, [(3, 3)]),
    "eigh": (lambda n, x: n.linalg.eigh(x)[1], lambda x: turned(np.linalg.eigh(x)[1]), [(2, 3, 3)]),
    "eigvals": (lambda n, x: in_parts(n.linalg.eigvals(x[::-1])), eigvals_of_numpy, [(4, 4)]),
    "inv": (lambda n, x: n.linalg.inv(x), None, [(2, 3, 3)]),
    "lstsq": (lambda n, x, y: n.linalg.lstsq(x, y)[0], None, [(4, 2), (4,)]),
    "matmul": (lambda n, x, y: n.linalg.matmul(x, y), None, [(2, 3), (3, 2)]),
    **{
        f"matrix_norm {order}": (
            lambda n, x, order=order: n.linalg.matrix_norm(x, ord=order),
            None,
            [(2, 3, 4)],
        )
        for order in ORDERS
    },
    "matrix_power": (lambda n, x: n.linalg.matrix_power(x, 5), None, [(3, 3)]),
    "matrix_power -2": (lambda n, x: n.linalg.matrix_power(x, -2), None, [(3, 3)]),
    "matrix_rank": (lambda n, x: n.linalg.matrix_rank(x), None, [(3, 2)]),
    "matrix_transpose": (lambda n, x: n.linalg.matrix_transpose(x), None, [(2, 3, 4)]),
    "norm": (lambda n, x: n.linalg.norm(x), None, [(2, 3)]),
    "norm along": (lambda n, x: n.linalg.norm(x, 1, axis=(2, 0), keepdims=True), None, [(2, 3, 2)]),
    "outer": (lambda n, x, y: n.linalg.outer(x, y), None, [(2,), (3,)]),
    "pinv": (lambda n, x: n.linalg.pinv(x), None, [(4, 2)]),
    "qr": (lambda n, x: tuple(n.linalg.qr(x)), None, [(4, 3)]),
    "qr complete": (lambda n, x: tuple(n.linalg.qr(x, "complete")), None, [(3, 2)]),
    "slogdet": (lambda n, x: tuple(n.linalg.slogdet(x)), None, [(2, 4, 4)]),
    "solve": (lambda n, x, y: n.linalg.solve(x, y), None, [(3, 3), (3,)]),
    "solve batch": (lambda n, x, y: n.linalg.solve(x, y), None, [(2, 3, 3), (3, 2)]),
    "svd": (lambda n, x: tuple(n.linalg.svd(x, full_matrices=False)), svd_of_numpy, [(3, 2)]),
    "svd wide": (lambda n, x: tuple(n.linalg.svd(x, full_matrices=False)), svd_of_numpy, [(2, 3)]),
    "svdvals": (lambda n, x: n.linalg.svdvals(x), None, [(2, 3, 2)]),
    "tensordot": (lambda n, x, y: n.linalg.tensordot(x, y, axes=1), None, [(2, 3), (3, 2)]),
    "tensorinv": (lambda n, x: n.linalg.tensorinv(x.reshape(2, 2, 4)), None, [(4, 4)]),
    "tensorsolve": (lambda n, x, y: n.linalg.tensorsolve(x.reshape(2, 2, 4), y), None, [(4, 4), (2, 2)]),
    "trace": (lambda n, x: n.linalg.trace(x), None, [(2, 3, 3)]),
    "vecdot": (lambda n, x, y: n.linalg.vecdot(x, y), None, [(2, 3), (3,)]),
    **{
        f"vector_norm {p}": (lambda n, x, p=p: n.linalg.vector_norm(x, ord=p, axis=-1), None, [(2, 3)])
        for p in (0, 1, 2, 3, np.inf, -np.inf)
    },
}


def listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, tuple) else [found]


def assert_within(got: Any, bounded: Any) -> None:
    for machine, s in zip(np.asarray(got).ravel(), bounded.scalars, strict=True):
        assert not s.unverified, s.unverified
        assert not s.undecided
        assert not is_special(s.value)
        assert abs(exact(machine.item()) - exact(s.value)) <= exact(s.bound)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", VALUES)
def test_values_are_within_their_bounds_here_and_in_numpy(name: str, dtype: str) -> None:
    function, plain, shapes = VALUES[name]
    rng = np.random.default_rng([*name.encode()])
    with verax.enable_x64():
        for _ in range(1):
            xs = [drawn(rng, s).astype(dtype) for s in shapes]

            def call(*operands: Any) -> list[Any]:
                return [lift(y) for y in listed(function(vnp, *operands))]

            bounded = evaluate(call, xs, Bounded(profile_of("numpy-ufuncs")))
            fast = [np.asarray(y) for y in listed(function(vnp, *map(lift, xs)))]
            numpy = listed(plain(*xs) if plain else function(np, *xs))
            for y, mine, other in zip(bounded, fast, numpy, strict=True):
                assert mine.shape == y.shape == np.shape(other)
                assert_within(mine, y)
                assert_within(other, y)


# -- exact rationals --------------------------------------------------------------------------------------------
def rational_inverse(a: Any) -> tuple[list[list[Fraction]], Fraction]:
    """The inverse and the determinant, by Gauss and Jordan."""
    n, det = len(a), Fraction(1)
    rows = [
        [Fraction(int(x)) for x in row] + [Fraction(int(i == j)) for j in range(n)] for i, row in enumerate(a)
    ]
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            return [], Fraction(0)
        det *= rows[pivot][k] if pivot == k else -rows[pivot][k]
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows], det


def doubles(truth: Any) -> list[float]:
    return [float(x) + 0.0 for y in truth.outputs for x in y.scalars]


@pytest.mark.parametrize("seed", range(12))
def test_determinants_inverses_and_solutions_are_the_rational_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    a, b = rng.integers(-9, 10, (n, n)), rng.integers(-9, 10, n)
    inverse, det = rational_inverse(a)
    with verax.enable_x64():
        x, y = a.astype(np.float64), b.astype(np.float64)

        truth = true_value(lambda x: [vnp.linalg.det(x)], [x])
        assert truth.certified or "agree" in truth.doubt
        assert doubles(truth) == [float(det)]
        if not det:
            return
        truth = true_value(lambda x: [vnp.linalg.inv(x)], [x])
        assert truth.certified or "agree" in truth.doubt
        assert doubles(truth) == [float(v) for row in inverse for v in row]
        solution = [sum((v * int(w) for v, w in zip(row, b, strict=True)), Fraction(0)) for row in inverse]
        assert doubles(true_value(lambda x, y: [vnp.linalg.solve(x, y)], [x, y])) == [
            float(v) for v in solution
        ]
        square = [
            [sum((p * q for p, q in zip(r, c, strict=True)), Fraction(0)) for c in zip(*inverse, strict=True)]
            for r in inverse
        ]
        power = true_value(lambda x: [vnp.linalg.matrix_power(x, -2)], [x])
        assert doubles(power) == [float(v) for row in square for v in row]


# -- gradients ------------------------------------------------------------------------------------------------------
GRADIENTS: dict[str, tuple[Callable[..., Any], Shape]] = {
    "det": (vnp.linalg.det, (3, 3)),
    "det of four": (vnp.linalg.det, (4, 4)),
    "det of one": (vnp.linalg.det, (1, 1)),
    "slogdet": (lambda x: vnp.linalg.slogdet(x)[1], (3, 3)),
    "inv": (vnp.linalg.inv, (2, 2)),
    "solve": (lambda x: vnp.linalg.solve(x, vnp.cos(x[0])), (3, 3)),
    "pinv": (vnp.linalg.pinv, (3, 2)),
    "wide pinv": (vnp.linalg.pinv, (2, 3)),
    "norm": (vnp.linalg.norm, (2, 3)),
    "nuclear norm": (lambda x: vnp.linalg.norm(x, "nuc"), (3, 2)),
    "lstsq": (lambda x: vnp.linalg.lstsq(x, vnp.sin(x[:, 0]))[0], (3, 2)),
    "eigvalsh": (vnp.linalg.eigvalsh, (2, 2)),
    "eigvals": (lambda x: vnp.imag(vnp.linalg.eigvals(x @ np.array([[0, 1], [-1, 0]], np.float32))), (2, 2)),
    "qr": (lambda x: vnp.linalg.qr(x)[0], (3, 2)),
    "wide qr": (lambda x: vnp.linalg.qr(x)[1], (2, 3)),
    "lu": (lambda x: lax.linalg.lu(x)[0], (3, 3)),
    "tall lu": (lambda x: lax.linalg.lu(x)[0], (3, 1)),
    "wide lu": (lambda x: lax.linalg.lu(x)[0], (2, 3)),
    "cholesky": (lambda x: vnp.linalg.cholesky(x @ x.T + vnp.eye(2, dtype=x.dtype)), (2, 2)),
    "svd": (lambda x: vnp.linalg.svd(x, full_matrices=False)[2], (3, 2)),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_are_the_limits(name: str) -> None:
    function, shape = GRADIENTS[name]
    weights = np.random.default_rng(len(name)).uniform(1, 2, 64)

    def weighted(x: Any) -> Any:
        found = vnp.ravel(function(x))
        return vnp.sum(found * weights[: found.size].astype(found.dtype))

    x = drawn(np.random.default_rng([*name.encode()]), shape).astype(np.float32)
    verdict = verax.judge(weighted, lift(x), order=1, formula=False)

    assert verdict.status.value == "hold", str(verdict)


def test_the_determinant_of_a_singular_matrix_has_a_gradient() -> None:
    x = drawn(np.random.default_rng(1), (4, 4)).astype(np.float32)
    x[3] = 0

    found = np.asarray(verax.grad(vnp.linalg.det)(lift(x)))

    assert np.isfinite(found).all()
    assert found[3].all()
    assert not found[:3].any()
    assert verax.judge(vnp.linalg.det, lift(x), order=1, formula=False).status.value == "hold"
    assert not np.asarray(verax.grad(vnp.linalg.det)(vnp.zeros((4, 4)))).any()


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
@pytest.mark.parametrize("column", range(4))
def test_the_determinant_has_a_gradient_where_an_earlier_column_depends_on_others(
    column: int, dtype: str
) -> None:
    x = drawn(np.random.default_rng(2), (2, 4, 4)).astype(dtype)
    x[0, :, column] = 0  # in the second matrix no column depends on others
    cofactors = verax.grad(lambda x: vnp.real(vnp.sum(vnp.linalg.det(x))))

    found = np.asarray(cofactors(lift(x)))

    assert found[0, :, column].all()
    assert not np.delete(found[0], column, 1).any()
    assert np.array_equal(found[1], np.asarray(cofactors(lift(x[1]))))
    if dtype == "float32":
        assert verax.judge(vnp.linalg.det, lift(x[0]), order=1, formula=False).status.value == "hold"
    x[:, :, column - 1] = x[:, :, column] = 0  # of rank 2
    assert not np.asarray(cofactors(lift(x))).any()


def test_gradients_of_vectors_of_equal_values_are_not_verified_and_it_is_said_why() -> None:
    weights = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    for vectors in (lambda x: lax.linalg.eigh(x)[0], lambda x: lax.linalg.svd(x)[0]):
        verdict = verax.judge(
            lambda x, v=vectors: vnp.sum(v(x) * weights), lift(np.eye(3, dtype=np.float32)), order=1
        )

        assert verdict.status.value == "unverified"
        assert "nearly equal: their vectors are not determined" in str(verdict)


def test_a_singular_value_that_is_0_has_the_derivative_of_the_middle() -> None:
    x = np.diag([3, 1, 0]).astype(np.float32)

    def smallest(x: Any) -> Any:
        return vnp.linalg.svdvals(x)[2]

    assert not np.asarray(verax.grad(smallest)(lift(x))).any()
    assert verax.judge(smallest, lift(x), order=1, formula=False).status.value == "hold"
    assert np.asarray(verax.grad(lambda x: vnp.linalg.norm(x, "nuc"))(lift(x))).tolist() == [
        [1, 0, 0], [0, 1, 0], [0, 0, 0]
    ]  # fmt: skip


def test_a_norm_has_the_gradient_0_at_0_and_beside_it_in_a_batch() -> None:
    x = np.array([[0, 3], [0, 4]], np.float32)
    columns = verax.grad(lambda x: vnp.sum(vnp.linalg.vector_norm(x, axis=0)))

    assert np.asarray(columns(lift(x))).tolist() == [[0, np.float32(3) / 5], [0, np.float32(4) / 5]]
    for norm in (vnp.linalg.norm, vnp.linalg.matrix_norm):
        zeros = np.zeros((2, 2), np.float32)
        assert not np.asarray(verax.grad(norm)(lift(zeros))).any()
        assert not np.asarray(verax.grad(norm)(lift(zeros.astype(np.complex64)))).any()
        assert verax.judge(norm, lift(zeros), order=1, formula=False).status.value == "hold"


# -- errors ------------------------------------------------------------------------------------------------------------
BAD: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "det": (
        lambda: vnp.linalg.det(vnp.ones((2, 3))),
        ValueError,
        r"`a` of det must have a shape \(..., n, n\)",
    ),
    "solve": (
        lambda: vnp.linalg.solve(vnp.eye(2), vnp.ones(3)),
        ValueError,
        r"`b` of solve must have a shape",
    ),
    "norm": (lambda: vnp.linalg.norm(vnp.eye(2), "x"), ValueError, r"`ord` of norm must be None, 'fro'"),
    "axes": (lambda: vnp.linalg.norm(vnp.ones((1, 1, 1)), 1), ValueError, r"`axis` of norm must be one axis"),
    "vector": (
        lambda: vnp.linalg.vector_norm(vnp.ones(2), ord="inf"),
        ValueError,
        "Infinity is verax.numpy.inf",
    ),
    "qr": (lambda: vnp.linalg.qr(vnp.eye(2), "raw"), NotImplementedError, "`mode` of qr must not be 'raw'"),
    "eigh": (lambda: vnp.linalg.eigh(vnp.eye(2), "X"), ValueError, "`UPLO` of eigh must be None, 'L' or 'U'"),
    "pinv": (lambda: vnp.linalg.pinv(vnp.eye(2), 1, rcond=1), ValueError, "Only one of `rtol` and `rcond`"),
    "rank": (
        lambda: vnp.linalg.matrix_rank(vnp.eye(2), 1, tol=1),
        ValueError,
        "Only one of `rtol` and `tol`",
    ),
    "slogdet": (
        lambda: vnp.linalg.slogdet(vnp.eye(2), method="x"),
        ValueError,
        "`method` of slogdet must be",
    ),
    "power": (
        lambda: vnp.linalg.matrix_power(vnp.eye(2), 1.5),  # type: ignore[arg-type]  # that is refused
        TypeError,
        "`n` of matrix_power must be an integer",
    ),
    "cond": (lambda: vnp.linalg.cond(vnp.ones((0, 2))), ValueError, "`x` of cond must not be empty"),
    "cross": (
        lambda: vnp.linalg.cross(vnp.ones(2), vnp.ones(2)),
        ValueError,
        "must have size 3 along axis -1",
    ),
    "chain": (
        lambda: vnp.linalg.multi_dot([vnp.eye(2)]),
        ValueError,
        "`arrays` of multi_dot must be at least two",
    ),
    "least squares": (
        lambda: vnp.linalg.lstsq(vnp.eye(2), vnp.ones(3)),
        ValueError,
        "must have as many rows",
    ),
    "tensorinv": (
        lambda: vnp.linalg.tensorinv(vnp.eye(2), 0),
        ValueError,
        "`ind` of tensorinv must be positive",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_an_error_names_the_argument(name: str) -> None:
    call, kind, message = BAD[name]
    with pytest.raises(kind, match=message):
        call()


def test_the_hermitian_decomposition_and_the_reflections_determinant_agree_with_the_general_ones() -> None:
    x = np.array([[2, 1, 0], [1, -3, 1], [0, 1, 4]], np.float32)
    u, s, vh = vnp.linalg.svd(x, hermitian=True)

    np.testing.assert_array_equal(
        np.asarray(s), np.asarray(vnp.linalg.svd(x, compute_uv=False, hermitian=True))
    )
    rebuilt = np.asarray(u, np.float64) * np.asarray(s) @ np.asarray(vh, np.float64)
    assert np.round(rebuilt, 5).tolist() == x.tolist()
    by_lu, by_qr = (vnp.linalg.slogdet(x, method=m) for m in ("lu", "qr"))
    assert float(by_lu.sign) == float(by_qr.sign) == -1
    assert round(float(by_lu.logabsdet - by_qr.logabsdet), 5) == 0
