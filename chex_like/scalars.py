"""Assertions on Python's numbers, on None, and on two objects."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

from .assertion import assertion


@assertion
def assert_equal(first: Any, second: Any) -> None:
    """Assert that two objects are equal by ``==``. For arrays of many elements: `assert_trees_all_equal`.

    >>> assert_equal([1, 2], [1, 2])
    """
    TestCase().assertEqual(first, second)  # noqa: PT009  it says how lists and dicts differ


@assertion
def assert_not_both_none(first: Any, second: Any) -> None:
    """Assert that one of two at least is not None."""
    if first is None and second is None:
        raise AssertionError("At least one of the arguments must be different from `None`.")


@assertion
def assert_exactly_one_is_none(first: Any, second: Any) -> None:
    """Assert that one of two is None, and the other is not."""
    if (first is None) == (second is None):
        raise AssertionError(f"Exactly one of the arguments must be `None`, got {first} and {second}.")


@assertion
def assert_is_divisible(numerator: int, denominator: int) -> None:
    """Assert that a number is a multiple of another; nothing is a multiple of 0.

    >>> assert_is_divisible(6, 3)
    """
    if denominator == 0 or numerator % denominator != 0:
        raise AssertionError(f"{numerator} is not divisible by {denominator}.")


@assertion
def assert_scalar(x: Any) -> None:
    """Assert that ``x`` is a Python integer or float. An array of rank 0 is none.

    >>> assert_scalar(1.5)
    """
    if not isinstance(x, (int, float)):
        raise AssertionError(f"The argument {x} must be a scalar, got {type(x)}.")


@assertion
def assert_scalar_in(x: Any, min_: float, max_: float, included: bool = True) -> None:
    """Assert that a Python number lies between two; the ends belong to it if ``included``. NaN lies nowhere.

    >>> assert_scalar_in(0.5, 0, 1)
    """
    assert_scalar(x)
    inside = min_ <= x <= max_ if included else min_ < x < max_
    if not inside:
        ends = "[]" if included else "()"
        raise AssertionError(f"The argument must be in {ends[0]}{min_}, {max_}{ends[1]}, got {x}.")


# Each asks what must hold, so that NaN, of which nothing holds, fails them all.
@assertion
def assert_scalar_positive(x: Any) -> None:
    """Assert that a Python number is greater than 0."""
    assert_scalar(x)
    if not x > 0:
        raise AssertionError(f"The argument must be positive, got {x}.")


@assertion
def assert_scalar_non_negative(x: Any) -> None:
    """Assert that a Python number is 0 or greater."""
    assert_scalar(x)
    if not x >= 0:
        raise AssertionError(f"The argument must be non-negative, got {x}.")


@assertion
def assert_scalar_negative(x: Any) -> None:
    """Assert that a Python number is less than 0."""
    assert_scalar(x)
    if not x < 0:
        raise AssertionError(f"The argument must be negative, got {x}.")
