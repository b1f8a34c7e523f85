"""Incomplete gamma and beta, zeta and polygamma: Arb's values, sets that hold them, derivatives to the third order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
import scipy.special

from verax.reference import Ball, Exact
from verax.reference.balls import arb as arb_backend
from verax.reference.balls import interval
from verax.reference.balls.number import BallNumber, raw_of
from verax.reference.dual import Dual
from verax.reference.primitives.elementwise import DEFINITIONS
from verax.reference.reals import Real, Scalar, from_number, real

arb, acb = flint.arb, flint.acb
F64 = np.dtype(np.float64)
INF, NAN = math.inf, math.nan
BITS = 150
BACKENDS: dict[str, Any] = {"arb": arb_backend.Arb, "intervals": interval.Intervals}


@pytest.fixture(autouse=True)
def _many_bits() -> Any:
    before = flint.ctx.prec
    flint.ctx.prec = 600
    yield
    flint.ctx.prec = before


def _by_parameter(function: Callable[[Any], Any], at: Any) -> Any:
    """A derivative, by Cauchy's formula on a circle of 24 points: a trapezoid rule whose error is 2^-200 or less."""
    radius, total = at * arb((1, -12)), acb(0)
    for k in range(24):
        turn = acb(0, 2 * arb.pi() * k / 24).exp()
        total += function(acb(at) + radius * turn) / turn
    return (total / 24).real / radius


def _lower(a: Any, x: Any) -> Any:
    return acb(x).gamma_lower(a, regularized=1)


def _density(a: Any, x: Any) -> Any:
    return ((a - 1) * x.log() - x - a.lgamma()).exp()


SLOPE_POINTS = [(0.5, 0.3), (2.0, 3.0), (10.0, 3.0), (3.0, 40.0), (100.0, 90.0), (100.0, 130.0), (1e-5, 1e-5)]
GAMMA_POINTS = [
    *SLOPE_POINTS,
    (500.0, 400.0),
    (1.0, 700.0),
    (0.01, 50.0),
    (1.0, 1.0),
    (3.0, 1e-30),
    (30.5, 1e4),
]
# name -> Arb's function, points of the domain
TRUTHS: dict[str, tuple[Callable[..., Any], Sequence[tuple[float, ...]]]] = {
    "igamma": (lambda a, x: _lower(a, x).real, GAMMA_POINTS),
    "igammac": (lambda a, x: x.gamma_upper(a, regularized=1), [*GAMMA_POINTS, (1e-60, 1e-20)]),
    "igamma_grad_a": (lambda a, x: _by_parameter(lambda s: _lower(s, x), a), SLOPE_POINTS),
    "random_gamma_grad": (
        lambda a, x: -_by_parameter(lambda s: _lower(s, x), a) / _density(a, x),
        SLOPE_POINTS,
    ),
    "regularized_incomplete_beta": (
        lambda a, b, x: acb(x).beta_lower(a, b, regularized=True).real,
        [
            *[(2.0, 3.0, 0.3), (0.5, 0.5, 0.9), (10.0, 200.0, 0.02), (1e-3, 1e-4, 0.7), (300.0, 0.01, 0.999)],
            *[(500.0, 500.0, 0.4), (1.0, 1e-10, 0.9), (3.0, 4.0, 1e-50), (3.0, 4.0, 1 - 2**-50)],
        ],
    ),
    "zeta": (
        lambda s, q: s.zeta(q),
        [(2.0, 1.0), (1.001, 3.0), (1 + 2**-40, 0.5), (30.0, 0.01), (3.5, 1e10), (100.5, 7.0), (2.0, 1e-200)],
    ),
    "polygamma": (
        lambda m, x: acb(x).polygamma(m).real,
        [(1.0, 2.5), (3.0, 0.01), (0.0, 1.4616321449683622), (12.0, 1e5), (50.0, 145.25), (2.0, -3.25)],
    ),
}


def exactly(x: Scalar) -> Any:
    """A scalar of the reference as a ball of radius 0."""
    if type(x) is not Real:
        return arb(x)
    sign, man, exp, _ = x._mpf_
    return arb((-int(man) if sign else int(man), int(exp)))


def at(system: Any, name: str, xs: Sequence[float]) -> Scalar:
    return system.apply(DEFINITIONS[name], F64, [from_number(x) for x in xs])


@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_a_function_is_arbs(name: str) -> None:
    truth, points = TRUTHS[name]
    for xs in points:
        ball = truth(*map(arb, xs))
        got = exactly(at(Exact(), name, xs))
        assert abs(got - ball) <= abs(ball) * arb((1, -BITS)), (xs, got, ball)


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_a_ball_contains_what_the_definition_is_at_many_more_digits(name: str, backend: str) -> None:
    for xs in TRUTHS[name][1]:
        found, true = at(Ball(50, BACKENDS[backend]), name, xs), at(Exact(120), name, xs)
        assert found == true if type(found) is Real else found.contains(true), (xs, found, true)
        assert type(found) is Real or found.radius != INF, xs


WIDE = [(0.5, 0.5), (0.25, 0.75), (2.0, 2.5), (1.5, 9.0), (3.0, 3.0), (0.999, 1.0), (-2.75, -2.5)]


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_a_wide_ball_contains_every_value_that_its_operands_may_have(name: str, backend: str) -> None:
    system, exact = Ball(20, BACKENDS[backend]), Exact(60)
    arity = len(TRUTHS[name][1][0])
    for ranges in itertools.product(WIDE if arity == 2 else WIDE[1::2], repeat=arity):
        sets = [system.backend.between(*(raw_of(from_number(x)) for x in r)) for r in ranges]
        found = system.apply(DEFINITIONS[name], F64, [BallNumber(s, system.backend) for s in sets])
        if type(found) is BallNumber and found.ball is None:
            continue
        for xs in itertools.product(*(set(r) for r in ranges)):
            true = at(exact, name, xs)
            assert (true != true and found != found) or found.contains(true), (ranges, xs, found, true)


# -- derivatives ------------------------------------------------------------------------------------------
# name, the operands that move: at one point, in one direction.
MOVING = [
    ("igamma", (0, 1), (2.5, 1.75)),
    ("igamma", (0,), (0.4, 3.0)),
    ("igammac", (0, 1), (1.5, 4.0)),
    ("igamma_grad_a", (0, 1), (2.5, 1.75)),
    ("random_gamma_grad", (0, 1), (0.7, 0.5)),
    ("regularized_incomplete_beta", (2,), (2.5, 0.5, 0.3)),
    ("regularized_incomplete_beta", (0, 2), (2.5, 0.5, 0.3)),
    ("regularized_incomplete_beta", (1, 2), (2.5, 1.5, 0.6)),
    ("regularized_incomplete_beta", (0, 1), (0.75, 3.0, 0.2)),
    ("regularized_incomplete_beta", (0, 1, 2), (2.5, 1.5, 0.6)),
    ("zeta", (0, 1), (2.5, 1.75)),
    ("zeta", (0,), (1.25, 3.0)),
    ("polygamma", (1,), (2.0, 1.75)),
]


def derivative(name: str, moving: Sequence[int], xs: Sequence[Scalar], order: int, digits: int) -> Scalar:
    """The derivative of an order, in the direction of the operands that move, by nested dual numbers."""
    systems: list[Any] = [Exact(digits)]
    for _ in range(order):
        systems.append(Dual(systems[-1]))
    operands = list(xs)
    for system in systems[1:]:
        for i in moving:
            operands[i] = system.number(operands[i], from_number(1))
    found = systems[-1].apply(DEFINITIONS[name], F64, operands)
    for system in reversed(systems[1:]):
        found = system.split(found)[1]
    return found


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("name", "moving", "xs"), MOVING)
def test_dual_numbers_agree_with_limits_to_30_digits(
    name: str, moving: tuple[int, ...], xs: tuple[float, ...], order: int
) -> None:
    with mpmath.workprec(700):
        found = mpmath.mpf(derivative(name, moving, [from_number(x) for x in xs], order, 50))
        step = mpmath.mpf(2) ** -200
        ends = []
        for side in (1, -1):
            moved = [real((mpmath.mpf(x) + side * step * (i in moving))._mpf_) for i, x in enumerate(xs)]
            ends.append(mpmath.mpf(derivative(name, moving, moved, order - 1, 200)))
        limit = (ends[0] - ends[1]) / (2 * step)
        assert abs(found - limit) <= abs(limit) * mpmath.mpf(10) ** -30, (found, limit)


def test_a_derivative_by_the_order_of_a_polygamma_is_not_made_up() -> None:
    system = Exact()
    dual = Dual(system)
    found = dual.apply(
        DEFINITIONS["polygamma"], F64, [dual.number(from_number(2), from_number(1)), from_number(3)]
    )
    assert dual.split(found)[1] != dual.split(found)[1]
    assert "has no derivative by them" in system.doubt


# -- special values -----------------------------------------------------------------------------------------
PEERS: dict[str, Callable[..., Any]] = {
    "igamma": scipy.special.gammainc,
    "igammac": scipy.special.gammaincc,
    "zeta": scipy.special.zeta,
    "regularized_incomplete_beta": scipy.special.betainc,
}
# Where SciPy has NaN or another sign: the limits from inside of the domain.
OURS: dict[tuple[str, tuple[float, ...]], float] = {
    ("zeta", (INF, 2.0)): 0.0,
    **{("zeta", (1.0, q)): INF for q in (-2.0, -0.5)},
    **{("zeta", (INF, q)): NAN for q in (-2.0, -0.5, -INF)},
    **{("zeta", (s, -INF)): NAN for s in (1.0, 2.0)},
}


@pytest.mark.parametrize("name", sorted(PEERS))
def test_special_values_are_scipys(name: str) -> None:
    points = [0.0, -0.0, 1.0, 2.0, 0.5, INF, -INF, NAN, -2.0, -0.5]
    for xs in itertools.product(points, repeat=len(TRUTHS[name][1][0])):
        if all(math.isfinite(x) and x != 0 for x in xs):
            continue
        want = NAN if any(x != x for x in xs) else OURS.get((name, xs), float(PEERS[name](*xs)))
        got = float(at(Exact(), name, xs))
        assert got == want or (got != got and want != want), (xs, got, want)


def test_polygamma_and_slopes_at_special_points() -> None:
    for m, x, want in [
        *[(0.0, 0.0, -INF), (0.0, -0.0, INF), (1.0, 0.0, INF), (2.0, 0.0, -INF), (2.0, -0.0, INF)],
        *[(1.0, INF, 0.0), (0.0, INF, INF), (1.5, 2.0, NAN), (-1.0, 2.0, NAN), (2.0, -INF, NAN)],
    ]:
        got = float(at(Exact(), "polygamma", (m, x)))
        assert got == want or (got != got and want != want), (m, x, got)
    for a, x, want in [(2.0, 0.0, 0.0), (2.0, INF, 0.0), (0.0, 1.0, NAN), (-1.0, 0.0, NAN), (INF, 1.0, NAN)]:
        got = float(at(Exact(), "igamma_grad_a", (a, x)))
        assert got == want or (got != got and want != want), (a, x, got)
    assert float(at(Exact(), "random_gamma_grad", (2.0, 0.0))) == 0.0
    assert float(at(Exact(), "random_gamma_grad", (2.0, INF))) == INF


def test_what_is_too_long_is_said_to_be_out_of_reach() -> None:
    for name, xs in [
        ("igamma", (1e14, 1e14)),
        ("zeta", (1e6, 2.0)),
        ("regularized_incomplete_beta", (1.0, 1e8, 0.5)),
    ]:
        system = Exact()
        found = at(system, name, xs)
        assert found != found
        assert "not computed" in system.doubt
