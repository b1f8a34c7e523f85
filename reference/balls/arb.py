"""Balls by Arb: a midpoint and a radius, with every rounding accounted for.

Source: Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE Transactions
on Computers 66(8), 2017. No function here is one of `primitives/elementwise.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from mpmath.libmp import from_man_exp

from ..reals import Raw
from ..system import Definition
from . import arb_parametric
from .missing import no_ball

# A `flint.arb`; python-flint ships no types.
Arf = Any

# flint has one precision for the process: it is set for each call, and put back.
_ONE_AT_A_TIME = Lock()


def _flint() -> Any:
    try:
        import flint
    except ImportError as err:
        raise ImportError(
            "Balls of Arb need python-flint, which is not installed. Run: pip install 'verax[arb]' "
            "(without it, balls are mpmath's intervals)."
        ) from err
    return flint


def _cbrt(x: Arf) -> Arf:
    if x >= 0:
        return x.root(3)
    if x <= 0:
        return -(-x).root(3)
    return (-(-x).abs_upper().root(3)).union(x.abs_upper().root(3))


def _logistic(x: Arf) -> Arf:
    return 1 / (1 + (-x).exp())


def _lgamma(x: Arf) -> Arf:
    """DLMF 5.5.3 for negative numbers."""
    if x > 0:
        return x.lgamma()
    return (type(x).pi() / abs(x.sin_pi())).log() - (1 - x).lgamma()


def _digamma(x: Arf) -> Arf:
    """DLMF 5.5.4 for negative numbers."""
    if x > 0:
        return x.digamma()
    return (1 - x).digamma() - type(x).pi() * x.cot_pi()


def _polygamma(order: int, x: Arf) -> Arf:
    """DLMF 5.15.6 for negative numbers; the derivatives of pi cot(pi x) as a power series."""
    flint = _flint()
    above = flint.acb(x if x > 0 else 1 - x).polygamma(order).real
    if x > 0:
        return above
    before = flint.ctx.cap
    flint.ctx.cap = order + 1
    try:
        turn = flint.arb_series([x, 1]) * flint.arb.pi()
        sine, cosine = turn.sin_cos()
        if sine[0].contains(0):  # at a pole, or too close to one to tell
            return flint.arb("nan")
        coefficient = (cosine / sine)[order]
    finally:
        flint.ctx.cap = before
    slope = coefficient * flint.arb(order).fac() * flint.arb.pi()
    return (-above if order % 2 else above) - slope


def _polygamma_of(m: Arf, x: Arf) -> Arf | None:
    order = m.unique_fmpz() if m.is_exact() and m >= 0 else None
    if order is None:
        return None
    return _polygamma(int(order), x) if order else _digamma(x)


def _bessel(order: int, x: Arf) -> Arf:
    """exp(-|x|) I(x) of an order."""
    return x.bessel_i(order) * (-abs(x)).exp()


def _rem(x: Arf, y: Arf) -> Arf | None:
    quotient = x / y
    whole = quotient.floor() if quotient > 0 else quotient.ceil()
    n = whole.unique_fmpz() if whole.is_finite() else None
    return None if n is None else x - y * n


def _pow(x: Arf, y: Arf) -> Arf:
    n = y.unique_fmpz() if y.is_exact() else None
    return x**y if n is None else x**n


# name -> Arb's function.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "neg": lambda x: -x,
    "abs": abs,
    "square": lambda x: x * x,  # a power of what may be 0 is not known to flint
    "sqrt": lambda x: x.sqrt(),
    "rsqrt": lambda x: x.rsqrt(),
    "cbrt": _cbrt,
    "exp": lambda x: x.exp(),
    "exp2": lambda x: type(x)(2) ** x,
    "expm1": lambda x: x.expm1(),
    "log": lambda x: x.log(),
    "log1p": lambda x: x.log1p(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "asin": lambda x: x.asin(),
    "acos": lambda x: x.acos(),
    "atan": lambda x: x.atan(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "asinh": lambda x: x.asinh(),
    "acosh": lambda x: x.acosh(),
    "atanh": lambda x: x.atanh(),
    "logistic": _logistic,
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "erf_inv": lambda x: x.erfinv(),
    "bessel_i0e": lambda x: _bessel(0, x),
    "bessel_i1e": lambda x: _bessel(1, x),
    "bessel_gap": lambda x: _bessel(0, abs(x)) - _bessel(1, abs(x)),
    "lgamma": _lgamma,
    "digamma": _digamma,
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "rem": _rem,
    "atan2": lambda y, x: type(x).atan2(y, x),
    "pow": _pow,
    "polygamma": _polygamma_of,
    **arb_parametric.FUNCTIONS,
}


class Arb:
    """Arb at a number of bits.

    Attributes:
        bits: binary digits of midpoints.

    Raises:
        ImportError: python-flint is not installed; the message has the line that installs it.
    """

    name = "Arb"

    def __init__(self, bits: int) -> None:
        self.bits, self._flint = bits, _flint()
        self._arb = self._flint.arb

    def _run(self, function: Callable[..., Any], *operands: Any) -> Any:
        context = self._flint.ctx
        with _ONE_AT_A_TIME:
            before = context.prec
            context.prec = self.bits
            try:
                return function(*operands)
            finally:
                context.prec = before

    def point(self, raw: Raw) -> Arf:
        """The ball of radius 0."""
        sign, man, exp, _ = raw
        return self._arb((-int(man) if sign else int(man), exp))

    def around(self, raw: Raw, exponent: int) -> Arf:
        """The ball of radius 2^exponent."""
        return self._arb(self.point(raw), self._arb((1, exponent)))

    def between(self, low: Raw, high: Raw) -> Arf:
        """The ball around both."""
        return self._run(lambda: self.point(low).union(self.point(high)))

    def ends(self, x: Arf) -> tuple[Raw, Raw] | None:
        """The midpoint less and plus the radius, rounded outwards."""
        if not x.is_finite():
            return None
        low, high = self._run(lambda: (_raw(x.lower()), _raw(x.upper())))
        return low, high

    def is_point(self, x: Arf) -> bool:
        """Whether the radius is 0."""
        return bool(x.is_exact())

    def middle(self, x: Arf) -> Raw:
        """The midpoint."""
        return _raw(x.mid())

    def apply(self, definition: Definition, operands: Sequence[Arf]) -> Arf | None:
        """Arb's function of the definition's name."""
        try:
            found = self._run(self._function(definition), *operands)
        except (ValueError, ZeroDivisionError, OverflowError):  # flint's word for what has no ball
            return None
        return found if found is not None and found.is_finite() else None

    def _function(self, definition: Definition) -> Callable[..., Any]:
        if definition.exponent is not None:
            n = definition.exponent
            return lambda x: x**n
        if definition.order is not None:
            order = definition.order
            return lambda x: _polygamma(order, x)
        try:
            return FUNCTIONS[definition.name]
        except KeyError as err:
            raise no_ball(definition, "arb") from err

    def row(self, xs: Sequence[Arf]) -> Any:
        """The balls, and as a matrix of one row and of one column."""
        matrix = self._flint.arb_mat
        return list(xs), matrix(1, len(xs), list(xs)), matrix(len(xs), 1, list(xs))

    def sum(self, xs: Any) -> Arf | None:
        """One ball after another."""
        found = self._run(sum, xs[0], self._arb(0))
        return found if found.is_finite() else None

    def dot(self, xs: Any, ys: Any) -> Arf | None:
        """A product of matrices."""
        found = self._run(lambda: (xs[1] * ys[2])[0, 0])
        return found if found.is_finite() else None


def _raw(x: Arf) -> Raw:
    man, exp = x.man_exp()
    return from_man_exp(int(man), int(exp))  # type: ignore[no-any-return]  # mpmath ships untyped
