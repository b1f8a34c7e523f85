"""Balls of functions with parameters, by Arb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Arf = Any


def _flint() -> Any:
    import flint

    return flint


def _lower(a: Arf, x: Arf) -> Arf | None:
    return x.gamma_lower(a, regularized=1) if a > 0 and x > 0 else None


def _upper(a: Arf, x: Arf) -> Arf | None:
    return x.gamma_upper(a, regularized=1) if a > 0 and x > 0 else None


def _lower_by_a(a: Arf, x: Arf) -> Arf | None:
    """The series of P(a, x), DLMF 8.7.1, as a power series in a step of a."""
    flint = _flint()
    if not (a > 0 and x > 0):
        return None
    before, flint.ctx.cap = flint.ctx.cap, 2
    try:
        base = flint.arb_series([a, 1])
        total = term = flint.arb_series([1])
        n = 0
        while not (2 * x < a + n and term[0] < flint.arb((1, -flint.ctx.prec))):
            n += 1
            term = term * x / (base + n)
            total = total + term
            if n > 1 << 18:
                return None
        # The terms fall by half from there, and each one's slope is below it times n / a.
        left = term[0].abs_upper()
        slope = (2 * left * (n + 2) / a).abs_upper()
        total = total + flint.arb_series([flint.arb(0, left), flint.arb(0, slope)])
        return ((base * x.log() - x - (base + 1).lgamma()).exp() * total)[1]
    finally:
        flint.ctx.cap = before


def _beta(a: Arf, b: Arf, x: Arf) -> Arf | None:
    if not (a > 0 and b > 0 and x > 0 and x < 1):
        return None
    return _flint().acb(x).beta_lower(a, b, regularized=True).real


def _zeta(s: Arf, q: Arf) -> Arf | None:
    if s > 1 and q > 0:
        return s.zeta(q)
    n = s.unique_fmpz() if s.is_exact() and q < 0 and s > 1 else None
    if n is None or q.contains_integer():
        return None
    steps = int(float((-q).upper())) + 1
    if steps > 1 << 12:
        return None
    return sum(((q + k) ** -n for k in range(steps)), s.zeta(q + steps))


# name -> Arb's function.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "igamma": _lower,
    "igammac": _upper,
    "igamma_grad_a": _lower_by_a,
    "regularized_incomplete_beta": _beta,
    "zeta": _zeta,
}
