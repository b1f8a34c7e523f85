"""The reference against Arb: a bounded sample of the full run, and planted faults that it catches."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from mpmath.libmp import from_man_exp, mpf_add, mpf_exp, mpf_mul

from verax.language.catalogue import PRIMITIVES
from verax.language.dtypes import float32, float64
from verax.property_tests.arb.functions import FUNCTIONS, WITHOUT, transcendental
from verax.property_tests.arb.holding import Held, held, verdict
from verax.property_tests.arb.points import drawn
from verax.property_tests.arb.record import page
from verax.reference.reals import from_number, real

POINTS = 150  # the full run has 10,000 of each, in an environment of its own


def test_every_transcendental_row_has_arbs_function_or_a_reason() -> None:
    assert set(transcendental()) <= FUNCTIONS.keys()
    assert not FUNCTIONS.keys() & WITHOUT.keys()
    assert {"exp", "sin", "atan2", "pow", "lgamma", "erf_inv"} <= set(transcendental())
    assert all(WITHOUT.values())


@pytest.mark.parametrize("name", transcendental())
def test_the_references_numbers_lie_in_arbs_balls(name: str) -> None:
    found = held(name, POINTS, seed=1)
    assert found.disagreements == []
    assert found.unknown == 0
    assert found.points > POINTS // 2


@pytest.mark.parametrize("dtype", [float32, float64])
@pytest.mark.parametrize("name", ["exp", "lgamma", "asin", "acosh", "pow", "log1p"])
def test_points_are_of_every_kind_and_inside_of_the_domain(name: str, dtype: np.dtype) -> None:
    row = PRIMITIVES[name]
    columns = drawn(row, np.random.default_rng(2), 4000, dtype)
    assert len({len(x) for x in columns}) == 1
    for x, domain in zip(columns, row.domain, strict=True):
        assert len(x) > 400
        assert x.dtype == dtype
        assert all(float(v) in domain for v in x)
    size = np.abs(columns[-1])
    bounded = math.isfinite(row.domain[-1].high)
    assert bounded or size.max() > np.finfo(dtype).max / 4
    assert row.domain[-1].low >= 1 or size.min() < np.finfo(dtype).tiny


# -- planted faults ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("exponent", "caught"), [(-172, False), (-160, True), (-20, True)])
def test_a_value_that_is_off_within_fifty_digits_is_caught(exponent: int, caught: bool) -> None:
    off = mpf_add(from_man_exp(1, 0), from_man_exp(1, exponent))
    value = real(mpf_mul(mpf_exp(from_man_exp(3, -1), 400), off, 400))
    assert bool(verdict(FUNCTIONS["exp"], value, [1.5])) == caught


def test_the_wrong_branch_the_wrong_sign_and_the_wrong_special_are_caught() -> None:
    assert "outside" in verdict(FUNCTIONS["atan2"], from_number(3.0), [-1e-300, -1.0])
    assert "outside" in verdict(FUNCTIONS["sin"], from_number(0.5), [1e300])
    assert "is not within" in verdict(FUNCTIONS["exp"], math.inf, [709.0])
    assert "is not within" in verdict(FUNCTIONS["exp"], 0.0, [-1e5 / 64])
    assert "is not within" in verdict(FUNCTIONS["log"], math.nan, [2.0])


def test_a_pole_is_one_for_both_or_is_told() -> None:
    assert verdict(FUNCTIONS["lgamma"], math.inf, [-2.0]) == "poles"
    assert verdict(FUNCTIONS["lgamma"], from_number(1.0), [-2.0]) == "unknown"


def test_a_record_names_each_primitive_and_what_is_wrong() -> None:
    rows = {"exp": Held(9, ["exp(0x1p+0) in float32: no"], 1, 2, 3), "sin": Held(10)}
    text = page(rows, "the command", 2.0, dt.date(2026, 1, 2))
    assert "19 points of 2 primitives lie in Arb's balls to 50 digits" in text
    assert "| exp | 9 | 1 | 3 | 2 | 1 |" in text
    assert "## Outside of the ball\n\n- exp(0x1p+0) in float32: no\n" in text
