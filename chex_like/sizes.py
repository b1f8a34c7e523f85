"""Assertions on how many elements and axes arrays have."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Any

from .array_kinds import is_array, shape_of, size_of
from .assertion import assertion
from .shapes import checked_inputs, listed, paired


@assertion
def assert_equal_size(inputs: Sequence[Any]) -> None:
    """Assert that all arrays have as many elements.

    Raises:
        ValueError: ``inputs`` is no collection of arrays.
    """
    sizes = [size_of(x) for x in checked_inputs(inputs)]
    if len(set(sizes)) > 1:
        raise AssertionError(f"Arrays have different sizes: {sizes}.")


@assertion
def assert_size(inputs: Any, expected_sizes: Any) -> None:
    """Assert that an array, or each of several, has an expected number of elements.

    Args:
        inputs: an array, or a list or tuple of arrays.
        expected_sizes: a number, or a list with an entry per input: a number, a set of them, None or ``...`` (any).

    >>> import numpy as np
    >>> assert_size([np.zeros(2), np.zeros((3, 1))], (2, {1, 3}))
    """
    arrays = listed(inputs)
    sizes = [expected_sizes] * len(arrays) if isinstance(expected_sizes, int) else expected_sizes
    if not isinstance(sizes, (list, tuple)):
        raise AssertionError(
            f"Error in size compatibility check: sizes are an int, or a list of them, got {sizes}."
        )
    wrong = [
        f"input {i} has size {size_of(x)} but expected {expected}"
        for i, (x, expected) in enumerate(paired(arrays, list(sizes), "sizes"))
        if not _fits(size_of(x), expected)
    ]
    if wrong:
        raise AssertionError(f"Error in size compatibility check: {'; '.join(wrong)}.")


def _fits(size: int, expected: Any) -> bool:
    if expected is None or expected is ...:
        return True
    return size in expected if isinstance(expected, Collection) else bool(size == expected)


@assertion
def assert_equal_rank(inputs: Sequence[Any]) -> None:
    """Assert that all arrays have as many axes.

    Raises:
        ValueError: ``inputs`` is no collection of arrays.
    """
    ranks = [len(shape_of(x)) for x in checked_inputs(inputs)]
    if len(set(ranks)) > 1:
        raise AssertionError(f"Arrays have different rank: {ranks}.")


@assertion
def assert_rank(inputs: Any, expected_ranks: Any) -> None:
    """Assert that an array, or each of several, has an expected rank (or one of a set of ranks).

    >>> import numpy as np
    >>> assert_rank([np.zeros(3), np.zeros((2, 2))], {1, 2})

    Raises:
        ValueError: ``expected_ranks`` holds something else than integers and sets of integers.
    """
    if is_array(expected_ranks):
        raise ValueError(
            f"Error in rank compatibility check: expected ranks should be a single integer or a collection of "
            f"integers, but was an array: {expected_ranks}."
        )
    if not isinstance(expected_ranks, (int, Collection)):
        raise ValueError(f"`expected_ranks` must hold integers or sets of integers, got {expected_ranks!r}.")
    arrays = listed(inputs)
    ranks: list[Any] = (
        list(expected_ranks) if isinstance(expected_ranks, Sequence) else [expected_ranks] * len(arrays)
    )
    if len(arrays) != len(ranks):
        raise AssertionError(
            f"Length of inputs and expected_ranks must match: inputs has length {len(arrays)}, "
            f"expected_ranks has length {len(ranks)}."
        )
    for rank in ranks:
        if isinstance(rank, Sequence):
            raise ValueError(
                f"Error in rank compatibility check: Expected ranks should be integers or sets of integers, got {rank}."
            )
    wrong = [
        f"input {i} has rank {len(shape_of(x))} (shape {shape_of(x)}) but expected {rank}"
        for i, (x, rank) in enumerate(zip(arrays, ranks, strict=True))
        if len(shape_of(x)) not in (rank if isinstance(rank, Set) else {rank})
    ]
    if wrong:
        raise AssertionError(f"Error in rank compatibility check: {'; '.join(wrong)}.")
