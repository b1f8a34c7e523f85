"""Long arrays are computed block by block, to the same bits as all at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.fast import Device, execution
from verax.fast.kernels.elementwise import IN_DOUBLE
from verax.language.catalogue import PRIMITIVES
from verax.language.dispatch import bind, lift

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

BLOCK = 1 << 14
SIZE = 3 * BLOCK + 37
EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, 1e-310, 88.8, -104.0, 1e5, -1e22, 3e38, 1.0, -1.0]


@contextmanager
def at_once(device: Device) -> Iterator[None]:
    """Nothing is computed in blocks, and no kernel is remembered from when it was."""
    block, device.block = device.block, None
    try:
        yield
    finally:
        device.block = block


def numbers(dtype: Any, shape: Any = SIZE) -> Any:
    """Numbers of all sizes, with the edges of every format among them."""
    rng = np.random.default_rng(0)
    found = rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 6, shape)
    found.flat[:: found.size // 701] = rng.choice(EDGES, found.flat[:: found.size // 701].shape)
    with np.errstate(over="ignore"):
        return found.astype(dtype)


def bits(x: Any) -> bytes:
    return np.asarray(x).tobytes()


# Thousands of terms where a parameter is large.
SLOW = {"igamma", "igammac", "igamma_grad_a", "random_gamma_grad", "regularized_incomplete_beta"}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", sorted(IN_DOUBLE.keys() - {"integer_pow", "erf", "erfc"} - SLOW))
def test_an_operation_in_blocks_is_the_operation(name: str, dtype: str, device: Device) -> None:
    count = len(PRIMITIVES[name].domain)
    with verax.enable_x64():
        xs = [lift(np.roll(numbers(dtype), i)) for i in range(count)]
        verax.fast.implementation._kernels.clear()
        (found,) = bind(PRIMITIVES[name], *xs)
        with at_once(device):
            verax.fast.implementation._kernels.clear()
            (whole,) = bind(PRIMITIVES[name], *xs)
        verax.fast.implementation._kernels.clear()
    assert bits(found) == bits(whole)


def chain(x: Any) -> Any:
    return vnp.maximum(x, 0) + vnp.log1p(vnp.exp(-vnp.abs(x)))


def rows(x: Any) -> Any:
    table = x[: SIZE // 64 * 64].reshape(-1, 64)
    shifted = table - vnp.max(table, axis=-1, keepdims=True)
    terms = vnp.exp(shifted) * vnp.arange(64.0)
    return terms, shifted.T, vnp.sum(terms, axis=-1), vnp.sin(table.T) + 1


def two_shapes(x: Any) -> Any:
    return vnp.tanh(x), vnp.minimum(vnp.sin(x[1:]) * 2, vnp.cos(x[:-1])), vnp.where(x > 0, vnp.exp(-x), 1)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("function", [chain, rows, two_shapes, lambda x: lax.clamp(0.0, lax.exp(x), 2.0)])
def test_a_compiled_chain_is_the_eager_run_to_the_bit(function: Any, dtype: str) -> None:
    with verax.enable_x64():
        x = lift(numbers(dtype if dtype != "bfloat16" else vnp.bfloat16))
        eager, compiled = function(x), verax.jit(function)(x)
    for a, b in zip(verax.tree.leaves(eager), verax.tree.leaves(compiled), strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        assert bits(a) == bits(b)


def test_a_chain_is_one_step_and_cheap_ones_are_left_alone(device: Device) -> None:
    x = lift(numbers(np.float32))
    steps = execution.source_of(verax.make_program(chain)(x), device)[0].count("= k")
    cheap = execution.source_of(verax.make_program(lambda y: y * y - y)(x), device)[0].count("= k")
    assert (steps, cheap) == ((1, 2) if device.block else (6, 2))


def test_what_is_computed_twice_is_computed_once(device: Device) -> None:
    def f(x: Any) -> Any:
        return vnp.exp(x * 2.0) + vnp.exp(x * 2.0), x * 0.0, x * -0.0

    x = lift(np.ones(3, np.float32))
    source = execution.source_of(verax.make_program(f)(x), device)[0]

    # x 2, exp, +, x 0, x -0: the two zeros are two constants.
    assert source.count("= k") == 5
    assert bits(verax.jit(f)(x)[2]) == bits(f(x)[2])
