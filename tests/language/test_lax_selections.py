"""What is chosen of each window is what JAX chooses, ties, infinities and NaN included."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax as jax_lax
from jax._src.lax import windowed_reductions

import verax
from verax import lax

# JAX has them under private names.
gathered: Any = windowed_reductions._select_and_gather_add
scattered: Any = windowed_reductions._select_and_scatter_add
F32 = np.float32
# The operand's shape, the window, strides and padding: overlapping, with gaps, of padding alone.
WINDOWS = [
    ((7,), (3,), (2,), ((1, 1),)),
    ((5, 6), (2, 3), (2, 2), ((0, 1), (1, 0))),
    ((4,), (2,), (3,), ((0, 0),)),
    ((3,), (2,), (1,), ((3, 0),)),
]
KEEPS = [(lax.ge, jax_lax.ge_p), (lax.le, jax_lax.le_p)]


@pytest.fixture(params=["fast", "reference"])
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def drawn(shape: tuple[int, ...], low: int = -2, high: int = 3, dtype: Any = F32) -> Any:
    return np.random.default_rng(len(shape) + high).integers(low, high, shape).astype(dtype)


@pytest.mark.parametrize("geometry", WINDOWS, ids=str)
@pytest.mark.parametrize("special", [None, np.inf, np.nan])
def test_the_same_elements_are_chosen_as_by_jax(geometry: Any, special: float | None) -> None:
    shape, *rest = geometry
    x = drawn(shape)
    if special is not None:
        x.ravel()[1:3] = special
    t, s = drawn(shape, -9, 9), drawn(lax.reduce_window_shape_tuple(*geometry), -9, 9)
    ones = (1,) * len(shape)
    for keep, theirs in KEEPS:
        wanted = scattered(s, x, theirs, *rest)
        for implementation in ("fast", "reference"):
            with verax.using(implementation):
                found = np.asarray(lax.select_and_scatter_add(s, x, keep, *rest))
            np.testing.assert_array_equal(found, wanted, strict=True)
        if special == np.inf and keep is lax.le:
            continue  # JAX starts from this infinity, keeps its start, and gives zero for a window of infinities
        wanted = gathered(jnp.asarray(t), jnp.asarray(x), theirs, *rest, ones, ones)
        for implementation in ("fast", "reference"):
            with verax.using(implementation):
                found = np.asarray(lax.select_and_gather_add(t, x, keep, *rest))
            np.testing.assert_array_equal(found, wanted, strict=True)


def test_dilated_windows_choose_as_by_jax() -> None:
    x, t = drawn((5, 6)), drawn((5, 6), -9, 9)
    for dilations in (((2, 1), (1, 1)), ((1, 1), (1, 2))):
        got = lax.select_and_gather_add(t, x, lax.ge, (2, 2), (1, 2), "VALID", *dilations)
        wanted = gathered(t, x, jax_lax.ge_p, (2, 2), (1, 2), ((0, 0), (0, 0)), *dilations)
        np.testing.assert_array_equal(np.asarray(got), wanted, strict=True)


def test_other_dtypes_are_chosen_from() -> None:
    for dtype in (np.int8, np.uint16, np.float16):
        x = drawn((7,), 0, 5, dtype)
        got = lax.select_and_scatter_add(np.arange(3, dtype=dtype), x, lax.ge, (3,), (2,))
        wanted = scattered(np.arange(3, dtype=dtype), x, jax_lax.ge_p, (3,), (2,), ((0, 0),))
        np.testing.assert_array_equal(np.asarray(got), wanted, strict=True)


@pytest.mark.usefixtures("implementation")
def test_the_one_is_the_others_transpose_and_nothing_goes_to_the_operand() -> None:
    x, t = drawn((5, 6)), drawn((5, 6), -9, 9)
    weights = drawn((4, 5), -9, 9)

    def loss(t: Any, x: Any) -> Any:
        return (lax.select_and_gather_add(t, x, lax.ge, (2, 2)) * weights).sum()

    to_tangents, to_operand = verax.grad(loss, (0, 1))(t, x)
    back = lax.select_and_scatter_add(weights, x, lax.ge, (2, 2))
    assert np.asarray(to_tangents).tolist() == np.asarray(back).tolist()
    assert not np.asarray(to_operand).any()

    lanes = verax.vmap(lambda t, x: lax.select_and_gather_add(t, x, lax.le, (3,)))(t, x)
    each = [np.asarray(lax.select_and_gather_add(a, b, lax.le, (3,))) for a, b in zip(t, x, strict=True)]
    assert np.array_equal(np.asarray(lanes), each)


@pytest.mark.usefixtures("implementation")
def test_it_is_the_derivative_of_a_maximum_without_ties() -> None:
    x = np.random.default_rng(3).permutation(12).astype(F32).reshape(3, 4)
    t = drawn((3, 4), -9, 9)

    def largest(y: Any) -> Any:
        return lax.reduce_window(y, -np.inf, lax.max, (2, 2), (1, 1), "SAME")

    _, slope = verax.jvp(largest, (x,), (t,))
    chosen = lax.select_and_gather_add(t, x, lax.ge, (2, 2), (1, 1), "SAME")
    assert np.asarray(slope).tolist() == np.asarray(chosen).tolist()


def test_a_planted_tie_is_seen() -> None:
    # The last of the largest in place of the first.
    got = lax.select_and_scatter_add(np.ones(1, F32), np.zeros(3, F32), lax.gt, (3,))
    wanted = scattered(np.ones(1, F32), np.zeros(3, F32), jax_lax.ge_p, (3,), (1,), ((0, 0),))
    assert not np.array_equal(np.asarray(got), wanted)


X = np.zeros((3, 2), F32)
WRONG = [
    (
        lambda: lax.select_and_gather_add(X, X + 1j, lax.ge, (1, 1)),
        TypeError,
        "`operand` of select_and_gather_add",
    ),
    (
        lambda: lax.select_and_gather_add(X.T, X, lax.ge, (1, 1)),
        ValueError,
        "`tangents` of select_and_gather_add",
    ),
    (
        lambda: lax.select_and_scatter_add(X, X, lax.ge, (2, 2)),
        ValueError,
        "`source` of select_and_scatter_add",
    ),
    (lambda: lax.select_and_scatter_add(X, X, lax.ge, (0, 2)), ValueError, "`window_dimensions` of"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_errors_name_the_argument(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
