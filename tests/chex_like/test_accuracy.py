"""The assertions without a tolerance stay silent on right code and name the fault of wrong code."""

from __future__ import annotations

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax import nn


def test_assert_accurate_accepts_a_stable_formula() -> None:
    chex.assert_accurate(nn.softplus, vnp.linspace(-50.0, 50.0, 7))


def test_assert_accurate_blames_the_formula_that_overflows() -> None:
    with pytest.raises(AssertionError, match="formula"):
        chex.assert_accurate(lambda x: vnp.log(1 + vnp.exp(x)), vnp.array([1.0, 100.0]))


def test_assert_gradients_accepts_first_and_second_derivatives() -> None:
    chex.assert_gradients(lambda x: vnp.sum(vnp.sin(x) * x), vnp.array([0.5, 2.0, -1.25]), order=2)


def test_assert_gradients_blames_a_rule_with_the_wrong_sign() -> None:
    @verax.custom_jvp
    def cosine(x: verax.Array) -> verax.Array:
        return vnp.cos(x)

    @cosine.defjvp
    def wrong(primals: tuple[verax.Array], tangents: tuple[verax.Array]) -> tuple[verax.Array, verax.Array]:
        return vnp.cos(primals[0]), vnp.sin(primals[0]) * tangents[0]

    with pytest.raises(AssertionError, match="rule"):
        chex.assert_gradients(cosine, vnp.array(1.0))


def test_assert_gradients_takes_orders_1_and_2() -> None:
    with pytest.raises(ValueError, match="`order` must be 1 or 2, got 3"):
        chex.assert_gradients(vnp.sin, vnp.array(1.0), order=3)


def test_where_the_function_has_no_value_no_gradient_is_judged_and_it_says_so() -> None:
    """Forward differentiation is NaN for every result there, since 0 times NaN is: no rule is to blame."""
    told = r"`args` of assert_gradients must be where the function has a value, but out of 'sqrt' is NaN at element 0"
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=told):
        chex.assert_gradients(verax.lax.sqrt, vnp.array([-11.0, 4.0]), order=2)
    chex.assert_gradients(verax.lax.sqrt, vnp.array([11.0, 4.0]), order=2)


def test_a_nan_that_the_function_does_not_have_is_still_found() -> None:
    with np.errstate(all="ignore"), pytest.raises(AssertionError):
        chex.assert_gradients(lambda x: vnp.exp(x) / vnp.exp(x) * x, np.float32(100.0))
