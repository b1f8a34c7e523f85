"""Value assertions find the worst leaf, and treat NaN and infinities as published."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

import verax.numpy as vnp
from verax import chex_like as chex


def test_finite_trees_pass() -> None:
    chex.assert_tree_all_finite({"w": np.ones(3), "b": [1, vnp.zeros(2)], "none": None})


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_non_finite_leaf_is_named_by_its_path(bad: float) -> None:
    with pytest.raises(AssertionError, match=r"'w/1'\[0, 1\] is .*1 of 2 not finite"):
        chex.assert_tree_all_finite({"w": [np.ones(2), np.array([[0.0, bad]])]})
    with pytest.raises(AssertionError, match="not finite"):
        chex.assert_tree_all_finite(np.array([bad], ml_dtypes.bfloat16))


def test_equal_trees_are_close_and_nan_equals_nan() -> None:
    tree = {"a": np.array([1.0, np.nan, np.inf]), "b": vnp.ones(2)}
    chex.assert_trees_all_close(tree, tree, tree)


def test_the_worst_element_of_a_leaf_is_shown_with_both_values() -> None:
    a, b = {"x": np.array([1.0, 2.0])}, {"x": np.array([1.0, 2.5])}
    with pytest.raises(
        AssertionError,
        match=r"Trees 0 and 1 differ in leaves 'x': .* at 1 of 2 elements; worst at \[1\]: 2\.0 ",
    ):
        chex.assert_trees_all_close(a, b)
    chex.assert_trees_all_close(a, b, atol=0.5)  # tolerance-name: Chex's own keyword is what is tested
    chex.assert_trees_all_close(a, b, rtol=0.2)  # tolerance-name: Chex's own keyword is what is tested


def test_infinities_of_opposite_sign_are_never_close() -> None:
    with pytest.raises(AssertionError, match="at 1 of 1 elements"):
        chex.assert_trees_all_close(np.array(np.inf), np.array(-np.inf))


def test_shapes_dtypes_and_structures_must_agree() -> None:
    with pytest.raises(AssertionError, match=r"shapes \(2,\), \(2, 1\) mismatch"):
        chex.assert_trees_all_close(np.zeros(2), np.zeros((2, 1)))
    with pytest.raises(AssertionError, match="trees 0 and 1 do not match"):
        chex.assert_trees_all_close([np.zeros(2)], {"a": np.zeros(2)})
    chex.assert_trees_all_close(np.zeros(2, np.float32), np.zeros(2, np.float64))
    with pytest.raises(AssertionError, match="dtypes float32, float64 mismatch"):
        chex.assert_trees_all_close(np.zeros(2, np.float32), np.zeros(2, np.float64), strict=True)
    with pytest.raises(ValueError, match="over only one tree"):
        chex.assert_trees_all_close(np.zeros(2))
