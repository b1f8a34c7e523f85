"""Kernels of special functions keep what the NumPy profile promises of them, in float32 and in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
import pytest

import verax
from verax.adapters.profiles import profile_of
from verax.fast.kernels import pairs
from verax.language import lax
from verax.language.catalogue import PRIMITIVES
from verax.language.dispatch import lift
from verax.reference import Exact
from verax.reference.dual import Dual
from verax.reference.primitives.elementwise import DEFINITIONS
from verax.reference.reals import format_of, from_number
from verax.reference.ulps import error_in_ulps

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


# -- functions with parameters --------------------------------------------------------------------------------
COUNT = 60


def _sizes(low: float, high: float) -> Any:
    return np.exp(RNG.uniform(np.log(low), np.log(high), COUNT))


def _gamma_pairs() -> list[Any]:
    """Shapes of all sizes, and numbers beside their peak and far from it."""
    a = _sizes(1e-3, 1e3)
    near = a * np.exp(RNG.normal(size=COUNT) * np.minimum(2, 3 / np.sqrt(a)))
    return [a, np.minimum(np.where(RNG.uniform(size=COUNT) < 0.5, near, _sizes(1e-3, 1e3)), 1e3)]


def _beta_triples() -> list[Any]:
    a, b = _sizes(1e-2, 1e3), _sizes(1e-2, 1e3)
    mean = a / (a + b)
    near = mean + 3 * np.sqrt(mean * (1 - mean) / (a + b + 1)) * RNG.normal(size=COUNT)
    return [
        a,
        b,
        np.where(RNG.uniform(size=COUNT) < 0.6, np.clip(near, 1e-6, 0.999), RNG.uniform(size=COUNT)),
    ]


PARAMETRIC: dict[str, Callable[[], list[Any]]] = {
    "igamma": _gamma_pairs,
    "igammac": _gamma_pairs,
    "igamma_grad_a": _gamma_pairs,
    "random_gamma_grad": _gamma_pairs,
    "betainc": _beta_triples,
    "zeta": lambda: [1 + _sizes(1e-3, 99), _sizes(1e-3, 1e6)],
    "polygamma": lambda: [RNG.integers(0, 50, COUNT), _sizes(1e-2, 1e6)],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(PARAMETRIC))
def test_a_kernel_of_parameters_keeps_its_promise(name: str, dtype: str) -> None:
    platform = profile_of("numpy")
    primitive = PRIMITIVES["regularized_incomplete_beta" if name == "betainc" else name]
    with verax.enable_x64():
        xs = [np.asarray(x).astype(dtype) for x in PARAMETRIC[name]()]
        got = np.asarray(getattr(lax, name)(*map(lift, xs)))
        true = Exact(30).map(
            DEFINITIONS[primitive.name], np.dtype(dtype), [[*map(from_number, x.tolist())] for x in xs]
        )
    least = {"float32": 1e-30, "float64": 1e-290}[dtype]  # far out on the tails
    errors = [error_in_ulps(g, t, np.dtype(dtype)) for g, t in zip(got, true, strict=True) if abs(t) > least]
    assert len(errors) > COUNT / 2
    assert max(errors) <= platform.most(primitive, np.dtype(dtype))


def test_the_logarithm_of_a_pair_is_known_to_seventy_bits() -> None:
    """So that an exponent of 700, a thousand times a logarithm, is known to the last digit of its exponential."""
    before, flint.ctx.prec = flint.ctx.prec, 300
    try:
        for x, rest in zip(_sizes(1e-300, 1e300), RNG.uniform(-1, 1, COUNT), strict=True):
            low = rest * np.spacing(x) / 2
            high, below = pairs.log(np, (np.asarray(x), np.asarray(low)))
            apart = arb(float(high)) + arb(float(below)) - (arb(float(x)) + arb(float(low))).log()
            assert abs(apart) < arb((1, -70))
    finally:
        flint.ctx.prec = before


def test_where_too_many_terms_are_needed_there_is_no_answer_rather_than_a_wrong_one() -> None:
    with verax.enable_x64():
        for found in (
            lax.igamma(1e9, 1e9),
            lax.igammac(1e9, 1e9),
            lax.betainc(1e9, 1e9, 0.5),
            lax.zeta(3.0, -1e4 - 0.5),
        ):
            assert np.isnan(float(found))


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_the_slopes_of_the_incomplete_gamma_functions_are_the_reference_s(name: str) -> None:
    a, x = np.float32(2.5), np.float32(1.75)
    for operand in (0, 1):
        got = verax.grad(getattr(lax, name), operand)(a, x)
        dual = Dual(Exact())
        at = [from_number(float(v)) for v in (a, x)]
        at[operand] = dual.number(at[operand], from_number(1))
        true = dual.split(dual.apply(DEFINITIONS[name], np.dtype(np.float32), at))[1]
        assert error_in_ulps(np.float32(got), true, np.dtype(np.float32)) <= 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: lax.polygamma(v, 2.0), "The derivative of polygamma by `m` must not be asked for"),
        (lambda v: lax.zeta(v, 2.0), "The derivative of zeta by `x` must not be asked for"),
        (lambda v: lax.betainc(v, 2.0, 0.5), "The derivative of betainc by `a` must not be asked for"),
        (lambda v: lax.igamma_grad_a(v, 2.0), "The derivative of igamma_grad_a by `a` must not be asked for"),
    ],
)
def test_a_derivative_without_a_primitive_is_refused(call: Any, message: str) -> None:
    with pytest.raises(NotImplementedError, match=message):
        verax.grad(call)(2.0)
