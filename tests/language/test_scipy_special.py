"""`verax.scipy.special`: JAX's types, and the values of the definitions within the program's derived bound."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax.scipy.special
import mpmath
import numpy as np
import pytest
import scipy.special
from tests.language import test_numpy_against_jax as types
from tests.language import test_numpy_against_numpy as values
from tests.language import test_scipy_special_series as series

import verax
from verax.adapters.numpy_profile import NUMPY
from verax.language.config import enable_x64
from verax.language.scipy import special
from verax.reference import Bounded, evaluate
from verax.reference.ulps import error_in_ulps

Row = types.Row
PAIRS = (((3, 4), (3, 4)), ((3, 1), (4,)), ((), (5,)))

ROWS: dict[str, list[Any]] = {
    **{
        n: [Row(types.named(n), ("float",), types.ONE)]
        for n in types.words(
            "erf erfc erfinv expit gammaln digamma i0 i0e i1 i1e logit entr gammasgn gamma ndtr ndtri log_ndtr "
            "dawsn erfcx"
        )
    },
    **{
        n: [Row(types.named(n), ("float", "float"), PAIRS)]
        for n in types.words(
            "xlogy xlog1py rel_entr kl_div betaln beta poch gammainc gammaincc boxcox boxcox1p zeta"
        )
    },
    "factorial": [Row(types.named("factorial"), ("float",), types.ONE)],
    "multigammaln": [Row(types.named("multigammaln", 3), ("float",), types.ONE)],
    **{n: [Row(types.named(n), ("float",), types.AXES)] for n in ("softmax", "log_softmax", "logsumexp")},
}


class OfJax:
    """`jax.scipy.special`, called as our rows call it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(jax.scipy.special, name)


def test_every_name_has_a_row() -> None:
    assert set(special.__all__) == set(ROWS) | series.NAMES


@pytest.mark.parametrize("name", sorted(ROWS))
def test_types_are_jax_s(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "jnp", OfJax())
    assert types.disagreements(name, ROWS[name], 8, special) == []


def xlogy(x: Any, y: Any) -> Any:
    return x * mpmath.log(y) if x else mpmath.mpf(0)


def rel_entr(p: Any, q: Any) -> Any:
    return p * mpmath.log(p / q) if p else mpmath.mpf(0)


def normal(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


WIDE = [0.25, 1.0, -1.0, 2.5, -2.25, 7.5, -9.75, 13.0, -13.0, 1e-6, -0.7, 0.1]
UNIT = [0.5, 0.25, 0.75, 0.1, 0.9, 1e-3, 1e-10, 1e-30, 0.999, 0.07, 0.5001, 0.926]
POSITIVE = [0.25, 1.0, 2.5, 7.5, 13.0, 1e-6, 0.1, 20.5]
DEFINITIONS: dict[str, tuple[Callable[..., Any], list[float]]] = {
    "erf": (mpmath.erf, WIDE),
    "erfc": (mpmath.erfc, WIDE),
    "erfinv": (mpmath.erfinv, UNIT),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), WIDE),
    "gammaln": (lambda x: mpmath.log(abs(mpmath.gamma(x))), [*POSITIVE, -0.5, -2.5, -3.25]),
    "digamma": (mpmath.digamma, [*POSITIVE, -0.25, -2.75]),
    "i0": (lambda x: mpmath.besseli(0, x), WIDE),
    "i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), [*WIDE, 40.0]),
    "i1": (lambda x: mpmath.besseli(1, x), WIDE),
    "i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), [*WIDE, 40.0]),
    "logit": (lambda x: mpmath.log(x / (1 - x)), UNIT),
    "entr": (lambda x: -x * mpmath.log(x), POSITIVE),
    "gammasgn": (lambda x: mpmath.sign(mpmath.gamma(x)), [*POSITIVE, -0.5, -1.5, -2.5]),
    "gamma": (mpmath.gamma, [*POSITIVE, -0.5, -1.5, -2.5]),
    "ndtr": (normal, WIDE),
    "ndtri": (lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1), UNIT),
    "log_ndtr": (lambda x: mpmath.log(normal(x)), [*WIDE, -40.0, -11.9, -12.1, -1e4]),
    "factorial": (lambda n: mpmath.gamma(n + 1), POSITIVE),
    "multigammaln": (
        lambda a: sum(mpmath.loggamma(a - mpmath.mpf(j) / 2) for j in range(3)),
        [2.5, 7.5, 13.0],
    ),
    "xlogy": (xlogy, POSITIVE),
    "xlog1py": (lambda x, y: x * mpmath.log1p(y), POSITIVE),
    "rel_entr": (rel_entr, POSITIVE),
    "kl_div": (lambda p, q: rel_entr(p, q) - p + q, POSITIVE),
    "betaln": (lambda a, b: mpmath.log(mpmath.beta(a, b)), POSITIVE),
    "beta": (mpmath.beta, POSITIVE),
    "poch": (mpmath.rf, POSITIVE),
}
# Over an axis, held to their definitions by the tests of verax.nn, whose they are.
OF_NN = {"softmax", "log_softmax", "logsumexp"}
# What a definition above leaves out.
CONSTANTS = {"multigammaln": 1.5 * math.log(math.pi)}


def test_every_name_has_a_definition() -> None:
    assert set(special.__all__) == set(DEFINITIONS) | OF_NN | series.NAMES
    assert all(getattr(special, name) is getattr(verax.nn, name) for name in OF_NN)


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_values_are_the_definition_s(name: str) -> None:
    definition, points = DEFINITIONS[name]
    arity = (
        2
        if name
        in types.words(
            "xlogy xlog1py rel_entr kl_div betaln beta poch gammainc gammaincc boxcox boxcox1p zeta"
        )
        else 1
    )
    xs = [np.array(points, np.float32)] if arity == 1 else [v.ravel() for v in np.meshgrid(points, points)]
    xs = [x.astype(np.float32) for x in xs]
    function = getattr(special, name)
    program = values.program_of((lambda x: function(x, 3)) if name == "multigammaln" else function, xs)
    assert values.outside(program, xs, [program(*xs)[0].machine_value()], NUMPY) == []
    found = []
    with mpmath.workdps(80):
        for *at, scalar in zip(*xs, evaluate(program, xs, Bounded(NUMPY))[0].scalars, strict=True):
            true = mpmath.mpf(definition(*[mpmath.mpf(float(v)) for v in at])) + CONSTANTS.get(name, 0)
            # Constants of the program are rounded; what is left apart must be less than its bound.
            if abs(true - mpmath.mpf(scalar.value)) > abs(scalar.bound):
                found.append((at, scalar, mpmath.nstr(true, 12)))
    assert found == []


@pytest.mark.parametrize(
    "name", ["entr", "expit", "i0e", "ndtr", "gammasgn", "ndtri", "logit", "erfinv", "log_ndtr"]
)
def test_special_values_are_scipys(name: str) -> None:
    xs = np.array([0.0, 1.0, np.inf, -np.inf, np.nan, -1.0, 2.0], np.float32)
    with np.errstate(all="ignore"):
        want = getattr(scipy.special, name)(xs.astype(np.float64))
    got = np.asarray(getattr(special, name)(xs)).astype(np.float64)
    odd = ~np.isfinite(want) | (want == 0) | (want == 1)
    np.testing.assert_array_equal(got[odd], want[odd])


@pytest.mark.parametrize("name", ["xlogy", "xlog1py", "rel_entr", "kl_div"])
def test_special_values_of_pairs_are_scipys(name: str) -> None:
    points = np.array([0.0, 1.0, np.inf, np.nan, -2.0])
    xs, ys = (v.ravel() for v in np.meshgrid(points, points))
    with np.errstate(all="ignore"):
        want = getattr(scipy.special, name)(xs, ys)
    got = np.asarray(getattr(special, name)(xs.astype(np.float32), ys.astype(np.float32)))
    odd = ~np.isfinite(want) | (want == 0)
    np.testing.assert_array_equal(got[odd], want[odd])


def test_the_slope_of_x_log_y_where_x_is_zero_is_log_y() -> None:
    x, y = np.float32(0.0), np.float32(3.0)
    assert float(verax.grad(special.xlogy)(x, y)) == float(np.float32(math.log(3.0)))
    assert float(verax.grad(special.xlogy, 1)(x, y)) == 0.0


def test_unwritable_arguments_are_refused() -> None:
    with pytest.raises(NotImplementedError, match=r"`exact` of factorial must be False"):
        special.factorial(3, exact=True)
    with pytest.raises(
        ValueError, match=r"`series_order` of log_ndtr must be an integer from 0 to 30, got 31"
    ):
        special.log_ndtr(0.5, 31)


@pytest.mark.parametrize(("name", "argument"), [("ndtr", "x"), ("ndtri", "p"), ("log_ndtr", "x")])
def test_narrow_floats_and_integers_are_refused_as_jax_does(name: str, argument: str) -> None:
    for x in (np.float16(0.5), np.int32(1)):
        with pytest.raises(
            TypeError, match=rf"`{argument}` of {name} must have a dtype among float32, float64"
        ):
            getattr(special, name)(x)


def test_at_infinity_the_gamma_function_s_relatives_have_their_limits() -> None:
    inf = np.float32(np.inf)
    found = [
        special.betaln(inf, 2.5),
        special.betaln(-2.5, inf),
        special.betaln(-inf, 2.5),
        special.beta(inf, 2.5),
    ]
    found.append(special.multigammaln(inf, 3))
    np.testing.assert_array_equal([float(x) for x in found], [-np.inf, np.inf, np.nan, 0.0, np.inf])


def test_beta_is_zero_where_the_sum_alone_is_at_a_pole() -> None:
    """1 / Gamma is 0 there (DLMF 5.2.1), and both gamma functions above are finite; SciPy says the same."""
    for a, b in ((-0.5, -0.5), (-1.5, -0.5), (0.25, -2.25)):
        assert float(special.beta(np.float64(a), np.float64(b))) == scipy.special.beta(a, b) == 0.0
    assert np.isnan(float(special.beta(-1.0, -0.5)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_cosine_integral_far_out_is_that_of_its_argument(dtype: Any) -> None:
    """DLMF 6.12.4: next to sin(x) / x, at every size that a float has."""
    for x in (1e31, 2.5e35, 2.3819763250576540e38):
        with enable_x64():
            found = np.asarray(special.sici(dtype(x))[1])[()]
        with mpmath.workdps(80):
            want = mpmath.sin(float(dtype(x))) / float(dtype(x))
        assert error_in_ulps(found, want, np.dtype(dtype)) <= 2
