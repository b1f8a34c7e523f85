"""Iterations in the reference go on until the tangents stand too: derivatives to the third order, against mpmath's.

Eigenvalues and singular values are iterated (`converged`, `iterated`); each level of dual numbers above the values is
settled by a step of its own. Series stop by all of their coefficients: tests/reference/test_parametric.py has those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from verax import lax as vlax
from verax.language.config import enable_x64
from verax.property_tests.derivatives.orders import by_duals
from verax.reference.primitives import eigenvalues, jacobi
from verax.reference.primitives.matrices import Algebra, Matrix

DIGITS = 30
# Eigenvalues that are well apart; the directions in which the matrices move.
SYMMETRIC = np.array([[2.0, 0.5, -0.25], [0.5, -1.0, 0.75], [-0.25, 0.75, 4.5]])
TURNING = np.array([[0.5, 1.0, -2.0], [1.0, 0.25, 1.5], [-2.0, 1.5, -1.0]])
PLAIN = np.array([[2.0, 0.5, 1.0], [-1.5, -1.0, 0.75], [0.25, 0.5, 4.5]])
MOVING = np.array([[0.5, 1.0, -2.0], [0.75, 0.25, 1.5], [-1.0, 2.0, -1.0]])


def _at(a: Any, b: Any, t: Any) -> Any:
    return mpmath.matrix(a.tolist()) + t * mpmath.matrix(b.tolist())


def _eigenvalues(a: Any, b: Any, t: Any) -> list[Any]:
    return sorted(mpmath.eigsy(_at(a, b, t), eigvals_only=True))


def _singular(a: Any, b: Any, t: Any) -> list[Any]:
    return sorted(mpmath.svd_r(_at(a, b, t), compute_uv=False), reverse=True)


def _general(a: Any, b: Any, t: Any) -> list[Any]:
    return sorted(mpmath.re(z) for z in mpmath.eig(_at(a, b, t), left=False, right=False))


# What is computed, at which matrix and along which other, and mpmath's.
Case = tuple[Callable[..., Any], Any, Any, Callable[..., list[Any]]]
CASES: dict[str, Case] = {
    "eigh": (lambda x: [vlax.linalg.eigh(x, symmetrize_input=False)[1]], SYMMETRIC, TURNING, _eigenvalues),
    "svd": (lambda x: [vlax.linalg.svd(x, compute_uv=False)], PLAIN, MOVING, _singular),
    "eig": (
        lambda x: [
            vlax.real(
                vlax.linalg.eig(x, compute_left_eigenvectors=False, compute_right_eigenvectors=False)[0]
            )
        ],
        PLAIN,
        MOVING,
        _general,
    ),
}


def missed(name: str, order: int) -> list[str]:
    """The elements of a derivative by nested dual numbers that are not mpmath's, to 30 digits."""
    function, at, along, truth = CASES[name]
    with enable_x64():
        found = by_duals(function, [at], [[along]] * order, 50)
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -20

        def value(k: int, t: Any) -> Any:
            with mpmath.workdps(250):
                return truth(at, along, t)[k]

        true = [mpmath.diff(lambda t, k=k: value(k, t), 0, order, h=step**2) for k in range(len(found))]
        got = sorted(mpmath.mpf(x._mpf_) if type(x) is not float else mpmath.mpf(x) for x in found)
        pairs = zip(got, sorted(true), strict=True)
        return [f"{x} is not {y}" for x, y in pairs if abs(x - y) > abs(y) * mpmath.mpf(10) ** -DIGITS]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", sorted(CASES))
def test_an_iteration_goes_on_until_its_tangents_stand(name: str, order: int) -> None:
    assert missed(name, order) == []


# -- iterations that stop at the primal --------------------------------------------------------------------
def _only_values(below: Callable[..., tuple[Matrix, Matrix]]) -> Callable[..., tuple[Matrix, Matrix]]:
    """In place of an iteration: the values' own, after which the tangents are not looked at."""

    def stopped(m: Algebra, a: Matrix) -> tuple[Matrix, Matrix]:
        values = m.below(a)
        if values is None:
            return below(m, a)
        basis = stopped(*values)[1]
        turned = m.times(basis, a)
        return (turned if below is _ORTHOGONALIZED else m.times(turned, m.adjoint(basis))), basis

    return stopped


_DIAGONALIZED, _ORTHOGONALIZED = jacobi.diagonalized, jacobi.orthogonalized
_STEP = eigenvalues.step


def _no_step(m: Algebra, coefficients: list[Any], roots: Any, k: int) -> Any:
    return _STEP(m, coefficients, roots, k) if m.system.base is None else (0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "room", "function", "planted"),
    [
        ("eigh", jacobi, "diagonalized", _only_values(_DIAGONALIZED)),
        ("svd", jacobi, "orthogonalized", _only_values(_ORTHOGONALIZED)),
        ("eig", eigenvalues, "step", _no_step),
    ],
)
def test_an_iteration_that_stops_at_the_primal_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, room: Any, function: str, planted: Any
) -> None:
    monkeypatch.setattr(room, function, planted)
    assert any(missed(name, order) for order in (1, 2))
