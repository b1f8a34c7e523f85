"""Assertions on the shapes of the leaves of one tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .array_kinds import shape_of
from .assertion import assertion
from .shapes import Matcher, matches, shown_pattern
from .structures import wrong_leaves


@assertion
def assert_tree_shape(tree: Any, expected_shape: Sequence[Matcher]) -> None:
    """Assert that every leaf of a tree has a shape; `assert_shape` says how it is written.

    >>> import numpy as np
    >>> assert_tree_shape({"x": np.zeros((3, 2)), "y": np.zeros((3, 4))}, (3, ...))
    """

    def fault(path: str, x: Any) -> str | None:
        if matches(shape_of(x), expected_shape):
            return None
        return f"Tree leaf '{path}' has shape {shape_of(x)} but expected {shown_pattern(expected_shape)}."

    wrong_leaves(tree, fault)


@assertion
def assert_tree_shape_prefix(tree: Any, shape_prefix: Sequence[int]) -> None:
    """Assert that the shape of every leaf of a tree begins as said."""
    _check_part(tree, tuple(shape_prefix), "prefix")


@assertion
def assert_tree_shape_suffix(tree: Any, shape_suffix: Sequence[int]) -> None:
    """Assert that the shape of every leaf of a tree ends as said."""
    _check_part(tree, tuple(shape_suffix), "suffix")


def _check_part(tree: Any, expected: tuple[int, ...], what: str) -> None:
    def fault(path: str, x: Any) -> str | None:
        shape = shape_of(x)
        if len(expected) > len(shape):
            return (
                f"Tree leaf '{path}' has a shape of length {len(shape)} (shape={shape}) which is smaller than the "
                f"expected {what} of length {len(expected)} ({what}={expected})."
            )
        part = shape[: len(expected)] if what == "prefix" else shape[len(shape) - len(expected) :]
        if part == expected:
            return None
        return f"Tree leaf '{path}' has a shape {what} different from expected: {part} != {expected}."

    wrong_leaves(tree, fault)
