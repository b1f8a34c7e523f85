"""The special-value table says what C's library and NumPy say of zeros, infinities and NaN."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

from verax.language import dispatch
from verax.language.catalogue import PRIMITIVES
from verax.reference import Exact, evaluate
from verax.reference.special_values import UNARY

INF, NAN = math.inf, math.nan
SPECIALS = (0.0, -0.0, INF, -INF, NAN)
PEERS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "cbrt": np.cbrt,
    "square": np.square,
    "neg": np.negative,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "logistic": scipy.special.expit,
    "erf": scipy.special.erf,
    "erfc": scipy.special.erfc,
    "erf_inv": scipy.special.erfinv,
    "bessel_i0e": scipy.special.i0e,
    "bessel_i1e": scipy.special.i1e,
    "lgamma": scipy.special.gammaln,
    "digamma": scipy.special.digamma,
}

# Zeros whose sign SciPy forgets; both functions are odd.
ODD = {("bessel_i1e", INF), ("bessel_i1e", -INF), ("bessel_i1e", 0.0), ("erf_inv", 0.0)}


def c_pow(x: float, y: float) -> float:
    """C's pow: NumPy takes a square root's -0 for that of -0 to the half."""
    try:
        return math.pow(x, y)
    except ValueError:  # a pole, or a power that is not real
        return float(np.power(np.float64(x), np.float64(y)))


BINARY: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "rem": np.fmod,
    "pow": np.vectorize(c_pow),
    "atan2": np.arctan2,
    "max": np.maximum,
    "min": np.minimum,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
STEPS: dict[str, Callable[..., Any]] = {"floor": np.floor, "ceil": np.ceil, "is_finite": np.isfinite}


def exact(name: str, *xs: float, **params: Any) -> Any:
    """The reference's value, rounded to double."""
    from verax import enable_x64

    with enable_x64():
        (found,) = evaluate(
            lambda *ys: dispatch.bind(PRIMITIVES[name], *ys, **params), [np.float64(x) for x in xs], Exact()
        )
        return found.machine_value()[()]


def assert_same(got: Any, want: Any) -> None:
    assert (np.isnan(got) and np.isnan(want)) or got == want, (got, want)
    if got == 0 and not isinstance(want, np.bool_):
        assert math.copysign(1, got) == math.copysign(1, want), (got, want)


def test_every_row_has_a_peer() -> None:
    assert UNARY.keys() == PEERS.keys()
    assert all(row.source for row in UNARY.values())


@pytest.mark.parametrize("name", sorted(PEERS))
def test_specials_of_one_operand_are_the_peers(name: str) -> None:
    for x in SPECIALS:
        if name == "digamma" and x == -INF:
            continue  # SciPy says -inf; digamma has poles all the way, and no limit
        if name == "lgamma" and x == -INF:
            continue  # SciPy says -inf; C99 F.9.5.3 says inf
        if (name, x) in ODD:
            assert_same(exact(name, x), math.copysign(0.0, x))
            continue
        with np.errstate(all="ignore"):
            want = PEERS[name](np.float64(x))
        assert_same(exact(name, x), want)


@pytest.mark.parametrize("name", sorted(BINARY))
def test_specials_of_two_operands_are_the_peers(name: str) -> None:
    if name in ("max", "min"):
        points: tuple[float, ...] = (INF, -INF, NAN, 0.0, 2.0)  # of 0 and -0 NumPy takes either
    else:
        points = (*SPECIALS, 1.0, -1.0, 2.0, -3.0, 0.5)
    for x, y in itertools.product(points, repeat=2):
        if all(v != 0 and math.isfinite(v) for v in (x, y)):
            continue  # no special among them
        with np.errstate(all="ignore"):
            want = BINARY[name](np.float64(x), np.float64(y))
        if name == "rem" and want == 0 and x != 0:
            want = math.copysign(0.0, x)  # C99: the sign of the dividend
        assert_same(exact(name, x, y), want)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_steps_at_specials_are_numpys(name: str) -> None:
    for x in (*SPECIALS, 0.5, -0.5, 1.0, -1.0, 1e300, 2.5, -2.5):
        assert_same(exact(name, x), STEPS[name](np.float64(x)))


def test_rounding_to_even_is_numpys_and_rounding_away_is_cs() -> None:
    for x in (
        *SPECIALS,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        0.49999999999999994,
        4503599627370495.5,
        1e300,
        0.1,
        -0.1,
    ):
        assert_same(exact("round", x, rounding_method=1), np.round(np.float64(x)))
        away = x if not math.isfinite(x) else math.copysign(math.floor(abs(x) + 0.5), x)
        if abs(x) == 0.49999999999999994:  # the sum above is rounded up to 1
            away = math.copysign(0.0, x)
        assert_same(exact("round", x, rounding_method=0), away)


def test_the_maximum_of_zeros_is_positive_zero_and_the_minimum_negative() -> None:
    assert_same(exact("max", -0.0, 0.0), 0.0)
    assert_same(exact("max", 0.0, -0.0), 0.0)
    assert_same(exact("min", 0.0, -0.0), -0.0)
    assert_same(exact("min", -0.0, 0.0), -0.0)


def test_the_sign_keeps_zeros() -> None:
    for x, want in ((0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-3.0, -1.0), (NAN, NAN)):
        assert_same(exact("sign", x), want)


def test_poles_and_edges_of_domains_are_named() -> None:
    assert exact("log1p", -1.0) == -INF
    assert exact("atanh", 1.0) == INF
    assert exact("atanh", -1.0) == -INF
    assert exact("lgamma", -3.0) == INF
    assert exact("acosh", 1.0) == 0.0
    for name, x in (("log", -1.0), ("sqrt", -2.0), ("asin", 1.5), ("acosh", 0.5), ("digamma", -2.0)):
        assert math.isnan(exact(name, x))


@pytest.mark.parametrize("x", [1.0, -1.0, 0.0, 5e-324, 1.7976931348623157e308, INF])
def test_the_next_number_is_numpys(x: float) -> None:
    for y in (INF, -INF, 0.0, x):
        with np.errstate(all="ignore"):
            assert_same(exact("nextafter", x, y), np.nextafter(x, y))
