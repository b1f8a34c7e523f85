"""How errors of operands pass through elementwise functions: the rules of `Bounded`, in floats.

The first order is partial derivative times bound; a rule adds what the first order leaves out. All
functions take the sizes of operands, their bounds, and the size of the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .primitives.steps import floor
from .reals import INF, Scalar, sign_of

Floats = Sequence[float]

# An operand known to less than this part of itself says nothing about its inverse, logarithm or root.
KNOWN = 1 / 64
# Within that, |f(x + b) - f(x)| of these functions is below their first order by at most this share.
_SHARE = 1 / 24


@dataclass(frozen=True, slots=True)
class Propagation:
    """How one function passes errors on.

    Attributes:
        slopes: the absolute partials, ``slopes(*operands, z)``; None: from the definition's partials.
        rest: what to add to the first order, ``rest(operands, bounds, z, first)``; infinite where the
            operand is known too little. None: the partials are also taken at the ends of the operand's
            interval, and the largest counts.
        branch: a question about the operands that is answered differently on the two sides of a pole; asked at
            the ends of the operand's interval.
        width: the distance of the function's greatest value from its least: no operand's error reaches further.
    """

    slopes: Callable[..., Floats] | None = None
    rest: Callable[[Floats, Floats, float, float], float] | None = None
    branch: Callable[..., Any] | None = None
    width: float = INF


def _nothing(xs: Floats, bs: Floats, z: float, first: float) -> float:
    return 0.0


def _curved(most: float) -> Callable[[Floats, Floats, float, float], float]:
    """Half of the second derivative is at most ``most`` everywhere."""
    return lambda xs, bs, z, first: most * bs[0] * bs[0]


def _known(operand: int) -> Callable[[Floats, Floats, float, float], float]:
    """The function has a pole or a root of its argument at 0."""

    def rest(xs: Floats, bs: Floats, z: float, first: float) -> float:
        return INF if bs[operand] > abs(xs[operand]) * KNOWN else first * _SHARE

    return rest


def _growing(scale: float, offset: float) -> Callable[[Floats, Floats, float, float], float]:
    """exp(x + b) - exp(x) = exp(x) (b + (exp(b) - 1 - b)), with ``offset`` for its relatives."""

    def rest(xs: Floats, bs: Floats, z: float, first: float) -> float:
        b = scale * bs[0]
        return INF if b > 64 else (abs(z) + offset) * (0.6 * b * b if b < 1e-4 else math.expm1(b) - b)

    return rest


def _power(xs: Floats, bs: Floats, z: float, first: float) -> float:
    # (x + dx)^(y + dy) / x^y = exp((y + dy) log(1 + dx / x) + dy log x)
    (x, y), (dx, dy) = xs, bs
    if x == 0.0:
        return 0.0 if dx == 0.0 else INF
    if dx > abs(x) * KNOWN or (x < 0 and dy > 0):
        return INF
    relative = 1.02 * (abs(y) + dy) * dx / abs(x) + abs(math.log(abs(x))) * dy
    return INF if relative > 0.125 else abs(z) * relative * (relative + 0.05)


def _angle(xs: Floats, bs: Floats, z: float, first: float) -> float:
    return INF if math.hypot(*bs) > math.hypot(*xs) * KNOWN else first * _SHARE


def _tangent(xs: Floats, bs: Floats, z: float, first: float) -> float:
    # tan(x + b) - tan x = tan b (1 + z^2) / (1 - z tan b), A&S 4.3.18; the pole is where the denominator vanishes
    step = math.tan(bs[0]) if bs[0] < 0.5 else INF
    if abs(z) * step > 0.5 or step == INF:
        return INF
    return max(step * (1.0 + z * z) / (1.0 - abs(z) * step) - bs[0] * (1.0 + z * z), 0.0)


def _between_poles(x: Scalar) -> Any:
    """Between which two poles of the gamma function a number lies; 0 right of all of them."""
    return 0 if sign_of(x) > 0 else floor(x)


@cache
def integer_power(n: int) -> Propagation:
    """|(x + b)^n - x^n| is at most n (|x| + b)^(n - 1) b."""
    if n < 0:
        return Propagation(None, _inverse_power(n))
    if n == 0:
        return Propagation(lambda x, z: (0.0,), _nothing)

    def slope(x: float) -> float:
        try:
            return n * abs(x) ** (n - 1)
        except OverflowError:
            return INF

    def rest(xs: Floats, bs: Floats, z: float, first: float) -> float:
        return max(slope(abs(xs[0]) + bs[0]) * bs[0] - first, 0.0)

    return Propagation(lambda x, z: (slope(x),), rest)


def _inverse_power(n: int) -> Callable[[Floats, Floats, float, float], float]:
    def rest(xs: Floats, bs: Floats, z: float, first: float) -> float:
        relative = abs(n) * bs[0] / abs(xs[0]) if xs[0] else INF
        return INF if relative > KNOWN * 4 else first * relative * 2 + first * _SHARE

    return rest


_LINEAR = Propagation(lambda x, z: (1.0,), _nothing)
_LINEAR_2 = Propagation(lambda x, y, z: (1.0, 1.0), _nothing)

PROPAGATIONS: dict[str, Propagation] = {
    "neg": _LINEAR,
    "abs": _LINEAR,
    "convert_element_type": _LINEAR,
    "add": _LINEAR_2,
    "sub": _LINEAR_2,
    "mul": Propagation(lambda x, y, z: (abs(y), abs(x)), lambda xs, bs, z, first: bs[0] * bs[1]),
    "div": Propagation(lambda x, y, z: (1.0 / abs(y), abs(z / y)) if y else (INF, INF), _known(1)),
    "rem": Propagation(
        lambda x, y, z: (1.0, abs(math.trunc(x / y)) if y and abs(x / y) < 1e300 else INF), _nothing
    ),
    "square": Propagation(lambda x, z: (2.0 * abs(x),), _curved(1.0)),
    "sqrt": Propagation(lambda x, z: (0.5 / z if z else INF,), _known(0)),
    "rsqrt": Propagation(lambda x, z: (0.5 * abs(z / x) if x else INF,), _known(0)),
    "cbrt": Propagation(lambda x, z: (abs(z / x) / 3 if x else INF,), _known(0)),
    "log": Propagation(lambda x, z: (1.0 / abs(x) if x else INF,), _known(0)),
    "exp": Propagation(lambda x, z: (abs(z),), _growing(1.0, 0.0)),
    "exp2": Propagation(lambda x, z: (0.6931472 * abs(z),), _growing(0.6931472, 0.0)),
    "expm1": Propagation(lambda x, z: (abs(z + 1.0) + 1e-16 * abs(z),), _growing(1.0, 1.0)),
    "sinh": Propagation(lambda x, z: (abs(z) + 1.0,), _growing(1.0, 1.0)),
    "cosh": Propagation(lambda x, z: (abs(z),), _growing(1.0, 1.0)),
    "sin": Propagation(None, _curved(0.5), width=2.0),
    "cos": Propagation(None, _curved(0.5), width=2.0),
    "tanh": Propagation(None, _curved(0.39), width=2.0),
    "tan": Propagation(lambda x, z: (1.0 + z * z,), _tangent),
    "asinh": Propagation(None, _curved(0.2)),
    "atan": Propagation(lambda x, z: (1.0 / (1.0 + x * x),), _curved(0.33), width=math.pi),
    "logistic": Propagation(None, _curved(0.05), width=1.0),
    "erf": Propagation(None, _curved(0.5), width=2.0),
    "erfc": Propagation(None, _curved(0.5), width=2.0),
    # I1 / I0 is at least x / (1 + sqrt(1 + x^2)) (Amos, 1974).
    "bessel_i0e": Propagation(lambda x, z: (z * min(1.0, 1.0 / x) if x else 1.0,), _curved(0.75)),
    "bessel_i1e": Propagation(None, _curved(0.5)),
    "pow": Propagation(None, _power),
    "atan2": Propagation(None, _angle),
    "lgamma": Propagation(branch=_between_poles),
    "digamma": Propagation(branch=_between_poles),
}
POLYGAMMA = Propagation(branch=_between_poles)
# Edges of domains elsewhere: log1p, asin, acos, acosh, atanh.
UNKNOWN = Propagation()
