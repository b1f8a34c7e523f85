"""Kernels give what XLA's definitions say where NumPy's differ, and round once."""

from __future__ import annotations

import math
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import verax
from verax.fast import Device
from verax.language import catalogue, dtypes, lax
from verax.language.dispatch import bind, lift
from verax.reference.ulps import error_in_ulps

BFLOAT16 = ml_dtypes.bfloat16


def values(x: Any) -> Any:
    """The elements in lists, or the one element."""
    return np.asarray(x).tolist()


def array(xs: Any, dtype: Any = np.float32) -> Any:
    return lift(np.asarray(xs).astype(dtype))


# -- integers ---------------------------------------------------------------------------------------------
def test_integer_division_rounds_towards_zero_and_divides_by_zero_to_all_bits() -> None:
    x = array([7, -7, 7, -7, 5, -(2**31)], np.int32)
    y = array([2, 2, -2, -2, 0, -1], np.int32)

    assert values(lax.div(x, y)) == [3, -3, -3, 3, -1, -(2**31)]
    assert values(lax.rem(x, y)) == [1, -1, 1, -1, 5, 0]


def test_unsigned_division_by_zero_is_the_greatest() -> None:
    x, y = array([7, 7], np.uint8), array([2, 0], np.uint8)

    assert values(lax.div(x, y)) == [3, 255]
    assert values(lax.rem(x, y)) == [1, 7]


def test_shifts_by_the_width_or_more_move_every_bit_out() -> None:
    x = array([-8, -8, -8, 1], np.int32)
    by = array([1, 31, 32, -1], np.int32)

    assert values(lax.shift_left(x, by)) == [-16, 0, 0, 0]
    assert values(lax.shift_right_arithmetic(x, by)) == [-4, -1, -1, 0]
    assert values(lax.shift_right_logical(x, by)) == [2**31 - 4, 1, 0, 0]


def test_products_of_integers_are_exact_modulo_their_width() -> None:
    x = array([[2**20, 3]], np.int32)

    assert values(lax.dot_general(x, x, (((1,), (1,)), ((), ())))) == [[9]]


def test_a_sum_of_integers_keeps_its_dtype() -> None:
    found = lax.reduce_sum(array([250, 10], np.uint8), (0,))

    assert (found.dtype.name, values(found)) == ("uint8", 4)


# -- conversions -----------------------------------------------------------------------------------------------
def test_floats_become_the_nearest_integer_in_range_and_nan_becomes_zero() -> None:
    x = array([1.9, -1.9, 3e9, -3e9, math.inf, -math.inf, math.nan])

    found = lax.convert_element_type(x, np.int32)

    assert values(found) == [1, -1, 2**31 - 1, -(2**31), 2**31 - 1, -(2**31), 0]
    assert values(lax.convert_element_type(x, np.uint8)) == [1, 0, 255, 0, 255, 0, 0]


def test_float64_becomes_bfloat16_with_one_rounding() -> None:
    # Halfway between 1 and 1 + 2^-7 once float32 has dropped the tail: two roundings would go down to 1.
    with verax.enable_x64():
        x = array([1 + 2.0**-8 + 2.0**-40, 1 + 2.0**-8, 1 + 3 * 2.0**-8 - 2.0**-40], np.float64)

        found = lax.convert_element_type(x, BFLOAT16)

    assert values(found) == [1 + 2.0**-7, 1.0, 1 + 2.0**-7]


def test_bits_are_read_as_another_type() -> None:
    x = array([1.0, -0.0])

    assert values(lax.bitcast_convert_type(x, np.int32)) == [0x3F800000, -(2**31)]
    assert lax.bitcast_convert_type(x, np.uint8).shape == (2, 4)
    assert values(lax.bitcast_convert_type(lax.bitcast_convert_type(x, np.uint16), np.float32)) == [1.0, -0.0]


# -- special values ----------------------------------------------------------------------------------------------
def test_signs_of_zeros_and_nan_are_kept() -> None:
    found = np.asarray(lax.sign(array([-0.0, 0.0, -2.0, math.nan])))

    assert np.signbit(found).tolist()[:3] == [True, False, True]
    assert np.isnan(found[3])


def test_extremes_hand_nan_on() -> None:
    x = array([1.0, math.nan, 2.0])

    for found in (lax.max(x, array([3.0, 0.0, math.nan])), lax.min(x, array([3.0, 0.0, math.nan]))):
        assert np.isnan(np.asarray(found)).tolist() == [False, True, True]
    assert np.isnan(np.asarray(lax.reduce_max(x, (0,))))
    assert values(lax.argmax(x, 0, np.int32)) == 1
    assert values(lax.argmin(x, 0, np.int32)) == 1


def test_the_extremes_of_nothing_are_the_identities() -> None:
    assert values(lax.reduce_max(array([]), (0,))) == -math.inf
    assert values(lax.reduce_min(array([], np.int32), (0,))) == 2**31 - 1


def test_rounding_goes_to_even_or_away_from_zero() -> None:
    x = array([-2.5, -0.5, 0.49999997, 0.5, 1.5, 8388607.5])

    assert values(lax.round(x, 0)) == [-3.0, -1.0, 0.0, 1.0, 2.0, 8388608.0]
    assert values(lax.round(x, 1)) == [-2.0, -0.0, 0.0, 0.0, 2.0, 8388608.0]


def test_a_sort_is_stable_for_zeros_of_either_sign_and_puts_nan_last() -> None:
    keys = array([math.nan, 0.0, -0.0, -1.0])

    found, order = bind(catalogue.sort_p, keys, array([0, 1, 2, 3], np.int32), dimension=0, num_keys=1)

    assert values(order) == [3, 1, 2, 0]
    assert np.signbit(np.asarray(found))[1:3].tolist() == [False, True]


def test_subnormals_are_kept() -> None:
    tiny = array([2.0**-149])

    assert values(lax.mul(tiny, array([1.0]))) == [2.0**-149]
    assert values(lax.logistic(array([-100.0])))[0] > 0


@pytest.mark.parametrize("dtype", [np.float16, BFLOAT16])
def test_the_next_number_of_a_narrow_format_is_the_next_bit_pattern(dtype: Any) -> None:
    finfo: Any = dtypes.finfo(dtype)
    tiny = float(finfo.smallest_subnormal)
    x = array([0.0, 0.0, 1.0, 1.0, -1.0, 2.0], dtype)
    y = array([1.0, -1.0, 2.0, 0.0, 0.0, 2.0], dtype)
    step = float(finfo.eps)  # tolerance-name: the format's distance from 1 to the next number

    assert values(lax.nextafter(x, y)) == [tiny, -tiny, 1 + step, 1 - step / 2, -1 + step / 2, 2.0]


# -- roundings -----------------------------------------------------------------------------------------------------
def test_narrow_formats_round_once() -> None:
    # 1 + 2^-8 and 2^-10 in bfloat16: the sum in float32 is exact, and rounds once.
    x, y = array([1.0], BFLOAT16), array([2.0**-8 + 2.0**-15], BFLOAT16)

    assert values(lax.add(x, y)) == [1 + 2.0**-7]


def test_a_sum_of_float32_loses_nothing_on_the_way() -> None:
    x = array([2.0**24, *[1.0] * 1000])

    assert values(lax.reduce_sum(x, (0,))) == 2.0**24 + 1000


def test_a_sum_along_a_leading_axis_is_as_good_as_along_the_last(device: Device) -> None:
    with verax.enable_x64():
        rows = np.random.default_rng(0).normal(size=(5000, 3))

        found = np.asarray(lax.reduce_sum(lift(rows), (0,)))

    true = [math.fsum(column) for column in rows.T]
    # What NumPy gives for a contiguous row is the claim: blocked sums.
    assert found.tolist() == [float(np.sum(np.ascontiguousarray(column))) for column in rows.T]
    assert all(math.isfinite(t) for t in true)


@pytest.mark.parametrize("name", ["lgamma", "digamma", "erf", "erfc", "logistic", "rsqrt"])
def test_a_function_of_our_own_is_within_its_promise_for_positive_numbers(name: str) -> None:
    import mpmath

    true = {
        "lgamma": mpmath.loggamma,
        "digamma": mpmath.digamma,
        "erf": mpmath.erf,
        "erfc": mpmath.erfc,
        "logistic": lambda x: 1 / (1 + mpmath.exp(-x)),
        "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    }[name]
    xs = np.concatenate([np.linspace(0.01, 9, 97), np.array([1e-300, 1e-10, 12.5, 25.0])])
    with verax.enable_x64(), mpmath.workdps(40):
        got = np.asarray(getattr(lax, name)(lift(xs)))
        worst = max(
            error_in_ulps(float(g), true(mpmath.mpf(float(x))), np.dtype(np.float64))
            for g, x in zip(got, xs, strict=True)
        )

    # erf and erfc are the C library's, which promises less (adapters/numpy_profile.py).
    assert worst <= {"lgamma": 4.0, "digamma": 4.0, "erf": 1.5, "erfc": 5.5, "rsqrt": 0.5}.get(name, 2.0)


def test_threefry_gives_the_known_answers() -> None:
    # Random123's known-answer vectors for threefry2x32 with 20 rounds.
    ones = 0xFFFFFFFF
    rows = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((ones, ones), (ones, ones), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    operands = [array(column, np.uint32) for column in zip(*((*k, *c) for k, c, _ in rows), strict=True)]

    words = bind(catalogue.threefry2x32_p, *operands)

    assert [values(w) for w in words] == [[r[2][0] for r in rows], [r[2][1] for r in rows]]
