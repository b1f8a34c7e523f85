"""The verdict on plain numbers: every fault is told, and nothing that is allowed is called one."""

from __future__ import annotations

import math
from dataclasses import replace

import ml_dtypes
import mpmath
import numpy as np
import pytest

from verax.reference.findings import Blame, Finding, Status
from verax.reference.verdict import (
    QUIET_ELEMENTS,
    Condemned,
    Evidence,
    Measured,
    Verdict,
    count_between,
    is_problem,
    loses_digits,
    measure,
    overflows_at,
    precision,
    quiet_fault,
    rule_differs,
    ulp_of,
    worst_element,
)

F32 = np.dtype(np.float32)
F64 = np.dtype(np.float64)
F16 = np.dtype(np.float16)
BF16 = np.dtype(ml_dtypes.bfloat16)
I32 = np.dtype(np.int32)
INF, NAN = math.inf, math.nan


def real(text: str | float) -> mpmath.mpf:
    context = mpmath.MPContext()
    context.dps = 50
    return context.mpf(text)


THIRD = real("0.33333333333333333333333333333333333333333333")
ULP = real(2.0**-25)  # of float32 at a third


def third(got: float, **known: object) -> Evidence:
    return Evidence(
        **{"got": got, "true": THIRD, "dtype": F32, "bound": ULP / 2, "typical": ULP / 4, **known}
    )


NEAREST = float(np.float32(1) / np.float32(3))
TWO_OFF = NEAREST + 2 * 2.0**-25


# -- units ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("dtype", "bits", "at_one", "at_zero"),
    [(F16, 11, -10, -24), (BF16, 8, -7, -133), (F32, 24, -23, -149), (F64, 53, -52, -1074)],
)
def test_an_ulp_is_the_distance_of_neighbours(dtype: np.dtype, bits: int, at_one: int, at_zero: int) -> None:
    assert precision(dtype) == bits
    assert ulp_of(1.0, dtype) == mpmath.ldexp(1, at_one)
    assert ulp_of(real("0.999"), dtype) == mpmath.ldexp(1, at_one - 1)
    assert ulp_of(0.0, dtype) == mpmath.ldexp(1, at_zero)


def test_overflow_begins_half_an_ulp_beyond_the_largest() -> None:
    assert overflows_at(F16) == 65520
    assert overflows_at(F32) == real(2) ** 128 - real(2) ** 103


def test_counts_cross_zero() -> None:
    assert count_between(-0.0, 0.0, F32) == 0
    assert count_between(1.0, np.nextafter(np.float32(1), np.float32(2)), F32) == 1
    assert count_between(-(2.0**-149), 2.0**-149, F32) == 2
    assert count_between(NAN, 1.0, F32) is None


# -- implementation ---------------------------------------------------------------------------------
def test_the_correctly_rounded_value_holds() -> None:
    found = measure(third(NEAREST))
    assert found.status is Status.HOLD
    assert 0 < found.error <= 0.5


def test_two_ulps_off_is_the_implementations_fault() -> None:
    found = measure(third(TWO_OFF))
    assert (found.status, found.blame) == (Status.FINDING, Blame.IMPLEMENTATION)
    assert 1.5 < found.error < 2.5


def test_two_ulps_off_holds_where_three_are_allowed() -> None:
    assert measure(third(TWO_OFF, bound=3 * ULP)).status is Status.HOLD


def test_a_bound_of_zero_means_the_same_number() -> None:
    exact = Evidence(got=0.5, true=real(0.5), dtype=F32, bound=0.0, typical=0.0)
    assert measure(exact).status is Status.HOLD
    assert measure(replace(exact, got=0.50000006)).status is Status.FINDING


def test_slack_of_rounded_constants_is_allowed() -> None:
    assert measure(third(TWO_OFF, slack=2 * ULP)).status is Status.HOLD


def test_no_bound_is_unverified_unless_the_result_is_correctly_rounded() -> None:
    assert measure(third(NEAREST, unbounded="divides by what may be zero")).status is Status.HOLD
    found = measure(third(TWO_OFF, unbounded="divides by what may be zero"))
    assert found.status is Status.UNVERIFIED
    assert "divides by" in found.reason


def test_what_the_ideal_machine_answers_too_holds_without_a_bound() -> None:
    far = third(0.25, unbounded="overflows on the way", ideal=0.25)
    assert measure(far).status is Status.HOLD
    assert measure(replace(far, ideal=0.2500001)).status is Status.UNVERIFIED


def test_an_uncertified_truth_is_unverified() -> None:
    assert measure(third(TWO_OFF, certified=False)).status is Status.UNVERIFIED
    assert measure(third(NEAREST, certified=False, unbounded="divides by 0")).status is Status.UNVERIFIED


def test_what_is_within_its_bound_of_an_uncertified_truth_is_ambiguous() -> None:
    assert measure(third(NEAREST, certified=False)).status is Status.AMBIGUOUS


def test_an_undecided_comparison_is_ambiguous_only_where_the_bound_is_not_held() -> None:
    assert measure(third(TWO_OFF, undecided=True)).status is Status.AMBIGUOUS
    assert measure(third(NEAREST, undecided=True)).status is Status.HOLD


def test_integers_and_booleans_are_equal_or_wrong() -> None:
    assert measure(Evidence(got=3, true=3, dtype=I32)).status is Status.HOLD
    assert measure(Evidence(got=3, true=4, dtype=I32)).status is Status.FINDING
    assert measure(Evidence(got=3, true=4, dtype=I32, undecided=True)).status is Status.AMBIGUOUS
    assert measure(Evidence(got=True, true=False, dtype=np.dtype(bool))).status is Status.FINDING


# -- special values ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("got", "true", "status"),
    [
        (NAN, NAN, Status.HOLD),
        (INF, INF, Status.HOLD),
        (-INF, INF, Status.FINDING),
        (1.0, INF, Status.FINDING),
        (NAN, INF, Status.FINDING),
        (INF, NAN, Status.FINDING),
        (0.0, NAN, Status.FINDING),
    ],
)
def test_special_truths_must_be_met(got: float, true: float, status: Status) -> None:
    assert measure(Evidence(got=got, true=true, dtype=F32, bound=0.0, ideal=true)).status is status


def test_a_truth_too_large_for_the_format_is_infinity() -> None:
    huge = Evidence(got=INF, true=real("1e40"), dtype=F32, bound=real("1e33"), typical=real("1e32"))
    assert measure(huge).status is Status.HOLD
    assert measure(replace(huge, got=-INF)).status is Status.FINDING
    assert measure(replace(huge, got=1.0)).status is Status.FINDING


def test_infinity_holds_far_beyond_the_format_though_the_truth_is_not_certified() -> None:
    huge = Evidence(got=INF, true=real("1e400"), dtype=F32, certified=False)
    assert measure(huge).status is Status.HOLD
    assert measure(replace(huge, got=-INF)).status is Status.UNVERIFIED


def test_infinity_holds_within_the_bound_of_overflow_and_not_beyond() -> None:
    near = Evidence(got=INF, true=real("3.4028234e38"), dtype=F32, bound=real("1e32"), typical=0.0)
    assert measure(near).status is Status.HOLD
    assert measure(replace(near, true=real("3.4e38"))).status is Status.FINDING


def test_overflow_that_every_machine_meets_is_not_the_implementations_fault() -> None:
    blown = Evidence(got=INF, true=real(100), dtype=F32, bound=None, ideal=INF)
    found = measure(blown)
    assert (found.status, found.blame) == (Status.NOTE, Blame.FORMULA)
    assert measure(replace(blown, ideal=real(100), bound=real("1e-5"))).status is Status.FINDING


@pytest.mark.parametrize(
    ("got", "status"), [(0.0, Status.HOLD), (-0.0, Status.HOLD), (1e-9, Status.HOLD), (1e-6, Status.FINDING)]
)
def test_a_truth_of_zero_is_held_to_its_absolute_bound(got: float, status: Status) -> None:
    zero = Evidence(got=got, true=0.0, dtype=F32, bound=real("1e-8"), typical=real("1e-9"))
    assert measure(zero).status is status


def test_a_truth_below_the_subnormals_may_be_rounded_to_zero() -> None:
    tiny = Evidence(got=0.0, true=real("1e-60"), dtype=F32, bound=real(2.0**-150), typical=0.0)
    assert measure(tiny).status is Status.HOLD
    assert measure(replace(tiny, got=1e-40)).status is Status.FINDING


# -- the quiet kind ---------------------------------------------------------------------------------
def held(error: float, typical: float, bound: float = 100.0) -> Measured:
    return Measured(Status.HOLD, None, error, bound, typical)


def test_errors_of_typical_size_are_no_quiet_fault() -> None:
    assert quiet_fault([held(0.29, 0.29)] * QUIET_ELEMENTS) is None


def test_errors_far_above_typical_are_a_quiet_fault_though_each_holds() -> None:
    found = quiet_fault([held(5.0, 0.5)] * QUIET_ELEMENTS)
    assert found is not None
    assert 9.9 < found < 10.1


def test_too_few_elements_tell_nothing_quiet() -> None:
    assert quiet_fault([held(5.0, 0.5)] * (QUIET_ELEMENTS - 1)) is None


def test_exact_elements_say_nothing_of_typical_errors() -> None:
    assert quiet_fault([held(0.0, 0.0)] * (2 * QUIET_ELEMENTS)) is None


# -- formula, problem, rule ---------------------------------------------------------------------------
def test_an_error_against_the_scale_is_the_formulas() -> None:
    true = real("5e-7")
    assert loses_digits(real("5.6e-7"), true, 5e-7, F32)
    assert not loses_digits(real("5.6e-7"), true, 1.0, F32)


def test_overflow_on_the_way_to_a_finite_truth_is_the_formulas() -> None:
    assert loses_digits(INF, real(100), 100.0, F32)
    assert loses_digits(NAN, real(1), 1.0, F32)
    assert not loses_digits(INF, real("1e40"), 1.0, F32)  # no float32 holds the truth
    assert not loses_digits(INF, INF, 1.0, F32)


def test_narrow_formats_are_judged_as_float32() -> None:
    assert loses_digits(real("1.001"), real(1), 1.0, F16)
    assert not loses_digits(real("1.0001"), real(1), 1.0, BF16)


def test_no_scale_no_formula_fault() -> None:
    assert not loses_digits(real("1e-8"), 0.0, 0.0, F32)


def test_the_problem_is_at_fault_where_half_an_ulp_of_input_does_a_quarter_as_much() -> None:
    assert is_problem([real("0.26"), real("0.001")], real(1))
    assert not is_problem([real("0.24")], real(1))
    assert not is_problem([real(1e30)], INF)


@pytest.mark.parametrize("factor", ["-1", "2", "1.0001", "0"])
def test_a_wrong_rule_differs_from_the_limit(factor: str) -> None:
    assert rule_differs(THIRD * real(factor), THIRD, 0, F32)


def test_a_right_rule_does_not_differ() -> None:
    assert not rule_differs(THIRD + real("1e-40"), THIRD, 0, F32)
    assert not rule_differs(THIRD + ULP / 2, THIRD, ULP, F32)
    assert not rule_differs(NAN, NAN, 0, F32)
    assert rule_differs(NAN, THIRD, 0, F32)


# -- the verdict itself -------------------------------------------------------------------------------
def test_the_worst_element_is_the_gravest_then_the_nearest_to_its_bound() -> None:
    elements = [
        held(50.0, 1.0, 100.0),
        held(0.9, 1.0, 1.0),
        Measured(Status.FINDING, Blame.RULE, 0.1, 0.05),
    ]
    assert worst_element(elements) == 2
    assert worst_element(elements[:2]) == 1
    assert worst_element([]) is None


def test_a_verdict_prints_a_row_and_raises_with_its_findings_when_red() -> None:
    finding = Finding(code="VX101", subject="f", law="value", message="It is off by 9 <ULP>.")
    red = Verdict(subject="f", order=0, platform="numpy", findings=(finding,), error=9.0, bound=0.5)
    assert (red.status, red.blame, red.holds) == (Status.FINDING, Blame.IMPLEMENTATION, False)
    with pytest.raises(Condemned, match="VX101 f"):
        red.raise_if_red()
    assert "&lt;ULP&gt;" in red._repr_html_()
    green = Verdict(subject="f", order=1, platform="numpy")
    assert green.raise_if_red() is green
    assert "gradient" in str(green)
    assert str(green.tally).startswith("1 hold")


def test_notes_do_not_raise() -> None:
    note = Finding(code="VX703", subject="f", law="value", message="Vanishes.", status=Status.NOTE)
    verdict = Verdict(subject="f", order=0, platform="numpy", findings=(note,))
    assert verdict.raise_if_red() is verdict
    assert verdict.status is Status.NOTE
