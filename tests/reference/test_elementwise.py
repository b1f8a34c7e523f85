"""Every elementwise definition lies in the ball that Arb computes, and every partial derivative is a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
import pytest
from mpmath.libmp import fone, from_man_exp, mpf_add, mpf_sub

from verax.language import dispatch
from verax.language.catalogue import PRIMITIVES
from verax.reference import Exact, evaluate
from verax.reference.dual import Dual
from verax.reference.limits import Limits
from verax.reference.primitives.elementwise import DEFINITIONS, integer_pow, polygamma
from verax.reference.reals import Real, Scalar, from_number, real
from verax.reference.system import Operations, arithmetic

arb = flint.arb
BITS = 150
F64 = np.dtype(np.float64)


@pytest.fixture(autouse=True)
def _many_bits() -> Any:
    before = flint.ctx.prec
    flint.ctx.prec = 3000
    yield
    flint.ctx.prec = before


def drawn(name: str, count: int, low: float = -30.0, high: float = 30.0) -> list[float]:
    """Numbers of all sizes, of both signs, in ``[low, high]``."""
    random = np.random.default_rng(sum(map(ord, name)))
    wide = random.standard_normal(64 * count) * 2.0 ** random.integers(-40, 5, 64 * count)
    found = [float(x) for x in wide if low <= x <= high]
    return found[:count]


def exactly(x: Scalar) -> Any:
    """A scalar of the reference as a ball of radius 0."""
    if type(x) is not Real:
        return arb(x)
    sign, man, exp, _ = x._mpf_
    return arb((-int(man) if sign else int(man), int(exp)))


def assert_agrees(got: Scalar, ball: Any) -> None:
    if not ball.is_finite():
        assert got != got or abs(got) == float("inf")
        return
    assert abs(exactly(got) - ball) <= abs(ball) * arb((1, -BITS)), (got, ball)


def gamma_logarithm(x: Any) -> Any:
    """log |Gamma(x)|."""
    return abs(x.gamma()).log()


def without_fraction(x: Any) -> Any:
    return x.floor() if x > 0 else x.ceil()


ONE = arb(1)
# name -> Arb's function, the interval to draw from
UNARY: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "neg": (lambda x: -x, -30, 30),
    "abs": (abs, -30, 30),
    "square": (lambda x: x * x, -30, 30),
    "sqrt": (lambda x: x.sqrt(), 0, 30),
    "rsqrt": (lambda x: x.rsqrt(), 0, 30),
    "cbrt": (lambda x: x.root(3) if x > 0 else -(-x).root(3), -30, 30),
    "exp": (lambda x: x.exp(), -30, 30),
    "exp2": (lambda x: arb(2) ** x, -30, 30),
    "expm1": (lambda x: x.expm1(), -30, 30),
    "log": (lambda x: x.log(), 0, 30),
    "log1p": (lambda x: x.log1p(), -0.999, 30),
    "sin": (lambda x: x.sin(), -30, 30),
    "cos": (lambda x: x.cos(), -30, 30),
    "tan": (lambda x: x.tan(), -30, 30),
    "asin": (lambda x: x.asin(), -1, 1),
    "acos": (lambda x: x.acos(), -1, 1),
    "atan": (lambda x: x.atan(), -30, 30),
    "sinh": (lambda x: x.sinh(), -30, 30),
    "cosh": (lambda x: x.cosh(), -30, 30),
    "tanh": (lambda x: x.tanh(), -30, 30),
    "asinh": (lambda x: x.asinh(), -30, 30),
    "acosh": (lambda x: x.acosh(), 1, 30),
    "atanh": (lambda x: x.atanh(), -0.999, 0.999),
    "logistic": (lambda x: ONE / (ONE + (-x).exp()), -30, 30),
    "erf": (lambda x: x.erf(), -30, 30),
    "erfc": (lambda x: x.erfc(), -30, 30),
    "erf_inv": (lambda x: x.erfinv(), -1, 1),
    "bessel_i0e": (lambda x: x.bessel_i(0) * (-abs(x)).exp(), -30, 30),
    "bessel_i1e": (lambda x: x.bessel_i(1) * (-abs(x)).exp(), -30, 30),
    "lgamma": (gamma_logarithm, -30, 30),
    "digamma": (lambda x: x.digamma(), -30, 30),
}
BINARY: dict[str, tuple[Callable[[Any, Any], Any], float, float]] = {
    "add": (lambda x, y: x + y, -30, 30),
    "sub": (lambda x, y: x - y, -30, 30),
    "mul": (lambda x, y: x * y, -30, 30),
    "div": (lambda x, y: x / y, -30, 30),
    "rem": (lambda x, y: x - y * without_fraction(x / y), -30, 30),
    "pow": (lambda x, y: x**y, 0, 30),
    "atan2": (arb.atan2, -30, 30),
}
# Of parameters: held in test_parametric.py.
PARAMETRIC = {
    *("igamma", "igammac", "igamma_grad_a", "random_gamma_grad"),
    *("regularized_incomplete_beta", "zeta", "polygamma"),
}
# Next to a root, or to a pole, where absolute accuracy would not do.
HARD: dict[str, list[float]] = {
    "erf_inv": [1 - 2**-53, -(1 - 2**-53), 2**-1000.0, 0.5, 0.85],
    "bessel_i0e": [2**-1000.0, 1e4, -3e5],
    "bessel_i1e": [2**-1000.0, 1e4, -3e5],
    "lgamma": [
        1 + 2**-40,
        1 - 2**-40,
        2 + 2**-40,
        -2.4570247382208006,
        -2.7476826467274127,
        -1 + 2**-45,
        1e20,
    ],
    "digamma": [1.4616321449683623, -0.5040830082644554, -3 + 2**-45, 1e20, 2**-500.0],
    "log": [1 + 2**-52, 1 - 2**-53, 2**-1074.0, 1.7e308],
    "log1p": [2**-1000.0, -(2**-1000.0), -1 + 2**-53, 1e300],
    "expm1": [2**-1000.0, -(2**-1000.0), 700.0, -700.0],
    "sin": [3.141592653589793, 1e22, 2**1000.0, 2**-1000.0],
    "cos": [1.5707963267948966, 1e22, 2**1000.0],
    "tan": [1.5707963267948966, 3.141592653589793, 1e22],
    "tanh": [2**-1000.0, 200.0, -400.0],
    "erf": [2**-1000.0, 100.0],
    "erfc": [100.0, -100.0, 27.0, -(2.0**600)],
    "exp": [709.0, -745.0, 2**-1000.0],
    "exp2": [1023.0, -1074.0, 0.5, 1e-300],
    "acosh": [1 + 2**-52, 1e300],
    "acos": [1 - 2**-53, -1 + 2**-53, 2**-1000.0],
    "asin": [1 - 2**-53, 2**-1000.0],
    "atanh": [1 - 2**-53, 2**-1000.0],
    "logistic": [800.0, -800.0],
    "cbrt": [-8.0, 27.0, 2**-1074.0],
}


def test_every_definition_is_held_against_arb() -> None:
    assert DEFINITIONS.keys() == UNARY.keys() | BINARY.keys() | PARAMETRIC


@pytest.mark.parametrize("name", sorted(UNARY))
def test_a_function_of_one_operand_is_arbs(name: str) -> None:
    truth, low, high = UNARY[name]
    points = drawn(name, 25, low, high) + HARD.get(name, [])
    got = Exact().map(DEFINITIONS[name], F64, [[from_number(x) for x in points]])
    for x, y in zip(points, got, strict=True):
        assert_agrees(y, truth(arb(x)))


@pytest.mark.parametrize("name", sorted(BINARY))
def test_a_function_of_two_operands_is_arbs(name: str) -> None:
    truth, low, high = BINARY[name]
    xs = drawn(name, 25, low, high)
    ys = drawn(name + "'", 25)
    got = Exact().map(DEFINITIONS[name], F64, [[from_number(x) for x in xs], [from_number(y) for y in ys]])
    for x, y, z in zip(xs, ys, got, strict=True):
        assert_agrees(z, truth(arb(x), arb(y)))


@pytest.mark.parametrize("exponent", range(-3, 4))
@pytest.mark.parametrize("beside", [-1, 1])
def test_a_logarithm_beside_a_power_of_two_keeps_its_digits(exponent: int, beside: int) -> None:
    """Closer than floats come: mpmath takes a number just above 1/4 for one just above 1."""
    raw = mpf_add(from_man_exp(1, exponent), from_man_exp(beside, exponent - 2144))
    x, y, system = real(raw), from_number(-2.53), Exact()
    assert_agrees(system.apply(DEFINITIONS["log"], F64, [x]), exactly(x).log())
    assert_agrees(system.apply(DEFINITIONS["pow"], F64, [x, y]), exactly(x) ** exactly(y))
    below = real(mpf_sub(raw, fone))
    assert_agrees(system.apply(DEFINITIONS["log1p"], F64, [below]), exactly(x).log())


@pytest.mark.parametrize("sign", [-1, 1])
def test_beside_its_pole_at_0_the_gamma_function_is_the_pole(sign: int) -> None:
    """Numbers of such a size come from exponentials of large ones; no digits are spent on the distance from 1."""
    x = real(from_man_exp(sign, -(2**40)))
    log_2 = arb(2).log()
    assert_agrees(Exact().apply(DEFINITIONS["lgamma"], F64, [x]), log_2 * 2**40)
    for order, definition in ((0, DEFINITIONS["digamma"]), (1, polygamma(1)), (2, polygamma(2))):
        (_, man, exp, _) = Exact().apply(definition, F64, [x])._mpf_
        assert (man, exp) == (1, 2**40 * (order + 1) + max(order - 1, 0))


@pytest.mark.parametrize("n", [-7, -1, 0, 1, 2, 3, 10])
def test_an_integer_power_is_arbs(n: int) -> None:
    points = drawn("integer_pow", 10)
    got = Exact().map(integer_pow(n), F64, [[from_number(x) for x in points]])
    for x, y in zip(points, got, strict=True):
        assert_agrees(y, arb(x) ** n)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_polygamma_is_the_derivative_of_the_one_before(order: int) -> None:
    before = DEFINITIONS["digamma"] if order == 1 else polygamma(order - 1)
    points = [0.3, 1.5, 7.25, -0.6]
    for x in points:
        slope = derivative_of(before, [x], 0)
        assert_close_to_limit(Exact().apply(polygamma(order), F64, [from_number(x)]), slope)


@pytest.mark.parametrize("order", [10, 30, 49, 200])
def test_a_polygamma_of_a_high_order_keeps_its_digits(order: int) -> None:
    """order! multiplies the error of the sums that it is made of."""
    for x in (0.3, 145.25, 1e4):
        got = Exact().apply(polygamma(order), F64, [from_number(x)])
        assert_agrees(got, flint.acb(x).polygamma(order).real)


@pytest.mark.parametrize("digits", [50, 400, 2000])
@pytest.mark.parametrize("x", [2.3, -2.4570247382208006, -7.5, -33.7, 1e-3, -(2.0**-300), 1e20])
def test_the_gamma_function_is_arbs_at_thousands_of_digits(x: float, digits: int) -> None:
    flint.ctx.prec = 5 * digits + 1000
    # As a limit moves it: with as many digits as are asked for.
    moved = from_number(x)._mpf_
    moved = mpf_add(moved, from_man_exp(1, moved[2] + moved[3] - int(1.6 * digits)))
    at = exactly(real(moved))
    bits = Exact(digits).bits
    for name, ball in (("lgamma", gamma_logarithm(at)), ("digamma", at.digamma())):
        found = exactly(Exact(digits).apply(DEFINITIONS[name], F64, [real(moved)]))
        assert abs(found - ball) <= abs(ball) * arb((1, 1 - bits)), name


@pytest.mark.parametrize("x", [-(2.0**50) + 0.375, -1e6 + 0.25])
def test_a_polygamma_far_down_takes_no_more_steps_than_far_up(x: float) -> None:
    at, above, angle = from_number(x), flint.acb(1 - arb(x)), arb.pi() * arb(x)
    reflected = {
        1: (arb.pi() / angle.sin()) ** 2 - above.polygamma(1).real,
        2: above.polygamma(2).real - 2 * arb.pi() ** 3 * angle.cot() / angle.sin() ** 2,
    }
    for order, ball in reflected.items():
        assert_agrees(Exact().apply(polygamma(order), F64, [at]), ball)


def derivative_of(definition: Any, at: list[float], operand: int) -> Scalar:
    """The derivative by one operand, as a limit."""
    from verax.language.shapes import ShapedArray
    from verax.reference.array import ReferenceArray
    from verax.reference.system import current_system

    aval = ShapedArray((), F64)

    def function(*xs: ReferenceArray) -> list[ReferenceArray]:
        system = current_system()
        return [ReferenceArray([system.apply(definition, F64, [x.scalars[0] for x in xs])], aval, system)]

    primals = [ReferenceArray([from_number(x)], aval, Exact()) for x in at]
    one = ReferenceArray([from_number(1)], aval, Exact())
    tangents = [one if i == operand else None for i in range(len(at))]
    found = Limits(function, primals, 50).along(tangents)
    assert found.agreed
    assert found.tangents[0] is not None
    return found.tangents[0][0]


def assert_close_to_limit(got: Scalar, limit: Scalar) -> None:
    assert abs(exactly(got) - exactly(limit)) <= (abs(exactly(limit)) + ONE) * arb((1, -120)), (got, limit)


@pytest.mark.parametrize("name", sorted(DEFINITIONS.keys() - PARAMETRIC))
def test_partial_derivatives_are_limits(name: str) -> None:
    definition = DEFINITIONS[name]
    _, low, high = (UNARY | BINARY)[name]
    xs = [x for x in drawn(name, 40, low, high) if abs(x) > 1e-6][:6]
    ys = [y for y in drawn(name + "'", 40) if abs(y) > 1e-6][:6]
    base = Exact()
    for x, y in zip(xs, ys, strict=True):
        at = [x] if name in UNARY else [x, y]
        scalars = [from_number(v) for v in at]
        z = base.apply(definition, F64, scalars)
        operations = Operations(base, F64, DEFINITIONS)
        for i, partial in enumerate(definition.partials):
            assert partial is not None
            factor = partial(operations, *scalars, z)
            got = from_number(factor) if type(factor) is int else factor
            assert_close_to_limit(got, derivative_of(definition, at, i))


@pytest.mark.parametrize("name", sorted(UNARY))
def test_second_derivatives_by_duals_of_duals_are_limits_of_limits(name: str) -> None:
    _, low, high = UNARY[name]
    primitive = PRIMITIVES[name]
    x = next(v for v in drawn(name, 40, low, high) if abs(v) > 0.05)

    def second(at: Any) -> Any:
        first = lambda u: dispatch.bind(primitive, u)  # noqa: E731  # a function to transform
        one = np.float32(1)

        def slope(u: Any) -> list[Any]:
            own = reference_implementation()
            tangents: list[Any] = own.jvp(first, [u], [own.own(one)])[1]
            return tangents

        own = reference_implementation()
        found = own.jvp(slope, [at], [own.own(one)])[1][0]
        return [np.float32(0) if found is None else found]

    with arithmetic(Exact()):
        (limit,) = evaluate(second, [np.float32(x)], Exact())
    (chained,) = evaluate(second, [np.float32(x)], Dual(Exact()))
    assert_close_to_limit(chained.scalars[0], limit.scalars[0])


def reference_implementation() -> Any:
    from verax import reference

    return reference.implementation
