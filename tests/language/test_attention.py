"""Attention and products in blocks: JAX's types, and the values of the definition within the derived bound."""

from __future__ import annotations

import re
from typing import Any

import jax
import mpmath
import numpy as np
import pytest
from tests.language import test_numpy_against_numpy as values

import verax
from verax.adapters.numpy_profile import NUMPY
from verax.language import nn
from verax.reference import Bounded, evaluate

LENGTHS = np.array([2, 1], np.int32)
MASK = np.array([[[[True, False, True]], [[True, True, False]]]])
CALLS: dict[str, dict[str, Any]] = {
    "plain": {},
    "scaled": {"scale": 0.25},
    "causal": {"is_causal": True},
    "window": {"local_window_size": (1, 0)},
    "symmetric window": {"local_window_size": 1},
    "mask": {"mask": MASK},
    "bias": {"bias": np.array([[[[0.5, -0.25, 0.125]]]], np.float32)},
    "lengths": {"query_seq_lengths": LENGTHS, "key_value_seq_lengths": LENGTHS[::-1].copy()},
    "residual": {"return_residual": True},
}


def drawn(heads: int, key_heads: int) -> list[Any]:
    random = np.random.default_rng(3)
    shapes = [(2, 3, heads, 4), (2, 3, key_heads, 4), (2, 3, key_heads, 4)]
    return [random.standard_normal(s).astype(np.float32) for s in shapes]


def definition(arrays: list[Any], call: dict[str, Any]) -> list[Any]:
    """Head by head, target by target, at 50 digits; with the logarithm of the sum of each softmax."""
    q, k, v = arrays
    batch, targets, heads, size = q.shape
    out = np.empty(q.shape, object)
    sums = np.empty(q.shape[:3], object)
    scale = mpmath.mpf(float(np.float32(call.get("scale", 1 / np.sqrt(size)))))
    for b, t, n in np.ndindex(batch, targets, heads):
        group = n * k.shape[2] // heads
        logits = []
        for s in range(k.shape[1]):
            pairs = zip(q[b, t, n], k[b, s, group], strict=True)
            product = mpmath.fsum(mpmath.mpf(float(x)) * float(y) for x, y in pairs)
            product *= scale
            if "bias" in call:
                product += float(np.broadcast_to(call["bias"], (batch, heads, targets, 3))[b, n, t, s])
            logits.append(product if sees(call, b, n, t, s, q.shape) else None)
        weights = [mpmath.mpf(0) if x is None else mpmath.exp(x) for x in logits]
        if not any(weights):
            weights = [mpmath.mpf(1)] * len(weights)
        sums[b, t, n] = mpmath.log(sum(weights))
        beyond = "query_seq_lengths" in call and t >= call["query_seq_lengths"][b]
        for h in range(size):
            total = mpmath.fsum(w * float(v[b, s, group, h]) for s, w in enumerate(weights))
            out[b, t, n, h] = mpmath.mpf(0) if beyond else total / sum(weights)
    return [out, sums] if call.get("return_residual") else [out]


def sees(call: dict[str, Any], b: int, n: int, t: int, s: int, shape: Any) -> bool:
    window = call.get("local_window_size", (9, 9))
    before, after = (window, window) if isinstance(window, int) else window
    mask = np.broadcast_to(call.get("mask", True), (shape[0], shape[2], shape[1], 3))
    return (
        bool(mask[b, n, t, s])
        and (s <= t or not call.get("is_causal"))
        and t - before <= s <= t + after
        and t < call.get("query_seq_lengths", [9, 9])[b]
        and s < call.get("key_value_seq_lengths", [9, 9])[b]
    )


@pytest.mark.parametrize("key_heads", [2, 1])
@pytest.mark.parametrize("call", CALLS)
def test_values_are_the_definition_s(call: str, key_heads: int) -> None:
    arrays = drawn(2, key_heads)
    program = values.program_of(lambda *xs: nn.dot_product_attention(*xs, **CALLS[call]), arrays)
    with mpmath.workdps(50):
        expected = definition(arrays, CALLS[call])
    bounded = evaluate(program, arrays, Bounded(NUMPY))
    for found, true in zip(bounded, expected, strict=True):
        for scalar, number in zip(found.scalars, true.reshape(-1), strict=True):
            assert abs(number - mpmath.mpf(scalar.value)) <= abs(scalar.bound), (scalar, number)
    ours = [x.machine_value() for x in program(*arrays)]
    assert values.outside(program, arrays, ours, NUMPY) == []


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("call", CALLS)
def test_types_are_jax_s(call: str, dtype: str) -> None:
    arrays = [jax.numpy.asarray(x, dtype) for x in drawn(4, 2)]
    options = {k: v for k, v in CALLS[call].items() if k != "mask"}
    found = verax.eval_shape(lambda *xs: nn.dot_product_attention(*xs, **options), *map(np.asarray, arrays))
    theirs = jax.eval_shape(lambda *xs: jax.nn.dot_product_attention(*xs, **options), *arrays)
    for a, b in zip(verax.tree.leaves(found), jax.tree.leaves(theirs), strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)


def test_without_a_batch_it_is_one_of_many() -> None:
    q, k, v = (x[0] for x in drawn(2, 2))
    alone, among = nn.dot_product_attention(q, k, v), nn.dot_product_attention(q[None], k[None], v[None])
    assert alone.shape == q.shape
    assert np.array_equal(np.asarray(alone), np.asarray(among)[0])


def test_products_in_blocks_are_the_definition_s() -> None:
    random = np.random.default_rng(5)
    a, b = (random.standard_normal(s).astype(np.float32) for s in [(2, 3, 4), (2, 5, 4)])
    p, q = (2.0 ** random.integers(-2, 3, s).astype(np.float32) for s in [(2, 3, 2), (2, 5, 1)])
    program = values.program_of(nn.scaled_matmul, [a, b, p, q])
    # The scales are powers of 2: only the sums are rounded.
    exact = np.einsum("bmk,bnk->bmn", a * np.repeat(p, 2, -1), b * np.repeat(q, 4, -1))
    assert values.outside(program, [a, b, p, q], [exact], NUMPY) == []
    assert nn.scaled_matmul(a, b, p, q, "float16").dtype == np.float16


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda q, k, v: nn.dot_product_attention(q, k, v, implementation="cudnn"),
            "`implementation` must be None",
        ),
        (
            lambda q, k, v: nn.dot_product_attention(q, k, v[:, :2]),
            "`value` must have the shape and dtype of `key`",
        ),
        (lambda q, k, v: nn.dot_product_attention(q[..., :3], k, v), "`query` must have the batch, the size"),
        (
            lambda q, k, v: nn.dot_product_attention(q[:, :, :1], k, v),
            "must be a multiple of `key`'s, 2, got 1",
        ),
        (lambda q, k, v: nn.dot_product_attention(q, k, v, mask=q), "`mask` must hold booleans, got float32"),
        (lambda q, k, v: nn.dot_product_attention(q[None], k, v), "`query` must have at most 4 axes"),
        (
            lambda q, k, v: nn.dot_product_attention(q, k, v, query_seq_lengths=[1.0]),
            "`query_seq_lengths` must be int32 of shape (2,)",
        ),
        (lambda q, k, v: nn.scaled_matmul(q, k, v, v), "The arguments of scaled_matmul must have 3 axes"),
        (
            lambda q, k, v: nn.scaled_matmul(q[0], k[0][:2], v[0], v[0]),
            "`lhs` and `rhs` must agree in batch and k",
        ),
        (lambda q, k, v: nn.scaled_matmul(q[0], k[0], v[0, :, :, :3], v[0]), "`lhs_scales` must fit shape"),
    ],
)
def test_a_message_names_argument_value_and_mend(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call(*drawn(2, 2))
