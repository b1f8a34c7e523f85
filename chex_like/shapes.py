"""Assertions on the shapes of arrays. They hold for concrete and for traced arrays, whoever's they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import EllipsisType
from typing import Any

from .array_kinds import is_array, shape_of
from .assertion import assertion

Matcher = int | None | EllipsisType | Collection[int]


def checked_inputs(inputs: Any) -> list[Any]:
    """Several arrays, as a list.

    Raises:
        ValueError: it is no collection, or an array itself, or empty.
    """
    if not isinstance(inputs, Collection) or is_array(inputs) or not inputs:
        raise ValueError(f"`inputs` must be a non-empty collection of arrays, got {inputs!r}.")
    return list(inputs)


def listed(inputs: Any) -> list[Any]:
    """One array, or several in a list or tuple, as a list."""
    return list(inputs) if isinstance(inputs, Sequence) and not is_array(inputs) else [inputs]


def paired(inputs: list[Any], expected: list[Any], what: str) -> list[tuple[Any, Any]]:
    """Each input with what is expected of it.

    Raises:
        AssertionError: there are not as many.
    """
    if len(inputs) != len(expected):
        raise AssertionError(
            f"Length of `inputs` and `expected_{what}` must match: {len(inputs)} is not equal to {len(expected)}."
        )
    return list(zip(inputs, expected, strict=True))


def _fits(size: int, matcher: Matcher) -> bool:
    if matcher is None:
        return True
    return size in matcher if isinstance(matcher, Collection) else bool(size == matcher)


def matches(shape: Sequence[int], pattern: Sequence[Matcher]) -> bool:
    """Whether a shape is what a pattern allows.

    Raises:
        ValueError: the pattern has two ellipses.
    """
    if ... not in pattern:
        return len(shape) == len(pattern) and all(map(_fits, shape, pattern))
    split = pattern.index(...)
    head, tail = pattern[:split], pattern[split + 1 :]
    if ... in tail:
        raise ValueError(
            f"`expected_shape` may not contain more than one ellipsis, but got {shown_pattern(pattern)}"
        )
    if len(shape) < len(head) + len(tail):
        return False
    last = shape[len(shape) - len(tail) :]
    return all(map(_fits, shape, head)) and all(map(_fits, last, tail))


def shown_pattern(pattern: Sequence[Matcher]) -> str:
    """A pattern as it is written."""
    return f"({', '.join('...' if d is ... else str(d) for d in pattern)})"


@assertion
def assert_shape(inputs: Any, expected_shapes: Any) -> None:
    """Assert that an array, or each of several, has an expected shape.

    Args:
        inputs: an array, or a list or tuple of arrays.
        expected_shapes: a shape, or a list with one per input. An entry of a shape is a size, None
            (any size), a set of sizes, or, once, ``...`` (any number of axes).

    >>> import numpy as np
    >>> assert_shape(np.zeros((2, 3)), (2, None))
    >>> assert_shape([np.zeros(4), np.zeros((5, 4))], (..., {3, 4}))
    """
    if not isinstance(expected_shapes, (list, tuple)):
        raise AssertionError(
            f"Error in shape compatibility check: a shape is a list or tuple, got {expected_shapes}."
        )
    arrays = listed(inputs)
    one = not expected_shapes or not isinstance(expected_shapes[0], (list, tuple))
    patterns = [expected_shapes] * len(arrays) if one else list(expected_shapes)
    wrong = [
        f"input {i} has shape {shape_of(x)} but expected {shown_pattern(pattern)}"
        for i, (x, pattern) in enumerate(paired(arrays, patterns, "shapes"))
        if not matches(shape_of(x), pattern)
    ]
    if wrong:
        raise AssertionError(f"Error in shape compatibility check: {'; '.join(wrong)}.")


@assertion
def assert_equal_shape(inputs: Sequence[Any], *, dims: int | Sequence[int] | None = None) -> None:
    """Assert that all arrays have one shape, or agree in ``dims`` alone (ranks may then differ).

    Raises:
        ValueError: ``inputs`` is no collection of arrays, or ``dims`` names an axis that one lacks.
    """
    shapes = [shape_of(x) for x in checked_inputs(inputs)]
    if dims is None:
        _check_equal(shapes, "Arrays have different shapes")
        return
    chosen = [dims] if isinstance(dims, int) else list(dims)
    try:
        parts = [tuple(s[d] for d in chosen) for s in shapes]
    except IndexError as err:
        raise ValueError(f"`dims` must be axes of every input, got {dims!r} for shapes {shapes}.") from err
    _check_equal(parts, f"Arrays have different shapes at dims {dims}")


def _check_equal(parts: Sequence[Any], said: str) -> None:
    if any(part != parts[0] for part in parts):
        raise AssertionError(f"{said}: {parts}.")


@assertion
def assert_equal_shape_prefix(inputs: Sequence[Any], prefix_len: int) -> None:
    """Assert that the shapes of all arrays begin alike: ``shape[:prefix_len]``.

    Raises:
        ValueError: ``inputs`` is no collection of arrays.
    """
    shapes = [shape_of(x) for x in checked_inputs(inputs)]
    _check_equal([s[:prefix_len] for s in shapes], "Arrays have different shape prefixes")


@assertion
def assert_equal_shape_suffix(inputs: Sequence[Any], suffix_len: int) -> None:
    """Assert that the last ``suffix_len`` axes of all arrays are alike; 0 axes always are.

    Raises:
        ValueError: ``inputs`` is no collection of arrays.
    """
    shapes = [shape_of(x) for x in checked_inputs(inputs)]
    parts = [s[-suffix_len:] if suffix_len else () for s in shapes]
    _check_equal(parts, "Arrays have different shape suffixes")


@assertion
def assert_is_broadcastable(shape_a: Sequence[int], shape_b: Sequence[int]) -> None:
    """Assert that an array of shape ``shape_a`` can be broadcast to shape ``shape_b``.

    >>> assert_is_broadcastable((3, 1), (2, 3, 4))
    """
    last = shape_b[len(shape_b) - len(shape_a) :] if len(shape_a) <= len(shape_b) else ()
    if len(last) != len(shape_a) or any(a not in (1, b) for a, b in zip(shape_a, last, strict=True)):
        raise AssertionError(f"Shape {shape_a} is not broadcastable to shape {shape_b}.")
