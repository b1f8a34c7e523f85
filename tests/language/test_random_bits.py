"""Keys, splits, bits, integers, uniform floats, coins, orders and choices are JAX's to the bit, on drawn calls."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verax import random
from verax.language.config import enable_x64

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

SHAPES = st.sampled_from([(), (1,), (7,), (2, 3), (3, 0), (33,)])
INTEGERS = st.sampled_from(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
UNSIGNED = st.sampled_from(["uint8", "uint16", "uint32", "uint64"])
FLOATS = st.sampled_from(["float16", "bfloat16", "float32", "float64"])
SEEDS = st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1))
LIMITS = st.one_of(st.integers(-200, 200), st.integers(-(2**31), 2**31 - 1))
MATRIX = np.arange(35, dtype=np.float32).reshape(5, 7)

Call = Callable[[Any, Any], Any]


def _data(module: Any, keys: Any) -> Any:
    return module.key_data(keys) if hasattr(keys, "dtype") and str(keys.dtype).startswith("key") else keys


@st.composite
def calls(draw: Any) -> tuple[str, Call]:
    """A call of one function, with drawn arguments."""
    name = draw(st.sampled_from(sorted(WAYS)))
    return name, WAYS[name](draw)


def _split(draw: Any) -> Call:
    num = draw(st.one_of(st.integers(0, 9), st.sampled_from([(2,), (2, 3), (0, 2)])))
    return lambda r, k: _data(r, r.split(k, num))


def _fold_in(draw: Any) -> Call:
    data = draw(st.integers(0, 2**32 - 1))
    return lambda r, k: _data(r, r.fold_in(k, np.uint32(data)))


def _bits(draw: Any) -> Call:
    shape, dtype = draw(SHAPES), draw(UNSIGNED)
    return lambda r, k: r.bits(k, shape, dtype)


def _uniform(draw: Any) -> Call:
    shape, dtype = draw(SHAPES), draw(FLOATS)
    # XLA fuses the product and the sum of other ranges into one rounding: a power of two is exact.
    low, high = draw(st.sampled_from([(0.0, 1.0), (-1.0, 1.0), (0.0, 4.0), (1.0, 2.0)]))
    return lambda r, k: r.uniform(k, shape, dtype, low, high)


def _randint(draw: Any) -> Call:
    shape, dtype, low, high = draw(SHAPES), draw(INTEGERS), draw(LIMITS), draw(LIMITS)
    return lambda r, k: r.randint(k, shape, low, high, dtype)


def _bernoulli(draw: Any) -> Call:
    p = np.float32(draw(st.floats(0, 1, width=32)))
    shape, mode = draw(SHAPES), draw(st.sampled_from(["low", "high"]))
    return lambda r, k: r.bernoulli(k, p, shape, mode)


def _permutation(draw: Any) -> Call:
    x = draw(st.sampled_from([0, 1, 9, MATRIX]))
    axis, independent = draw(st.sampled_from([0, 1, -1])), draw(st.booleans())
    return lambda r, k: r.permutation(k, x, axis if np.ndim(x) else 0, independent)


def _choice(draw: Any) -> Call:
    a, replace = draw(st.sampled_from([9, MATRIX])), draw(st.booleans())
    shape = draw(st.sampled_from([(), (3,), (2, 2), (0,)]))
    return lambda r, k: r.choice(k, a, shape, replace)


WAYS: dict[str, Callable[[Any], Call]] = {
    "split": _split,
    "fold_in": _fold_in,
    "bits": _bits,
    "uniform": _uniform,
    "randint": _randint,
    "bernoulli": _bernoulli,
    "permutation": _permutation,
    "choice": _choice,
}


def outcome(call: Call, module: Any, seed: int, typed: bool) -> Any:
    """What a call gives: an array, or the kind of its error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # JAX's, that 64 bits are narrowed
            found = call(module, (module.key if typed else module.PRNGKey)(seed))
    except (TypeError, ValueError, OverflowError) as err:
        return OverflowError if isinstance(err, OverflowError) else "refused"
    array = np.asarray(found)
    return array.dtype, array.shape, array.tobytes(), bool(found.weak_type)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(calls(), SEEDS, st.booleans(), st.booleans())
def test_drawn_calls_are_jax_s_to_the_bit(call: tuple[str, Call], seed: int, typed: bool, wide: bool) -> None:
    with enable_x64(wide), jax.enable_x64(wide):
        assert outcome(call[1], random, seed, typed) == outcome(call[1], jax.random, seed, typed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS, st.booleans())
def test_seeds_are_jax_s(seed: int, wide: bool) -> None:
    with enable_x64(wide), jax.enable_x64(wide):
        want = np.asarray(jax.random.PRNGKey(seed))
        assert np.asarray(random.PRNGKey(seed)).tobytes() == want.tobytes()
        assert np.asarray(random.key_data(random.key(seed))).tobytes() == want.tobytes()
        if seed == np.int32(seed & 0x7FFFFFFF):
            assert np.asarray(random.PRNGKey(np.int32(seed))).tobytes() == want.tobytes()


class Turned:
    """`verax.random` that folds a number into every key before it draws."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(random, name)
        if name in ("key", "PRNGKey", "key_data"):
            return function
        return lambda key, *rest: function(random.fold_in(key, 1), *rest)


@pytest.mark.parametrize("name", ["split", "fold_in", "bits", "uniform", "randint", "permutation", "choice"])
def test_another_key_is_seen(name: str) -> None:
    arguments: dict[str, tuple[Any, ...]] = {"fold_in": (3,), "randint": ((9,), 0, 99), "permutation": (9,)}
    given_ = arguments.get(name, (9, (4,)) if name == "choice" else (9,) if name == "split" else ((9,),))
    call = lambda r, k: _data(r, getattr(r, name)(k, *given_))  # noqa: E731  # a drawn call is such a function
    assert outcome(call, random, 3, False) == outcome(call, jax.random, 3, False)
    assert outcome(call, Turned(), 3, False) != outcome(call, jax.random, 3, False)
