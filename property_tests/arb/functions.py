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
    "lgamma": lambda x: _complex(x).lgamma().real,
    "log": lambda x: x.log(),
    "log1p": lambda x: x.log1p(),
    "logistic": lambda x: x.exp() / (1 + x.exp()),
    "pow": _pow,
    "rsqrt": lambda x: x.rsqrt(),
    "sin": lambda x: x.sin(),
    "sinh": lambda x: x.sinh(),
    "tan": lambda x: x.tan(),
    "tanh": lambda x: x.tanh(),
}

# Transcendental rows that are not in the run, and why.
WITHOUT: dict[str, str] = {
    "integer_pow": "a product, and no transcendental function",
    **dict.fromkeys(
        ("igamma", "igammac", "regularized_incomplete_beta", "zeta", "polygamma"),
        "its series take minutes at parameters of every exponent: held at chosen points, not at drawn ones",
    ),
    "igamma_grad_a": "a derivative by a parameter",
    "random_gamma_grad": "a derivative by a parameter",
}


def transcendental() -> list[str]:
    """The catalogue's rows that cannot be rounded correctly by a formula: their budget is above half an ulp."""
    rows = PRIMITIVES.values()
    names = [p.name for p in rows if p.kind == "elementwise" and p.domain and p.budget.f32 > 0.5]
    return [name for name in names if name not in WITHOUT]
