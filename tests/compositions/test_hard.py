"""Compositions of transforms that are known to be hard, each held to its closed form.

All numbers are small integers, so that every sum and product is exact in float32: what is computed must be the closed
form to the bit, by `fast`, by the reference, and by JAX, whose answer stands beside ours as a third.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax

from .vocabularies import OURS, THEIRS

# A composition in a vocabulary, its closed form, and what it is in truth where a rule says otherwise.
HARD: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {}


def hard(wanted: Any, truth: Any = None) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Add a composition under its function's name, with its closed form; rules that lie show who believes them."""

    def add(build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        HARD[build.__name__] = build, wanted, wanted if truth is None else truth
        return build

    return add


def floats(m: Any, *xs: float) -> Any:
    return m.np.asarray(xs, dtype="float32")


def power(m: Any, x: Any, n: int) -> Any:
    """x^(n+1) by a scan."""
    return m.lax.scan(lambda c, _: (c * x, None), x, None, length=n)[0]


# -- while_loop ----------------------------------------------------------------------------------------------
@hard([8, 10, 12, 9])
def while_loop_under_vmap_with_lanes_of_different_lengths(m: Any) -> Any:
    return m.vmap(lambda x: m.lax.while_loop(lambda c: c < 8, lambda c: c * 2, x))(floats(m, 1, 5, 6, 9))


@hard([4, 8, 16])
def while_loop_under_vmap_whose_test_differs_by_a_closure(m: Any) -> Any:
    return m.vmap(lambda limit: m.lax.while_loop(lambda c: c < limit, lambda c: c * 2, 1.0))(
        floats(m, 3, 7, 9)
    )


@hard([[8, 10], [8, 2]])
def jvp_of_vmap_of_while_loop(m: Any) -> Any:
    f = m.vmap(lambda x: m.lax.while_loop(lambda c: c < 8, lambda c: c * 2, x))
    x = floats(m, 1, 5)
    return m.np.stack(m.jvp(f, (x,), (m.np.ones_like(x),)))


@hard([8, 2])
def vmap_of_jvp_of_jit_of_while_loop(m: Any) -> Any:
    f = m.jit(lambda x: m.lax.while_loop(lambda c: c < 8, lambda c: c * 2, x))
    return m.vmap(lambda x: m.jvp(f, (x,), (1.0,))[1])(floats(m, 1, 5))


@hard([2, 6, 12])
def second_jvp_of_while_loop_by_jacfwd(m: Any) -> Any:
    def f(x: Any) -> Any:  # x^(2^k) until it is at least 2 in the counter
        return m.lax.while_loop(lambda c: c[0] < 2, lambda c: (c[0] + 1, c[1] * x), (0, x))[1]

    return m.np.stack([m.jacfwd(m.jacfwd(f))(x) / 3 for x in (1.0, 3.0, 6.0)])


@hard([12, 27])
def while_loop_around_scan_under_vmap(m: Any) -> Any:
    def f(x: Any) -> Any:
        def body(c: Any) -> Any:
            return (c[0] + 1, m.lax.scan(lambda s, _: (s + x, None), c[1], None, length=3)[0])

        return m.lax.while_loop(lambda c: c[0] < x, body, (0.0, 0.0))[1]

    return m.vmap(f)(floats(m, 2, 3))


@hard([4, 4, 4])
def grad_through_scan_beside_a_while_loop_that_is_stopped(m: Any) -> Any:
    def f(x: Any) -> Any:
        count = m.lax.while_loop(lambda c: c < 4, lambda c: c + 1, m.lax.stop_gradient(x) * 0)
        return x * count

    return m.vmap(m.grad(f))(floats(m, 1, 2, 3))


# -- scan ----------------------------------------------------------------------------------------------------
@hard([1, 4, 76])
def scan_of_grad_of_scan(m: Any) -> Any:
    def step(c: Any, x: Any) -> Any:
        return (
            c + m.grad(lambda y: power(m, y, 2))(x),
            c + m.grad(lambda y: power(m, y, 2))(x) - 3 * x * x + 1,
        )

    carry, ys = m.lax.scan(step, 0.0, floats(m, 1, 5))
    return m.np.stack([ys[0], ys[1], carry - 2])


@hard([6, 30])
def grad_of_scan_of_grad_of_scan(m: Any) -> Any:
    def f(xs: Any) -> Any:
        return m.lax.scan(lambda c, x: (c + m.grad(lambda y: power(m, y, 2))(x), None), 0.0, xs)[0]

    return m.grad(f)(floats(m, 1, 5))


@hard([24, 48])
def third_derivative_of_a_scan(m: Any) -> Any:
    f = m.grad(m.grad(m.grad(lambda x: power(m, x, 3))))
    return m.np.stack([f(1.0), f(2.0)])


@hard([[1, 1, 1], [3, 2, 1]])
def vmap_of_grad_of_reverse_scan(m: Any) -> Any:
    def last(xs: Any) -> Any:
        return m.lax.scan(lambda c, x: (c + x, c), 0.0, xs, reverse=True)[0]

    def sums(xs: Any) -> Any:
        return m.lax.scan(lambda c, x: (c + x, c + x), 0.0, xs)[1].sum()

    x = floats(m, 1, 2, 3)
    return m.np.stack([m.vmap(m.grad(last))(x[None])[0], m.vmap(m.grad(sums))(x[None])[0]])


@hard([[6, 18, 36], [6, 6, 6]])
def scan_whose_carry_becomes_mapped_after_a_step(m: Any) -> Any:
    f = m.vmap(lambda x: m.lax.scan(lambda c, _: (c + x, c + x), 0.0, None, length=3)[1].sum())
    x = floats(m, 1, 3, 6)
    return m.np.stack([f(x), m.grad(lambda v: f(v).sum())(x)])


@hard([7, 0])
def grad_of_a_scan_without_steps(m: Any) -> Any:
    def f(x: Any, w: Any) -> Any:
        return m.lax.scan(lambda c, v: (c * w + v, None), x * 7, m.np.zeros((0,)))[0]

    return m.np.stack(m.grad(f, argnums=(0, 1))(2.0, 3.0))


@hard([12, 3])
def grad_of_scan_with_integers_none_and_a_dictionary_in_its_carry(m: Any) -> Any:
    def f(x: Any) -> Any:
        def step(c: Any, i: Any) -> Any:
            return {"n": c["n"] + i, "x": c["x"] * x, "nothing": None}, c["n"]

        carry, _counts = m.lax.scan(step, {"n": 0, "x": x, "nothing": None}, m.np.arange(3))
        return carry["x"] / x, carry["n"]

    slope, count = m.grad(f, has_aux=True)(2.0)
    return m.np.stack([slope, count.astype("float32")])


@hard([2, 4, 6, 8])
def vmap_of_linearize_of_scan_applied_twice(m: Any) -> Any:
    def slope(x: Any) -> Any:
        _, push = m.linearize(lambda y: power(m, y, 1), x)
        return push(1.0) + push(2.0) - push(2.0)

    return m.vmap(slope)(floats(m, 1, 2, 3, 4))


@hard([[3, 2, 1], [6, 4, 2]])
def linear_transpose_of_vmap_of_scan(m: Any) -> Any:
    def sums(xs: Any) -> Any:
        return m.lax.scan(lambda c, x: (c + x, c + x), 0.0, xs)[1]

    x = m.np.zeros((2, 3))
    return m.linear_transpose(m.vmap(sums), x)(floats(m, 1, 2)[:, None] * m.np.ones((2, 3)))[0]


@hard([3, 2, 1])
def grad_of_updates_at_places_in_a_scan(m: Any) -> Any:
    def f(xs: Any) -> Any:
        def step(c: Any, i: Any) -> Any:
            return (c.at[i].add(xs[i]), c.sum())

        return m.lax.scan(step, m.np.zeros(3), m.np.arange(3))[0] @ floats(m, 3, 2, 1)

    return m.grad(f)(floats(m, 1, 2, 3))


@hard([[1, 3, 6], [6, 5, 3]])
def grad_of_vmap_of_associative_scan(m: Any) -> Any:
    sums = m.vmap(lambda xs: m.lax.associative_scan(m.np.add, xs))
    x = floats(m, 1, 2, 3)[None]
    return m.np.stack([sums(x)[0], m.grad(lambda v: (sums(v) * floats(m, 1, 2, 3)).sum())(x)[0]])


@hard([2, 4, 6])
def map_of_grad_under_jit(m: Any) -> Any:
    return m.jit(lambda xs: m.lax.map(m.grad(lambda x: x * x), xs))(floats(m, 1, 2, 3))


@hard([[16, 64], [12, 32]])
def vmap_of_grad_of_fori_loop(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.lax.fori_loop(0, 3, lambda i, c: c * x, x) * 1

    x = floats(m, 2, 4)
    return m.np.stack([m.vmap(f)(x) * floats(m, 1, 0.25), m.vmap(m.grad(f))(x) * floats(m, 0.375, 0.125)])


# -- custom rules --------------------------------------------------------------------------------------------
def fivefold(m: Any) -> Any:
    """2 x, whose rule says 5."""
    f = m.custom_vjp(lambda x: 2 * x)
    f.defvjp(lambda x: (f(x), x), lambda x, ct: (5 * ct,))
    return f


def threefold(m: Any) -> Any:
    """2 x, whose rule says 3."""
    f = m.custom_jvp(lambda x: 2 * x)
    f.defjvp(lambda primals, tangents: (f(*primals), 3 * tangents[0]))
    return f


@hard([2, 4])
def custom_vjp_under_vmap_of_jit(m: Any) -> Any:
    return m.vmap(m.jit(fivefold(m)))(floats(m, 1, 2))


@hard([5, 5], [2, 2])
def grad_of_custom_vjp_under_vmap_of_jit(m: Any) -> Any:
    return m.vmap(m.grad(m.jit(fivefold(m))))(floats(m, 1, 2))


@hard([25, 25], [4, 4])
def grad_of_scan_of_custom_vjp(m: Any) -> Any:
    f = fivefold(m)
    return m.grad(lambda xs: m.lax.scan(lambda c, _: (f(c), None), xs, None, length=2)[0].sum())(
        floats(m, 1, 2)
    )


@hard([25, 25], [4, 4])
def jit_of_grad_of_vmap_of_scan_of_checkpoint_of_custom_vjp(m: Any) -> Any:
    f = m.checkpoint(fivefold(m))

    def row(x: Any) -> Any:
        return m.lax.scan(lambda c, _: (f(c), None), x, None, length=2)[0]

    return m.jit(m.grad(lambda xs: m.vmap(row)(xs).sum()))(floats(m, 1, 2))


@hard([[5, 5], [3, 3]], [[2, 2], [2, 2]])
def jacrev_of_vmap_of_both_kinds_of_rules(m: Any) -> Any:
    x = floats(m, 1, 2)
    return m.np.stack([m.np.diag(m.jacrev(m.vmap(f))(x)) for f in (fivefold(m), threefold(m))])


@hard([9, 27], [4, 8])
def jvp_of_while_loop_of_custom_jvp(m: Any) -> Any:
    f = threefold(m)

    def loop(n: Any) -> Any:
        return lambda x: m.lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] + 1, f(c[1])), (0, x))[1]

    return m.np.stack([m.jvp(loop(n), (1.0,), (1.0,))[1] for n in (2, 3)])


@hard([6, 12], [2, 4])
def custom_vjp_with_arguments_that_are_not_differentiated_under_grad_of_vmap(m: Any) -> Any:
    def rule(n: Any, saved: Any, ct: Any) -> Any:
        return (n * saved * ct,)

    def f(n: Any, x: Any) -> Any:
        return x * x

    made = m.custom_vjp(f, nondiff_argnums=(0,))
    made.defvjp(lambda n, x: (x * x, x), rule)
    return m.grad(lambda xs: m.vmap(lambda x: made(6, x))(xs).sum())(floats(m, 1, 2))


@hard([7, 14], [2, 4])
def custom_gradient_under_jit_of_vmap_of_grad(m: Any) -> Any:
    f = m.custom_gradient(lambda x: (x * x, lambda ct: ct * 7 * x))
    return m.jit(m.vmap(m.grad(f)))(floats(m, 1, 2))


@hard([6, 6])
def second_derivative_through_a_custom_jvp_rule(m: Any) -> Any:
    cube = m.custom_jvp(lambda x: x**3)
    cube.defjvp(lambda primals, tangents: (cube(*primals), 3 * primals[0] ** 2 * tangents[0]))
    return m.np.stack([m.jacfwd(m.jacrev(cube))(1.0), m.jacrev(m.jacfwd(cube))(1.0)])


@hard([6, 18])
def gradient_by_a_rule_of_a_function_whose_closure_is_converted(m: Any) -> Any:
    def squared(f: Any, x: Any) -> Any:
        converted, consts = m.closure_convert(f, x)

        def plain(y: Any, *consts: Any) -> Any:
            return converted(y, *consts) ** 2

        made = m.custom_vjp(plain)
        made.defvjp(
            lambda y, *cs: (plain(y, *cs), (y, cs)),
            lambda saved, ct: m.vjp(plain, saved[0], *saved[1])[1](ct),
        )
        return made(x, *consts)

    return m.np.stack(m.grad(lambda a, x: squared(lambda y: y * a, x), argnums=(0, 1))(3.0, 1.0))


# -- checkpoint ------------------------------------------------------------------------------------------------
@hard([4, 32])
def grad_of_checkpoint_of_scan(m: Any) -> Any:
    f = m.checkpoint(lambda x: power(m, x, 3))
    return m.np.stack([m.grad(f)(1.0), m.grad(f)(2.0)])


@hard([4, 32])
def grad_of_scan_of_checkpoint_under_vmap(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.lax.scan(lambda c, _: (m.checkpoint(lambda c, x: c * x)(c, x), None), x, None, length=3)[0]

    return m.vmap(m.grad(f))(floats(m, 1, 2))


@hard([12, 48])
def hessian_of_a_checkpoint_in_a_checkpoint(m: Any) -> Any:
    f = m.checkpoint(lambda x: m.checkpoint(lambda y: y * y)(x) * x * x)
    return m.np.stack([m.hessian(f)(1.0), m.jit(m.hessian(f))(2.0)])


@hard([6, 24])
def checkpoint_that_closes_over_what_is_differentiated(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.checkpoint(lambda y: y * x * x)(x) * 2

    return m.np.stack([m.grad(f)(1.0), m.grad(m.jit(f))(2.0)])


# -- branches --------------------------------------------------------------------------------------------------
@hard([0, 4, 6])
def vmap_of_grad_of_cond_by_lane(m: Any) -> Any:
    return m.vmap(m.grad(lambda x: m.lax.cond(x > 1, lambda y: y * y, lambda y: 0 * y, x)))(
        floats(m, 1, 2, 3)
    )


@hard([1, 4, 12])
def grad_of_vmap_of_switch(m: Any) -> Any:
    branches = [lambda x: x, lambda x: x * x, lambda x: x * x * x]
    f = m.vmap(lambda i, x: m.lax.switch(i, branches, x))
    return m.grad(lambda xs: f(m.np.arange(3), xs).sum())(floats(m, 2, 2, 2))


@hard([2, 4])
def grad_of_cond_in_a_scan_under_jit(m: Any) -> Any:
    def f(x: Any) -> Any:
        def step(c: Any, i: Any) -> Any:
            return (m.lax.cond(i % 2 == 0, lambda v: v * x, lambda v: v, c), None)

        return m.lax.scan(step, 1.0, m.np.arange(4))[0]

    return m.jit(m.vmap(m.grad(f)))(floats(m, 1, 2))


# -- perturbations -----------------------------------------------------------------------------------------------
@hard([1, 2])
def grad_in_grad_does_not_confuse_two_perturbations(m: Any) -> Any:
    f = m.grad(lambda x: x * m.grad(lambda y: x + y)(1.0))
    g = m.grad(lambda x: x * m.grad(lambda y: x * y)(1.0))
    return m.np.stack([f(1.0), g(1.0)])


@hard([4, 6])
def jvp_in_jvp_over_scan_does_not_confuse_two_perturbations(m: Any) -> Any:
    def inner(x: Any) -> Any:
        return m.jvp(lambda y: m.lax.scan(lambda c, _: (c * x, None), y, None, length=2)[0], (x,), (1.0,))[1]

    return m.np.stack([m.jvp(inner, (x,), (1.0,))[1] for x in (2.0, 3.0)])


@hard([[6, 0, 6], [0, 12, 6]])
def forward_over_reverse_and_reverse_over_forward(m: Any) -> Any:
    def f(x: Any) -> Any:
        return (x**3).sum()

    x, v = floats(m, 1, 2), floats(m, 1, 0)
    forward = m.jvp(m.grad(f), (x,), (v,))[1]
    back = m.vjp(lambda y: m.jvp(f, (y,), (m.np.ones_like(y),))[1], x)[1](1.0)[0]
    return m.np.stack(
        [m.np.stack([forward[0], forward[1], back[0]]), m.np.stack([back[0] * 0, back[1], forward[0]])]
    )


@hard([[2, 0], [0, 2]])
def jit_that_closes_over_a_tracer_of_grad_and_one_of_vmap(m: Any) -> Any:
    def f(x: Any, scale: Any) -> Any:
        return m.jit(m.jit(lambda z: z * x * scale))(x).sum()

    return m.vmap(lambda e: m.grad(lambda x: f(x, e))(m.np.ones(2)) * 1)(m.np.eye(2))


# -- mapping -----------------------------------------------------------------------------------------------------
@hard([[2, 3], [4, 5], [6, 7]])
def nested_vmap_with_axes_in_and_out_of_place(m: Any) -> Any:
    f = m.vmap(m.vmap(lambda x, y: x + y, in_axes=(0, None), out_axes=0), in_axes=(1, None), out_axes=1)
    return f(m.np.arange(6.0).reshape(3, 2), 2.0)


@hard([6, 12, 18])
def grad_of_a_sum_over_a_named_axis(m: Any) -> Any:
    f = m.vmap(lambda x: m.lax.psum(x * x, "i") * 1.0, axis_name="i")
    return m.grad(lambda xs: f(xs).sum())(floats(m, 1, 2, 3))


@hard([3, 3])
def vmap_of_jacrev_of_a_mean_over_a_named_axis(m: Any) -> Any:
    f = m.vmap(lambda x: x - m.lax.pmean(x, "i"), axis_name="i")
    jacobian = m.jacrev(f)(floats(m, 1, 2, 3, 4))
    return m.np.stack([jacobian[0, 0], -3 * jacobian[0, 1]]) * 4


@hard([[0, 1, 3], [0, 2, 1]])
def grad_of_vmap_of_sort_in_a_scan(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.lax.scan(lambda c, _: (m.np.sort(c) * 1, None), x, None, length=2)[0]

    x = floats(m, 0, 3, 1)
    return m.np.stack(
        [m.vmap(f)(x[None])[0], m.grad(lambda v: m.vmap(f)(v[None])[0] @ floats(m, 0, 1, 2))(x)]
    )


# -- solves and inner problems -----------------------------------------------------------------------------------
@hard([[2, 4], [-4, -16]])
def grad_of_vmap_of_custom_linear_solve(m: Any) -> Any:
    def f(a: Any, b: Any) -> Any:
        def solve(matvec: Any, y: Any) -> Any:
            return y / matvec(m.np.ones_like(y))

        return m.lax.custom_linear_solve(lambda x: a * x, b, solve, transpose_solve=solve)

    a, b = floats(m, 0.5, 0.25), floats(m, 1, 1)
    slopes = m.vmap(m.grad(f))(a, b)
    return m.np.stack([m.vmap(f)(a, b), slopes])


@hard([0, 4, 8])
def gradient_through_an_inner_optimisation(m: Any) -> Any:
    def outer(target: Any) -> Any:
        def step(w: Any, _: Any) -> Any:
            return (w - 0.5 * m.grad(lambda v: (v - target) ** 2)(w), None)

        return m.lax.scan(step, 7.0, None, length=3)[0] ** 2

    return m.vmap(m.grad(outer))(floats(m, 0, 2, 4))


@hard([[3, 12], [6, 12]])
def value_and_grad_with_extras_inside_of_vmap_inside_of_jit(m: Any) -> Any:
    f = m.value_and_grad(lambda x: (3 * x * x, x + 1), has_aux=True)
    (value, _aux), slope = m.jit(m.vmap(f))(floats(m, 1, 2))
    return m.np.stack([value, slope])


@pytest.mark.parametrize("implementation", ["fast", "reference", "jax"])
@pytest.mark.parametrize("name", HARD)
def test_a_hard_composition_is_its_closed_form(name: str, implementation: str) -> None:
    build, wanted, truth = HARD[name]
    if implementation == "jax":
        found = np.asarray(build(THEIRS))
    else:
        with verax.using(implementation):
            found = np.asarray(build(OURS))

    assert found.tolist() == (truth if implementation == "reference" else wanted)


def test_there_are_forty_of_them() -> None:
    assert len(HARD) >= 40
