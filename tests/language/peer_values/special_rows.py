"""Rows of `verax.scipy.special` and `verax.nn`: SciPy's functions, and textbook formulas at 50 digits."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import scipy.special
from tests.language import test_scipy_special as seeded
from tests.language import test_scipy_special_series as series
from tests.language.peer_values.lax_oracle import log_gamma
from tests.language.peer_values.numpy_oracle import each
from tests.language.test_numpy_against_jax import ONE, PAIR, Row


def one(name: str, kind: str = "single") -> list[Row]:
    return [Row(lambda m, x: getattr(m, name)(x), (kind,), ONE)]


def two(name: str) -> list[Row]:
    return [Row(lambda m, x, y: getattr(m, name)(x, y), ("single", "single"), PAIR)]


SPECIAL: dict[str, list[Row]] = {
    **{
        n: one(n)
        for n in (
            *(
                "erf",
                "erfc",
                "erfinv",
                "expit",
                "gammaln",
                "i0",
                "i0e",
                "i1",
                "i1e",
                "logit",
                "entr",
                "gammasgn",
                "gamma",
            ),
            *(
                "ndtr",
                "ndtri",
                "log_ndtr",
                "digamma",
                "factorial",
                "dawsn",
                "erfcx",
                "exp1",
                "expi",
                "spence",
                "loggamma",
            ),
            *("sici", "fresnel"),
        )
    },
    **{
        n: two(n)
        for n in ("xlogy", "xlog1py", "rel_entr", "kl_div", "betaln", "beta", "poch", "boxcox", "boxcox1p")
    },
    "comb": [Row(lambda m, x, y: m.comb(x, y), ("index", "index"), PAIR)],
    "expn": [Row(lambda m, x, n=n: m.expn(n, x), ("single",), ONE) for n in (0, 1, 2, 5)],
    "multigammaln": [Row(lambda m, x: m.multigammaln(abs(x) + 2, 3), ("single",), ONE)],  # its domain
    "bernoulli": [Row(lambda m, n=n: m.bernoulli(n), ()) for n in (2, 3, 8)],
}
SPECIAL_WITHOUT = {
    **dict.fromkeys(
        ("betainc", "gammainc", "gammaincc", "polygamma", "zeta"),
        "held to Arb at 10,000 points (docs/measured)",
    ),
    **dict.fromkeys(("softmax", "log_softmax", "logsumexp"), "verax.nn's functions, compared there"),
    "bessel_jn": "held to mpmath in test_scipy_special_series.py: SciPy has no vector of orders",
}


class SciPy:
    """SciPy's special functions, called as JAX's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(scipy.special, name)

    @staticmethod
    def i1(x: Any) -> Any:
        return scipy.special.i1(x)

    @staticmethod
    def loggamma(x: Any) -> Any:
        """Of negative numbers SciPy's real function is NaN."""
        return scipy.special.loggamma(x)


def _expn(n: int, x: Any) -> Any:
    """The exponential integral; of order 0 it is exp(-x)/x, whose pole has the sign of its zero (IEEE 754 7.3)."""
    found = each(lambda v: mpmath.expint(n, v), lambda v: 0.0 if v > 0 else np.nan)(x)
    return np.where(x == 0, np.copysign(np.inf, x), found) if n == 0 else found


def _is_pole(x: Any) -> bool:
    return bool(x <= 0 and x == mpmath.floor(x))


def _is_quotient_of_poles(a: Any, b: Any) -> bool:
    """Whether a pole stands above and below: which value is the limit depends on the way there."""
    above = _is_pole(a) + _is_pole(b)
    return above == 2 or bool(above and _is_pole(a + b))


def _log_beta(a: Any, b: Any) -> Any:
    """The logarithm of |B|, NaN where B has no limit; beside one pole it is infinite from both sides."""
    return mpmath.nan if _is_quotient_of_poles(a, b) else mpmath.log(abs(mpmath.beta(a, b)))


def _beta_near(a: Any, b: Any) -> Any:
    """NaN where a limit depends on the way there: at a pole its sign does, which only a zero's own sign tells."""
    return mpmath.nan if _is_pole(a) or _is_pole(b) else mpmath.beta(a, b)


def _beta_far(a: float, b: float) -> float:
    """Gamma(b) a^-b far out (DLMF 5.11.12); towards -inf, and beside a pole, there is no limit."""
    less = min(a, b)
    if less > 0:
        return 0.0
    return (
        np.nan if less == -np.inf or _is_pole(less) else float(mpmath.sign(mpmath.gamma(less)) * mpmath.inf)
    )


def _beta(x: Any, y: Any) -> Any:
    """Beside 0 it is 1/a (DLMF 5.12.1), whose infinity has the sign of its zero."""
    x, y = np.broadcast_arrays(x, y)
    found = each(_beta_near, _beta_far)(x, y)
    for zero, other in ((x, y), (y, x)):
        beside = (zero == 0) & ((other > 0) | (np.isfinite(other) & (other != np.floor(other))))
        found = np.where(beside, np.copysign(np.inf, zero), found)
    return found


def _log_beta_far(a: Any, b: Any) -> float:
    """Gamma(b) a^-b is B far out (DLMF 5.11.12); towards -inf poles lie close together, and there is no limit."""
    less = min(a, b)
    return np.nan if less == -np.inf else -np.inf if less > 0 else np.inf


class Exact:
    """mpmath's definitions in the place of SciPy's, which promise no last digits."""

    def __getattr__(self, name: str) -> Any:
        found = {
            **{n: d for n, (_, d, *_) in series.SERIES.items()},
            **{n: d for n, (d, _) in seeded.DEFINITIONS.items()},
        }
        if name in ("gammaln", "loggamma"):
            return each(log_gamma, lambda x: np.inf)
        if name == "sici":
            return lambda x: (
                each(mpmath.si, lambda v: np.sign(v) * np.pi / 2)(x),
                each(lambda v: mpmath.ci(abs(v)), lambda v: 0.0)(x),
            )
        if name == "fresnel":
            parts = [each(f, lambda v: np.sign(v) / 2) for f in (mpmath.fresnels, mpmath.fresnelc)]
            return lambda x: tuple(part(x) for part in parts)
        if name == "expn":
            return _expn
        if name == "beta":
            return _beta
        if name == "bernoulli":
            return lambda n: np.array([-0.5 if k == 1 else float(mpmath.bernoulli(k)) for k in range(n + 1)])
        if name == "betaln":
            return each(_log_beta, _log_beta_far)
        if name == "spence":
            return each(found["spence"], lambda x: -np.inf if x > 0 else np.nan)
        if name in ("boxcox", "boxcox1p"):
            base: Any = mpmath.log if name == "boxcox" else mpmath.log1p
            return each(lambda x, k: mpmath.expm1(k * base(x)) / k if k else base(x))
        if name not in found:
            raise AttributeError(
                f"no definition of {name}"
            )  # then nothing is proved, and a difference stays one
        return each(found[name])


class OverAxes:
    """Sums of exponentials at 50 digits, along axes."""

    @staticmethod
    def _sum(x: Any, axis: Any) -> Any:
        exponentials = np.frompyfunc(lambda v: mpmath.exp(mpmath.mpf(float(v))), 1, 1)(x)
        return exponentials, np.sum(exponentials, axis=axis, keepdims=True)

    @staticmethod
    def _finite(shares: Any, total: Any) -> Any:
        """The shares of a sum: of an infinite one nothing has a share."""
        sums = np.asarray(total, object) * np.ones(np.shape(shares), int)
        known = np.frompyfunc(lambda t: bool(mpmath.isfinite(t)), 1, 1)(sums).astype(bool)
        return np.where(known, np.asarray(shares, object).astype(np.float64), np.nan)

    def softmax(self, x: Any, axis: Any = -1) -> Any:
        with mpmath.workdps(50):
            terms, total = self._sum(x, axis)
            return self._finite(terms / total, total)

    def log_softmax(self, x: Any, axis: Any = -1) -> Any:
        with mpmath.workdps(50):
            terms, total = self._sum(x, axis)
            return self._finite(np.frompyfunc(mpmath.log, 1, 1)(terms / total), total)

    def logsumexp(self, x: Any, axis: Any = None) -> Any:
        with mpmath.workdps(50):
            total = np.sum(self._sum(x, axis)[0], axis=axis)
            return np.asarray(np.frompyfunc(mpmath.log, 1, 1)(total), object).astype(np.float64)


ORACLE, EXACT = SciPy(), Exact()
