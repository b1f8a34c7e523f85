"""Arguments of `jax.lax` beside the operands mean what they mean to JAX, and are refused where it refuses them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax

jax_lax: Any = jax.lax  # its types are not those of what it takes
F32 = np.float32
X = np.arange(6, dtype=F32).reshape(2, 3)
# name -> the function of `lax` and what it is called with.
Table = dict[str, Callable[..., Any]]
SQUARE = np.eye(2, dtype=F32)


# -- precision -------------------------------------------------------------------------------------------------
def precisions(lax: Any) -> list[Any]:
    some: list[Any] = [
        None,
        "high",
        "HIGH",
        "float32",
        "nope",
        3,
        0,
        ("high", "highest"),
        ("high", lax.Precision.HIGH),
    ]
    some += [
        lax.DotAlgorithmPreset.TF32_TF32_F32,
        "TF32_TF32_F32",
        lax.DotAlgorithm(F32, F32, F32),
        ("high",),
    ]
    return [*some, lax.Precision.HIGHEST, (lax.Precision.HIGH, lax.Precision.DEFAULT)]


PRODUCTS: Table = {
    "dot": lambda lax, x, p: lax.dot(x, x, precision=p),
    "batch_matmul": lambda lax, x, p: lax.batch_matmul(x[None], x[None], p),
    "conv": lambda lax, x, p: lax.conv(x[None], x[None], (1,), "SAME", p),
    "ragged_dot": lambda lax, x, p: lax.ragged_dot(x, x[None], np.array([2], np.int32), p),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_precisions_are_taken_and_refused_as_by_jax(name: str) -> None:
    product = PRODUCTS[name]
    plain = np.asarray(product(lax, verax.numpy.asarray(SQUARE), None))
    for ours, theirs in zip(precisions(lax), precisions(jax_lax), strict=True):
        try:
            jax.eval_shape(lambda x, p=theirs: product(jax_lax, x, p), SQUARE)
        except ValueError:
            with pytest.raises(
                ValueError, match=r"`precision` must be None, a Precision or one of 'default'"
            ):
                product(lax, verax.numpy.asarray(SQUARE), ours)
        else:
            # Nothing is computed at less than the dtype.
            assert np.array_equal(np.asarray(product(lax, verax.numpy.asarray(SQUARE), ours)), plain)


def test_precisions_have_jaxs_names() -> None:
    for name in (
        "highest",
        "float32",
        "high",
        "bfloat16_3x",
        "tensorfloat32",
        "default",
        "bfloat16",
        "fastest",
        None,
    ):
        assert lax.Precision(name).name == jax_lax.Precision(name).name
    with pytest.raises(ValueError, match="nope"):
        lax.Precision("nope")


# -- negative indices --------------------------------------------------------------------------------------------
DYNAMIC: Table = {
    "slice": lambda lax, x, i, a: lax.dynamic_slice(x, (0, i), (1, 2), allow_negative_indices=a),
    "slice, each": lambda lax, x, i, a: lax.dynamic_slice(
        x, (i, i), (1, 2), allow_negative_indices=(True, a)
    ),
    "update": lambda lax, x, i, a: lax.dynamic_update_slice(x, x[:1, :1], (0, i), allow_negative_indices=a),
    "slice in dim": lambda lax, x, i, a: lax.dynamic_slice_in_dim(x, i, 2, 1, allow_negative_indices=a),
    "index": lambda lax, x, i, a: lax.dynamic_index_in_dim(x, i, 1, allow_negative_indices=a),
    "update in dim": lambda lax, x, i, a: lax.dynamic_update_slice_in_dim(
        x, x[:, :1], i, 1, allow_negative_indices=a
    ),
    "update index": lambda lax, x, i, a: lax.dynamic_update_index_in_dim(
        x, x[:, 0], i, 1, allow_negative_indices=a
    ),
}


@pytest.mark.parametrize("name", DYNAMIC)
def test_negative_indices_mean_what_they_mean_to_jax(name: str) -> None:
    function = DYNAMIC[name]
    for allowed in (True, False):
        theirs = jax.jit(partial(lambda a, x, i: function(jax_lax, x, i, a), allowed))
        for index in (np.int32(-1), np.int32(-2), np.int32(1)):
            wanted = theirs(X, index)
            for implementation in ("fast", "reference"):
                with verax.using(implementation):
                    found = function(lax, verax.numpy.asarray(X), verax.numpy.asarray(index), allowed)
                np.testing.assert_array_equal(np.asarray(found), wanted, strict=True)
    with pytest.raises(ValueError, match="`start_indices` must not be negative"):
        function(lax, verax.numpy.asarray(X), -1, False)


# -- products in another dtype -------------------------------------------------------------------------------------
def test_a_product_is_taken_in_the_dtype_that_is_wanted() -> None:
    x = np.array([300, 2], np.int16)
    for dtype in (None, np.int32, np.float32):
        found = lax.mul(x, x, out_dtype=dtype)
        wanted = jax_lax.mul(x, x, out_dtype=dtype)
        np.testing.assert_array_equal(np.asarray(found), wanted, strict=True)
    assert lax.mul(x, 2, out_dtype=np.float32).dtype == np.float32
