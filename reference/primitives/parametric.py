"""The rows of functions with parameters: incomplete gamma and beta, Hurwitz zeta, polygamma; and their derivatives.

Derivatives by a parameter are members of a family, one for each order, computed by the same series.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from .. import special_values
from ..reals import Scalar
from ..system import Definition, Operations, OutOfReach
from . import incomplete, zeta
from .elementwise import define, polygamma

# The derivative of an order by one parameter, and of one by another, of the logarithm of a density.
Slopes = Callable[[int, int], Scalar]


def _bell(o: Operations, slope: Slopes, i: int, j: int = 0) -> Scalar:
    """The derivative of exp(f), of order i by one parameter and j by another, over exp(f): Bell's complete polynomials.

    From the derivative of f' exp(f) by Leibniz's rule, of one order less.
    """
    if i == 0:
        return _bell(o, lambda p, q: slope(q, p), j) if j else 1
    terms = [
        o.mul(
            o.mul(math.comb(i - 1, p) * math.comb(j, q), slope(p + 1, q)), _bell(o, slope, i - 1 - p, j - q)
        )
        for p in range(i)
        for q in range(j + 1)
    ]
    return functools.reduce(o.add, terms)


def _psi(o: Operations, order: int, x: Scalar) -> Scalar:
    return o.apply(polygamma(order), x) if order else o.digamma(x)


def _unsaid(*operands: Any) -> Any:
    raise OutOfReach("a polygamma function is defined for whole orders only, and has no derivative by them")


_BY_ORDER = Definition("polygamma_by_m", "undefined", lambda system, m, x: math.nan, _unsaid)


# -- the incomplete gamma functions ------------------------------------------------------------------------
def _gamma_density(o: Operations, a: Scalar, x: Scalar) -> Scalar:
    """The derivative of P(a, x) by x, DLMF 8.8.13."""
    return o.mul(o.pow(x, o.sub(a, 1)), o.exp(o.neg(o.add(x, o.lgamma(a)))))


def _logs_by_a(o: Operations, a: Scalar, x: Scalar) -> Slopes:
    """The derivatives by a of the logarithm of that density."""
    return lambda i, _: o.neg(_psi(o, i - 1, a)) if i > 1 else o.sub(o.log(x), o.digamma(a))


def _density_by_a(order: int, o: Operations, a: Scalar, x: Scalar, z: Scalar) -> Scalar:
    if o.value(x) == 0:  # its limit, by the power of x
        return _gamma_density(o, a, x)
    return o.mul(_gamma_density(o, a, x), _bell(o, _logs_by_a(o, a, x), order))


@cache
def igamma_by_a(order: int) -> Definition:
    """The derivative of P(a, x) by a, of an order."""
    return Definition(
        "igamma_grad_a" if order == 1 else f"igamma_by_a{order}",
        f"the derivative of order {order} by a of P(a, x), DLMF 8.2.4",
        special_values.igamma_grad_a,
        functools.partial(incomplete.igamma_by_a, order),
        partials=(
            lambda o, a, x, z: o.apply(igamma_by_a(order + 1), a, x),
            functools.partial(_density_by_a, order),
        ),
    )


define(
    "igamma",
    "P(a, x), DLMF 8.2.4",
    function=incomplete.igamma,
    special=special_values.igamma,
    partials=(lambda o, a, x, z: o.igamma_grad_a(a, x), lambda o, a, x, z: _gamma_density(o, a, x)),
)
define(
    "igammac",
    "Q(a, x), DLMF 8.2.4",
    function=incomplete.igammac,
    special=special_values.igammac,
    partials=(
        lambda o, a, x, z: o.neg(o.igamma_grad_a(a, x)),
        lambda o, a, x, z: o.neg(_gamma_density(o, a, x)),
    ),
)
_BY_A = igamma_by_a(1)
define(_BY_A.name, _BY_A.source, function=_BY_A.function, special=_BY_A.special, partials=_BY_A.partials)


def _sample_slope(o: Operations, a: Scalar, x: Scalar) -> Scalar:
    return o.neg(o.div(o.igamma_grad_a(a, x), _gamma_density(o, a, x)))


def _sample_slope_by_a(o: Operations, a: Scalar, x: Scalar, z: Scalar) -> Scalar:
    second = o.div(o.apply(igamma_by_a(2), a, x), _gamma_density(o, a, x))
    return o.neg(o.add(second, o.mul(z, o.sub(o.log(x), o.digamma(a)))))


def _sample_slope_by_x(o: Operations, a: Scalar, x: Scalar, z: Scalar) -> Scalar:
    steep = o.sub(o.div(o.sub(a, 1), x), 1)
    return o.neg(o.add(o.sub(o.log(x), o.digamma(a)), o.mul(z, steep)))


define(
    "random_gamma_grad",
    "the derivative by a of the x with P(a, x) = u: -(dP/da) / (dP/dx)",
    function=incomplete.random_gamma_grad,
    formula=_sample_slope,  # for balls, which have no series of it
    special=special_values.random_gamma_grad,
    partials=(_sample_slope_by_a, _sample_slope_by_x),
)


# -- the incomplete beta function --------------------------------------------------------------------------
def _beta_density(o: Operations, a: Scalar, b: Scalar, x: Scalar) -> Scalar:
    """The derivative of I_x(a, b) by x, DLMF 8.17.1."""
    powers = o.mul(o.pow(x, o.sub(a, 1)), o.pow(o.sub(1, x), o.sub(b, 1)))
    return o.mul(powers, o.exp(o.sub(o.lgamma(o.add(a, b)), o.add(o.lgamma(a), o.lgamma(b)))))


def _beta_logs(o: Operations, a: Scalar, b: Scalar, x: Scalar) -> Slopes:
    """The derivatives by a and b of the logarithm of that density."""

    def slope(i: int, j: int) -> Scalar:
        found = _psi(o, i + j - 1, o.add(a, b))
        if i and j:
            return found
        found = o.sub(found, _psi(o, i + j - 1, a if i else b))
        power = o.log(x) if i else o.log1p(o.neg(x))
        return o.add(power, found) if i + j == 1 else found

    return slope


def _beta_density_by(orders: tuple[int, int], o: Operations, *operands: Scalar) -> Scalar:
    a, b, x, _ = operands
    return o.mul(_beta_density(o, a, b, x), _bell(o, _beta_logs(o, a, b, x), *orders))


@cache
def betainc_by(i: int, j: int) -> Definition:
    """The derivative of I_x(a, b) of order i by a and j by b."""
    return Definition(
        f"betainc_by{i}_{j}",
        f"the derivative of order {i} by a and {j} by b of I_x(a, b), DLMF 8.17.2",
        special_values.betainc_by,
        functools.partial(incomplete.betainc, (i, j)),
        partials=(
            lambda o, a, b, x, z: o.apply(betainc_by(i + 1, j), a, b, x),
            lambda o, a, b, x, z: o.apply(betainc_by(i, j + 1), a, b, x),
            functools.partial(_beta_density_by, (i, j)),
        ),
    )


define(
    "regularized_incomplete_beta",
    "I_x(a, b), DLMF 8.17.2",
    function=functools.partial(incomplete.betainc, (0, 0)),
    special=special_values.betainc,
    partials=(
        lambda o, a, b, x, z: o.apply(betainc_by(1, 0), a, b, x),
        lambda o, a, b, x, z: o.apply(betainc_by(0, 1), a, b, x),
        lambda o, a, b, x, z: _beta_density(o, a, b, x),
    ),
)


# -- zeta and polygamma -------------------------------------------------------------------------------------
@cache
def zeta_by_s(order: int) -> Definition:
    """The derivative of the Hurwitz zeta function by s, of an order."""

    def by_q(o: Operations, s: Scalar, q: Scalar, z: Scalar) -> Scalar:
        above = o.add(s, 1)
        found = o.mul(s, o.apply(zeta_by_s(order), above, q))
        if order:
            found = o.add(found, o.mul(order, o.apply(zeta_by_s(order - 1), above, q)))
        return o.neg(found)

    return Definition(
        f"zeta_by_s{order}" if order else "zeta",
        "DLMF 25.11.1, 25.11.17",
        functools.partial(special_values.zeta, order),
        functools.partial(zeta.zeta, order),
        partials=(lambda o, s, q, z: o.apply(zeta_by_s(order + 1), s, q), by_q),
    )


_ZETA = zeta_by_s(0)
define("zeta", _ZETA.source, function=_ZETA.function, special=_ZETA.special, partials=_ZETA.partials)
define(
    "polygamma",
    "the derivative of digamma of order m, DLMF 5.15.1",
    function=zeta.polygamma,
    special=special_values.polygamma,
    partials=(lambda o, m, x, z: o.apply(_BY_ORDER, m, x), lambda o, m, x, z: o.polygamma(o.add(m, 1), x)),
)
