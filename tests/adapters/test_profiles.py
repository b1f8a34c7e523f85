"""The profiles promise what was measured, say where it is from, and name primitives that exist."""

from __future__ import annotations

import math

import numpy as np
import pytest

from verax.adapters import NUMPY, NUMPY_UFUNCS, PROFILES, profile_of
from verax.language.catalogue import PRIMITIVES, exp_p, log_p, logistic_p, mul_p
from verax.language.platform import Platform

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)
RNG = np.random.default_rng(7)

# primitive: NumPy's function, and intervals of its argument.
UFUNCS = {
    "exp": (np.exp, (-80.0, 80.0)),
    "expm1": (np.expm1, (-2.0, 2.0)),
    "log": (np.log, (0.5, 2.0)),
    "log1p": (np.log1p, (-0.5, 0.5)),
    "sin": (np.sin, (-10.0, 10.0)),
    "cos": (np.cos, (-10.0, 10.0)),
    "tan": (np.tan, (-10.0, 10.0)),
    "atan": (np.arctan, (-10.0, 10.0)),
    "tanh": (np.tanh, (-5.0, 5.0)),
    "sinh": (np.sinh, (-10.0, 10.0)),
    "cosh": (np.cosh, (-10.0, 10.0)),
}


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_promise_is_of_a_primitive_and_has_its_source(name: str) -> None:
    for primitive, promise in PROFILES[name].promises.items():
        assert primitive in PRIMITIVES
        assert len(promise.source) > 10
        for dtype in (F32, F64):
            row = PRIMITIVES[primitive]
            most, typical = PROFILES[name].most(row, dtype), PROFILES[name].typical(row, dtype)
            assert 0 < typical <= most < math.inf


@pytest.mark.parametrize("name", sorted(UFUNCS))
def test_numpys_own_float32_functions_keep_their_promise(name: str) -> None:
    function, (low, high) = UFUNCS[name]
    x = RNG.uniform(low, high, 20_000).astype(np.float32)
    true = function(x.astype(np.float64))  # 2^29 times finer than what is asked
    error = np.abs(function(x) - true) / np.spacing(np.abs(true.astype(np.float32)))
    assert error.max() <= NUMPY_UFUNCS.most(PRIMITIVES[name], F32)
    root_mean_square = math.sqrt(np.mean(error**2))
    assert root_mean_square <= 3 * NUMPY_UFUNCS.typical(PRIMITIVES[name], F32)


def test_a_function_that_errs_more_than_promised_is_told() -> None:
    x = RNG.uniform(0.5, 2.0, 20_000).astype(np.float32)
    true = np.log(x.astype(np.float64))
    sloppy = np.log(x + np.float32(2e-7))
    error = np.abs(sloppy - true) / np.spacing(np.abs(true.astype(np.float32)))
    assert error.max() > NUMPY_UFUNCS.most(log_p, F32)


def test_fast_on_numpy_is_held_to_little_more_than_correct_rounding_in_float32() -> None:
    for row in (exp_p, log_p, logistic_p):
        assert NUMPY.most(row, F32) == 0.51
    assert NUMPY.most(mul_p, F32) == 0.5


def test_sums_along_the_last_axis_are_blocked_and_others_are_not() -> None:
    assert NUMPY.depth(1000) == 131
    assert NUMPY_UFUNCS.depth(1000) == 999
    assert NUMPY.depth(1000, product=True) == 999


def test_a_platform_is_found_by_its_name_or_is_itself() -> None:
    assert profile_of("numpy") is NUMPY
    mine = Platform("mine")
    assert profile_of(mine) is mine
    with pytest.raises(ValueError, match="`platform` must be one of catalogue, cupy"):
        profile_of("abacus")
