"""`custom_linear_solve` and `custom_root` are JAX's, and differentiate what is solved, not how.

All numbers are whole or halves of such, and all sums exact: results are equal to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.language.program import Program
from verax.language.serialization import program_from_json, program_to_json
from verax.language.transforms import make_program

F32 = np.float32
# Of determinant 1: its inverse is whole.
A = np.array([[2.0, 1.0, 0.0], [3.0, 2.0, 1.0], [1.0, 1.0, 2.0]], F32)
INVERSE = np.array([[3.0, -2.0, 1.0], [-5.0, 4.0, -2.0], [1.0, -1.0, 1.0]], F32)
B = np.array([1.0, -2.0, 3.0], F32)
D = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0], [3.0, 1.0, 0.0]], F32)
jax_lax: Any = jax.lax


def solving(peer: Any, **given: Any) -> Callable[..., Any]:
    """x of a x = b, by a solver that only knows the inverse of A, and gives derivatives no way through."""
    lx = getattr(peer, "lax", peer)

    def by(inverse: Any) -> Callable[..., Any]:
        return lambda matvec, b: lx.stop_gradient(lx.dot(inverse, b)) + 0 * b

    def call(a: Any, b: Any) -> Any:
        return lx.custom_linear_solve(
            lambda x: lx.dot(a, x), b, by(INVERSE), transpose_solve=by(INVERSE.T), **given
        )

    return call


def numbers(tree: Any) -> Any:
    return [np.asarray(leaf).tolist() for leaf in jax.tree.leaves(tree)]


def loss(peer: Any) -> Callable[..., Any]:
    return lambda a, b: (solving(peer)(a, b) ** 2).sum()


TRANSFORMED: dict[str, Callable[[Any], Any]] = {
    "value": lambda p: solving(p)(A, B),
    "jvp": lambda p: p.jvp(solving(p), (A, B), (D, B)),
    "jvp of the right side": lambda p: p.jvp(lambda b: solving(p)(A, b), (B,), (B,)),
    "jvp of the matrix": lambda p: p.jvp(lambda a: solving(p)(a, B), (A,), (D,)),
    "grad": lambda p: p.grad(loss(p), argnums=(0, 1))(A, B),
    "jacrev": lambda p: p.jacrev(solving(p), argnums=(0, 1))(A, B),
    "jacfwd": lambda p: p.jacfwd(solving(p))(A, B),
    "hessian": lambda p: p.hessian(lambda b: loss(p)(A, b))(B),
    "vmap": lambda p: p.vmap(solving(p), in_axes=(None, 0))(A, D),
    "vmap of grad": lambda p: p.vmap(p.grad(loss(p)), in_axes=(None, 0))(A, D),
    "grad of vmap": lambda p: p.grad(lambda b: p.vmap(loss(p), in_axes=(None, 0))(A, b).sum())(D),
    "matrices of lanes": lambda p: p.vmap(solving(p), in_axes=(0, None))(np.stack([A, A]), B),
    "jit": lambda p: p.jit(solving(p))(A, B),
    "jit of grad": lambda p: p.jit(p.grad(loss(p)))(A, B),
    "linearize": lambda p: p.linearize(solving(p), A, B)[1](D, B),
    "in a loop": lambda p: p.lax.scan(lambda c, b: (c, solving(p)(A, b + c)), B, D),
}


def of_complex_numbers(peer: Any) -> Any:
    slopes = np.array([2 + 2j, 4], np.complex64)

    def square(b: Any) -> Any:
        by = lambda matvec, y: y / slopes  # noqa: E731
        x = peer.lax.custom_linear_solve(lambda x: x * slopes, b, by, transpose_solve=by)
        return (x * x.conj()).real.sum()

    return peer.value_and_grad(square)(np.array([2 - 4j, 4 - 8j], np.complex64))


TRANSFORMED["of complex numbers"] = of_complex_numbers


@pytest.mark.parametrize("name", TRANSFORMED)
def test_a_linear_solve_is_jaxs(name: str) -> None:
    assert numbers(TRANSFORMED[name](verax)) == numbers(TRANSFORMED[name](jax))


def elimination(lx: Any, a: Any, b: Any) -> Any:
    """Cramer's rule for two equations: here derivatives go through."""
    (p, q), (r, s) = (tuple(row) for row in a)
    top, bottom = s * b[0] - q * b[1], p * b[1] - r * b[0]
    determinant = p * s - q * r
    return lx.concatenate([lx.reshape(top / determinant, (1,)), lx.reshape(bottom / determinant, (1,))], 0)


def test_the_limit_looks_at_the_solver_and_agrees_with_the_rule() -> None:
    def of(a: Any, b: Any) -> Any:
        by = lambda matvec, y: elimination(lax, a, y)  # noqa: E731
        turned = lambda vecmat, y: elimination(lax, a.T, y)  # noqa: E731
        return lax.custom_linear_solve(lambda x: lax.dot(a, x), b, by, transpose_solve=turned)

    a, b = A[:2, :2], B[:2]
    found = []
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            both = verax.jacrev(of, argnums=(0, 1))(vnp.asarray(a), vnp.asarray(b))
            found.append(numbers((of(vnp.asarray(a), vnp.asarray(b)), both)))
    assert found[0] == found[1]


def test_a_symmetric_function_is_its_own_transpose() -> None:
    def of(peer: Any) -> Any:
        halved = lambda matvec, b: b / 2  # noqa: E731
        return lambda b: peer.lax.custom_linear_solve(
            lambda x: 2 * x, b, halved, transpose_solve=halved, symmetric=True
        ).sum()

    assert numbers(verax.grad(of(verax))(B)) == numbers(jax.grad(of(jax))(B)) == [[0.5] * 3]


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_trees_and_auxiliary_values_go_through(implementation: str) -> None:
    def of(peer: Any) -> Any:
        def solve(matvec: Any, b: Any) -> Any:
            return {"x": b["x"] / 2, "y": b["y"] / 4}, {"steps": 3}

        def matvec(v: Any) -> Any:
            return {"x": 2 * v["x"], "y": 4 * v["y"]}

        return peer.lax.custom_linear_solve(matvec, {"x": B, "y": F32(8)}, solve, has_aux=True)

    with verax.using(implementation):
        value, aux = of(verax)
    want, other = of(jax)
    assert numbers(value) == numbers(want)
    assert numbers(aux) == numbers(other)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"matvec": lambda x: x[:2]}, ValueError, r"`matvec` .* must return arrays like \(f32\[3\]\)"),
        ({"matvec": lambda x: (x, x)}, TypeError, "`matvec` .* must return a tree like"),
        ({"solve": lambda f, b: b[:1]}, ValueError, "`solve` of custom_linear_solve must return arrays"),
        ({"solve": lambda f, b: b, "has_aux": True}, TypeError, "must return a pair"),
        ({"solve": 3}, TypeError, "`solve` of custom_linear_solve must be a function"),
    ],
)
def test_a_function_of_another_shape_is_named(change: Any, error: type[Exception], said: str) -> None:
    call: dict[str, Any] = {"matvec": lambda x: x, "b": B, "solve": lambda f, b: b, **change}
    with pytest.raises(error, match=said):
        lax.custom_linear_solve(**call)
    with pytest.raises((TypeError, ValueError)):
        jax_lax.custom_linear_solve(**call)


def test_reverse_mode_asks_for_the_transposed_solver() -> None:
    def of(b: Any) -> Any:
        return lax.custom_linear_solve(lambda x: 2 * x, b, lambda f, y: y / 2).sum()

    with pytest.raises(TypeError, match="`transpose_solve` of custom_linear_solve must be given"):
        verax.grad(of)(B)
    assert numbers(verax.jvp(of, (B,), (B,))) == [1.0, 1.0]


def test_a_linear_solve_is_stored_and_inlined() -> None:
    from verax.language.inlining import inlined

    program: Program = make_program(solving(verax))(A, B)
    assert [e.primitive.name for e in program.equations] == ["custom_linear_solve"]
    for other in (program_from_json(program_to_json(program)), inlined(program)):
        assert numbers(other(A, B)) == numbers(program(A, B))


# -- roots ------------------------------------------------------------------------------------------------------
def rooted(peer: Any, **given: Any) -> Callable[[Any], Any]:
    """The square root of a, as the root of x^2 - a, by a solver that gives derivatives no way through."""
    lx = peer.lax

    def root(a: Any) -> Any:
        def solve(f: Any, guess: Any) -> Any:
            return lx.stop_gradient(lx.sqrt(a))

        return lx.custom_root(lambda x: x * x - a, 1.0, solve, lambda g, y: y / g(1.0), **given)

    return root


ROOTS: dict[str, Callable[[Any], Any]] = {
    "value": lambda p: rooted(p)(F32(16)),
    "grad": lambda p: p.grad(rooted(p))(F32(16)),
    "jvp": lambda p: p.jvp(rooted(p), (F32(16),), (F32(2),)),
    "second": lambda p: p.grad(p.grad(rooted(p)))(F32(16)),
    "vmap": lambda p: p.vmap(p.grad(rooted(p)))(np.array([16.0, 64.0], F32)),
    "grad of vmap": lambda p: p.grad(lambda a: p.vmap(rooted(p))(a).sum())(np.array([16.0, 64.0], F32)),
    "jit": lambda p: p.jit(p.grad(rooted(p)))(F32(16)),
    "in a loop": lambda p: p.grad(lambda a: p.lax.scan(lambda c, _: (rooted(p)(c), None), a, None, 2)[0])(
        F32(256)
    ),
}


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_is_jaxs(name: str) -> None:
    assert numbers(ROOTS[name](verax)) == numbers(ROOTS[name](jax))


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_the_limit_and_the_rule_agree_on_a_root(implementation: str) -> None:
    def root(a: Any) -> Any:
        solve = lambda f, guess: lax.sqrt(a)  # noqa: E731
        return lax.custom_root(lambda x: x * x - a, 1.0, solve, lambda g, y: y / g(1.0))

    with verax.using(implementation):
        assert numbers((verax.grad(root)(F32(16)), verax.grad(verax.grad(root))(F32(16)))) == [
            1 / 8,
            -1 / 256,
        ]


def test_a_root_may_be_a_tree_with_something_beside_it() -> None:
    def of(peer: Any) -> Any:
        def root(a: Any) -> Any:
            def f(v: Any) -> Any:
                return {"x": v["x"] - 2 * a, "y": v["y"] * a - 1}

            def solve(f: Any, guess: Any) -> Any:
                return {"x": 2 * a, "y": 1 / a}, {"steps": F32(7)}

            def tangent(g: Any, y: Any) -> Any:
                slopes = g({"x": F32(1), "y": F32(1)})
                return {"x": y["x"] / slopes["x"], "y": y["y"] / slopes["y"]}

            guess = {"x": F32(0), "y": F32(0)}
            value, aux = peer.lax.custom_root(f, guess, solve, tangent, has_aux=True)
            return value["x"] + value["y"], aux

        return peer.grad(root, has_aux=True)(F32(4))

    assert numbers(of(verax)) == numbers(of(jax))


def test_a_root_of_another_shape_is_named() -> None:
    with pytest.raises(ValueError, match="`f` of custom_root must return arrays like"):
        lax.custom_root(lambda x: vnp.stack([x, x]), 1.0, lambda f, x: x, lambda g, y: y)
    with pytest.raises(TypeError, match="`tangent_solve` of custom_root must be a function"):
        lax.custom_root(lambda x: x, 1.0, lambda f, x: x, None)  # type: ignore[arg-type]  # refused
