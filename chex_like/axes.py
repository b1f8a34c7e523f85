"""Assertions on the size of one axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .array_kinds import is_array, shape_of
from .assertion import assertion


@assertion
def assert_axis_dimension_comparator(
    tensor: Any, axis: int, pass_fn: Callable[[int], bool], error_string: str
) -> None:
    """Assert that the size of an axis is as a function of it says; the others of this kind are made of it.

    Args:
        tensor: an array, or what NumPy makes one of.
        axis: which axis; negative ones count from the last.
        pass_fn: says whether a size will do.
        error_string: what is said to be expected of it: ``greater than '3'``.
    """
    shape = shape_of(tensor if is_array(tensor) else np.asarray(tensor))
    if not -len(shape) <= axis < len(shape):
        raise AssertionError(
            f"Expected tensor to have dim {error_string} on axis '{axis}' but axis '{axis}' not available: "
            f"tensor rank is '{len(shape)}'."
        )
    if not pass_fn(shape[axis]):
        raise AssertionError(
            f"Expected tensor to have dimension {error_string} on axis '{axis}' but got '{shape[axis]}' instead."
        )


@assertion
def assert_axis_dimension(tensor: Any, axis: int, expected: int) -> None:
    """Assert that an axis has a size.

    >>> import numpy as np
    >>> assert_axis_dimension(np.zeros((2, 3)), axis=-1, expected=3)
    """
    assert_axis_dimension_comparator(tensor, axis, lambda size: size == expected, f"equal to '{expected}'")


@assertion
def assert_axis_dimension_gt(tensor: Any, axis: int, val: int) -> None:
    """Assert that the size of an axis is greater than ``val``."""
    assert_axis_dimension_comparator(tensor, axis, lambda size: size > val, f"greater than '{val}'")


@assertion
def assert_axis_dimension_gteq(tensor: Any, axis: int, val: int) -> None:
    """Assert that the size of an axis is ``val`` or greater."""
    assert_axis_dimension_comparator(
        tensor, axis, lambda size: size >= val, f"greater than or equal to '{val}'"
    )


@assertion
def assert_axis_dimension_lt(tensor: Any, axis: int, val: int) -> None:
    """Assert that the size of an axis is less than ``val``."""
    assert_axis_dimension_comparator(tensor, axis, lambda size: size < val, f"less than '{val}'")


@assertion
def assert_axis_dimension_lteq(tensor: Any, axis: int, val: int) -> None:
    """Assert that the size of an axis is ``val`` or less."""
    assert_axis_dimension_comparator(tensor, axis, lambda size: size <= val, f"less than or equal to '{val}'")
