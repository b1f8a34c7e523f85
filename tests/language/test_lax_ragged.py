"""Ragged products are JAX's, in both implementations, and what belongs to no group is no part of a sum."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax

jax_lax: Any = jax.lax  # its types are not those of what it takes
F32 = np.float32


def whole(seed: int, *shape: int) -> Any:
    """Small whole numbers: their products and sums are exact whatever the order."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(F32)


def numbers(peer: Any, dots: Any, ragged: int, group: tuple[int, ...]) -> Any:
    return peer.RaggedDotDimensionNumbers(dots, [ragged], group)


ROWS: Any = (([1], [1]), ([], [])), 0, (0,)
BATCHED_ROWS: Any = (([2], [2]), ([0], [1])), 1, (0,)
SUMS: Any = (([0], [0]), ([], [])), 0, ()
BATCHED_SUMS: Any = (([1], [1]), ([0], [0])), 1, ()
BATCHES: Any = (([2], [1]), ([0], [0])), 0, ()
CALLS = {
    "rows": (ROWS, (7, 3), (3, 3, 2), [2, 0, 4]),
    "no rows": (ROWS, (0, 3), (2, 3, 2), [0, 0]),
    "nothing summed": (ROWS, (4, 0), (2, 0, 2), [1, 3]),
    "rows of batches": (BATCHED_ROWS, (2, 5, 3), (2, 2, 3, 4), [[1, 4], [2, 2]]),
    "rows of batches, one list of sizes": (BATCHED_ROWS, (2, 5, 3), (2, 2, 3, 4), [1, 3]),
    "sums": (SUMS, (6, 3), (6, 2), [1, 0, 4]),
    "sums of batches": (BATCHED_SUMS, (2, 4, 3), (2, 4, 2), [[1, 3], [2, 1]]),
    "batches": (BATCHES, (3, 2, 4), (3, 4, 2), [1, 2]),
}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("name", CALLS)
def test_a_ragged_product_is_jaxs(name: str, implementation: str) -> None:
    how, left, right, sizes = CALLS[name]
    operands = whole(1, *left), whole(2, *right), np.array(sizes, np.int32)
    want = jax_lax.ragged_dot_general(*operands, numbers(jax_lax, *how))
    with verax.using(implementation):
        got = np.asarray(lax.ragged_dot_general(*operands, numbers(lax, *how)))
    assert got.shape == want.shape
    assert got.tolist() == np.asarray(want).tolist()


def test_ragged_dot_is_rows_times_the_matrix_of_their_group() -> None:
    x, y, sizes = whole(3, 5, 2), whole(4, 2, 2, 3), np.array([2, 2], np.int32)
    got = np.asarray(lax.ragged_dot(x, y, sizes))
    assert got.tolist() == [*(x[:2] @ y[0]).tolist(), *(x[2:4] @ y[1]).tolist(), [0, 0, 0]]
    wide = lax.ragged_dot(x.astype(np.float16), y.astype(np.float16), sizes, preferred_element_type=F32)
    assert wide.dtype == F32


def test_an_infinity_of_another_group_is_no_part_of_a_sum() -> None:
    y = whole(5, 2, 2, 3)
    y[1] = np.inf
    got = np.asarray(lax.ragged_dot(whole(6, 3, 2), y, np.array([3, 0], np.int32)))
    assert np.isfinite(got).all()


def test_a_ragged_product_has_the_derivative_of_its_rows() -> None:
    x, y, sizes = whole(7, 3, 2), whole(8, 2, 2, 2), np.array([1, 2], np.int32)

    def total(peer: Any) -> Any:
        return lambda a, b: peer.lax.ragged_dot(a, b, sizes).sum()

    got = verax.grad(total(verax), argnums=(0, 1))(x, y)
    want = jax.grad(total(jax), argnums=(0, 1))(x, y)
    assert [np.asarray(g).tolist() for g in got] == [np.asarray(w).tolist() for w in want]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sizes": np.ones(3, F32)}, "`group_sizes` .* must be integers"),
        ({"sizes": np.ones(2, np.int32)}, "`rhs` .* must have size 2 along axis 0"),
        ({"numbers": lax.RaggedDotDimensionNumbers(ROWS[0], [0, 1], [0])}, "must be one axis"),
        ({"numbers": lax.RaggedDotDimensionNumbers(ROWS[0], [0], [])}, "`rhs_group_dimensions` .* be 1 axes"),
        (
            {"numbers": lax.RaggedDotDimensionNumbers(ROWS[0], [0], [1])},
            "an axis of rhs that is nothing else",
        ),
        ({"numbers": lax.RaggedDotDimensionNumbers(ROWS[0], [5], [0])}, r"must lie in \[0, 2\)"),
    ],
)
def test_a_ragged_product_names_what_does_not_fit(change: dict[str, Any], said: str) -> None:
    given = {"sizes": np.ones(3, np.int32), "numbers": numbers(lax, *ROWS), **change}
    with pytest.raises(TypeError, match=said):
        lax.ragged_dot_general(whole(0, 3, 2), whole(1, 3, 2, 2), given["sizes"], given["numbers"])


def test_a_group_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="`group_offset` of a ragged product must be None"):
        lax.ragged_dot(whole(0, 3, 2), whole(1, 1, 2, 2), np.array([3]), group_offset=np.array([0]))
