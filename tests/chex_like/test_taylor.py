"""The Taylor test says PASS of right gradients, FAIL of wrong ones, and INCONCLUSIVE where nothing can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from verax import chex_like as chex
from verax.chex_like.taylor import Outcome

X = np.linspace(0.3, 2, 5)
PASS, FAIL, NONE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def sines(x: Any) -> Any:
    return np.sum(np.sin(x))


def cubes(x: Any) -> Any:
    return np.sum(x**3)


def noisy(seed: int) -> Callable[[Any], Any]:
    rng = np.random.default_rng(seed)
    return lambda x: np.sin(x) + rng.normal()


SIZES = np.array([1e-8, 1, 1e8])
CASES: list[tuple[str, Callable[..., Any], Callable[..., Any], Any, Outcome]] = [
    ("right", sines, np.cos, X, PASS),
    ("right in float32", sines, np.cos, X.astype(np.float32), PASS),
    ("the wrong sign", sines, lambda x: -np.cos(x), X, FAIL),
    ("off by a millionth", sines, lambda x: np.cos(x) * (1 + 1e-6), X, FAIL),
    ("off by a percent in float32", sines, lambda x: np.cos(x) * 1.01, X.astype(np.float32), FAIL),
    ("one wrong entry", sines, lambda x: np.cos(x) + np.eye(5)[2] * 1e-3, X, FAIL),
    ("sizes from 1e-8 to 1e8", cubes, lambda x: 3 * x**2, SIZES, PASS),
    ("sizes from 1e-8 to 1e8, wrong", cubes, lambda x: 3 * x**2 * (1 + 1e-5), SIZES, FAIL),
    ("linear", lambda x: 3 * x, lambda x: 3.0 + 0 * x, 2.0, PASS),
    ("linear, wrong", lambda x: 3 * x, lambda x: 3.001 + 0 * x, 2.0, FAIL),
    ("constant", lambda x: 0 * x + 1, lambda x: 0 * x, 2.0, PASS),
    ("constant, wrong", lambda x: 0 * x + 1, lambda x: 0 * x + 1e-3, 2.0, FAIL),
    ("an optimum", lambda x: (x - 2) ** 2, lambda x: 2 * (x - 2), 2.0, PASS),
    ("an optimum, wrong", lambda x: (x - 2) ** 2, lambda x: 2 * (x - 2) + 1e-4, 2.0, FAIL),
    ("rounded inside", lambda x: (np.sin(x) + 1e8) - 1e8, np.cos, 0.5, PASS),
    ("rounded inside, wrong", lambda x: (np.sin(x) + 1e8) - 1e8, np.sin, 0.5, FAIL),
    ("a kink", np.abs, np.sign, 0.0, NONE),
    ("noise", noisy(0), np.cos, 0.5, NONE),
    ("out of the domain", lambda x: x * np.nan, lambda x: x, 1.0, NONE),
    ("too few digits", sines, np.cos, X.astype(np.float16), NONE),
]


@pytest.mark.parametrize(
    ("function", "gradient", "at", "outcome"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_outcomes(function: Any, gradient: Any, at: Any, outcome: Outcome) -> None:
    found = chex.taylor_test(function, gradient, at)

    assert found.outcome is outcome, str(found)


def test_several_arguments() -> None:
    def product(x: Any, w: Any) -> Any:
        return np.sum(np.tanh(w @ x))

    def right(x: Any, w: Any) -> Any:
        slope = 1 - np.tanh(w @ x) ** 2
        return w.T @ slope, np.outer(slope, x)

    w = np.arange(10.0).reshape(2, 5) / 20
    chex.assert_taylor(product, right, X, w)
    with pytest.raises(AssertionError, match="of order 1, as of a wrong gradient"):
        chex.assert_taylor(product, lambda x, w: (right(x, w)[0], right(x, w)[1] * 1.5), X, w)


def test_the_failure_names_both_slopes_the_line_and_the_test() -> None:
    with pytest.raises(AssertionError) as caught:
        chex.assert_taylor(np.sin, lambda x: np.sin(x), 0.5)  # noqa: PLW0108  # a line to be named
    said = str(caught.value)

    assert "worst:   the slope along a direction is " in said
    assert "line:    tests/chex_like/test_taylor.py" in said or "test_taylor.py" in said
    assert "replay:  pytest " in said


def test_an_inconclusive_test_fails_and_says_so() -> None:
    with pytest.raises(AssertionError, match="INCONCLUSIVE: the two sides differ"):
        chex.assert_taylor(np.abs, np.sign, 0.0)


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(TypeError, match="`args` must be floating arrays, got int64 for argument 0"):
        chex.taylor_test(np.sin, np.cos, np.arange(3, dtype=np.int64))
    with pytest.raises(TypeError, match="`f` must return a floating number"):
        chex.taylor_test(np.sin, np.cos, X)
    with pytest.raises(ValueError, match="`gradient` must return an array for each argument"):
        chex.taylor_test(sines, lambda x: x[:2], X)


def test_a_function_that_jumps_here_and_there_is_no_wrong_gradient() -> None:
    """Noise between steps that jump is no run of steps: what is read off steps far from each other is chance."""
    x = np.float32(0.5973452)

    def f(v: Any) -> Any:  # 3 v is rounded, and what is left of a division by v is 0, or nearly v
        return np.float32(0.97) + np.fmod(np.float32(np.float32(v + v) + v), v)

    for seed in range(20):
        assert chex.taylor_test(f, np.zeros_like, x, seed=seed).outcome is not FAIL
