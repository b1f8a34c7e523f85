"""Derivatives are held to limits, dual numbers and the two sides of a kink; large ones to forms and entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath.libmp import from_float, mpf_exp

import verax
import verax.numpy as vnp
from verax import Array, lax
from verax.chex_like.judging.case import case_of
from verax.chex_like.judging.derivatives import constants_slack
from verax.chex_like.judging.judgement import judge
from verax.chex_like.judging.scales import scale_of_decade, scales_over
from verax.chex_like.judging.sides import _Repeating
from verax.chex_like.judging.witnesses import Witnesses
from verax.reference.exact import Exact
from verax.reference.findings import Blame, Status
from verax.reference.verdict import rule_differs

F32 = np.float32


def with_slope(slope: Callable[[Any], Any], function: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function whose rule says that its derivative is ``slope``."""

    @verax.custom_jvp
    def ruled(x: Array) -> Array:
        return function(x)

    @ruled.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        return function(primals[0]), slope(primals[0]) * tangents[0]

    found: Callable[..., Any] = ruled
    return found


def _elu(x: Any) -> Any:
    return vnp.where(x > 0, x, vnp.expm1(vnp.minimum(x, 0)))


# What is said of a function at 0 -> whether it is right.
AT_ZERO: list[tuple[Callable[[Any], Any], Callable[[Any], Any], bool]] = [
    (lambda x: vnp.where(x > 0, 1.0, vnp.exp(vnp.minimum(x, 0))), _elu, True),  # smooth: the limit is 1
    (lambda x: vnp.where(x > 0, 1.0, 0.0), lambda x: vnp.maximum(x, 0), True),  # a subgradient
    (lambda x: vnp.where(x >= 0, 1.0, 0.0), lambda x: vnp.maximum(x, 0), True),  # another
    (lambda x: vnp.where(x >= 0, 1.5, 0.0), lambda x: vnp.maximum(x, 0), False),  # none
    (lambda x: vnp.where(x >= 0, -0.25, 0.0), lambda x: vnp.maximum(x, 0), False),
]


@pytest.mark.parametrize(("slope", "function", "right"), AT_ZERO)
def test_at_a_kink_any_subgradient_of_the_users_own_is_right(
    slope: Callable[[Any], Any], function: Callable[[Any], Any], right: bool
) -> None:
    verdict = judge(with_slope(slope, function), np.zeros(3, F32), order=1)
    assert verdict.holds is right, str(verdict)
    assert right or verdict.blame is Blame.RULE


def _entropy(x: Any) -> Any:
    return vnp.where(x > 0, x * vnp.log(vnp.where(x > 0, x, 1)), vnp.where(x == 0, 0, vnp.inf))


def _times_log(x: Any) -> Any:
    y = vnp.array([0.0, 0.0, 1.0], F32)  # the last but one is infinite, and stays so
    return vnp.where(x == 0, 0, x * vnp.log(vnp.where(x == 0, 1, y)))


STEEP = {
    "x log(x), and infinity below 0": (_entropy, np.zeros(2, F32), [-np.inf, -np.inf]),
    "x times minus infinity": (_times_log, np.array([0.0, 0.25, 0.0], F32), [-np.inf, -np.inf, 0.0]),
    "the cube root": (
        lambda x: vnp.where(x == 0, 0, vnp.cbrt(vnp.where(x == 0, 1, x))),
        np.zeros(1, F32),
        [np.inf],
    ),
}


@pytest.mark.parametrize(("function", "x", "slopes"), STEEP.values(), ids=STEEP)
def test_where_all_sides_are_infinitely_steep_an_infinite_derivative_is_right_and_its_opposite_is_not(
    function: Callable[[Any], Any], x: Any, slopes: list[float]
) -> None:
    right = with_slope(lambda x: vnp.array(slopes, F32), function)
    assert judge(right, x, order=1).holds
    turned = [-slope if np.isinf(slope) else slope for slope in slopes]
    wrong = with_slope(lambda x: vnp.array(turned, F32), function)
    assert judge(wrong, x, order=1).blame is Blame.RULE


def test_at_a_corner_and_at_a_jump_to_nothing_an_infinite_derivative_is_wrong() -> None:
    for function in (vnp.abs, lambda x: vnp.where(x == 0, 0, vnp.nan), lambda x: vnp.maximum(x, 0)):
        verdict = judge(with_slope(lambda x: vnp.full_like(x, vnp.inf), function), np.zeros(1, F32), order=1)
        assert verdict.blame is Blame.RULE


def test_a_second_derivative_at_a_corner_of_the_first_is_ambiguous() -> None:
    right = with_slope(lambda x: vnp.where(x > 0, 1.0, vnp.exp(vnp.minimum(x, 0))), _elu)
    verdict = judge(right, np.zeros(3, F32), order=2)
    assert verdict.status is Status.AMBIGUOUS, str(verdict)


def test_stopped_gradients_are_held_while_the_limit_is_taken() -> None:
    def shifted(x: Any) -> Any:
        return vnp.log(vnp.sum(vnp.exp(x - lax.stop_gradient(vnp.max(x))))) + lax.stop_gradient(vnp.max(x))

    x = np.array([1.0, 3.0, -2.0], F32)
    for order in (1, 2):
        assert judge(shifted, x, order=order).holds


def test_one_wrong_entry_of_a_large_gradient_is_named() -> None:
    weights = np.full(40, 1.5, F32)
    weights[23] = 1.25
    wrong = with_slope(lambda x: vnp.asarray(weights), lambda x: x * 1.5)
    verdict = judge(lambda x: vnp.sum(wrong(x)), np.linspace(-1, 1, 40, dtype=F32), order=1)
    assert verdict.blame is Blame.RULE
    assert verdict.findings[0].output == "the gradient by argument 0[23]"


def test_a_wrong_entry_beyond_those_that_are_looked_at_is_told_all_the_same() -> None:
    weights = np.full(100, 1.5, F32)
    weights[99] = -1.5
    wrong = with_slope(lambda x: vnp.asarray(weights), lambda x: x * 1.5)
    verdict = judge(lambda x: vnp.sum(wrong(x)), np.linspace(-1, 1, 100, dtype=F32), order=1, entries=64)
    assert verdict.blame is Blame.RULE


@pytest.mark.parametrize("said", [2.0**-27, 0.0])
def test_a_small_wrong_entry_is_seen_beside_large_ones(said: float) -> None:
    """60 entries 2^66 times as large; of the small one a half is missing, or all."""
    weights = np.full(61, 2.0**40, F32)
    weights[17] = 2.0**-26
    slopes = np.where(np.arange(61) == 17, F32(said), weights)
    right = with_slope(lambda x: weights, lambda x: weights * x)
    wrong = with_slope(lambda x: slopes, lambda x: weights * x)
    x = np.linspace(1, 2, 61, dtype=F32)

    assert judge(lambda x: vnp.sum(right(x)), x, order=1).holds
    verdict = judge(lambda x: vnp.sum(wrong(x)), x, order=1)
    assert verdict.blame is Blame.RULE, str(verdict)
    assert verdict.findings[0].output.endswith("[17]")


def test_a_second_derivative_that_cancels_beside_a_division_is_held_to_enough_digits() -> None:
    """The angle of (x, x) is one for all x: no ball tells the sum of its slopes from 0, and others divide by it."""

    def angles(x: Any) -> Any:
        rows = vnp.broadcast_to(x, (3,))
        return vnp.cumprod(vnp.arctan2(rows, vnp.take(rows, vnp.array([0, 0, 2]))))

    for seed in range(4):
        verdict = judge(angles, F32(float.fromhex("0x1.06c528p-4")), order=2, seed=seed)
        assert verdict.holds, str(verdict)


def test_the_witnesses_agree_on_a_smooth_function() -> None:
    case = case_of(lambda x: vnp.sum(vnp.tanh(x) * x), [np.array([0.5, -2.0], F32)], 1, 0)
    witnesses = Witnesses(case)
    along = [np.array([1.0, 0.0], F32)]
    limit, dual = witnesses.limit(along), witnesses.dual(along)
    assert limit is not None
    assert dual is not None
    assert not limit.kink
    assert abs(limit.value - dual.value) <= limit.radius
    half = mpmath.mpf("0.5")
    with mpmath.workdps(60):
        true = mpmath.tanh(half) + half * mpmath.sech(half) ** 2
    assert not rule_differs(limit.value, true, 0, np.dtype(np.float64))
    assert rule_differs(limit.value, true * (1 + mpmath.mpf(2) ** -50), 0, np.dtype(np.float64))


def test_the_sides_of_a_corner_do_not_meet() -> None:
    case = case_of(lambda x: vnp.sum(vnp.abs(x)), [np.array([0.0, 3.0], F32)], 1, 0)
    witnesses = Witnesses(case)
    assert witnesses.smooth([np.array([1.0, 0.0], F32)], 0.5) is None
    smooth = witnesses.smooth([np.array([0.0, 1.0], F32)], 0.5)
    assert smooth is not None
    assert float(smooth.value) == 1.0


def test_constants_of_a_rule_are_known_to_half_an_ulp_and_no_better() -> None:
    third = F32(1 / 3)
    rounded = with_slope(lambda x: vnp.full_like(x, third), lambda x: x / 3)
    x = np.array([1.0, 2.0], F32)
    assert judge(rounded, x, order=1).holds
    off = with_slope(lambda x: vnp.full_like(x, np.nextafter(third, F32(1))), lambda x: x / 3)
    assert judge(off, x, order=1).blame is Blame.RULE
    slack = constants_slack(case_of(rounded, [x], 1, 0))
    assert all(0 < float(s) < 2.0**-25 for row in slack for s in row)


def test_constants_of_the_function_are_known_to_half_an_ulp_and_no_better() -> None:
    """Its rule may know better: JAX's log_ndtr has an erfc of x times a rounded sqrt(1/2); its derivative has not."""
    third, x = F32(1 / 3), np.array([1.0, 2.0], F32)
    better = with_slope(lambda x: vnp.ones_like(x) / 3, lambda x: x * third)
    assert judge(better, x, order=1).holds
    off = with_slope(lambda x: vnp.ones_like(x) / 3, lambda x: x * np.nextafter(third, F32(1)))
    assert judge(off, x, order=1).blame is Blame.RULE


def test_the_derivative_of_jaxs_log_ndtr_holds() -> None:
    from jax import numpy as jnp
    from jax.scipy.special import log_ndtr

    assert judge(log_ndtr, jnp.asarray([-5.0, 3.0, 9.19], jnp.float32), order=1).holds


def test_constants_inside_loops_count_too() -> None:
    third = F32(1 / 3)
    rounded = with_slope(lambda x: vnp.full_like(x, third), lambda x: x / 3)

    def looped(x: Any) -> Any:
        return lax.scan(lambda c, y: (c + rounded(y), None), vnp.float32(0), x)[0]

    assert judge(looped, np.array([1.0, 2.0, 5.0], F32), order=1).holds


def test_where_there_is_no_derivative_nothing_is_blamed() -> None:
    verdict = judge(lax.sqrt, np.array([0.0, 4.0], F32), order=1)
    assert verdict.holds, str(verdict)


def test_derivatives_of_functions_that_branch_in_python_are_unverified() -> None:
    def branching(x: Any) -> Any:
        return vnp.sum(x * 2) if x[0] > 0 else vnp.sum(-x)

    verdict = judge(branching, np.ones(3, F32), order=1)
    assert verdict.status is Status.UNVERIFIED
    assert "verax.lax.cond" in verdict.findings[0].mend


def test_the_scale_of_a_decade_is_the_largest_truth_in_it() -> None:
    case = case_of(lambda x: x * x, [np.array([3.0, 0.02], F32)], 0, 0)
    (scale,) = scale_of_decade(case, 0)
    assert 9 <= scale <= 100
    (declared,) = scales_over([case, case_of(lambda x: x * x, [np.array([-200.0, 1.0], F32)], 0, 0)])
    assert float(declared) == 40_000


def test_next_to_a_point_only_what_moved_is_computed_again() -> None:
    asked: list[Any] = []

    def function(x: Any, bits: int, rounding: str) -> Any:
        asked.append(x)
        return mpf_exp(x, bits, rounding)

    one, two = from_float(1.0), from_float(2.0)
    found = [system._computed(function, [x]) for system in (_Repeating(50),) for x in (one, two, one)]

    assert asked == [one, two]
    assert found == [Exact(50)._computed(function, [x]) for x in (one, two, one)]

    asked.clear()
    point = Exact(50)
    with point.remembering():
        point._computed(function, [one])
    again = [point._computed(function, [x]) for x in (one, two, two)]

    assert asked == [one, two, two]  # what moved is not kept: it hardly comes again
    assert again == [found[0], found[1], found[1]]
