"""ULPs: spacing, fractional errors and integer counts."""

from __future__ import annotations

import math
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest

from verax.reference.ulps import error_in_ulps, ulp, ulp_count

DTYPES = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
F32 = np.dtype(np.float32)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_an_ulp_is_the_distance_to_the_next_number(dtype: np.dtype[Any]) -> None:
    random = np.random.default_rng(1)
    for x in [*random.standard_normal(50), 1.0, 2.0**-14, 0.0, -1.5]:
        number = np.array(x).astype(dtype)[()]
        above = np.nextafter(np.abs(number), np.array(np.inf).astype(dtype)[()])
        assert float(ulp(float(number), dtype)) == float(above) - float(np.abs(number))


def test_half_an_ulp_is_correct_rounding() -> None:
    third = mpmath.mpf(1) / 3
    assert error_in_ulps(np.float32(1 / 3), third, F32) < 0.5
    assert error_in_ulps(np.nextafter(np.float32(1 / 3), np.float32(1)), third, F32) > 0.5
    assert error_in_ulps(np.float32(1.5), 1, F32) == 2.0**22
    assert error_in_ulps(1.0, 1, F32) == 0.0


def test_specials_are_equal_or_infinitely_far() -> None:
    for special in (math.inf, -math.inf, math.nan):
        assert error_in_ulps(special, special, F32) == 0.0
        assert error_in_ulps(special, 1.0, F32) == math.inf
        assert error_in_ulps(1.0, special, F32) == math.inf
    assert error_in_ulps(math.inf, -math.inf, F32) == math.inf
    assert error_in_ulps(0.0, -0.0, F32) == 0.0


def test_a_truth_beyond_the_format_is_infinite_there() -> None:
    assert error_in_ulps(math.inf, mpmath.mpf(10) ** 40, F32) == 0.0
    assert error_in_ulps(math.inf, mpmath.mpf(10) ** 30, F32) == math.inf


def test_integers_are_counted_in_ones() -> None:
    assert error_in_ulps(7, 5, np.dtype(np.int32)) == 2.0
    assert ulp_count(7, 5, np.dtype(np.int32)) == 2


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_counts_go_through_zero(dtype: np.dtype[Any]) -> None:
    least = np.nextafter(np.array(0).astype(dtype)[()], np.array(1).astype(dtype)[()])
    assert ulp_count(least, -least, dtype) == 2
    assert ulp_count(0.0, -0.0, dtype) == 0
    one = np.array(1).astype(dtype)[()]
    assert ulp_count(one, np.nextafter(one, np.array(2).astype(dtype)[()]), dtype) == 1


def test_nan_is_next_to_nothing() -> None:
    with pytest.raises(ValueError, match="must be numbers to be counted between"):
        ulp_count(math.nan, 1.0, F32)
