"""Settings: read, written and restored, and what each of them does."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax import random
from verax.language.config import config, enable_custom_prng, numpy_rank_promotion, threefry_partitionable


def test_settings_are_read_by_both_names_and_restored() -> None:
    assert config.jax_numpy_rank_promotion == config.read("numpy_rank_promotion") == "allow"
    with numpy_rank_promotion("raise"):
        assert config.numpy_rank_promotion == "raise"
    assert config.numpy_rank_promotion == "allow"


def test_unknown_settings_and_values_are_refused() -> None:
    with pytest.raises(ValueError, match="`name` must be one of enable_x64"):
        config.update("jax_colour", True)
    with pytest.raises(ValueError, match="must be one of 'allow', 'warn', 'raise', got 'perhaps'"):
        config.update("jax_numpy_rank_promotion", "perhaps")
    with pytest.raises(ValueError, match="must be one of 'threefry2x32', got 'rbg'"):
        config.update("jax_default_prng_impl", "rbg")
    with pytest.raises(AttributeError, match="no setting 'colour'"):
        _ = config.colour


def test_arrays_of_different_ranks_raise_or_warn_where_that_is_asked_for() -> None:
    matrix, row = vnp.ones((2, 3)), vnp.ones(3)
    with numpy_rank_promotion("raise"):
        assert (matrix + 1.0).shape == (2, 3)
        with pytest.raises(ValueError, match="different ranks"):
            matrix + row
    with numpy_rank_promotion("warn"), pytest.warns(UserWarning, match="different ranks"):
        matrix + row
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (matrix + row).shape == (2, 3)


def test_a_function_is_compiled_anew_under_other_settings() -> None:
    add = verax.jit(vnp.add)
    matrix, row = vnp.ones((2, 3)), vnp.ones(3)
    add(matrix, row)
    with numpy_rank_promotion("raise"), pytest.raises(ValueError, match="different ranks"):
        add(matrix, row)


SHAPES: list[tuple[int, ...]] = [(), (1,), (7,), (2, 3), (33,), (0,)]
DRAWS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **{
        f"bits {width}": lambda r, k, s, width=width: r.bits(k, s, f"uint{width}")  # type: ignore[misc]  # a default
        for width in (8, 16, 32)
    },
    "uniform": lambda r, k, s: r.uniform(k, s),
    "randint": lambda r, k, s: r.randint(k, s, -5, 100),
    "split": lambda r, k, s: r.split(k, s or 3),
    "fold_in": lambda r, k, s: r.fold_in(k, 7),
    "permutation": lambda r, k, s: r.permutation(k, 11),
}


@pytest.mark.parametrize("name", DRAWS)
def test_the_older_layout_of_random_bits_is_jaxs(name: str) -> None:
    with jax.threefry_partitionable(False), threefry_partitionable(False):
        for shape in SHAPES:
            mine = DRAWS[name](random, random.PRNGKey(3), shape)
            its = DRAWS[name](jax.random, jax.random.PRNGKey(3), shape)
            assert np.asarray(mine).tobytes() == np.asarray(its).tobytes(), shape


def test_samplers_that_reject_refuse_the_older_layout() -> None:
    with threefry_partitionable(False), pytest.raises(ValueError, match="for samplers that reject"):
        random.gamma(random.PRNGKey(0), 2.0)


def test_shapes_that_do_not_fit_are_told_in_words_that_jaxs_users_look_for() -> None:
    with pytest.raises(ValueError, match=r"Incompatible shapes for broadcasting: .*got \(2, 1, 3\), \(2,\)"):
        vnp.ones((2, 1, 3)) + vnp.ones(2)
    with numpy_rank_promotion("raise"), pytest.raises(ValueError, match="could not be broadcast together"):
        vnp.ones((8, 1)) * vnp.ones(8)


def test_enable_custom_prng_makes_typed_keys_of_prngkey() -> None:
    with jax.enable_custom_prng(), enable_custom_prng():
        theirs, ours = jax.random.PRNGKey(7), random.PRNGKey(7)
    assert str(theirs.dtype) == ours.dtype
    assert ours.shape == theirs.shape == ()
    assert random.key_data(ours).tolist() == jax.random.key_data(theirs).tolist()
    assert random.PRNGKey(7).dtype == "uint32"
