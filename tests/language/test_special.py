"""The inverse of erf keeps the budget that it states, from the middle to the last number below 1."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import verax
from verax.language.config import enable_x64
from verax.language.special import erf_inv
from verax.reference.ulps import error_in_ulps

MIDDLE = np.concatenate([np.linspace(-0.999, 0.999, 61), [1e-3, -1e-9, 1e-30, 0.5]])
TAIL = 1 - 2.0 ** -np.arange(4, 24)
FAR_TAIL = 1 - 2.0 ** -np.arange(4, 54)


def worst(points: Any, dtype: str) -> float:
    x = points.astype(dtype)
    with mpmath.workdps(40):
        true = [mpmath.erfinv(mpmath.mpf(float(v))) for v in x]
    return max(error_in_ulps(g, t, x.dtype) for g, t in zip(np.asarray(erf_inv(x)), true, strict=True))


@pytest.mark.parametrize(("dtype", "most"), [("float32", 6.0), ("float64", 6.0)])
def test_it_keeps_its_budget(dtype: str, most: float) -> None:
    with enable_x64():
        assert worst(MIDDLE, dtype) <= most
        assert worst(FAR_TAIL if dtype == "float64" else TAIL, dtype) <= most


def test_special_values_are_the_limits() -> None:
    for wide in (False, True):
        with enable_x64(wide):
            found = np.asarray(erf_inv(np.array([1.0, -1.0, 0.0, np.nan, 2.0])))
            assert found[:3].tolist() == [np.inf, -np.inf, 0.0]
            assert np.isnan(found[3:]).all()


def test_its_slope_is_that_of_the_inverse() -> None:
    with enable_x64():
        x = np.float64(0.3)
        with mpmath.workdps(40):
            true = mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(mpmath.erfinv(mpmath.mpf(0.3)) ** 2)
        assert error_in_ulps(np.float64(verax.grad(erf_inv)(x)), true, np.dtype(np.float64)) <= 16
