"""First and second derivatives of compositions hold far out, and next to the points where a naive formula loses them.

The definitions' derivatives, written out, are taken at 400 digits. What the derivative's own program is worth
must be theirs within the bound that is derived from it, and what `fast` makes of it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from tests.language.test_nn import off

import verax
from verax import chex_like as chex
from verax.language import nn
from verax.language import numpy as vnp

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

Real = Callable[[Any], Any]

SCALE = mpmath.mpf(float(np.float32(np.sqrt(2 / np.pi))))
CUBE = mpmath.mpf(float(np.float32(0.044715)))


def gelu_slope(x: Any) -> Any:
    z = 2 * SCALE * (x + CUBE * x**3)
    s = 1 / (1 + mpmath.exp(-z)) if abs(z) < 10**6 else mpmath.mpf(z > 0)
    return s + x * s * (1 - s) * 2 * SCALE * (1 + 3 * CUBE * x**2)


def sinc_slope(x: Any) -> Any:
    return (mpmath.cospi(x) - mpmath.sincpi(x)) / x if x else mpmath.mpf(0)


def sinc_bend(x: Any) -> Any:
    if not x:
        return -(mpmath.pi**2) / 3
    return -(mpmath.pi**2) * mpmath.sincpi(x) - 2 * sinc_slope(x) / x


# Name, function, order, the definition's derivative.
SLOPES: dict[str, tuple[Callable[[Any], Any], int, Real]] = {
    "gelu'": (nn.gelu, 1, gelu_slope),
    "sinc'": (vnp.sinc, 1, sinc_slope),
    "sinc''": (vnp.sinc, 2, sinc_bend),
    "soft_sign'": (nn.soft_sign, 1, lambda x: 1 / (1 + abs(x)) ** 2),
    "squareplus'": (nn.squareplus, 1, lambda x: 2 / (mpmath.sqrt(x * x + 4) - x) / mpmath.sqrt(x * x + 4)),
}
NEAR = [0.0, 1e-38, -1e-30, 1e-20, -1e-10, 1e-6, 1e-4, -1e-3, 1e-2, 0.3, -0.7, 1.2, 2.75, -3.3]
# Not half-odd numbers: all of the slope is there the rounding of pi, which no bound of the program knows.
FAR = [6.25, -6.25, 12.0, -12.0, 40.25, -88.0, 1e4, -1e4, 1e10, -1e10, 1e13, -1e13, 1e18, -1e18]


def derivative(function: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    """Of every element by itself."""
    for _ in range(order):
        function = _slope(function)
    return function


def _slope(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return verax.grad(lambda x: vnp.sum(function(x)))


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("points", [NEAR, FAR], ids=["near", "far"])
def test_the_derivative_is_the_definition_s(name: str, points: list[float]) -> None:
    function, order, definition = SLOPES[name]

    def precise(x: Any) -> Any:
        with mpmath.workdps(400):
            return definition(x)

    assert off(derivative(function, order), precise, points) == []


@pytest.mark.parametrize(
    ("function", "ends"), [(nn.gelu, (0, 1)), (nn.squareplus, (0, 1)), (nn.soft_sign, (0, 0))]
)
def test_the_slope_at_the_ends_of_the_format_is_the_limit(function: Any, ends: tuple[int, int]) -> None:
    x = np.array([-3e38, -1e30, 1e30, 3e38], np.float32)
    assert np.asarray(derivative(function, 1)(x)).tolist() == [ends[0], ends[0], ends[1], ends[1]]


@pytest.mark.parametrize("x", [-3e38, -1e30, -1e20, 1e20, 1e30, 3e38])
def test_squareplus_does_not_overflow_and_sinc_keeps_its_zeros(x: float) -> None:
    found = float(nn.squareplus(np.float32(x)))
    assert found == (np.float32(x) if x > 0 else float(np.float32(1) / -np.float32(x)))
    assert float(vnp.sinc(np.float32(x))) == 0


def test_soft_sign_at_infinity_is_one() -> None:
    assert np.asarray(nn.soft_sign(np.array([np.inf, -np.inf, np.nan], np.float32))).tolist()[:2] == [1, -1]
    assert np.asarray(
        verax.grad(lambda x: vnp.sum(nn.soft_sign(x)))(np.array([3e38, np.inf], np.float32))
    ).tolist() == [0, 0]


def exact_gelu(x: Any) -> Any:
    return nn.gelu(x, approximate=False)


@pytest.mark.parametrize("function", [nn.silu, nn.mish, nn.gelu, exact_gelu, nn.hard_silu])
def test_a_gate_is_shut_at_minus_infinity_and_open_at_infinity(function: Any) -> None:
    x = np.array([-np.inf, -3e38, 3e38, np.inf], np.float32)
    assert np.asarray(function(x)).tolist() == [0, 0, float(np.float32(3e38)), np.inf]
    assert np.asarray(derivative(function, 1)(x)).tolist() == [0, 0, 1, 1]
    assert np.isnan(np.asarray(function(np.float32(np.nan))))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("part", [0.9, 0.55, 0.3, 0.0, -0.3, -0.55, -0.9])
def test_the_norm_fits_wherever_it_is_and_its_gradient_too(dtype: Any, part: float) -> None:
    """A triangle of sides 3, 4 and 5, times powers of 2: what is rounded is rounded alike."""
    size = 2.0 ** round(part * np.finfo(dtype).maxexp)
    with verax.enable_x64():
        x = np.array([3, 4], dtype)
        found, slope = verax.value_and_grad(vnp.linalg.norm)(x * dtype(size))
        near = verax.grad(vnp.linalg.norm)(x)

    assert float(found) == 5 * size
    assert np.asarray(slope).tobytes() == np.asarray(near).tobytes()


def test_norms_along_an_axis_are_each_of_their_own_scale() -> None:
    x = np.array([[3, 4], [3e38, 0], [1e-45, 0], [np.inf, 1], [np.nan, np.inf], [0, 0]], np.float32)
    for kept in (False, True):
        found = np.asarray(vnp.linalg.norm(x, axis=1, keepdims=kept)).ravel().tolist()
        assert found[:4] + found[5:] == [5, float(x[1, 0]), float(x[2, 0]), np.inf, 0]
        assert np.isnan(found[4])


@pytest.mark.parametrize("function", [verax.lax.digamma, verax.grad(verax.lax.lgamma)])
def test_at_whole_numbers_the_second_derivative_of_digamma_is_a_number(function: Any) -> None:
    """Reverse over reverse it was NaN: the reflection, of which nothing is taken there, divides by a sine of 0."""
    for x in (1.0, 2.0, 7.0, 20.0, 0.5, -0.75):
        chex.assert_gradients(function, vnp.array(x), order=2)
