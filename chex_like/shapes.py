"""Assertions on shapes, ranks and dtypes. They hold for concrete and for traced arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from ..language import dtypes
from .assertion import assertion

Matcher = int | None | EllipsisType | Collection[int]


def _shape_of(x: Any) -> tuple[int, ...]:
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def _listed(inputs: Any) -> list[Any]:
    """One array, or several in a list or tuple, as a list."""
    return list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]


def _paired(inputs: list[Any], expected: list[Any], what: str) -> list[tuple[Any, Any]]:
    if len(expected) == 1:
        expected = expected * len(inputs)
    if len(inputs) != len(expected):
        raise AssertionError(
            f"Length of `inputs` and `expected_{what}` must match, got {len(inputs)} and {len(expected)}."
        )
    return list(zip(inputs, expected, strict=True))


def _fits(size: int, matcher: Matcher) -> bool:
    if matcher is None:
        return True
    return size == matcher if isinstance(matcher, int) else size in matcher  # type: ignore[operator]  # ... is taken out before


def _matches(shape: tuple[int, ...], pattern: Sequence[Matcher]) -> bool:
    if ... not in pattern:
        return len(shape) == len(pattern) and all(map(_fits, shape, pattern))
    split = pattern.index(...)
    head, tail = pattern[:split], pattern[split + 1 :]
    if ... in tail:
        raise ValueError(f"`expected_shapes` may hold one ellipsis in a shape, got {tuple(pattern)}.")
    if len(shape) < len(head) + len(tail):
        return False
    last = shape[len(shape) - len(tail) :]
    return all(map(_fits, shape, head)) and all(map(_fits, last, tail))


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
    arrays = _listed(inputs)
    several = isinstance(expected_shapes, list) and all(isinstance(s, (list, tuple)) for s in expected_shapes)
    patterns = list(expected_shapes) if several and expected_shapes else [expected_shapes]
    for pattern in patterns:
        if not isinstance(pattern, (list, tuple)):
            raise ValueError(
                f"`expected_shapes` must be a shape or a list of shapes, got {expected_shapes!r}."
            )
    wrong = [
        f"input {i} has shape {_shape_of(x)} but expected {tuple(pattern)}"
        for i, (x, pattern) in enumerate(_paired(arrays, patterns, "shapes"))
        if not _matches(_shape_of(x), pattern)
    ]
    if wrong:
        raise AssertionError(f"Error in shape compatibility check: {'; '.join(wrong)}.")


@assertion
def assert_equal_shape(inputs: Sequence[Any], dims: int | Sequence[int] | None = None) -> None:
    """Assert that all arrays have one shape, or agree in ``dims`` alone (ranks may then differ).

    Raises:
        ValueError: ``inputs`` is no sequence of arrays, or ``dims`` names an axis that one lacks.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            f"`inputs` must be a non-empty list or tuple of arrays, got {type(inputs).__name__}."
        )
    shapes = [_shape_of(x) for x in inputs]
    if dims is not None:
        chosen = [dims] if isinstance(dims, int) else list(dims)
        try:
            parts = [tuple(s[d] for d in chosen) for s in shapes]
        except IndexError as err:
            raise ValueError(
                f"`dims` must be axes of every input, got {dims!r} for shapes {shapes}."
            ) from err
    else:
        parts = shapes
    if len(set(parts)) > 1:
        raise AssertionError(
            f"Arrays have different shapes{'' if dims is None else f' at dims {dims}'}: {shapes}."
        )


@assertion
def assert_rank(inputs: Any, expected_ranks: Any) -> None:
    """Assert that an array, or each of several, has an expected rank (or one of a set of ranks).

    >>> import numpy as np
    >>> assert_rank([np.zeros(3), np.zeros((2, 2))], {1, 2})
    """
    arrays = _listed(inputs)
    ranks = list(expected_ranks) if isinstance(expected_ranks, (list, tuple)) else [expected_ranks]
    for rank in ranks:
        if not isinstance(rank, (int, set, frozenset)) or isinstance(rank, bool):
            raise ValueError(
                f"`expected_ranks` must hold integers or sets of integers, got {expected_ranks!r}."
            )
    wrong = [
        f"input {i} has rank {len(_shape_of(x))} (shape {_shape_of(x)}) but expected {rank}"
        for i, (x, rank) in enumerate(_paired(arrays, ranks, "ranks"))
        if not (len(_shape_of(x)) == rank if isinstance(rank, int) else len(_shape_of(x)) in rank)
    ]
    if wrong:
        raise AssertionError(f"Error in rank compatibility check: {'; '.join(wrong)}.")


def _dtype_of(x: Any) -> np.dtype[Any]:
    found = getattr(x, "dtype", None)
    return np.result_type(type(x)) if found is None else np.dtype(found)


def _is_type(dtype: np.dtype[Any], expected: Any) -> bool:
    if expected is float or expected is np.floating:
        return dtypes.is_float(dtype)
    if expected is int or expected is np.integer:
        return dtypes.is_integer(dtype)
    if isinstance(expected, type) and issubclass(expected, np.generic) and expected in _ABSTRACT:
        return np.issubdtype(dtype, expected) or (
            dtypes.is_float(dtype) and expected in (np.inexact, np.number)
        )
    return bool(dtype == np.dtype(expected))


_ABSTRACT = (np.number, np.inexact, np.complexfloating, np.signedinteger, np.unsignedinteger, np.generic)


@assertion
def assert_type(inputs: Any, expected_types: Any) -> None:
    """Assert that an array, or each of several, has an expected dtype.

    ``float`` stands for every floating dtype and ``int`` for every integer one, as do NumPy's abstract
    types (``np.floating``, ``np.unsignedinteger``, ...); anything else means exactly that dtype. A bool is
    neither.

    >>> import numpy as np
    >>> assert_type([np.float32(1), np.int8(1)], [float, int])
    """
    arrays = _listed(inputs)
    types = list(expected_types) if isinstance(expected_types, (list, tuple)) else [expected_types]
    wrong = [
        f"input {i} has type {_dtype_of(x)} but expected {getattr(kind, '__name__', kind)}"
        for i, (x, kind) in enumerate(_paired(arrays, types, "types"))
        if not _is_type(_dtype_of(x), kind)
    ]
    if wrong:
        raise AssertionError(f"Error in type compatibility check: {'; '.join(wrong)}.")
