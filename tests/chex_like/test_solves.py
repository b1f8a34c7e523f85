"""The derivative of a linear equation's solution is the equation's, also where its solver stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import lax
from verax.chex_like.judging.judgement import judge
from verax.reference.findings import Blame

F32 = np.float32
A = np.array([[4, 1, 0], [1, 3, 1], [0, 1, 5]], F32)
B = np.array([1, 2, 3], F32)


def held(solver: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """A solution by a fixed matrix, made of the equation's by ``solver``."""

    def solution(a: Any, b: Any) -> Any:
        fixed = lax.stop_gradient(solver(a))
        return lax.custom_linear_solve(
            lambda x: vnp.dot(a, x), b, lambda _, y: vnp.dot(fixed, y), lambda _, y: vnp.dot(fixed.T, y)
        )

    return solution


@pytest.mark.parametrize("order", [0, 1, 2])
def test_jaxs_solutions_inverses_determinants_and_factors_hold(order: int) -> None:
    """Its factors stop gradients: next to the point they are still those of the point."""
    from jax import numpy as jnp

    assert judge(jnp.linalg.solve, jnp.asarray(A), jnp.asarray(B), order=order).holds
    assert judge(jnp.linalg.inv, jnp.asarray(A), order=order).holds
    assert judge(jnp.linalg.det, jnp.asarray(A), order=order).holds
    assert judge(lambda a: jnp.linalg.slogdet(a)[1], jnp.asarray(A), order=order).holds
    assert judge(jnp.linalg.cholesky, jnp.asarray(A), order=order).holds


@pytest.mark.parametrize("order", [1, 2])
def test_a_solver_that_stands_still_is_moved_along_with_its_equation(order: int) -> None:
    assert judge(held(vnp.linalg.inv), A, B, order=order).holds


def test_a_solver_that_is_wrong_is_not_mended() -> None:
    wrong = held(lambda a: 1.5 * vnp.linalg.inv(a))
    assert judge(wrong, A, B, order=1).blame is Blame.RULE


def test_the_limit_is_the_derivative_of_the_equation() -> None:
    """Of x = A^-1 b along dA: -A^-1 dA x, and 2 A^-1 dA A^-1 dA x at the second order."""
    along = np.outer([1, -2, 0.5], [0.25, 1, 1]).astype(F32)
    slope = np.linalg.solve(A.astype(float), along)
    x = np.linalg.solve(A.astype(float), B)
    solution = held(vnp.linalg.inv)

    def first(a: Any) -> Any:
        return verax.jvp(lambda a: solution(a, B), (a,), (along,))[1]

    with verax.using(verax.reference):
        once, twice = verax.jvp(first, (A,), (along,))

    np.testing.assert_array_equal(np.asarray(once), (-slope @ x).astype(F32))
    np.testing.assert_array_equal(np.asarray(twice), (2 * slope @ slope @ x).astype(F32))
