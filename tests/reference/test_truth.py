"""Truth is certified by more digits, or says why it is not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

from verax import numpy as vnp
from verax.language import lax
from verax.reference import true_derivative, true_value
from verax.reference.limits import MOST_DIGITS
from verax.reference.reals import Real, Scalar
from verax.reference.truth import Derivative, Truth, known

F32, F64 = np.float32, np.float64


def fraction(x: Scalar) -> Fraction:
    if type(x) is not Real:
        return Fraction(x)
    sign, man, exp, _ = x._mpf_
    return Fraction(-int(man) if sign else int(man)) * Fraction(2) ** int(exp)


def only(found: Truth) -> Scalar:
    return found.outputs[0].scalars[0]


def assert_is(got: Scalar, ball: Any) -> None:
    """The certificate's claim for float32 numbers between 1/4 and 8: 2^-20 of an ulp."""
    sign, man, exp, _ = got._mpf_
    assert abs(flint.arb((-int(man) if sign else int(man), int(exp))) - ball) < flint.arb((1, -45))


@pytest.fixture(autouse=True)
def _many_bits() -> Any:
    before = flint.ctx.prec
    flint.ctx.prec = 400
    yield
    flint.ctx.prec = before


def test_a_value_is_certified_to_a_millionth_of_an_ulp() -> None:
    found = true_value(lambda x: [vnp.sin(x) + vnp.exp(x)], [F32(0.7)])
    assert found.certified
    assert found.doubt == ""
    ball = flint.arb(float(F32(0.7)))
    assert_is(only(found), ball.sin() + ball.exp())


def test_lost_digits_are_bought_back_with_more() -> None:
    huge = F32(1e30)
    found = true_value(lambda x: [(1 - vnp.tanh(x)) * huge * huge], [F32(60)])
    assert found.certified
    assert found.digits > 80
    assert fraction(only(found)) > 10**7


def test_sums_absorb_nothing() -> None:
    huge = F32(1e30)
    found = true_value(lambda x: [(x + x * huge * huge * huge) - x * huge * huge * huge], [F32(3)])
    assert found.certified
    assert fraction(only(found)) == 3


def test_a_value_that_is_zero_by_cancellation_is_certified_by_being_below_every_number() -> None:
    found = true_value(lambda x: [vnp.sin(x) ** 2 + vnp.cos(x) ** 2 - 1], [F32(0.3)])
    assert found.certified
    assert abs(fraction(only(found))) < Fraction(1, 10**50)


def test_integers_and_specials_are_certified_by_being_equal() -> None:
    found = true_value(
        lambda x: [vnp.floor(x).astype(vnp.int32), x > 0, vnp.log(x - x), x / x - 1], [F32(2.5)]
    )
    assert found.certified
    assert [y.scalars[0] for y in found.outputs] == [2, True, -np.inf, 0.0]


def test_numbers_that_no_digits_tell_apart_leave_a_doubt() -> None:
    x = np.linspace(0.1, 2.3, 16, dtype=F32)
    found = true_value(lambda v: [vnp.exp(v) * vnp.exp(v / 3) > vnp.exp(v + v / 3)], [x])
    assert not found.certified
    assert "agree to all digits" in found.doubt


def test_what_is_out_of_reach_leaves_a_doubt() -> None:
    found = true_value(lambda x: [vnp.sin(vnp.exp(vnp.exp(vnp.exp(x))))], [F32(5)])
    assert not found.certified
    assert "too large to be reduced" in found.doubt


def test_derivatives_are_certified_along_many_directions_at_once() -> None:
    x = np.array([0.3, -0.8, 1.9], F32)
    point = Derivative(lambda v: [vnp.sum(vnp.tanh(v) * v), vnp.argmax(v)], [x])
    for k in range(3):
        found = point.along([np.eye(3, dtype=F32)[k]])
        assert found.certified
        assert found.tangents[1] is None
        assert found.tangents[0] is not None
        t = flint.arb(float(x[k]))
        assert_is(found.tangents[0].scalars[0], t.tanh() + t / t.cosh() ** 2)


def test_a_still_direction_has_a_zero_derivative() -> None:
    found = true_derivative(lambda v, n: [v * n], [F32(2), np.int32(3)], [None, np.int32(0)])
    assert found.tangents[0] is not None
    assert found.tangents[0].scalars == [0.0]
    assert found.certified


def test_a_derivative_that_vanishes_in_every_format_is_certified() -> None:
    for dtype, at in ((F32, 200.0), (F64, 500.0)):
        from verax import enable_x64

        with enable_x64():
            found = true_derivative(lambda v: [vnp.tanh(v)], [dtype(at)], [dtype(1)])
        assert found.certified


def test_a_step_between_equal_numbers_is_a_kink_or_a_doubt() -> None:
    found = true_derivative(lambda v: [vnp.where(v > 1, v * v, v)], [F32(1)], [F32(1)])
    assert found.kink
    assert found.tangents[0] is not None
    assert float(found.tangents[0].scalars[0]) == 1.0


def test_a_kink_is_certified_with_as_many_digits_as_it_takes() -> None:
    """The slope is cos(r) with r the rest of 1e300 by a number that is known to the digits in force only."""

    def function(v: Any) -> list[Any]:
        return [vnp.sin(lax.rem(vnp.full_like(v, 1e300), vnp.exp(v))) + vnp.abs(v - 1)]

    from verax import enable_x64

    with enable_x64():
        found = true_derivative(function, [F64(1)], [F64(1)])
    flint.ctx.prec = 2400
    huge = flint.arb(1e300)
    e = flint.arb(1).exp()
    quotient = (huge / e).floor()
    slope = -quotient * e * (huge - quotient * e).cos()
    assert found.kink
    assert found.certified
    assert found.tangents[0] is not None
    sign, man, exp, _ = found.tangents[0].scalars[0]._mpf_
    got = flint.arb((-int(man) if sign else int(man), int(exp)))
    assert abs(got / slope - 1) < flint.arb((1, -72))


@pytest.mark.parametrize("function", [lax.rsqrt, lambda v: vnp.exp(-1 / v)])
def test_tiny_points_are_no_obstacle(function: Any) -> None:
    found = true_derivative(lambda v: [function(v)], [F32(1e-30)], [F32(1)])
    assert found.certified
    assert not found.kink


def test_two_computations_are_one_number_within_a_millionth_of_an_ulp() -> None:
    from verax.reference.reals import from_number

    single = np.dtype(F32)
    assert known(from_number(1 + 2.0**-44), from_number(1), single)
    assert not known(from_number(1 + 2.0**-42), from_number(1), single)
    assert known(0.0, -0.0, single)
    assert known(from_number(2.0**-170), 0.0, single)
    assert not known(from_number(2.0**-160), 0.0, single)
    assert known(np.nan, np.nan, single)
    assert not known(np.inf, from_number(1), single)
    assert MOST_DIGITS == 2000
