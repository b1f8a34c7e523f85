"""The edges of the number systems: beyond every machine format, and where scalars meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from mpmath.libmp import from_man_exp

from verax import grad, using
from verax import numpy as vnp
from verax.adapters.numpy_profile import NUMPY_UFUNCS
from verax.fake_devices import fake_devices
from verax.language import dispatch, lax
from verax.language.catalogue import PRIMITIVES
from verax.language.platform import Platform
from verax.language.transforms import pmap
from verax.reference import Bounded, Dual, Exact, Rounded, evaluate
from verax.reference.bounded import BoundedNumber, Undecided
from verax.reference.dual import DualNumber
from verax.reference.primitives.elementwise import DEFINITIONS
from verax.reference.reals import Real, Scalar, from_number, from_text, real
from verax.reference.system import NumberSystem

F32, F64 = np.float32, np.dtype(np.float64)
INF = math.inf
PLAIN = Platform("plain")


def fraction(x: Scalar) -> Fraction:
    if type(x) is not Real:
        return Fraction(x)
    sign, man, exp, _ = x._mpf_
    return Fraction(-int(man) if sign else int(man)) * Fraction(2) ** int(exp)


def power_of_two(n: int, sign: int = 1) -> Scalar:
    raw = from_number(sign)._mpf_
    return real((raw[0], raw[1], raw[2] + n, raw[3]))


def at(name: str, *xs: Scalar) -> Scalar:
    return Exact().apply(DEFINITIONS[name], F64, xs)


HUGE, TINY = power_of_two(1 << 21), power_of_two(-(1 << 21))
MINUS = power_of_two(1 << 21, -1)


def test_beyond_the_horizon_functions_are_their_limits() -> None:
    ends = {
        "exp": (INF, 0.0),
        "exp2": (INF, 0.0),
        "expm1": (INF, -1),
        "tanh": (1, -1),
        "logistic": (1, 0.0),
        "erf": (1, -1),
        "erfc": (0.0, 2),
        "sinh": (INF, -INF),
        "cosh": (INF, INF),
    }
    for name, (above, below) in ends.items():
        assert at(name, HUGE) == above, name
        assert at(name, MINUS) == below, name


def test_tiny_operands_keep_their_digits() -> None:
    for name in ("expm1", "log1p"):
        assert abs(fraction(at(name, TINY)) / fraction(TINY) - 1) < Fraction(1, 10**50)


def test_powers_of_numbers_beyond_the_horizon_grow_or_vanish() -> None:
    assert at("pow", HUGE, power_of_two(1 << 13)) == INF
    assert at("pow", HUGE, power_of_two(1 << 13, -1)) == 0.0
    assert at("pow", from_number(-1), HUGE) == 1
    assert at("pow", from_number(-2), from_number(3)) == -8


@pytest.mark.parametrize(
    ("name", "xs"),
    [
        ("sin", (HUGE,)),
        ("lgamma", (real(from_man_exp(-(1 << 70001) - 1, -1)),)),
        ("rem", (HUGE, from_number(3))),
    ],
)
def test_what_cannot_be_computed_is_a_doubt_and_not_a_number(name: str, xs: tuple[Scalar, ...]) -> None:
    system = Exact()
    assert math.isnan(system.apply(DEFINITIONS[name], F64, xs))
    assert system.doubt


def test_sums_of_numbers_of_all_sizes_are_exact() -> None:
    system, add = Exact(), PRIMITIVES["reduce_sum"]
    one = from_number(1)
    assert fraction(system.total(add, F64, [HUGE, one, MINUS])) == 1
    assert fraction(system.total(add, F64, [power_of_two(900), one, power_of_two(900, -1)])) == 1
    assert system.total(add, F64, [one, INF]) == INF
    assert math.isnan(system.total(add, F64, [INF, one, -INF]))
    assert math.isnan(system.total(add, F64, [math.nan, one]))
    assert system.total(add, F64, [one, 2 * one], [INF, one]) == INF
    assert math.isnan(system.total(add, F64, [0.0, one], [INF, one]))
    assert system.total(add, F64, [HUGE, one], [one, one]) == HUGE
    assert str(system.total(add, F64, [-0.0, 0.0])) == "0.0"


def test_digits_are_kept_as_asked() -> None:
    third = Exact(20).apply(DEFINITIONS["div"], F64, [from_number(1), from_number(3)])
    assert Fraction(1, 10**24) < abs(fraction(third) - Fraction(1, 3)) < Fraction(1, 10**20)
    assert Exact(20).with_digits(30).digits == 30
    assert fraction(from_text("0.5", 60)) == Fraction(1, 2)


@pytest.mark.parametrize("system", [Exact(), Dual(Exact()), Rounded(), Bounded(PLAIN)], ids=repr)
def test_extremes_of_nan_are_nan(system: NumberSystem) -> None:
    for position in range(3):
        x = np.array([1, 2, 3], F32)
        x[position] = np.nan
        for found in evaluate(lambda v: [vnp.max(v), vnp.min(v)], [x], system):
            assert np.isnan(found.machine_value())


def test_an_abstract_system_says_what_it_lacks() -> None:
    system, x = NumberSystem(), from_number(1)
    add = PRIMITIVES["add"]
    calls: list[Callable[[], Any]] = [
        lambda: system.lift(1.0, F64),
        lambda: system.apply(DEFINITIONS["exp"], F64, [x]),
        lambda: system.total(add, F64, [x]),
        lambda: system.decide(bool, [x]),
        lambda: system.step(float, bool, [x]),
        lambda: system.extreme(F64, [x], 1),
        lambda: system.select(0, [x]),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="numbers"):
            call()
    assert system.value(x) is system.adopt(x) is system.finished(x) is system.stop(x) is x
    assert system.plainly(lambda a, b: a + b, (1, 2)) == 3
    assert system.marked(x, ()) is system.among(x, (), True) is x


def test_the_norm_at_zero_has_the_mean_of_both_sides() -> None:
    norm = lambda v: vnp.sqrt(vnp.sum(v * v))  # noqa: E731  # a function to differentiate
    (found,) = evaluate(lambda v: [grad(norm)(v)], [np.zeros(3, F32)], Exact())
    assert found.scalars == [0.0, 0.0, 0.0]


def test_lanes_of_dual_and_bounded_numbers_meet() -> None:
    def lane(x: Any) -> Any:
        return grad(lambda u: lax.psum(u * u, "i") * u)(x), lax.pmax(x.astype(vnp.int32), "i")

    x = np.array([1.0, 3.0], F32)
    for system in (Dual(Exact()), Bounded(PLAIN), Rounded()):
        with fake_devices(2):
            slopes, greatest = evaluate(lambda v: list(pmap(lane, axis_name="i")(v)), [x], system)
        assert [float(system.value(s)) for s in slopes.scalars] == [18.0, 34.0]
        assert greatest.machine_value().tolist() == [3, 3]


def test_duals_print_and_are_read_by_other_systems() -> None:
    dual = Dual(Exact())
    number = dual.number(from_number(2), from_number(1))
    assert isinstance(number, DualNumber)
    assert "depth=1" in repr(number)
    assert Exact().adopt(number) == 2
    assert dual.adopt(number) is number
    assert dual.value(number) == 2
    assert repr(dual) == "Dual(Exact(50))"
    assert dual.marked(number, ()).tangent == 1
    assert dual.among(number, [number], True).value == 2


# -- bounds --------------------------------------------------------------------------------------------------
def bounded(function: Any, *xs: Any, platform: Platform = NUMPY_UFUNCS) -> list[Any]:
    return [y.scalars[0] for y in evaluate(function, list(xs), Bounded(platform))]


@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2, 5])
def test_integer_powers_pass_bounds_on(n: int) -> None:
    def function(x: Any) -> list[Any]:
        near = vnp.exp(x)
        return [near, *dispatch.bind(PRIMITIVES["integer_pow"], near, y=n)]

    base, power = bounded(function, F32(0.3))
    low, high = (fraction(base.value) + s * Fraction(base.bound) for s in (-1, 1))
    for end in (low, high):
        assert abs(end**n - fraction(power.value)) <= Fraction(power.bound)


def test_powers_by_uncertain_exponents_pass_bounds_on() -> None:
    near, power = bounded(lambda x: [vnp.exp(x), F32(3) ** vnp.exp(x)], F32(0.3))
    assert 0 < power.bound < 1e-4
    for sign in (-1, 1):
        end = fraction(near.value) + sign * Fraction(near.bound)
        ball = flint.arb(3) ** flint.arb(flint.fmpq(end.numerator, end.denominator))
        assert abs(ball - flint.arb(float(power.value))) < power.bound
    (unknown,) = bounded(lambda x: [(-vnp.exp(x)) ** vnp.exp(x)], F32(0.3))
    assert unknown.unverified


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (lambda x: vnp.arccosh(vnp.cos(x)), 0.0),
        (lambda x: vnp.arcsin(vnp.cos(x * x)), 1e-3),
        (lambda x: vnp.log1p(-vnp.cos(x)), 1e-4),
        (lambda x: vnp.arctan2(vnp.sin(x) - x, vnp.cos(x) - 1), 1e-4),
        (lambda x: vnp.exp(x * x) ** F32(1e9), 1.0),
        (lambda x: 1 / (vnp.cos(x) - 1), 1e-4),
        (lambda x: (vnp.cos(x) - 1) / (vnp.cos(x) - 1) - 1, 1e-4),
    ],
)
def test_next_to_poles_and_edges_nothing_is_promised(function: Any, at: float) -> None:
    (found,) = bounded(lambda x: [function(x)], F32(at), platform=PLAIN)
    assert found.unverified
    assert found.bound == INF


def test_a_reason_is_handed_on_and_ends_at_a_choice_that_avoids_it() -> None:
    def function(x: Any) -> list[Any]:
        lost = vnp.log(vnp.exp(x))
        both = vnp.stack([lost, x])
        return [lost * 2, vnp.sum(both), vnp.where(x > 0, x, lost), vnp.floor(lost), vnp.max(both)]

    doubled, summed, chosen, stepped, greater = bounded(function, F32(100))
    for number in (doubled, summed, stepped, greater):
        assert number.unverified == "overflows on the way"
    assert chosen.unverified is None
    assert chosen.bound == 0.0


def test_sums_that_overflow_or_have_too_many_terms_have_no_bound() -> None:
    x = np.full(4, 2e38, F32)
    assert bounded(vnp_sum, x)[0].bound == INF
    assert bounded(vnp_sum, np.ones(3000, np.float16))[0].bound == INF
    assert bounded(vnp_sum, np.zeros(4, F32))[0].bound == 0.0
    assert bounded(vnp_sum, np.array([np.inf, 1], F32))[0].bound == 0.0


def vnp_sum(x: Any) -> list[Any]:
    return [lax.reduce_sum(x, (0,))]


def test_long_integers_are_rounded_when_they_become_floats() -> None:
    exact, long = evaluate(
        lambda n, m: [n.astype(vnp.float32), m.astype(vnp.float32)],
        [np.int32(16777216), np.int32(16777217)],
        Bounded(PLAIN),
    )
    assert exact.scalars[0].bound == 0.0
    assert long.scalars[0].bound == 1.0


def test_undecided_integers_are_tried_with_all_their_candidates() -> None:
    system = Bounded(PLAIN)
    either = Undecided(1, frozenset({0, 1}))
    assert system.plainly(lambda a, b: a * b, (either, 0)) == 0
    both = system.plainly(lambda a, b: a + b, (either, either))
    assert both.candidates == {0, 1, 2}
    many = Undecided(3, frozenset(range(9)))
    assert system.plainly(lambda a, b: a + b, (many, many)).candidates is None
    assert system.plainly(lambda a: a, (Undecided(1, None),)).candidates is None
    assert system.outcome(either) == 1
    assert system.adopt(either) is either
    chosen = system.select(either, [5, 7])
    assert chosen.candidates == {5, 7}
    assert system.select(either, [5, 5]) == 5
    assert system.marked(4, (either,)).candidates is None
    assert system.marked(from_number(2), (either,)).undecided
    assert system.marked(BoundedNumber(from_number(2), 0.5), (either,)).bound == 0.5
    anything = system.select(Undecided(0, None), [from_number(1), from_number(3)])
    assert anything.bound == 2.0
    unlike = system.select(either, [INF, from_number(1)])
    assert unlike.unverified == "a choice between finite and infinite values is in doubt"


def test_a_missing_room_of_digits_does_not_hide_a_branch() -> None:
    def function(x: Any) -> list[Any]:
        close = vnp.exp(x) > vnp.exp(x * F32(1))
        return [
            lax.cond(close, lambda: x, lambda: -x),
            lax.dynamic_slice(vnp.stack([x, -x]), (close.astype(vnp.int32),), (1,)),
        ]

    for found in bounded(function, F32(0.3)):
        assert found.undecided


def test_the_reference_is_reached_by_name() -> None:
    with using("reference") as implementation:
        assert implementation.name == "reference"
