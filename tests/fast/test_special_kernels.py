"""Kernels of special functions keep what the NumPy profile promises of them, in float32 and in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
import pytest

import verax
from verax.adapters.profiles import profile_of
from verax.language import lax
from verax.language.catalogue import PRIMITIVES
from verax.language.dispatch import lift
from verax.reference.reals import format_of

arb = flint.arb
RNG = np.random.default_rng(3)


def _below_one() -> Any:
    """Numbers in (-1, 1): of all sizes, and next to the ends."""
    return np.concatenate(
        [RNG.uniform(-1, 1, 300), 1 - 2.0 ** -RNG.uniform(0, 50, 100), 2.0 ** -RNG.uniform(0, 100, 50)]
    )


def _any() -> Any:
    return np.concatenate(
        [RNG.uniform(-40, 40, 300), RNG.uniform(-2, 2, 100), 2.0 ** RNG.uniform(-30, 12, 50)]
    )


def _gamma_points() -> Any:
    """Numbers of all sizes, beside integers, and beside zeros of lgamma, where Gamma is 1 or -1."""
    beside = RNG.integers(-40, 40, 100) + RNG.choice([-1, 1], 100) * 2.0 ** -RNG.uniform(1, 50, 100)
    zeros = np.array(
        [-2.4570247382208006, -2.7476826467274127, -3.1435808883499798, -3.955294284858598, 1, 2]
    )
    near = np.concatenate([zeros * (1 + s * 2.0**-k) for s in (-1, 1) for k in (8, 20, 36, 51)])
    return np.concatenate([RNG.uniform(-30, 30, 300), 2.0 ** RNG.uniform(-120, 100, 50), beside, zeros, near])


CASES: dict[str, tuple[Callable[[Any], Any], Callable[[], Any]]] = {
    "erf_inv": (lambda x: x.erfinv(), _below_one),
    "bessel_i0e": (lambda x: x.bessel_i(0) * (-abs(x)).exp(), _any),
    "bessel_i1e": (lambda x: x.bessel_i(1) * (-abs(x)).exp(), _any),
    "lgamma": (lambda x: abs(x.gamma()).log() if abs(x) < 1e5 else x.lgamma(), _gamma_points),
}


def errors(name: str, xs: Any, true: Callable[[Any], Any]) -> Any:
    """The errors in ULPs, at machine numbers with a finite result."""
    bits, least, _ = format_of(xs.dtype)
    got = np.asarray(getattr(lax, name)(lift(xs))).astype(np.float64)
    found = []
    for x, y in zip(xs.astype(np.float64).tolist(), got.tolist(), strict=True):
        ball = true(arb(x))
        if ball.is_finite():
            exponent = max(int(np.frexp(float(ball.mid()))[1]) - bits, least)
            found.append(abs(float(((arb(y) - ball) * arb((1, -exponent))).mid())))
    return np.array(found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_kernel_keeps_its_promise(name: str, dtype: str) -> None:
    true, points = CASES[name]
    platform, primitive = profile_of("numpy"), PRIMITIVES[name]
    before, flint.ctx.prec = flint.ctx.prec, 300
    try:
        with verax.enable_x64():
            xs = points().astype(dtype)
            xs = xs[np.isfinite(xs) & (np.abs(xs) < 1)] if name == "erf_inv" else xs[np.isfinite(xs)]
            found = errors(name, xs, true)
    finally:
        flint.ctx.prec = before
    assert len(found) > 400
    assert found.max() <= platform.most(primitive, np.dtype(dtype))
    # A promise of four times what is reached would say nothing.
    assert found.max() >= platform.most(primitive, np.dtype(dtype)) / 4


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"])
def test_bits_are_counted(dtype: str) -> None:
    width = 8 * np.dtype(dtype).itemsize
    info = np.iinfo(dtype)
    xs = np.array([0, 1, 2, 5, info.max, info.min, info.max - 1, 85 % info.max], dtype)
    plain = [int(x) & ((1 << width) - 1) for x in xs.tolist()]
    with verax.enable_x64():
        assert np.asarray(lax.population_count(lift(xs))).tolist() == [n.bit_count() for n in plain]
        assert np.asarray(lax.clz(lift(xs))).tolist() == [width - n.bit_length() for n in plain]
        with verax.using(verax.reference):
            assert np.asarray(lax.population_count(xs)).tolist() == [n.bit_count() for n in plain]
            assert np.asarray(lax.clz(xs)).tolist() == [width - n.bit_length() for n in plain]
