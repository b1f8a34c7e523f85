"""Complex numbers are pairs of reals: their functions are mpmath's, C99's at special points, and proved by balls."""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import verax
from verax import lax
from verax.language.catalogue import PRIMITIVES
from verax.language.config import enable_x64
from verax.language.dtypes import COMPLEX
from verax.property_tests.primitive_cases.elementwise import accepted
from verax.reference import Ball, Dual, Exact, evaluate
from verax.reference.ball import Ball as BallSystem
from verax.reference.primitives import COMPLEX_RULES, CONTROL
from verax.reference.reals import Real

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 80
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "acos": CONTEXT.acos,
    "acosh": CONTEXT.acosh,
    "asin": CONTEXT.asin,
    "asinh": CONTEXT.asinh,
    "atan": CONTEXT.atan,
    "atanh": CONTEXT.atanh,
    "conj": CONTEXT.conj,
    "cos": CONTEXT.cos,
    "cosh": CONTEXT.cosh,
    "exp": CONTEXT.exp,
    "exp2": lambda z: CONTEXT.mpf(2) ** z,
    "expm1": lambda z: CONTEXT.exp(z) - 1,
    "imag": lambda z: z.imag,
    "log": CONTEXT.log,
    "log1p": lambda z: CONTEXT.log(1 + z),
    "logistic": lambda z: 1 / (1 + CONTEXT.exp(-z)),
    "neg": lambda z: -z,
    "real": lambda z: z.real,
    "rsqrt": lambda z: 1 / CONTEXT.sqrt(z),
    "sign": lambda z: z / abs(z),
    "sin": CONTEXT.sin,
    "sinh": CONTEXT.sinh,
    "sqrt": CONTEXT.sqrt,
    "square": lambda z: z * z,
    "tan": CONTEXT.tan,
    "tanh": CONTEXT.tanh,
    "add": lambda z, w: z + w,
    "sub": lambda z, w: z - w,
    "mul": lambda z, w: z * w,
    "div": lambda z, w: z / w,
    "pow": lambda z, w: CONTEXT.exp(w * CONTEXT.log(z)),
}
ARITY = {"add": 2, "sub": 2, "mul": 2, "div": 2, "pow": 2}


def drawn(name: str, count: int) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng([*name.encode()])
    sizes = np.exp2(rng.integers(-12, 4, (2, 2, count)))
    parts = rng.standard_normal((2, 2, count)) * sizes
    return [re + 1j * im for re, im in parts][: ARITY.get(name, 1)]


def as_mpc(x: Any, system: Any) -> list[Any]:
    def real(s: Any) -> Any:
        value = system.value(s)
        return CONTEXT.mpf(value) if type(value) is float else CONTEXT.make_mpf(value._mpf_)

    scalars = [real(s) for s in x.scalars]
    if x.dtype not in COMPLEX:
        return scalars
    return [CONTEXT.mpc(a, b) for a, b in zip(scalars[: x.size], scalars[x.size :], strict=True)]


@pytest.mark.parametrize("system", [Exact, Ball])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_mpmaths_to_its_digits(name: str, system: Any) -> None:
    operands, own = drawn(name, 20), system(50)
    with enable_x64(True):
        (found,) = evaluate(lambda *zs: [getattr(lax, name)(*zs)], operands, own)
    for got, *zs in zip(as_mpc(found, own), *operands, strict=True):
        true = FUNCTIONS[name](*(CONTEXT.mpc(complex(z)) for z in zs))
        # Ten of the fifty digits are left to the cancellation of parts.
        assert abs(got - true) * CONTEXT.mpf(10) ** 40 < abs(true), (name, zs)


# Where C99 (Annex G.6) says what is infinite, NaN or signed; Python's cmath is a third implementation of it.
SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan)
ANNEX_G: dict[str, Callable[[complex], complex]] = {
    "acos": cmath.acos, "acosh": cmath.acosh, "asin": cmath.asin, "asinh": cmath.asinh, "atan": cmath.atan,
    "atanh": cmath.atanh, "cosh": cmath.cosh, "exp": cmath.exp, "log": cmath.log, "sinh": cmath.sinh,
    "sqrt": cmath.sqrt, "tanh": cmath.tanh,
}  # fmt: skip


def alike(a: float, b: float) -> bool:
    """Both NaN, or the same number: signs of zeros too; finite ones to what cmath promises (4 ULP)."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if a == 0 or math.isinf(a) or b == 0 or math.isinf(b):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return abs(a - b) <= 4 * math.ulp(b)


@pytest.mark.parametrize("name", ANNEX_G)
def test_special_values_are_those_of_annex_g(name: str) -> None:
    for x, y in itertools.product(SPECIAL, repeat=2):
        try:
            expected = ANNEX_G[name](complex(x, y))
        except (ValueError, OverflowError):  # cmath raises where C99 returns a pole, or NaN and a flag
            continue
        with enable_x64(True), verax.using("reference"):
            got = complex(getattr(lax, name)(np.complex128(complex(x, y))))
        pairs = [(got.real, expected.real), (got.imag, expected.imag)]
        open_sign = any(math.isnan(v) for v in (x, y))  # C99 leaves the sign beside a NaN open
        for a, b in pairs:
            assert alike(a, b) or (open_sign and alike(abs(a), abs(b))), (name, x, y, got, expected)


@pytest.mark.parametrize("name", ["sqrt", "log", "asin", "acos", "atan", "asinh", "acosh", "atanh"])
def test_a_zeros_sign_says_on_which_side_of_the_cut_a_number_lies(name: str) -> None:
    along = 1j if name in ("atan", "asinh") else 1
    for size, side in itertools.product((2.0, -2.0, 0.5, -0.5), (1.0, -1.0)):
        zero = math.copysign(0.0, side)
        at = complex(size, zero) if along == 1 else complex(zero, size)
        near = at + side * 1e-40 * (1j if along == 1 else 1)
        with enable_x64(True), verax.using("reference"):
            here, beside = (complex(getattr(lax, name)(np.complex128(z))) for z in (at, near))
        assert here + (1 + 1j) == beside + (1 + 1j), (name, at)  # in which 1e-40 is lost


def test_the_chain_rule_is_that_of_the_parts() -> None:
    dual = Dual(Exact(50))
    for name in ("exp", "log", "sqrt", "tan", "asin", "atanh", "logistic", "pow"):
        operands = [z[:3] for z in drawn(name, 3)]
        with enable_x64(True):
            moved = evaluate(lambda *zs, n=name: [getattr(lax, n)(*zs)], operands, Exact(50))
            assert moved[0].size == 3
            with verax.using("reference"):
                tangents = tuple(np.ones(3, complex) for _ in operands)
                _, slope = verax.jvp(lambda *zs, n=name: getattr(lax, n)(*zs), tuple(operands), tangents)
        step = CONTEXT.mpf(10) ** -30
        for got, *zs in zip(np.asarray(slope), *operands, strict=True):
            ends = [FUNCTIONS[name](*(CONTEXT.mpc(complex(z)) + s * step for z in zs)) for s in (1, -1)]
            true = (ends[0] - ends[1]) / (2 * step)
            assert abs(CONTEXT.mpc(complex(got)) - true) <= abs(true) * CONTEXT.mpf(2) ** -51, (name, zs)
    assert dual.depth == 1


def test_every_primitive_that_takes_complex_numbers_has_a_rule_for_them() -> None:
    elementwise = [p for p in PRIMITIVES.values() if p.kind == "elementwise" and p.domain]
    takes = {p.name for p in elementwise if accepted(p, len(p.domain), COMPLEX)}
    assert takes <= COMPLEX_RULES.keys()
    assert not COMPLEX_RULES.keys() & CONTROL.keys()
    assert COMPLEX_RULES.keys() <= PRIMITIVES.keys()


def test_a_ball_holds_both_parts_with_a_radius() -> None:
    system = Ball(50)
    (found,) = evaluate(lambda z: [lax.exp(z)], [np.asarray(1 + 1j)], system)
    assert isinstance(system, BallSystem)
    assert len(found.scalars) == 2
    assert all(type(system.value(s)) is Real for s in found.scalars)


def test_a_power_of_0_is_a_number_like_any_other() -> None:
    # It was a float beside reals: 1 over 2 was 1/4, in `polyfit` of complex places among others.
    with enable_x64(True):
        operands = [np.array(z) for z in (3 + 1j, 0j, 2 + 0j)]
        (found,) = evaluate(lambda z, w, two: [lax.div(lax.pow(z, w), two)], operands, Exact(60))
    assert [complex(*(float(s) for s in found.scalars))] == [0.5 + 0j]


def test_an_angle_keeps_its_digits_behind_all_of_its_turns() -> None:
    far, context = -1.7976931348623157e308, mpmath.MPContext()
    context.dps = 400
    with enable_x64(True):
        found = [
            evaluate(lambda z: [lax.exp2(z)], [np.array(far * 1j)], Exact(60)),
            evaluate(lambda z: [lax.pow(np.array(2 + 0j), z)], [np.array(far * 1j)], Exact(60)),
        ]
    want = context.mpf(2) ** context.mpc(0, far)
    for (each,) in found:
        assert [float(s) for s in each.scalars] == [float(want.real), float(want.imag)]
