"""A truth is proved by balls; what two computations lose alike is certified by nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from verax import enable_x64
from verax import numpy as vnp
from verax.reference import proved_value, true_value
from verax.reference.balls import arb
from verax.reference.reals import Scalar
from verax.reference.truth import Truth, _recomputed

F32 = np.float32


def lost(x: Any) -> list[Any]:
    """((1 + t) - 1) / t for t = exp(-exp(10)): 1, but 9,566 digits are lost on the way."""
    t = vnp.exp(-vnp.exp(x))
    return [((1 + t) - 1) / t]


def first(found: Truth) -> Scalar:
    return found.outputs[0].scalars[0]


def test_what_two_computations_lose_alike_is_not_certified_by_their_agreement() -> None:
    with enable_x64():
        x = np.float64(10)
        alike = _recomputed(lost, [x], 50)
        assert alike.certified
        assert first(alike) == 0.0  # and wrong
        for truth in (true_value, proved_value):
            found = truth(lost, [x])
            assert not found.certified
            assert not found.proof
            assert "1950 digits" in found.doubt
        chosen = true_value(lambda v: [vnp.where(lost(v)[0] > 0.5, 1.0, 0.0)], [x])
        assert not chosen.certified
        assert "radius" in chosen.doubt


@pytest.mark.parametrize("x", [1e-60, 1e-150, 1e-300])
def test_digits_are_raised_until_the_radius_says_that_they_suffice(x: float) -> None:
    with enable_x64():
        found = true_value(
            lambda v: [(1 - vnp.cos(v)) / v / v, vnp.where(vnp.cos(v) < 1, v, -v)], [np.float64(x)]
        )
        assert found.proof
        assert found.certified
        assert float(first(found)) == 0.5
        assert float(found.outputs[1].scalars[0]) == x
        assert found.digits > -2 * math.log10(x)


def test_a_truth_says_how_it_was_certified() -> None:
    proved = true_value(lambda x: [vnp.exp(x)], [F32(0.7)])
    assert proved.proof
    assert proved_value(lambda x: [vnp.exp(x)], [F32(0.7)]) == proved
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(arb.FUNCTIONS, "exp")
        agreed = true_value(lambda x: [vnp.exp(x)], [F32(0.7)])
    assert agreed.certified
    assert not agreed.proof


def test_equal_numbers_are_a_doubt_of_the_proof_and_are_compared_by_recomputation() -> None:
    def same(x: Any) -> list[Any]:
        return [vnp.where(vnp.sum(vnp.exp(x)) == vnp.sum(vnp.exp(x[::-1])), 1.0, 0.0)]

    x = np.array([0.1, 0.7, 0.3], F32)
    assert "agree to all digits" in proved_value(same, [x]).doubt
    found = true_value(same, [x])
    assert not found.proof
    assert found.certified
    assert float(first(found)) == 1.0


def test_a_function_without_a_ball_is_certified_by_recomputation_and_not_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(arb.FUNCTIONS, "exp")
    found = true_value(lambda x: [vnp.exp(x)], [F32(1)])
    assert found.certified
    assert not found.proof
    unproved = proved_value(lambda x: [vnp.exp(x)], [F32(1)])
    assert not unproved.certified
    assert "`exp` must have a ball function" in unproved.doubt


@pytest.mark.parametrize(
    "step", [vnp.floor, vnp.ceil, lambda x: vnp.round(x - 0.5), lambda x: vnp.sign(x - 8)]
)
def test_a_step_that_no_digits_decide_is_not_certified(step: Any) -> None:
    found = true_value(lambda x: [step(vnp.exp(vnp.log(x)))], [F32(8)])
    assert not found.certified
    assert "1950 digits" in found.doubt
