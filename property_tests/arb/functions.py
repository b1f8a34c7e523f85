"""Arb's functions by the names of primitives. They share nothing with `reference/balls`, whose rows are tried too.

Source: Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE Transactions
on Computers 66(8), 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language.catalogue import PRIMITIVES

# A `flint.arb`; python-flint ships no types.
Arf = Any


def _complex(x: Arf) -> Any:
    import flint

    return flint.acb(x)


def _cbrt(x: Arf) -> Arf:
    return x.root(3) if x > 0 else -((-x).root(3))


def _pow(x: Arf, y: Arf) -> Arf:
    n = y.unique_fmpz()
    return x**y if n is None else x**n


def _density(a: Arf, x: Arf) -> Arf:
    """x^a exp(-x) / Gamma(a + 1)."""
    return (a * x.log() - x - (a + 1).lgamma()).exp()


def _lower_by_a(a: Arf, x: Arf) -> Arf:
    """The derivative of P(a, x) by a, by 2F2(a, a; a + 1, a + 1; -x).

    Source: Geddes, Glasser, Moore and Scott, "Evaluation of classes of definite integrals involving elementary
    functions via differentiation of special functions", 1990.
    """
    series = _complex(-x).hypgeom([a, a], [a + 1, a + 1]).real
    return (x.log() - a.digamma()) * _lower(a, x) - _density(a, x) * x.exp() / a * series


def _lower(a: Arf, x: Arf) -> Arf:
    """P(a, x), DLMF 8.5.1 and 8.7.1: Arb's own, and its 1F1, take seconds next to a peak at large parameters."""
    # With a parameter above and below that goes out, Arb sums the series itself.
    return _density(a, x) * _complex(x).hypgeom([1, 1], [a + 1, 1]).real


def _beta(a: Arf, b: Arf, x: Arf) -> Arf:
    """I_x(a, b), DLMF 8.17.8, or 8.17.4: Arb's own function takes for ever at some parameters."""
    if 2 * x > 1:
        return 1 - _beta(b, a, 1 - x)
    front = a * x.log() + b * (-x).log1p() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()
    return front.exp() * _complex(x).hypgeom_2f1(a + b, 1, a + 1).real


def _sample_by_a(a: Arf, x: Arf) -> Arf:
    return -_lower_by_a(a, x) * x / (_density(a, x) * a)


# The complex logarithm of the gamma function has log |Gamma| as its real part.
FUNCTIONS: dict[str, Callable[..., Arf]] = {
    "acos": lambda x: x.acos(),
    "acosh": lambda x: x.acosh(),
    "asin": lambda x: x.asin(),
    "asinh": lambda x: x.asinh(),
    "atan": lambda x: x.atan(),
    "atan2": lambda y, x: type(x).atan2(y, x),
    "atanh": lambda x: x.atanh(),
    "bessel_i0e": lambda x: _complex(abs(x)).bessel_i(0, scaled=True).real,
    "bessel_i1e": lambda x: _complex(abs(x)).bessel_i(1, scaled=True).real * x.sgn(),
    "cbrt": _cbrt,
    "cos": lambda x: x.cos(),
    "cosh": lambda x: x.cosh(),
    "digamma": lambda x: x.digamma(),
    "erf": lambda x: x.erf(),
    "erf_inv": lambda x: x.erfinv(),
    "erfc": lambda x: x.erfc(),
    "exp": lambda x: x.exp(),
    "exp2": lambda x: (x * type(x).const_log2()).exp(),
    "expm1": lambda x: x.expm1(),
    "igamma": _lower,
    "igamma_grad_a": _lower_by_a,
    "igammac": lambda a, x: x.gamma_upper(a, regularized=1),
    "lgamma": lambda x: _complex(x).lgamma().real,
    "log": lambda x: x.log(),
    "log1p": lambda x: x.log1p(),
    "logistic": lambda x: x.exp() / (1 + x.exp()),
    "polygamma": lambda m, x: _complex(x).polygamma(m).real,
    "pow": _pow,
    "random_gamma_grad": _sample_by_a,
    "regularized_incomplete_beta": _beta,
    "rsqrt": lambda x: x.rsqrt(),
    "sin": lambda x: x.sin(),
    "sinh": lambda x: x.sinh(),
    "tan": lambda x: x.tan(),
    "tanh": lambda x: x.tanh(),
    "zeta": lambda s, q: s.zeta(q),
}

# Transcendental rows that are not in the run, and why.
WITHOUT: dict[str, str] = {
    "integer_pow": "a product, and no transcendental function",
}


def transcendental() -> list[str]:
    """The catalogue's rows that cannot be rounded correctly by a formula: their budget is above half an ulp."""
    rows = PRIMITIVES.values()
    names = [p.name for p in rows if p.kind == "elementwise" and p.domain and p.budget.f32 > 0.5]
    return [name for name in names if name not in WITHOUT]
