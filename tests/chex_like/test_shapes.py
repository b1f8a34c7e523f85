"""Shape, rank and type assertions hold for right arrays and name the wrong one."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex


@pytest.mark.parametrize(
    ("shape", "pattern"),
    [
        ((2, 3), (2, 3)),
        ((2, 3), (None, 3)),
        ((2, 3), (2, {3, 4})),
        ((2, 3), (..., 3)),
        ((2, 3), (2, ...)),
        ((2, 3), (2, ..., 3)),
        ((2, 7, 8, 3), (2, ..., 3)),
        ((), ()),
        ((2, 3), [2, 3]),
    ],
)
def test_assert_shape_accepts_a_matching_shape(shape: tuple[int, ...], pattern: object) -> None:
    chex.assert_shape(np.zeros(shape), pattern)


@pytest.mark.parametrize(
    ("shape", "pattern"),
    [
        ((2, 3), (2, 4)),
        ((2, 3), (2,)),
        ((2, 3), (2, {4})),
        ((2,), (2, ..., 3)),
        ((3,), ()),
        ((2, 3), (None, None, ..., 3)),
    ],
)
def test_assert_shape_refuses_another_shape(shape: tuple[int, ...], pattern: object) -> None:
    with pytest.raises(AssertionError, match="has shape"):
        chex.assert_shape(np.zeros(shape), pattern)


def test_assert_shape_names_every_wrong_input() -> None:
    arrays = [np.zeros((2, 3)), np.zeros(4), np.zeros((1, 3))]
    with pytest.raises(
        AssertionError, match=r"input 1 has shape \(4,\) but expected \(2, 3\); input 2 has shape"
    ):
        chex.assert_shape(arrays, (2, 3))


def test_assert_shape_takes_one_shape_per_input() -> None:
    chex.assert_shape([np.zeros(2), np.zeros((3, 4))], [(2,), (3, None)])
    with pytest.raises(AssertionError, match="Length of `inputs`"):
        chex.assert_shape([np.zeros(2)], [(2,), (3,)])


def test_assert_shape_holds_for_arrays_of_both_implementations_and_for_tracers() -> None:
    @verax.jit
    def asserting(x: verax.Array) -> verax.Array:
        chex.assert_shape(x, (2, None))
        chex.assert_type(x, float)
        return x

    asserting(vnp.zeros((2, 3)))
    with verax.using("reference"):
        chex.assert_shape(vnp.zeros((2, 3)), (2, 3))
    with pytest.raises(AssertionError, match="expected \\(2, None\\)"):
        asserting(vnp.zeros((3, 3)))


def test_assert_shape_refuses_two_ellipses_as_misuse() -> None:
    with pytest.raises(ValueError, match="one ellipsis"):
        chex.assert_shape(np.zeros(2), (..., 2, ...))


def test_assert_rank_accepts_a_rank_and_a_set_of_ranks() -> None:
    chex.assert_rank(np.zeros((2, 3)), 2)
    chex.assert_rank([np.zeros(2), np.zeros((2, 3))], {1, 2})
    chex.assert_rank([np.zeros(2), 0.0], [1, 0])
    with pytest.raises(AssertionError, match=r"input 1 has rank 2 \(shape \(2, 3\)\) but expected 1"):
        chex.assert_rank([np.zeros(2), np.zeros((2, 3))], 1)
    with pytest.raises(ValueError, match="Expected ranks should be integers"):
        chex.assert_rank(np.zeros(2), "1")


def test_assert_equal_shape_compares_all_or_some_axes() -> None:
    chex.assert_equal_shape([np.zeros((2, 3)), np.ones((2, 3))])
    chex.assert_equal_shape([np.zeros((2, 3)), np.ones((2, 5, 4))], dims=0)
    with pytest.raises(AssertionError, match="different shapes"):
        chex.assert_equal_shape([np.zeros((2, 3)), np.zeros((3, 2))])
    with pytest.raises(AssertionError, match="at dims -1"):
        chex.assert_equal_shape([np.zeros((2, 3)), np.zeros((2, 2))], dims=-1)
    with pytest.raises(ValueError, match="`dims` must be axes"):
        chex.assert_equal_shape([np.zeros((2, 3)), np.zeros((2, 2))], dims=2)
    with pytest.raises(ValueError, match="`inputs` must be a non-empty"):
        chex.assert_equal_shape(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.float32(1), float),
        (np.zeros(2, ml_dtypes.bfloat16), float),
        (np.zeros(2, ml_dtypes.bfloat16), np.floating),
        (np.zeros(2, ml_dtypes.bfloat16), np.inexact),
        (np.int8(1), int),
        (np.uint8(1), np.unsignedinteger),
        (np.float32(1), np.float32),
        (np.zeros(2, bool), bool),
        (1.0, float),
    ],
)
def test_assert_type_accepts(value: object, kind: object) -> None:
    chex.assert_type(value, kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(np.float32(1), int), (True, int), (np.zeros(2, bool), float), (np.float32(1), np.float64)],
)
def test_assert_type_refuses(value: object, kind: object) -> None:
    with pytest.raises(AssertionError, match="input 0 has type"):
        chex.assert_type(value, kind)


def test_an_assertion_takes_a_custom_message_and_exception() -> None:
    with pytest.raises(RuntimeError, match=r"but expected \(3\)\. \[batch 7\]"):
        chex.assert_shape(
            np.zeros(2),
            (3,),
            custom_message="batch {}",
            custom_message_format_vars=(7,),
            exception_type=RuntimeError,
        )
    with pytest.raises(AssertionError, match=r"^\[Chex\] Error in shape .* expected \(3\)\. \[only this\]$"):
        chex.assert_shape(np.zeros(2), (3,), custom_message="only this", include_default_message=False)


def test_every_public_name_is_where_the_table_says() -> None:
    for name in chex.__all__:
        assert getattr(chex, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'assert_nothing'"):
        chex.assert_nothing  # noqa: B018  # the access is the test
