"""Shapes without arrays are JAX's."""

from __future__ import annotations

import random
from typing import Any

import jax
import numpy as np
import pytest

from verax import lax

jax_lax: Any = jax.lax  # parts of it are untyped
SPECS = ("NCHW", "OIHW", "NCHW"), ("NHWC", "HWIO", "NHWC"), ("HNWC", "WOHI", "CWHN")


def drawn(seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    spec = rng.choice(SPECS)
    sizes = {letter: rng.randint(1, 3) for letter in "NCOI"} | {
        "H": rng.randint(3, 7),
        "W": rng.randint(3, 7),
    }
    kernel = {**sizes, "H": rng.randint(1, 3), "W": rng.randint(1, 3)}
    pairs = [(rng.randint(0, 2), rng.randint(0, 2)) for _ in range(2)]
    return {
        "lhs": tuple(sizes[letter] for letter in spec[0]),
        "rhs": tuple(kernel[letter] for letter in spec[1]),
        "strides": (rng.randint(1, 3), rng.randint(1, 3)),
        "padding": rng.choice(["SAME", "VALID", pairs]),
        "spec": spec,
    }


@pytest.mark.parametrize("seed", range(30))
def test_shapes_of_convolutions_are_jaxs(seed: int) -> None:
    c = drawn(seed)
    plain = c["lhs"], c["rhs"], c["strides"], c["padding"]
    for name in ("conv_general_shape_tuple", "conv_transpose_shape_tuple"):
        got, want = (getattr(peer, name)(*plain, c["spec"]) for peer in (lax, jax_lax))
        assert got == tuple(map(int, want)), name
    assert lax.conv_general_permutations(c["spec"]) == jax_lax.conv_general_permutations(c["spec"])
    want = jax_lax.conv_shape_tuple(*plain)
    assert lax.conv_shape_tuple(*plain) == tuple(map(int, want))


@pytest.mark.parametrize("seed", range(20))
def test_shapes_of_windows_are_jaxs(seed: int) -> None:
    rng = random.Random(seed)
    rank = rng.randint(1, 3)
    each = [[rng.randint(1, n) for _ in range(rank)] for n in (9, 3, 3, 3, 3)]
    padding = [(rng.randint(0, 2), rng.randint(0, 2)) for _ in range(rank)]
    shape, window, strides, base, apart = each
    for dilations in ((), (base,), (base, apart)):
        call = shape, window, strides, padding, *dilations
        assert lax.reduce_window_shape_tuple(*call) == jax_lax.reduce_window_shape_tuple(*call)


def test_a_shape_is_an_array_of_its_sizes() -> None:
    for shape in ((), (3, 0, 2)):
        got, want = np.asarray(lax.shape_as_value(shape)), np.asarray(jax_lax.shape_as_value(shape))
        assert (got.tolist(), got.shape, got.dtype) == (want.tolist(), want.shape, want.dtype)


def test_padding_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="`pads` of conv_shape_tuple must be a pair for each"):
        lax.conv_shape_tuple((1, 1, 3), (1, 1, 1), (1,), [(-2, -2)])
    with pytest.raises(ValueError, match="`pads` of conv_shape_tuple must be a pair for each"):
        lax.conv_shape_tuple((1, 1, 3), (1, 1, 1), (1,), [])
