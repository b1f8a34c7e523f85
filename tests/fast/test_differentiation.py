"""Derivatives of fast: forward and backward agree to the bit, Python may branch, special points are right."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from tests.fast.drawing import drawn, of_floats

import verax
from verax import lax
from verax import numpy as vnp
from verax.errors import TracerArrayConversionError
from verax.language.catalogue import PRIMITIVES
from verax.language.dispatch import lift
from verax.reference.ulps import error_in_ulps

SINGLE = np.dtype(np.float32)


def array(xs: Any, dtype: Any = np.float32) -> Any:
    return lift(np.asarray(xs).astype(dtype))


# Forward mode refuses custom backward rules, reverse mode refuses loops of unknown length.
ONE_WAY = {"while", "custom_vjp_call"}


# Their derivatives are sums of many products, which the other side rounds in another order: the laws hold both sides to
# the limit.
FACTORIZATIONS = {name for name, row in PRIMITIVES.items() if row.kind == "factorization"}


@pytest.mark.parametrize("name", sorted(set(PRIMITIVES) - ONE_WAY - FACTORIZATIONS))
def test_the_jacobian_by_rows_is_the_jacobian_by_columns(name: str) -> None:
    # Each entry is one product or one sum of zeros and it, so both must be equal, not near.
    for seed in range(3):
        f, xs = of_floats(*drawn(name, seed))
        numbers = tuple(range(len(xs)))
        if not xs or not f(*xs):
            continue

        columns, rows = (j(f, argnums=numbers)(*xs) for j in (verax.jacfwd, verax.jacrev))

        for a, b in zip(verax.tree.leaves(columns), verax.tree.leaves(rows), strict=True):
            np.testing.assert_array_equal(np.asarray(a, np.float64), np.asarray(b, np.float64))


@pytest.mark.parametrize("name", sorted(set(PRIMITIVES) - ONE_WAY))
def test_a_derivative_is_the_same_to_the_bit_under_jit(name: str) -> None:
    f, xs = of_floats(*drawn(name, 1))
    if not xs or not f(*xs):
        return

    def pulled(g: Callable[..., Any]) -> list[Any]:
        value, pull = verax.vjp(g, *xs)
        return [np.asarray(t).tobytes() for t in pull(tuple(vnp.ones_like(y) for y in value))]

    def pushed(g: Callable[..., Any]) -> list[Any]:
        found = verax.jvp(g, tuple(xs), tuple(vnp.ones_like(x) for x in xs))[1]
        return [np.asarray(t).tobytes() for t in found]

    assert pulled(f) == pulled(verax.jit(f))
    assert pushed(f) == pushed(verax.jit(f))


def test_python_branches_on_values_under_grad() -> None:
    def f(x: Any) -> Any:
        if x > 1:
            return x * x
        return [-x, x][int(x >= 0)] * float(3)

    assert [float(verax.grad(f)(array(v))) for v in (2.0, 0.5, -0.5)] == [4.0, 3.0, -3.0]


def test_numpy_is_refused_under_grad_with_the_mend() -> None:
    with pytest.raises(TracerArrayConversionError, match=r"would lose its derivative. Use verax.numpy"):
        verax.grad(lambda x: x * np.sum(np.asarray(x)))(array(1.0))


def test_an_integer_argument_is_refused_with_the_mend() -> None:
    with pytest.raises(TypeError, match=r"must be floating, got i32\[\]. Convert it"):
        verax.grad(lambda x: x * 1.0)(array(1, np.int32))


@pytest.mark.parametrize(
    ("name", "point", "true"),
    [
        ("tanh", 20.0, lambda x: mpmath.sech(x) ** 2),
        ("tanh", 0.5, lambda x: mpmath.sech(x) ** 2),
        ("logistic", 40.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
        ("logistic", -80.0, lambda x: mpmath.exp(x) / (1 + mpmath.exp(x)) ** 2),
        ("atan", 1e18, lambda x: 1 / (1 + x * x)),
        ("asinh", 1e30, lambda x: 1 / mpmath.sqrt(1 + x * x)),
        ("acosh", 1e30, lambda x: 1 / mpmath.sqrt(x * x - 1)),
        ("acosh", 1.0001, lambda x: 1 / mpmath.sqrt(x * x - 1)),
        ("asin", 0.9999, lambda x: 1 / mpmath.sqrt(1 - x * x)),
        ("atanh", -0.9999, lambda x: 1 / (1 - x * x)),
        ("erf", 4.3, lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)),
        ("erfc", 4.3, lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)),
        ("expm1", -30.0, mpmath.exp),
        ("lgamma", 1e-20, mpmath.digamma),
        ("digamma", 3.3, lambda x: mpmath.polygamma(1, x)),
        ("digamma", -2.7, lambda x: mpmath.polygamma(1, x)),
        ("cbrt", 1e-30, lambda x: mpmath.cbrt(x) / (3 * x)),
        ("rsqrt", 1e-20, lambda x: -1 / (2 * x * mpmath.sqrt(x))),
    ],
)
def test_a_slope_keeps_its_digits_where_the_obvious_formula_loses_them(
    name: str, point: float, true: Callable[[Any], Any]
) -> None:
    found = verax.grad(getattr(lax, name))(array(point))

    with mpmath.workdps(60):
        error = error_in_ulps(np.float32(found), true(mpmath.mpf(float(np.float32(point)))), SINGLE)
    assert error <= 16


@pytest.mark.parametrize(
    ("function", "point", "slope"),
    [
        (vnp.abs, 0.0, 0.0),
        (verax.nn.relu, 0.0, 0.0),
        (lambda x: lax.max(x, array(1.0)), 1.0, 0.5),
        (lambda x: lax.min(x, array(1.0)), 1.0, 0.5),
        (lambda x: lax.clamp(1.0, x, 2.0), 1.0, 0.0),
        (lambda x: lax.clamp(1.0, x, 2.0), 1.5, 1.0),
        (lambda x: lax.pow(x, array(0.0)), 0.0, 0.0),
        (lambda x: lax.integer_pow(x, 0), 0.0, 0.0),
        (lax.sqrt, 0.0, math.inf),
        (lambda x: lax.atan2(x, array(0.0)), 0.0, 0.0),
        (lambda x: lax.rem(array(7.0), x), 2.0, -3.0),
    ],
)
def test_the_derivative_at_a_special_point_is_the_published_one(
    function: Callable[[Any], Any], point: float, slope: float
) -> None:
    assert float(verax.grad(function)(array(point))) == slope


def test_ties_share_the_derivative_of_an_extreme() -> None:
    f = verax.grad(vnp.max)

    assert np.asarray(f(array([1.0, 3.0, 3.0, 2.0]))).tolist() == [0.0, 0.5, 0.5, 0.0]


def test_products_with_zeros_have_their_derivative() -> None:
    x = array([2.0, 0.0, 3.0])

    assert np.asarray(verax.grad(vnp.prod)(x)).tolist() == [0.0, 6.0, 0.0]
    assert np.asarray(verax.jacrev(lax.cumprod)(x)).tolist() == [[1, 0, 0], [0, 2, 0], [0, 6, 0]]


def test_scatter_gives_the_derivative_to_the_update_that_won() -> None:
    def f(x: Any, new: Any) -> Any:
        return x.at[vnp.asarray([0, 0, 2])].set(new)

    by_x, by_new = verax.vjp(f, array([1.0, 2.0, 3.0]), array([4.0, 5.0, 6.0]))[1](array([10.0, 20.0, 30.0]))

    assert np.asarray(by_x).tolist() == [0.0, 20.0, 0.0]
    assert np.asarray(by_new).tolist() == [0.0, 10.0, 30.0]


# -- control flow ---------------------------------------------------------------------------------------------
def recurrence(x: Any, ws: Any) -> Any:
    def step(c: Any, w: Any) -> tuple[Any, Any]:
        return c * w + x, c * c

    last, squares = lax.scan(step, x * 2, ws)
    return last + vnp.sum(squares)


def unrolled(x: Any, ws: Any) -> Any:
    c, total = x * 2, 0.0
    for i in range(3):
        total = total + c * c
        c = c * ws[i] + x
    return c + total


def second(f: Any) -> Any:
    return verax.grad(lambda *xs: vnp.sum(verax.grad(f, argnums=1)(*xs)), argnums=0)


def test_a_scan_is_differentiated_as_its_steps_one_by_one() -> None:
    x, ws = array(1.0), array([1.0, 2.0, -1.0])  # whole numbers: every sum is exact, in any order

    for transform in (
        lambda f: verax.grad(f, argnums=(0, 1)),
        lambda f: verax.jit(verax.grad(f, argnums=(0, 1))),
        lambda f: verax.jacfwd(f, argnums=(0, 1)),
        lambda f: verax.hessian(f, argnums=1),
        second,
    ):
        for a, b in zip(
            verax.tree.leaves(transform(recurrence)(x, ws)),
            verax.tree.leaves(transform(unrolled)(x, ws)),
            strict=True,
        ):
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_over_nothing_but_a_carry_is_differentiated(reverse: bool) -> None:
    f = lambda x: lax.scan(lambda c, _: (c * c, None), x, None, length=3, reverse=reverse)[0]  # noqa: E731

    assert float(verax.grad(f)(array(2.0))) == 8 * 2.0**7


def test_a_cond_is_differentiated_in_the_branch_taken() -> None:
    def f(x: Any, y: Any) -> Any:
        return lax.switch(x, [lambda a: a * a, lambda a: a * y, lambda a: vnp.asarray(3.0)], y)

    g = verax.grad(f, argnums=1)
    for transform in (g, verax.jit(g)):
        assert [float(transform(array(i, np.int32), array(5.0))) for i in range(3)] == [10.0, 10.0, 0.0]


def test_a_while_loop_is_differentiated_forward_and_refused_backward() -> None:
    f = lambda x: lax.while_loop(lambda c: c < 100, lambda c: c * c, x)  # noqa: E731

    assert float(verax.jvp(f, (array(2.0),), (array(1.0),))[1]) == 8 * 2.0**7
    assert float(verax.jit(verax.jacfwd(f))(array(2.0))) == 8 * 2.0**7
    with pytest.raises(ValueError, match=r"cannot go through while_loop.*Use scan"):
        verax.grad(f)(array(2.0))


# -- custom rules ---------------------------------------------------------------------------------------------
@verax.custom_jvp
def tripled(x: Any) -> Any:
    return x * x


@tripled.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return tripled(*primals), 3.0 * tangents[0]


@verax.custom_vjp
def clipped(x: Any, n: Any) -> Any:
    return x * 2


clipped.defvjp(lambda x, n: (clipped(x, n), (x, n)), lambda saved, ct: (vnp.clip(ct, -1, 1) + saved[0], None))


@pytest.mark.parametrize("wrap", [lambda f: f, verax.jit], ids=["eager", "jit"])
def test_a_custom_rule_is_believed(wrap: Any) -> None:
    f = wrap(lambda x: tripled(x) * 2)
    g = wrap(lambda x: clipped(x, vnp.asarray(1)) * 5)

    assert float(verax.grad(f)(array(7.0))) == 6.0
    assert float(verax.jvp(f, (array(7.0),), (array(1.0),))[1]) == 6.0
    assert float(verax.grad(verax.grad(f))(array(7.0))) == 0.0
    assert float(verax.grad(g)(array(7.0))) == 8.0
    assert np.asarray(verax.vmap(verax.grad(g))(array([1.0, 2.0]))).tolist() == [2.0, 3.0]
    assert np.asarray(verax.grad(lambda x: vnp.sum(verax.vmap(g)(x)))(array([1.0, 2.0]))).tolist() == [
        2.0,
        3.0,
    ]
    assert np.asarray(verax.grad(lambda x: vnp.sum(verax.vmap(f)(x)))(array([1.0, 2.0]))).tolist() == [
        6.0,
        6.0,
    ]


def test_a_shared_operand_of_a_mapped_custom_rule_gets_the_sum_of_the_lanes() -> None:
    def f(x: Any) -> Any:
        return vnp.sum(verax.vmap(lambda n: clipped(x, n))(vnp.arange(3)))

    assert float(verax.grad(f)(array(7.0))) == 3 * (1 + 7.0)


def test_forward_mode_through_a_custom_vjp_is_refused_with_the_mend() -> None:
    with pytest.raises(
        TypeError, match=r"cannot go through 'clipped', which has a custom_vjp rule. Use grad"
    ):
        verax.jvp(lambda x: clipped(x, vnp.asarray(1)), (array(1.0),), (array(1.0),))


def test_a_rule_that_is_not_linear_is_named() -> None:
    @verax.custom_jvp
    def f(x: Any) -> Any:
        return x

    f.defjvp(lambda primals, tangents: (f(*primals), vnp.sin(tangents[0])))

    with pytest.raises(TypeError, match="must be linear in its tangents, but one applies 'sin' to a tangent"):
        verax.grad(f)(array(1.0))


def test_a_linearized_function_is_linear_and_is_reused() -> None:
    traced: list[None] = []

    def f(x: Any) -> Any:
        traced.append(None)
        return vnp.sin(x) * x

    value, derivative = verax.linearize(f, array(2.0))
    found = [float(derivative(array(t))) for t in (0.0, 1.0, 2.0)]

    assert len(traced) == 1
    assert found[0] == 0.0
    assert found[2] == 2 * found[1]
    assert float(value) == float(f(array(2.0)))


TRUE: dict[str, Callable[[Any], Any]] = {
    "tanh": mpmath.tanh,
    "logistic": lambda x: 1 / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
    "atan": mpmath.atan,
    "asinh": mpmath.asinh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atanh": mpmath.atanh,
    "log1p": mpmath.log1p,
    "tan": mpmath.tan,
}
POINTS = (1e-30, 1e-6, 1e-3, 0.1, 0.5, 0.9999, 1.01, 1.9, 2.1, 5.0, 20.0, 40.0)


@pytest.mark.parametrize("name", TRUE)
def test_first_and_second_derivatives_keep_their_digits_from_zero_to_the_tails(name: str) -> None:
    first = verax.grad(getattr(lax, name))
    second = verax.grad(first)
    for point in POINTS:
        if name in ("asin", "acos", "atanh") and point > 1:
            continue
        x = np.float32(point)
        with mpmath.workdps(60):
            _, slope, half_bend = mpmath.taylor(TRUE[name], mpmath.mpf(float(x)), 2)
            for found, true in ((first(lift(x)), slope), (second(lift(x)), 2 * half_bend)):
                if abs(true) >= np.finfo(np.float32).tiny:
                    assert error_in_ulps(np.float32(found), true, SINGLE) <= 4


@pytest.mark.parametrize("implementation", [verax.fast, verax.reference], ids=["fast", "reference"])
def test_a_power_s_slope_is_0_at_exponent_0_but_still_varies(implementation: Any) -> None:
    """x^y is constant in x at y = 0; the derivative of its slope by y is 1 / x there, and by y again 2 log(x) / x."""
    one, none = np.float64(1), np.float64(0)
    with verax.enable_x64(), verax.using(implementation):

        def slope(y: Any) -> Any:
            return verax.grad(lambda x: lax.pow(x, y))(np.float64(0.75))

        def varied(y: Any) -> Any:
            return verax.jvp(slope, (y,), (one,))[1]

        assert float(slope(none)) == 0.0
        assert float(varied(none)) == 1 / 0.75
        again = np.asarray(verax.jvp(varied, (none,), (one,))[1], np.float64)[()]
        assert error_in_ulps(again, 2 * mpmath.log(0.75) / 0.75, np.dtype(np.float64)) <= 2
        for x in (0.0, math.nan, 5e-324):
            assert float(verax.grad(lambda x: lax.pow(x, none))(np.float64(x))) == 0.0
