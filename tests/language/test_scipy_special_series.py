"""The functions of `verax.scipy.special` that are series of their own, against mpmath, SciPy and JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special

import verax
from verax.language.scipy import special
from verax.reference.reals import from_text
from verax.reference.ulps import error_in_ulps

RNG = np.random.default_rng(4)
POSITIVE = np.concatenate([RNG.uniform(0, 10, 40), np.exp(RNG.uniform(-12, 6, 40))])
BOTH = np.concatenate([POSITIVE, -POSITIVE])
FAR = np.concatenate([10 ** RNG.uniform(2, 18, 30), [-np.inf, -(2.0**26) - 0.5, 2.0**53 - 1, 1e300]])
F64 = np.dtype(np.float64)


def _dawson(x: Any) -> Any:
    return mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x)


# name: (the function, mpmath's, where, at most how many ulps)
Row = tuple[Callable[..., Any], Callable[..., Any], Any, int]
SERIES: dict[str, Row] = {
    "erfcx": (
        special.erfcx,
        lambda x: mpmath.exp(x * x) * mpmath.erfc(x),
        BOTH[(BOTH > -25) & (BOTH < 60)],
        8,
    ),
    "dawsn": (special.dawsn, _dawson, BOTH[np.abs(BOTH) < 60], 12),
    "exp1": (special.exp1, mpmath.e1, POSITIVE, 4),
    "expi": (special.expi, mpmath.ei, BOTH, 6),
    "spence": (special.spence, lambda x: mpmath.polylog(2, 1 - x).real, POSITIVE, 4),
    "si": (lambda x: special.sici(x)[0], mpmath.si, BOTH, 4),
    # Away from its roots, of which two are below 4.
    "ci": (lambda x: special.sici(x)[1], mpmath.ci, POSITIVE[POSITIVE < 0.5], 4),
    "fresnel s": (lambda x: special.fresnel(x)[0], mpmath.fresnels, BOTH, 4),
    "fresnel c": (lambda x: special.fresnel(x)[1], mpmath.fresnelc, BOTH, 4),
    "fresnel s far": (lambda x: special.fresnel(x)[0], mpmath.fresnels, FAR, 1),
    "fresnel c far": (lambda x: special.fresnel(x)[1], mpmath.fresnelc, FAR, 1),
    **{
        f"expn {n}": (
            lambda x, n=n: special.expn(n, x),
            lambda x, n=n: mpmath.expint(n, x),
            POSITIVE[::3],
            16,
        )
        for n in (0, 1, 2, 7, 20)
    },
    "boxcox": (
        lambda x: special.boxcox(x, 0.3),
        lambda x: (x ** mpmath.mpf(0.3) - 1) / mpmath.mpf(0.3),
        POSITIVE + 1.5,
        8,
    ),
    "boxcox1p": (
        lambda x: special.boxcox1p(x, 0.3),
        lambda x: mpmath.expm1(mpmath.mpf(0.3) * mpmath.log1p(x)) / mpmath.mpf(0.3),
        POSITIVE,
        8,
    ),
}
# What is a primitive, whose tests are elsewhere, and what the tests below hold.
PRIMITIVE = {"gammainc", "gammaincc", "betainc", "polygamma", "zeta"}
NAMES = {name.split()[0] for name in SERIES} - {"si", "ci"} | PRIMITIVE
NAMES |= {"sici", "bessel_jn", "comb", "bernoulli", "loggamma"}


@pytest.mark.parametrize("name", sorted(SERIES))
def test_a_series_is_the_function(name: str) -> None:
    function, definition, xs, most = SERIES[name]
    with verax.enable_x64(), mpmath.workdps(40):
        got = np.asarray(function(xs))
        true = [from_text(mpmath.nstr(definition(mpmath.mpf(float(x))), 35), 160) for x in xs]
    errors = [error_in_ulps(g, t, F64) for g, t in zip(got, true, strict=True)]
    assert max(errors) <= most, float(xs[int(np.argmax(errors))])


SLOPES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "erfcx": (
        special.erfcx,
        lambda x: 2 * x * mpmath.exp(x * x) * mpmath.erfc(x) - 2 / mpmath.sqrt(mpmath.pi),
    ),
    "dawsn": (special.dawsn, lambda x: 1 - 2 * x * _dawson(x)),
    "exp1": (special.exp1, lambda x: -mpmath.exp(-x) / x),
    "expi": (special.expi, lambda x: mpmath.exp(x) / x),
    "expn": (lambda x: special.expn(3, x), lambda x: -mpmath.expint(2, x)),
    "spence": (special.spence, lambda x: -mpmath.log(x) / (x - 1)),
    "si": (lambda x: special.sici(x)[0], lambda x: mpmath.sin(x) / x),
    "ci": (lambda x: special.sici(x)[1], lambda x: mpmath.cos(x) / x),
    "fresnel s": (lambda x: special.fresnel(x)[0], lambda x: mpmath.sin(mpmath.pi * x * x / 2)),
    "fresnel c": (lambda x: special.fresnel(x)[1], lambda x: mpmath.cos(mpmath.pi * x * x / 2)),
}


@pytest.mark.parametrize("name", sorted(SLOPES))
def test_a_slope_is_the_derivative(name: str) -> None:
    function, slope = SLOPES[name]
    with verax.enable_x64():
        for x in (0.3, 1.5, 4.25):
            with mpmath.workdps(30):
                true = from_text(mpmath.nstr(slope(mpmath.mpf(x)), 25), 120)
            assert error_in_ulps(np.float64(verax.grad(function)(x)), true, F64) <= 256


@pytest.mark.parametrize("name", ["erfcx", "dawsn", "exp1", "expi", "spence"])
def test_special_values_are_scipys(name: str) -> None:
    xs = np.array([0.0, np.inf, np.nan, -1.0], np.float32)
    with np.errstate(all="ignore"):
        want = np.asarray(getattr(scipy.special, name)(xs.astype(np.float64)))
    if name == "spence":
        want[1] = -np.inf  # SciPy has NaN
    got = np.asarray(getattr(special, name)(xs)).astype(np.float64)
    odd = ~np.isfinite(want) | (want == 0)
    np.testing.assert_array_equal(got[odd], want[odd])


def test_counts_and_numbers() -> None:
    with verax.enable_x64():
        n, k = np.meshgrid(np.arange(-1.0, 12), np.arange(-1.0, 12))
        np.testing.assert_array_equal(np.asarray(special.comb(n, k)), scipy.special.comb(n, k))
        np.testing.assert_array_equal(np.asarray(special.comb(3, 4, repetition=True)), 15.0)
        np.testing.assert_array_equal(np.asarray(special.bernoulli(4)), [1, -0.5, 1 / 6, 0, -1 / 30])
    with pytest.raises(NotImplementedError, match="`exact` of comb must be False"):
        special.comb(3, 2, exact=True)
    with pytest.raises(ValueError, match="`n` of bernoulli must not be negative"):
        special.bernoulli(-1)


def test_bessel_functions_are_mpmath_s() -> None:
    with verax.enable_x64():
        for z in (0.5, 5.0, 20.0):
            got = np.asarray(special.bessel_jn(z, v=6))
            with mpmath.workdps(30):
                true = [from_text(mpmath.nstr(mpmath.besselj(k, z), 25), 120) for k in range(7)]
            assert max(error_in_ulps(g, t, F64) for g, t in zip(got, true, strict=True)) <= 64
        assert np.asarray(special.bessel_jn(np.array([0.0, 1.0]), v=2))[:, 0].tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="`z` of bessel_jn must have at most one axis"):
        special.bessel_jn(np.ones((2, 2)), v=1)
    with pytest.raises(ValueError, match="`v` of bessel_jn must lie in"):
        special.bessel_jn(1.0, v=50)


def test_names_of_primitives_are_the_primitives() -> None:
    lax = verax.lax
    assert float(special.gammainc(2, 3)) == float(lax.igamma(2.0, 3.0))
    assert float(special.gammaincc(2, 3)) == float(lax.igammac(2.0, 3.0))
    assert float(special.betainc(2, 3, 0.5)) == float(lax.betainc(2.0, 3.0, 0.5))
    assert float(special.polygamma(2, 3)) == float(lax.polygamma(2.0, 3.0))
    assert float(special.zeta(3)) == float(lax.zeta(3.0, 1.0))
    assert float(special.loggamma(3.5)) == float(lax.lgamma(3.5))
    assert np.isnan(float(special.loggamma(-0.5)))


def test_narrow_floats_come_back_as_they_were() -> None:
    for name in ("erfcx", "dawsn", "exp1", "expi", "spence"):
        found = getattr(special, name)(np.float16(0.5))
        assert found.dtype == np.float16
