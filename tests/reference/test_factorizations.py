"""The reference's linear algebra against exact rationals: every element, to the bit of the nearest double."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verax
from verax.language import lax
from verax.language.lax import linalg
from verax.reference.ball import Ball
from verax.reference.primitives import jacobi, orthogonal, triangular
from verax.reference.primitives.matrices import Algebra
from verax.reference.reals import from_number
from verax.reference.truth import Truth, proved_value, true_value

Rational = list[list[Fraction]]
Rng = np.random.Generator


@pytest.fixture(autouse=True)
def wide() -> Any:
    with verax.enable_x64():
        yield


# -- rational matrices ------------------------------------------------------------------------------------
def rational(a: Any) -> Rational:
    return [[Fraction(float(x)) for x in row] for row in a]


def integers(rng: Rng, m: int, n: int, size: int = 9) -> Rational:
    return rational(rng.integers(-size, size + 1, (m, n)))


def product(a: Rational, b: Rational) -> Rational:
    return [
        [sum((x * y for x, y in zip(r, c, strict=True)), Fraction(0)) for c in zip(*b, strict=True)]
        for r in a
    ]


def transposed(a: Rational) -> Rational:
    return [list(column) for column in zip(*a, strict=True)]


def eliminated(a: Rational) -> tuple[Rational, list[int]]:
    """L and U in one matrix, and the order of the rows."""
    a, order = [list(row) for row in a], list(range(len(a)))
    for k in range(min(len(a), len(a[0]))):
        best = max(range(k, len(a)), key=lambda i: (abs(a[i][k]), -i))
        a[k], a[best] = a[best], a[k]
        order[k], order[best] = order[best], order[k]
        for i in range(k + 1, len(a)):
            factor = a[i][k] / a[k][k] if a[k][k] else Fraction(0)
            a[i] = [
                *a[i][:k],
                factor,
                *(x - factor * y for x, y in zip(a[i][k + 1 :], a[k][k + 1 :], strict=True)),
            ]
    return a, order


def orthogonal_matrix(rng: Rng, n: int) -> Rational:
    """Cayley's: (I - S)(I + S)^-1 of a skew matrix of integers."""
    skew = np.triu(rng.integers(1, 4, (n, n)), 1)
    skew = skew - skew.T
    eye = np.eye(n)
    return transposed(solved(transposed(rational(eye + skew)), transposed(rational(eye - skew))))


def solved(a: Rational, b: Rational) -> Rational:
    """The x with a x = b, by Gauss and Jordan."""
    rows = [[*x, *y] for x, y in zip(a, b, strict=True)]
    n = len(a)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def whole(a: Rational) -> Rational:
    """The least multiple of integers."""
    common = int(np.lcm.reduce([x.denominator for row in a for x in row]))
    return [[x * common for x in row] for row in a]


def machine(a: Rational) -> Any:
    found = np.array([[float(x) for x in row] for row in a])
    assert rational(found) == a, "the matrix must be one of machine numbers"
    return found


# -- comparisons ----------------------------------------------------------------------------------------------
def doubles(scalars: Sequence[Any]) -> list[float]:
    return [float(x) + 0.0 for x in scalars]  # mpmath rounds to nearest; zeros have no sign here


def assert_proved(truth: Truth, expected: Sequence[Rational]) -> None:
    assert truth.proof, truth.doubt
    for y, matrix in zip(truth.outputs, expected, strict=True):
        assert doubles(y.scalars) == [float(x) for row in matrix for x in row]


def shaped(y: Any) -> Any:
    return np.reshape(doubles(y.scalars), y.aval.shape)


def signs_of(found: Any, expected: Rational, axis: int) -> list[int]:
    """1 or -1 for each column (axis 0) or row (axis 1), by its largest element."""
    exact = np.array([[float(x) for x in row] for row in expected])
    place = np.argmax(np.abs(exact), axis=axis, keepdims=True)
    first, second = (np.take_along_axis(x, place, axis).ravel() for x in (found, exact))
    return [1 if x * y > 0 else -1 for x, y in zip(first, second, strict=True)]


def columns_turned(a: Rational, signs: Sequence[int]) -> Rational:
    return [[x * s for x, s in zip(row, signs, strict=True)] for row in a]


# -- triangles ----------------------------------------------------------------------------------------------------
def check_lu(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = integers(rng, int(rng.integers(1, 6)), int(rng.integers(1, 6)))
    factors, order = eliminated(a)

    truth = true_value(linalg.lu, [machine(a)])

    if not truth.certified:  # no digits tell tied thirds apart
        assert "agree to all digits" in truth.doubt
        return
    assert doubles(truth.outputs[0].scalars) == [float(x) for row in factors for x in row]
    assert truth.outputs[2].scalars == order


def check_cholesky(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    low = rational(np.tril(rng.integers(-9, 10, (n, n)), -1) / 4 + np.diag(rng.integers(1, 9, n) / 2))

    truth = proved_value(lambda x: [linalg.cholesky(x)], [machine(product(low, transposed(low)))])

    assert_proved(truth, [low])


def check_triangular_solve(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = (int(x) for x in rng.integers(1, 5, 2))
    names = ("left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal")
    params = {name: bool(rng.integers(2)) for name in names}
    a, b = integers(rng, n, n), integers(rng, n, k)
    for i in range(n):
        a[i][i] = Fraction(int(rng.integers(1, 9)))
    read = np.tril(machine(a)) if params["lower"] else np.triu(machine(a))
    t = rational(read)
    if params["unit_diagonal"]:
        t = [[Fraction(1) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(t)]
    x = solved(transposed(t) if params["transpose_a"] == params["left_side"] else t, b)
    right = machine(b if params["left_side"] else transposed(b))

    truth = proved_value(lambda a, b: [linalg.triangular_solve(a, b, **params)], [machine(a), right])

    assert_proved(truth, [x if params["left_side"] else transposed(x)])


# -- orthogonal factors --------------------------------------------------------------------------------------------
def check_qr(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    k = int(rng.integers(1, n + 1))
    q = orthogonal_matrix(rng, n)
    common = Fraction(int(np.lcm.reduce([x.denominator for row in q for x in row])))
    upper = rational(np.triu(rng.integers(-4, 5, (n, k)), 1) + np.eye(n, k) * rng.integers(1, 5, k))
    r = [[x * common for x in row] for row in upper]
    a = machine(product(q, r))

    truth = proved_value(lambda x: linalg.qr(x, full_matrices=False), [a])

    assert truth.proof
    first = [row[:k] for row in q]
    signs = signs_of(shaped(truth.outputs[0]), first, 0)
    turned = transposed(columns_turned(transposed(r[:k]), signs))
    assert_proved(truth, [columns_turned(first, signs), turned])
    assert shaped(truth.outputs[1])[0, 0] * (a[0, 0] or 1) < 0 or not a[1:, 0].any()


def spectral(rng: Rng, n: int) -> tuple[Rational, list[Fraction], Rational]:
    """An orthogonal matrix, distinct ascending integers, and a multiple of the matrix that they make."""
    q = orthogonal_matrix(rng, n)
    common = Fraction(int(np.lcm.reduce([x.denominator for row in q for x in row])) ** 2)
    values = [Fraction(int(w)) for w in sorted(rng.choice(np.arange(-9, 10), n, replace=False))]
    scaled = [[x * w * common for x, w in zip(row, values, strict=True)] for row in q]
    return q, [w * common for w in values], product(scaled, transposed(q))


def check_eigh(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, values, a = spectral(rng, int(rng.integers(1, 5)))

    truth = proved_value(linalg.eigh, [machine(a)])

    found = shaped(truth.outputs[0])
    turned = columns_turned(q, signs_of(found, q, 0))
    if 0 not in values:
        assert_proved(truth, [turned, [values]])
    assert doubles(truth.outputs[0].scalars) == [float(x) for row in turned for x in row]
    assert (np.cos(np.arange(len(q))) @ found > 0).all()


def check_svd(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    left, right = orthogonal_matrix(rng, n), orthogonal_matrix(rng, int(rng.integers(1, 4)))
    k = min(n, len(right))
    values = [Fraction(int(s)) for s in sorted(rng.choice(np.arange(1, 10), k, replace=False), reverse=True)]
    middle = [[values[i] if i == j else Fraction(0) for j in range(len(right))] for i in range(n)]
    a = product(product(left, middle), transposed(right))
    common = int(np.lcm.reduce([x.denominator for row in a for x in row]))

    truth = proved_value(lambda x: linalg.svd(x, full_matrices=False), [machine(whole(a))])

    u, s, vh = truth.outputs
    assert truth.proof
    assert doubles(s.scalars) == [float(x * common) for x in values]
    first, second = [row[:k] for row in left], [row[:k] for row in right]
    for found, expected in ((shaped(u), first), (shaped(vh).T, second)):
        turned = columns_turned(expected, signs_of(found, expected, 0))
        assert found.tolist() == [[float(x) + 0.0 for x in row] for row in turned]
    long = shaped(u) if n >= len(right) else shaped(vh).T
    assert (np.cos(np.arange(len(long))) @ long > 0).all()


def check_eig(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    basis = rational(np.tril(rng.integers(-2, 3, (n, n)), -1) + np.eye(n))
    basis = product(basis, transposed(rational(np.tril(rng.integers(-2, 3, (n, n)), -1) + np.eye(n))))
    values = [Fraction(int(w)) for w in sorted(rng.choice(np.arange(-9, 10), n, replace=False))]
    back = solved(basis, rational(np.eye(n)))
    a = product([[x * w for x, w in zip(row, values, strict=True)] for row in basis], back)

    truth = true_value(
        lambda x: [part for y in linalg.eig(x) for part in (lax.real(y), lax.imag(y))], [machine(a)]
    )

    w, no_w, left, no_left, right, no_right = (shaped(y) for y in truth.outputs)
    assert truth.certified
    assert w.tolist() == [float(x) for x in values]
    assert not any(part.any() for part in (no_w, no_left, no_right))
    for found, vectors in ((right, basis), (left, transposed(back))):
        for k in range(n):
            column = [row[k] for row in vectors]
            # Of length 1: each element is the root of a rational number.
            whole = sum((x * x for x in column), Fraction(0))
            along = sum(math.cos(i) * float(x) for i, x in enumerate(column))
            expected = [math.copysign(float(root_of(x * x / whole)), along * x) if x else 0.0 for x in column]
            assert found[:, k].tolist() == expected


def root_of(x: Fraction) -> Fraction:
    """The square root, to far more digits than a double has."""
    return Fraction(math.isqrt(x.numerator * x.denominator << 400), x.denominator << 200)


SEEDS = 12
CHECKS: dict[str, Callable[[int], None]] = {
    "lu": check_lu,
    "cholesky": check_cholesky,
    "triangular_solve": check_triangular_solve,
    "qr": check_qr,
    "eigh": check_eigh,
    "svd": check_svd,
    "eig": check_eig,
}


def check_all(name: str) -> None:
    for seed in range(SEEDS):
        CHECKS[name](seed)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", CHECKS)
def test_a_factorization_is_the_rational_one(name: str, seed: int) -> None:
    CHECKS[name](seed)


# -- planted faults ----------------------------------------------------------------------------------------------------
def not_pivoted(m: Algebra, a: Any) -> Any:
    larger, m.larger = m.larger, lambda x, y: False  # type: ignore[method-assign]  # the planted fault
    try:
        return ELIMINATED(m, a)
    finally:
        m.larger = larger  # type: ignore[method-assign]


ELIMINATED, REFLECTION, ROTATION, RANKED = (
    triangular.eliminated,
    orthogonal.reflection,
    jacobi.rotation,
    jacobi.ranked,
)


def wrong_side(m: Algebra, k: int, x: Any) -> Any:
    by, beta = REFLECTION(m, k, x)
    return by, m.o.neg(beta)


def other_way(m: Algebra, p: Any, x: Any, q: Any) -> Any:
    by = ROTATION(m, p, x, q)
    return by and (by[0], m.o.neg(by[1]), by[2])


FAULTS = {
    "lu": (triangular, "eliminated", not_pivoted),
    "qr": (orthogonal, "reflection", wrong_side),
    "eigh": (jacobi, "rotation", other_way),
    "svd": (jacobi, "ranked", lambda m, values, sign: RANKED(m, values, -sign)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_in_a_definition_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[name])

    with pytest.raises(AssertionError):
        check_all(name)


# -- what has no decomposition, or more than one ---------------------------------------------------------
def test_a_matrix_that_is_not_positive_definite_has_no_factor() -> None:
    for a in ([[1.0, 2.0], [2.0, 1.0]], [[0.0]], [[1.0, 1.0], [1.0, 1.0]], [[np.nan]], [[np.inf]]):
        (low,) = true_value(lambda x: [linalg.cholesky(x)], [np.array(a)]).outputs

        assert all(x != x or (i // len(a) < i % len(a)) for i, x in enumerate(low.scalars))


def test_a_singular_matrix_has_an_lu_decomposition() -> None:
    truth = proved_value(linalg.lu, [np.array([[1.0, 2.0], [2.0, 4.0]])])

    assert doubles(truth.outputs[0].scalars) == [2.0, 4.0, 0.5, 0.0]
    assert doubles(proved_value(linalg.lu, [np.zeros((2, 2))]).outputs[0].scalars) == [0.0] * 4


def test_vectors_of_equal_eigenvalues_are_not_certified_and_the_values_are() -> None:
    vectors, values = true_value(linalg.eigh, [np.diag([3.0, 1.0, 3.0])]).outputs

    assert doubles(values.scalars) == [1.0, 3.0, 3.0]
    assert all(values.certified)
    assert vectors.certified == [True, False, False] * 3


def test_without_a_word_a_matrix_with_an_infinity_is_nan_throughout() -> None:
    a = np.array([[1.0, np.inf], [2.0, 3.0]])

    for function in (linalg.qr, linalg.svd, linalg.eigh, linalg.lu):
        for room in ("fast", "reference"):
            with verax.using(room):
                found = np.asarray(function(a)[0])
            assert np.isnan(found).all()


def test_a_ball_is_widened_by_what_an_iteration_leaves() -> None:
    system = Ball(50)
    one = system.lift(1.0, np.dtype(np.float64))
    third = system.operations.div(one, system.lift(3.0, np.dtype(np.float64)))

    wider = system.widened(one, third)

    assert wider.contains(from_number(0.75))
    assert not wider.contains(from_number(1.5))
    assert system.widened(one, 0.0) is one
    assert system.widened(one, float("nan")) is system.unknown
    assert system.widened(one, system.operations.neg(third)) is system.unknown


def test_what_may_be_zero_has_a_square_and_a_sum_with_zero() -> None:
    system = Ball(50)
    o, three = system.operations, from_number(3)
    third = o.div(from_number(1), three)
    nearly = o.sub(o.mul(third, three), from_number(1))  # 0, with a radius

    assert nearly.contains(0.0)
    for found in (
        o.square(nearly),
        o.add(nearly, 0.0),
        o.add(0.0, nearly),
        o.sqrt(o.add(o.square(nearly), 0.0)),
    ):
        assert found is not system.unknown
        assert found.contains(0.0)
