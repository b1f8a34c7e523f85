"""`assert_ulp` and `assert_trees_ulp`: every floating format, what is special, the worst leaf, and the replay."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest

from verax import chex_like as chex
from verax.chex_like.claims.within_ulps import FORMATS
from verax.chex_like.ulps import flushed, format_of, is_floating, ulp_counts, ulp_errors
from verax.ci.replaying import replay_capsule

F32 = np.float32
NARROW = [dtype for dtype in FORMATS if dtype.itemsize <= 2]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Capsules are written in the working directory."""
    monkeypatch.chdir(tmp_path)


def finite(dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """All finite numbers of a narrow format, in order, both zeros once."""
    bits = format_of(dtype).bits
    every = np.arange(2**bits, dtype=f"u{dtype.itemsize}").view(dtype)
    with np.errstate(invalid="ignore"):
        wide = every.astype(np.float64)
    _, first = np.unique(np.where(np.isfinite(wide), wide, np.inf), return_index=True)
    found = every[first]
    return found[np.isfinite(found.astype(np.float64))]


@pytest.mark.parametrize("dtype", NARROW, ids=str)
def test_neighbours_are_one_step_apart_in_every_format(dtype: np.dtype[Any]) -> None:
    numbers = finite(dtype)

    assert len(numbers) >= 7
    assert (ulp_counts(numbers[1:], numbers[:-1]) == 1).all()
    assert ulp_counts(numbers[-1:], numbers[:1])[0] == len(numbers) - 1


@pytest.mark.parametrize("dtype", NARROW, ids=str)
def test_a_neighbour_is_one_ulp_off_or_half_a_one_below_a_power_of_two(dtype: np.dtype[Any]) -> None:
    numbers = finite(dtype)
    errors = ulp_errors(numbers[:-1], numbers[1:])  # each held to the one above it

    assert set(np.unique(errors)) <= {0.5, 1.0}
    powers = np.abs(np.frexp(numbers[1:].astype(np.float64))[0]) == 0.5
    assert powers[errors == 0.5].all()


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_correct_rounding_is_half_an_ulp_at_most(dtype: np.dtype[Any]) -> None:
    info = format_of(dtype)
    low, high = max(float(info.smallest_subnormal), 1e-300), min(float(info.max), 1e300) / 2
    reals = np.geomspace(low, high, 201)
    rounded = reals.astype(dtype)

    assert (ulp_errors(rounded, reals) <= 0.5).all()
    assert is_floating(dtype)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, F32, np.float64, ml_dtypes.float8_e5m2])
def test_what_is_special_is_equal_to_itself_and_infinitely_far_from_all_else(dtype: Any) -> None:
    largest = float(format_of(dtype).max)
    special = [np.nan, np.inf, -np.inf, largest, 1.0]
    for a, b in itertools.product(special, special):
        x, y = np.array([a], dtype), np.array([b], dtype)
        same = a == b or (np.isnan(a) and np.isnan(b))
        far = not (np.isfinite(a) and np.isfinite(b))
        for measure in (ulp_errors, ulp_counts):
            assert bool(measure(x, y)[0] == 0) is bool(same)
            assert not far or same or np.isinf(measure(x, y)[0])
        assert far or np.isfinite(ulp_counts(x, y)[0])


def test_signs_of_zero_count_where_they_are_asked_for() -> None:
    chex.assert_ulp(F32(-0.0), F32(0.0), 0)
    with pytest.raises(AssertionError, match=r"got is -0.0 \(-0x0.0p\+0\) where 0.0 .*\n  error:   inf ULP"):
        chex.assert_ulp(F32(-0.0), F32(0.0), 1e9, signed_zeros=True)


def test_subnormals_may_be_flushed() -> None:
    tiny = np.array([1e-40, -1e-45, 1.0], F32)
    chex.assert_ulp(np.array([0, -0.0, 1], F32), tiny, 0, flush=True)
    with pytest.raises(AssertionError, match=r"got\[0\] is 0.0"):
        chex.assert_ulp(np.array([0, -0.0, 1], F32), tiny, 1)
    assert np.signbit(flushed(tiny)[1])


def test_a_real_is_held_to_in_full() -> None:
    chex.assert_ulp(F32(0.1), mpmath.mpf("0.1"), 0.5)
    with mpmath.workprec(200):
        near = mpmath.mpf(0.1) + mpmath.mpf(2) ** -54 / 20
    with pytest.raises(AssertionError, match=r"error: +0.2 ULP \(allowed 0.1\)"):
        chex.assert_ulp(np.float64(0.1), near, 0.1)
    chex.assert_ulp(F32(np.inf), 1e39, 0)  # what it rounds to


def test_the_worst_element_is_named_with_both_values_their_bits_and_the_replay() -> None:
    got = np.array([[1, 2], [3, 4]], F32)
    with pytest.raises(AssertionError) as caught:
        chex.assert_ulp(got, np.array([[1, 2.0000002], [3.0000012, 4]], F32))
    said = str(caught.value)

    assert (
        "got[1, 0] is 3.0 (0x1.8000000000000p+1) where 3.0000012 (0x1.80000a0000000p+1) is expected" in said
    )
    assert "(1 of 4 elements are too far)" in said
    assert "5 ULP (allowed 1), 5 representable steps apart" in said
    found = re.search(r"verax replay (\S+)", said)
    assert found
    assert replay_capsule(found[1]).exit_code == 1


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_a_failure_in_any_format_is_replayed(dtype: np.dtype[Any]) -> None:
    with pytest.raises(AssertionError, match="verax replay") as caught:
        chex.assert_ulp(np.array([1, 2], dtype), np.array([1, 4], dtype), 0.25)
    found = re.search(r"verax replay (\S+)", str(caught.value))
    assert found
    assert replay_capsule(found[1]).exit_code == 1


def test_the_worst_leaf_is_named_by_its_path() -> None:
    expected = {"w": np.array([1, 2], F32), "b": [F32(3), np.int32(4)]}
    chex.assert_trees_ulp(expected, {"w": np.array([1, 2.0000002], F32), "b": [F32(3), np.int32(4)]})
    with pytest.raises(AssertionError, match=r"tree 2 at 'b/0' is 3.5 .* where 3.0 .* is expected"):
        chex.assert_trees_ulp(
            expected, expected, {"w": np.array([1, 2.5], F32), "b": [F32(3.5), np.int32(4)]}
        )
    with pytest.raises(AssertionError, match=r"tree 1 at 'b/1' is 5 where 4 is expected"):
        chex.assert_trees_ulp(expected, {"w": np.array([1, 2], F32), "b": [F32(3), np.int32(5)]})
    with pytest.raises(AssertionError, match=r"tree 1 at 'w' is float64\[2\] where float32\[2\] is expected"):
        chex.assert_trees_ulp(expected, {"w": np.ones(2), "b": [F32(3), np.int32(5)]})
    with pytest.raises(AssertionError, match="tree structs"):
        chex.assert_trees_ulp(expected, {"w": np.array([1, 2], F32)})


def test_complex_numbers_are_measured_by_parts() -> None:
    with pytest.raises(AssertionError, match=r"got.imag\[1\] is 2.0 .* where 3.0"):
        chex.assert_ulp(np.array([1, 2j], np.complex64), np.array([1, 3j], np.complex64))


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(ValueError, match="`most` must be a number of ULPs"):
        chex.assert_ulp(F32(1), F32(1), -1)
    with pytest.raises(ValueError, match="at least 2 trees"):
        chex.assert_trees_ulp(F32(1))
    with pytest.raises(TypeError, match="must have one dtype"):
        chex.assert_ulp(F32(1), np.float64(1), counted=True)
    with pytest.raises(TypeError, match="`got` must be of a floating format"):
        chex.assert_ulp(np.int32(1), F32(1))
