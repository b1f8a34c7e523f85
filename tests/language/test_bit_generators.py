"""Random bits of a key and a counter are JAX's to the bit, in both implementations."""

from __future__ import annotations

import itertools
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax.language.config import enable_x64
from verax.language.lax import RandomAlgorithm

jax_lax: Any = jax.lax  # its types are not those of what it takes
KEYS = [
    np.array([1234567, 89, 0xFFFFFFFE, 7], np.uint32),
    np.array([2**32 - 1, 2**32 - 1, 2**32 - 2, 2**32 - 1], np.uint32),  # every word is carried into
]
SHAPES = [(), (5,), (3, 2), (3, 5), (0, 3)]
ALGORITHMS = list(RandomAlgorithm)


def _assert_same(key: Any, shape: Any, dtype: Any, algorithm: int) -> None:
    ours = lax.rng_bit_generator(key, shape, dtype, algorithm)
    theirs = jax_lax.rng_bit_generator(key, shape, dtype, algorithm=algorithm)
    for got, wanted in zip(map(np.asarray, ours), map(np.asarray, theirs), strict=True):
        assert got.dtype == wanted.dtype
        assert got.shape == wanted.shape
        assert got.tobytes() == wanted.tobytes(), (key, shape, dtype, algorithm)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_bits_and_keys_are_jaxs(shape: Any) -> None:
    for key, algorithm in itertools.product(KEYS, ALGORITHMS):
        _assert_same(key, shape, np.uint32, algorithm)


def test_narrow_bits_are_jaxs() -> None:
    for algorithm, dtype in itertools.product(ALGORITHMS[1:], (np.uint8, np.uint16)):
        _assert_same(KEYS[0], (7, 1, 3), dtype, algorithm)


def test_wide_bits_and_wide_keys_are_jaxs() -> None:
    with enable_x64(), jax.enable_x64(True):
        for key, algorithm in itertools.product(KEYS, ALGORITHMS[1:]):
            _assert_same(key, (3, 3), np.uint64, algorithm)
            _assert_same(key.view(np.uint64), (5,), np.uint32, algorithm)


def test_the_reference_has_the_same_bits() -> None:
    with verax.using(verax.reference):
        for algorithm in ALGORITHMS:
            _assert_same(KEYS[1], (3, 2), np.uint32, algorithm)


def test_each_lane_has_the_bits_of_its_own_key() -> None:
    keys = np.stack(KEYS)
    for algorithm in ALGORITHMS:
        _, together = verax.vmap(lambda key, a=algorithm: lax.rng_bit_generator(key, (3,), algorithm=a))(keys)
        alone = [np.asarray(lax.rng_bit_generator(key, (3,), algorithm=algorithm)[1]) for key in KEYS]
        assert np.array_equal(np.asarray(together), alone)


def test_a_planted_round_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verax.language.lax.bit_generators._ROUNDS", 9)
    with pytest.raises(AssertionError):
        _assert_same(KEYS[0], (5,), np.uint32, RandomAlgorithm.RNG_PHILOX)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (np.float32(1), np.float32(3)),
        (np.float16(-1), np.float16(-0.5)),
        (np.int32(-(2**31)), np.int32(2**31 - 1)),
    ],
)
def test_uniform_numbers_are_in_their_range_and_jaxs_type(low: Any, high: Any) -> None:
    got = np.asarray(lax.rng_uniform(low, high, (500,)))
    wanted = jax.eval_shape(lambda a, b: jax_lax.rng_uniform(a, b, (500,)), low, high)

    assert (got.shape, got.dtype) == (wanted.shape, wanted.dtype)
    assert (low <= got).all()
    assert (got < high).all()
    # In each quarter of the range there are some: 500 fair draws miss one with a chance below 1e-62.
    quarters = np.floor((got.astype(float) - float(low)) / (float(high) - float(low)) * 4)
    assert set(quarters) == {0.0, 1.0, 2.0, 3.0}
    again = np.asarray(lax.rng_uniform(low, high, (500,)))
    assert got.tobytes() == again.tobytes()


WRONG = [
    (
        lambda: lax.rng_bit_generator(KEYS[0], (2,), np.int32),
        TypeError,
        "`dtype` of rng_bit_generator must be",
    ),
    (
        lambda: lax.rng_bit_generator(KEYS[0][:3], (2,)),
        ValueError,
        "`key` of rng_bit_generator must be 4 numbers",
    ),
    (
        lambda: lax.rng_bit_generator(KEYS[0].view(np.int32), (2,)),
        TypeError,
        "`key` of rng_bit_generator must be of",
    ),
    (lambda: lax.rng_bit_generator(KEYS[0], (2**20, 2**20)), ValueError, r"at most 2\*\*32 elements"),
    (
        lambda: lax.rng_bit_generator(KEYS[0], (2,), algorithm=7),
        ValueError,
        "7 is not a valid RandomAlgorithm",
    ),
    (
        lambda: lax.rng_uniform(1, 2.0, (3,)),
        ValueError,
        "`a` and `b` of rng_uniform must be scalars of one dtype",
    ),
    (
        lambda: lax.rng_uniform(KEYS[0], KEYS[0], (3,)),
        ValueError,
        "`a` and `b` of rng_uniform must be scalars",
    ),
    (lambda: lax.rng_uniform(1j, 2j, (3,)), TypeError, "`a` of rng_uniform must be a float or an integer"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_errors_name_the_argument(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
