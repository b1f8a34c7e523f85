"""The upper half of products, approximate extremes, functions applied at places, indices along axes: JAX's."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax.language.config import enable_x64

jax_lax: Any = jax.lax  # its types are not those of what it takes
F32 = np.float32
RNG = np.random.default_rng(5)
X = RNG.integers(-9, 9, (3, 4)).astype(F32)
SIGNED = ("int8", "int16", "int32", "int64")


@pytest.fixture(params=["fast", "reference"], autouse=True)
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


@pytest.mark.parametrize("dtype", [*SIGNED, *(f"u{d}" for d in SIGNED)])
def test_mulhi_is_the_upper_half_of_the_product(dtype: str) -> None:
    edges = np.iinfo(dtype)
    ends = np.array([edges.min, edges.max, 0, 1], dtype)
    x, y = (RNG.integers(edges.min, edges.max, 40, dtype=dtype, endpoint=True) for _ in range(2))
    x, y = np.concatenate([x, np.repeat(ends, 4)]), np.concatenate([y, np.tile(ends, 4)])
    with enable_x64(True):
        got = np.asarray(lax.mulhi(x, y)).tolist()
    assert got == [(int(a) * int(b)) >> (8 * x.itemsize) for a, b in zip(x, y, strict=True)]


def test_approximate_extremes_are_the_extremes() -> None:
    for name in ("approx_max_k", "approx_min_k"):  # tolerance-name: JAX's names; these are exact
        for axis in (0, -1):
            call = {"k": 2, "reduction_dimension": axis}
            got, want = (getattr(peer, name)(X, **call) for peer in (lax, jax_lax))
            assert np.asarray(got[0]).tolist() == np.asarray(want[0]).tolist()
            assert (
                np.asarray(np.take_along_axis(X, np.asarray(got[1]), axis)).tolist()
                == np.asarray(got[0]).tolist()
            )
    with pytest.raises(ValueError, match=r"`k` of .*_k must be at least 1"):
        lax.approx_max_k(X, 0)  # tolerance-name: JAX's name
    with pytest.raises(ValueError, match=r"`k` of top_k must lie in \[0, 4\]"):
        lax.approx_max_k(X, 5)  # tolerance-name: JAX's name
    with pytest.raises(TypeError, match=r"`operand` of .*_k must be floating"):
        lax.approx_min_k(X[0, 0], 1)  # tolerance-name: JAX's name
    with pytest.raises(TypeError, match=r"`operand` of .*_k must be floating"):
        lax.approx_max_k(np.arange(3), 1)  # tolerance-name: JAX's name


@pytest.mark.parametrize("mode", [None, "clip", "drop"])
def test_a_function_is_applied_once_for_each_time_that_a_place_is_named(mode: Any) -> None:
    places = np.array([[0], [2], [2], [9]], np.int32)

    def call(peer: Any) -> Any:
        numbers = peer.ScatterDimensionNumbers((), (0,), (0,))
        return peer.scatter_apply(X[:, 0], places, lambda x: 2 * x + 1, numbers, update_shape=(4,), mode=mode)

    assert np.asarray(call(lax)).tolist() == np.asarray(call(jax_lax)).tolist()


def test_indices_along_axes_are_taken() -> None:
    i, j = np.array([0, -1, 5], np.int32), np.array([1, 2, -4], np.int32)
    cube = np.arange(24, dtype=F32).reshape(2, 3, 4)
    for indices, axes in (([i], (1,)), ([i, j], (0, 2)), ([i, j], (1, 2))):
        got, want = lax.index_take(cube, indices, axes), jax_lax.index_take(cube, indices, axes)
        assert np.asarray(got).tolist() == np.asarray(want).tolist()
    unsigned = lax.index_take(cube, [np.array([1, 4], np.uint8)], (1,))
    assert np.asarray(unsigned).tolist() == cube[:, [1, 1]].swapaxes(0, 1).tolist()


def test_an_array_takes_the_shape_of_another() -> None:
    got, want = (peer.broadcast_like(X[:1], np.zeros((2, 3, 4))) for peer in (lax, jax_lax))
    assert np.asarray(got).tolist() == np.asarray(want).tolist()
    assert lax.broadcast_like(X, X).shape == X.shape
    with pytest.raises(ValueError, match="`arr` of broadcast_like must have a shape that broadcasts"):
        lax.broadcast_like(X, X[0])


@pytest.mark.parametrize("spec", [None, ("NHWC", "HWIO", "NHWC"), ("HNWC", "WOHI", "CWHN")])
@pytest.mark.parametrize("padding", ["VALID", [(1, 0), (0, 2)]])
def test_a_locally_connected_layer_is_jaxs(spec: Any, padding: Any) -> None:
    names = spec or ("NCHW", "OIHW", "NCHW")
    sizes = {"N": 2, "C": 2, "H": 5, "W": 4}
    image = RNG.integers(-3, 4, [sizes[letter] for letter in names[0]]).astype(F32)
    plain = [letter for letter in names[1] if letter not in "OI"]
    window = {"H": 2, "W": 3}
    pads = dict(zip(plain, [(0, 0)] * 2 if padding == "VALID" else padding, strict=True))
    places = {n: (sizes[n] + sum(pads[n]) - window[n]) + 1 for n in "HW"}
    shape = [{"O": 3, "I": 2 * 6, **places}[letter] for letter in names[1]]
    kernel = RNG.integers(-3, 4, shape).astype(F32)
    filter_shape = [window[n] for n in plain]
    call = image, kernel, (1, 1), padding, filter_shape
    got = lax.conv_general_dilated_local(*call, dimension_numbers=spec)
    want = jax_lax.conv_general_dilated_local(*call, dimension_numbers=spec)
    assert np.asarray(got).tolist() == np.asarray(want).tolist()
