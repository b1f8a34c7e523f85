"""Autograd's promise: Python itself is differentiated, without `jit`. Forty programs, each held to its closed form.

Numbers are small integers or quarters, so that all arithmetic is exact in float32: `fast`, the reference and JAX must
give the closed form to the bit.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import verax

from .vocabularies import OURS, THEIRS

PROGRAMS: dict[str, tuple[Callable[[Any], Any], Any]] = {}


def program(wanted: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Add a program under its function's name, with its closed form."""

    def add(build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        PROGRAMS[build.__name__] = build, wanted
        return build

    return add


def floats(m: Any, *xs: float) -> Any:
    return m.np.asarray(xs, dtype="float32")


def nested(m: Any, *transforms: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Derivatives of a function of one number, the innermost last: "rev" by `grad`, "fwd" by `jvp`."""

    def of(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        for which in reversed(transforms):
            f = m.grad(f) if which == "rev" else functools.partial(_pushed, m, f)
        return f

    return of


def _pushed(m: Any, f: Callable[[Any], Any], x: Any) -> Any:
    return m.jvp(f, (x,), (m.np.ones_like(x),))[1]


# -- loops -------------------------------------------------------------------------------------------------------
@program(80)
def a_loop_of_fixed_length(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = 1.0
        for _ in range(5):
            y = y * x
        return y

    return m.grad(f)(2.0)


@program(405)
def a_loop_that_ends_when_its_value_is_large(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = x
        while y < 100:
            y = y * x
        return y

    return m.grad(f)(3.0)


@program([4, 24])
def a_loop_of_another_length_for_another_point(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = 1.0
        for _ in range(int(x)):
            y = y * x
        return y

    return m.np.stack([m.grad(f)(2.0), m.grad(f)(3.0) - 3])


@program(6)
def a_loop_that_is_left_early(m: Any) -> Any:
    def f(x: Any) -> Any:
        total = 0.0
        for k in range(100):
            if total > 10:
                break
            total = total + k * x
        return total

    return m.grad(f)(2.5)


@program(12)
def a_loop_that_skips_rounds(m: Any) -> Any:
    def f(xs: Any) -> Any:
        total = 0.0
        for x in xs:
            if x < 0:
                continue
            total = total + x * x
        return total

    return m.np.sum(m.grad(f)(floats(m, 1, -2, 5)))


@program([[2, 3], [2, 3]])
def three_loops_that_multiply_matrices(m: Any) -> Any:
    def f(a: Any) -> Any:
        b, total = floats(m, 2, 3), 0.0
        for i in range(2):
            for k in range(2):
                total = total + a[i, k] * b[k]
        return total

    return m.grad(f)(m.np.ones((2, 2), "float32"))


@program(0.25)
def newton_s_iteration_for_a_root(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = 2.0
        for _ in range(6):
            y = (y + x / y) / 2
        return y

    return m.grad(f)(4.0)


@program(12)
def a_descent_that_stops_when_it_is_near_by_its_rate(m: Any) -> Any:
    def f(rate: Any) -> Any:
        w, steps = 12.0 + 0 * rate, 0
        while w * w > 40 and steps < 10:
            w, steps = w - rate * w, steps + 1
        return -w

    return m.grad(f)(0.5)


# -- branches ----------------------------------------------------------------------------------------------------
@program([4, -3])
def a_branch_on_the_sign(m: Any) -> Any:
    def f(x: Any) -> Any:
        return x * x if x > 0 else -3 * x

    return m.np.stack([m.grad(f)(2.0), m.grad(f)(-2.0)])


@program([1, 2, 6])
def branches_within_branches(m: Any) -> Any:
    def f(x: Any) -> Any:
        if x < 2:
            if x < 1:
                return x
            return 2 * x
        return x * x

    return m.np.stack([m.grad(f)(v) for v in (0.5, 1.5, 3.0)])


@program([3, 0])
def a_branch_that_does_not_depend_on_the_point(m: Any) -> Any:
    def f(x: Any) -> Any:
        return 3 * x if x > 0 else 7.0

    return m.np.stack([m.grad(f)(1.0), m.grad(f)(-1.0)])


@program(10)
def an_error_that_is_caught(m: Any) -> Any:
    def root(x: Any) -> Any:
        if x < 0:
            raise ValueError("no root")
        return x

    def f(x: Any) -> Any:
        try:
            return root(x)
        except ValueError:
            return x * x

    return -m.grad(f)(-5.0)


@program([2, 8, 3])
def a_branch_by_name(m: Any) -> Any:
    rules = {"double": lambda x: 2 * x, "square": lambda x: x * x, "triple": lambda x: 3 * x}
    return m.np.stack([m.grad(lambda x, n=name: rules[n](x))(4.0) for name in rules])


@program([0, 4, 0])
def a_place_that_depends_on_the_values(m: Any) -> Any:
    def f(*xs: Any) -> Any:
        best = 0
        for i in range(1, 3):
            best = i if xs[i] > xs[best] else best
        return xs[best] * xs[best]

    return m.np.stack(m.grad(f, argnums=(0, 1, 2))(1.0, 2.0, -3.0))


# -- recursion ---------------------------------------------------------------------------------------------------
@program(108)
def recursion_on_a_count(m: Any) -> Any:
    def power(x: Any, n: int) -> Any:
        return 1.0 if n == 0 else x * power(x, n - 1)

    return m.grad(lambda x: power(x, 4))(3.0)


@program(44)
def recursion_of_two_calls(m: Any) -> Any:
    def f(x: Any, n: int) -> Any:
        return (1.0, x)[n] if n < 2 else x * f(x, n - 1) + f(x, n - 2)

    return m.grad(lambda x: f(x, 4))(2.0)


@program(48)
def recursion_that_ends_by_value(m: Any) -> Any:
    def f(x: Any, y: Any) -> Any:
        return y if y > 50 else f(x, y * x)

    return m.grad(lambda x: f(x, x))(4.0)


@program(32)
def two_functions_that_call_each_other(m: Any) -> Any:
    def even(x: Any, n: int) -> Any:
        return x if n == 0 else odd(x, n - 1) * 2

    def odd(x: Any, n: int) -> Any:
        return even(x, n - 1) * x

    return m.grad(lambda x: even(x, 2))(8.0)


@program(7)
def recursion_over_a_tree(m: Any) -> Any:
    def total(node: Any) -> Any:
        return sum(map(total, node)) if isinstance(node, (list, tuple)) else node

    slopes = m.grad(lambda tree: total(tree) * 1.0)([1.0, (2.0, [3.0, 4.0]), [5.0, 6.0, 7.0]])
    return m.np.asarray(sum(map(float, m.tree_util.tree_leaves(slopes))))


@program(27)
def recursion_that_remembers(m: Any) -> Any:
    def f(x: Any) -> Any:
        known: dict[int, Any] = {0: 1.0}

        def power(n: int) -> Any:
            if n not in known:
                known[n] = power(n - 1) * x
            return known[n]

        return power(3)

    return m.grad(f)(3.0)


# -- closures and nested derivatives --------------------------------------------------------------------------------
@program(1)
def an_inner_derivative_does_not_mix_with_the_outer_one(m: Any) -> Any:
    """d/dx (x d/dy (x + y)) is 1: Siskind and Pearlmutter, Perturbation confusion, 2005."""
    return m.grad(lambda x: x * m.grad(lambda y: x + y)(1.0))(5.0)


@program(6)
def an_inner_derivative_that_depends_on_the_outer_variable(m: Any) -> Any:
    return m.grad(lambda x: x * m.grad(lambda y: x * y)(2.0))(3.0)


@program(1)
def forward_within_forward_does_not_mix(m: Any) -> Any:
    return _pushed(m, lambda x: x * _pushed(m, lambda y: x + y, 1.0), 5.0)


@program(1)
def forward_within_reverse_does_not_mix(m: Any) -> Any:
    return m.grad(lambda x: x * _pushed(m, lambda y: x + y, 1.0))(5.0)


@program(12)
def a_function_made_by_a_function(m: Any) -> Any:
    def line(slope: Any) -> Callable[[Any], Any]:
        return lambda x: slope * slope * x

    return m.grad(lambda s: line(s)(2.0))(3.0)


@program(36)
def a_list_of_functions_composed(m: Any) -> Any:
    steps = [lambda x: x + 1, lambda x: x * x, lambda x: 3 * x]
    return m.grad(lambda x: functools.reduce(lambda y, step: step(y), steps, x))(5.0)


@program([48, 240])
def third_and_fourth_derivatives(m: Any) -> Any:
    third = nested(m, "rev", "rev", "rev")(lambda x: x**4)(2.0)
    return m.np.stack([third, nested(m, "rev", "rev", "rev", "rev")(lambda x: x**5)(2.0)])


@program([48] * 8)
def third_derivatives_by_every_nesting(m: Any) -> Any:
    ways = itertools.product(("fwd", "rev"), repeat=3)
    return m.np.stack([nested(m, *way)(lambda x: x * x * x * x)(2.0) for way in ways])


@program([12, 12])
def forward_over_reverse_and_back(m: Any) -> Any:
    cube = lambda x: x * x * x  # noqa: E731  # it is a program of one line
    return m.np.stack([nested(m, "fwd", "rev")(cube)(2.0), nested(m, "rev", "fwd")(cube)(2.0)])


@program(18)
def a_branch_on_an_inner_derivative(m: Any) -> Any:
    def f(x: Any) -> Any:
        value, slope = m.value_and_grad(lambda y: y * y)(x)
        return x * value if slope > value / 2 else x

    return m.grad(f)(2.0) + 6


@program(-8)
def a_step_of_descent_is_differentiated(m: Any) -> Any:
    """w - g(w) with g the derivative of w^4 / 4 is differentiated: 1 - 3 w^2, at 2, and 3 more."""

    def step(w: Any) -> Any:
        return w - m.grad(lambda v: v * v * v * v / 4)(w)

    return m.grad(step)(2.0) + 3


# -- containers and objects -------------------------------------------------------------------------------------------
@program(18)
def values_that_are_kept_in_a_list(m: Any) -> Any:
    def f(x: Any) -> Any:
        found = [x]
        for _ in range(3):
            found.append(found[-1] + x)
        return sum(found) * 1.0 + 8 * x

    return m.grad(f)(1.0)


@program([6, 2])
def parameters_in_a_dictionary(m: Any) -> Any:
    slopes = m.grad(lambda p: p["w"] * p["w"] + 2 * p["b"])({"w": 3.0, "b": 1.0})
    return m.np.stack([slopes["w"], slopes["b"]])


@program([8, 4])
def an_object_with_a_state(m: Any) -> Any:
    class Counter:
        def __init__(self, scale: Any) -> None:
            self.scale, self.calls = scale, 0

        def __call__(self, x: Any) -> Any:
            self.calls += 1
            return self.scale * x * self.calls

    def f(scale: Any) -> Any:
        counter = Counter(scale)
        return counter(2.0) + counter(3.0)

    return m.np.stack([m.grad(f)(1.0), m.grad(f)(7.0) / 2])


@program(14)
def a_generator_s_sum(m: Any) -> Any:
    def powers(x: Any) -> Iterator[Any]:
        y = x
        for _ in range(3):
            yield y
            y = y * x

    return m.grad(lambda x: sum(powers(x)))(2.0) - 3


@program([5, 7])
def arguments_by_name_and_by_default(m: Any) -> Any:
    def f(x: Any, *more: Any, scale: float = 5.0, **rest: float) -> Any:
        return scale * x + sum(more) * rest.get("weight", 0.0)

    return m.np.stack([m.grad(f)(2.0), m.grad(f, argnums=1)(2.0, 3.0, weight=7.0)])


# -- arrays ------------------------------------------------------------------------------------------------------
@program([2, 4, 2])
def neighbours_by_index(m: Any) -> Any:
    return m.grad(lambda x: sum(x[i] * x[i + 1] for i in range(2)))(floats(m, 1, 2, 3))


@program([-1, 1, -1, 1])
def slices_backward(m: Any) -> Any:
    return m.grad(lambda x: m.np.sum(x[::-2]) - m.np.sum(x[::-1][1::2]))(floats(m, 1, 2, 3, 4))


@program(55)
def horner_s_rule(m: Any) -> Any:
    return m.grad(lambda x: functools.reduce(lambda y, c: y * x + c, (1.0, 2.0, 3.0, 4.0)))(4.0) - 12


@program([[2, 6], [4, 6]])
def a_pullback_that_is_used_twice(m: Any) -> Any:
    _, pullback = m.vjp(lambda x, y: (x * y, y * y), 3.0, 2.0)
    first, second = pullback((1.0, 0.0)), pullback((0.0, 1.0))
    return m.np.stack([m.np.stack([first[0], first[1] * 2]), m.np.stack([second[1], second[0] + 6])])


@program([[2, 0], [2, 1]])
def a_jacobian_of_rows_from_a_loop(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.np.stack([x[0] * 2 if i == 0 else x[0] * x[1] for i in range(2)])

    return m.jacrev(f)(floats(m, 1, 2))


@program([[0, 1], [1, 0]])
def a_hessian_of_a_loop(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = 1.0
        for k in range(2):
            y = y * x[k]
        return y

    return m.hessian(f)(floats(m, 3, 4))


@pytest.mark.parametrize("implementation", ["fast", "reference", "jax"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_python_is_differentiated(name: str, implementation: str) -> None:
    build, wanted = PROGRAMS[name]
    if implementation == "jax":
        found = np.asarray(build(THEIRS))
    else:
        with verax.using(implementation):
            found = np.asarray(build(OURS))

    assert found.tolist() == wanted


def test_there_are_forty_of_them() -> None:
    assert len(PROGRAMS) >= 40


def test_a_derivative_that_mixes_perturbations_would_be_told() -> None:
    """The planted fault: the inner derivative taken of both variables, as a shared perturbation would."""
    confused = OURS.grad(lambda x: x * OURS.grad(lambda y: y + y)(1.0))(5.0)
    assert float(confused) != PROGRAMS["an_inner_derivative_does_not_mix_with_the_outer_one"][1]
