"""Functions of complex numbers, written in their real and imaginary parts.

A complex number is a pair of real scalars, so that a function needs no rule of its own in any number system: exact
values, balls, derivatives and bounds are those of the real functions that its parts are made of. Branch cuts
are C99's (ISO/IEC 9899:1999, Annex G), where the sign of a zero says which side of a cut a number lies on.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable

from ..reals import INF, NAN, Scalar, from_number, is_special, sign_of
from ..system import ComplexDefinition, Operations, Pair

FUNCTIONS: dict[str, ComplexDefinition] = {}

Parts = Callable[..., Pair]


def define(name: str, special: Callable[..., Pair | None] | None = None) -> Callable[[Parts], Parts]:
    """Register the parts of a function, whose docstring is its source."""

    def register(parts: Parts) -> Parts:
        FUNCTIONS[name] = ComplexDefinition(name, parts.__doc__ or "", parts, special)
        return parts

    return register


# -- what is asked -------------------------------------------------------------------------------------
def negative(x: Scalar) -> int:
    """1 where a real is negative, by its sign bit: -0.0 is."""
    return int(math.copysign(1.0, x) < 0) if type(x) is float else int(sign_of(x) < 0)


def _side(o: Operations, x: Scalar) -> int:
    """The sign by which a function chooses its branch: a decision, which a run records."""
    return -1 if o.system.decide(negative, (x,)) else 1


def _of_special(function: Callable[[complex], complex]) -> Callable[..., Pair | None]:
    """C99's value where a part is infinite or NaN, as Python's cmath has it (Annex G)."""

    def special(x: Scalar, y: Scalar) -> Pair | None:
        if not (is_special(x) or is_special(y)):
            return None
        try:
            found = function(complex(_stand_in(x), _stand_in(y)))
        except ValueError:  # cmath raises where C99 returns NaN and the invalid flag
            return NAN, NAN
        return from_number(found.real), from_number(found.imag)

    return special


def _stand_in(x: Scalar) -> float:
    # Beside an infinity a finite number counts by its sign alone, but for angles.
    return x if type(x) is float else float(sign_of(x))


# -- arithmetic ------------------------------------------------------------------------------------------
@define("mul")
def mul(o: Operations, z: Pair, w: Pair) -> Pair:
    """(a + ib)(c + id) = ac - bd + i(ad + bc)."""
    (a, b), (c, d) = z, w
    return o.sub(o.mul(a, c), o.mul(b, d)), o.add(o.mul(a, d), o.mul(b, c))


def _norm(o: Operations, z: Pair) -> Scalar:
    return o.add(o.square(z[0]), o.square(z[1]))


@define("div")
def div(o: Operations, z: Pair, w: Pair) -> Pair:
    """Z conj(w) / |w|^2."""
    above, below = mul(o, z, (w[0], o.neg(w[1]))), _norm(o, w)
    return o.div(above[0], below), o.div(above[1], below)


@define("square")
def square(o: Operations, z: Pair) -> Pair:
    """(x - y)(x + y) + 2ixy."""
    x, y = z
    return o.mul(o.sub(x, y), o.add(x, y)), o.mul(2, o.mul(x, y))


def _hypotenuse(x: Scalar, y: Scalar) -> Pair | None:
    if any(type(v) is float and abs(v) == INF for v in (x, y)):  # C99 F.9.4.3: though the other is NaN
        return INF, 0.0
    return None


@define("abs", special=_hypotenuse)
def absolute(o: Operations, z: Pair) -> Pair:
    """Sqrt(x^2 + y^2), C99 7.12.7.3."""
    return o.sqrt(_norm(o, z)), 0.0


@define("sign")
def sign(o: Operations, z: Pair) -> Pair:
    """Z / |z|, and 0 at 0."""
    if o.value(z[0]) == 0 and o.value(z[1]) == 0:
        return 0.0, 0.0
    size = absolute(o, z)[0]
    return o.div(z[0], size), o.div(z[1], size)


# -- exponentials and logarithms -------------------------------------------------------------------------
@define("exp", special=_of_special(cmath.exp))
def exp(o: Operations, z: Pair) -> Pair:
    """A&S 4.3.47."""
    size = o.exp(z[0])
    return o.mul(size, o.cos(z[1])), o.mul(size, o.sin(z[1]))


@define("exp2")
def exp2(o: Operations, z: Pair) -> Pair:
    """Exp(z log 2)."""
    return exp(o, (o.mul(z[0], o.log(2)), o.mul(z[1], o.log(2))))


@define("expm1")
def expm1(o: Operations, z: Pair) -> Pair:
    """The exponential of z less 1: its real part is that of x less 1, times cos(y), less 2 sin(y/2)^2."""
    x, y = z
    bend = o.mul(2, o.square(o.sin(o.div(y, 2))))
    return o.sub(o.mul(o.expm1(x), o.cos(y)), bend), o.mul(o.exp(x), o.sin(y))


@define("log", special=_of_special(cmath.log))
def log(o: Operations, z: Pair) -> Pair:
    """Log|z| + i arg(z), A&S 4.1.2."""
    return o.div(o.log(_norm(o, z)), 2), o.atan2(z[1], z[0])


@define("log1p")
def log1p(o: Operations, z: Pair) -> Pair:
    """Log(1 + z)."""
    x, y = z
    above = o.add(o.mul(x, o.add(2, x)), o.square(y))
    return o.div(o.log1p(above), 2), o.atan2(y, o.add(1, x))


@define("logistic")
def logistic(o: Operations, z: Pair) -> Pair:
    """1 / (1 + exp(-z))."""
    if _side(o, z[0]) < 0:  # exp(z) / (1 + exp(z)), which does not overflow
        small = exp(o, z)
        return div(o, small, (o.add(1, small[0]), small[1]))
    small = exp(o, (o.neg(z[0]), o.neg(z[1])))
    return div(o, (1, 0), (o.add(1, small[0]), small[1]))


# -- roots and powers --------------------------------------------------------------------------------------
@define("sqrt", special=_of_special(cmath.sqrt))
def sqrt(o: Operations, z: Pair) -> Pair:
    """The root with a non-negative real part, A&S 3.7.27."""
    x, y = z
    if o.value(x) == 0 and o.value(y) == 0:
        return 0.0, y
    size = absolute(o, z)[0]
    if _side(o, x) > 0:
        root = o.sqrt(o.div(o.add(size, x), 2))
        return root, o.div(y, o.mul(2, root))
    root = o.sqrt(o.div(o.sub(size, x), 2))
    if _side(o, y) > 0:
        return o.div(y, o.mul(2, root)), root
    return o.neg(o.div(y, o.mul(2, root))), o.neg(root)


@define("rsqrt")
def rsqrt(o: Operations, z: Pair) -> Pair:
    """1 / sqrt(z)."""
    return div(o, (1, 0), sqrt(o, z))


@define("pow")
def pow_(o: Operations, z: Pair, w: Pair) -> Pair:
    """Exp(w log z); 0 to a power with a positive real part is 0, and to the power 0 it is 1."""
    if o.value(w[0]) == 0 and o.value(w[1]) == 0:
        return from_number(1.0), 0.0
    if o.value(z[0]) == 0 and o.value(z[1]) == 0:
        return (0.0, 0.0) if sign_of(o.value(w[0])) > 0 else (NAN, NAN)
    return exp(o, mul(o, w, log(o, z)))


def integer_power(n: int) -> ComplexDefinition:
    """The n-th power, by repeated squaring; a negative power is the inverse of a positive one."""

    def parts(o: Operations, z: Pair) -> Pair:
        found, factor, left = (from_number(1.0), 0.0), z, abs(n)
        while left:
            found = mul(o, found, factor) if left & 1 else found
            factor, left = (mul(o, factor, factor) if left > 1 else factor), left >> 1
        return div(o, (1, 0), found) if n < 0 else found

    return ComplexDefinition("integer_pow", "z z ... z, n factors", parts)


# -- circular and hyperbolic functions -----------------------------------------------------------------------
@define("sin")
def sin(o: Operations, z: Pair) -> Pair:
    """A&S 4.3.55."""
    x, y = z
    return o.mul(o.sin(x), o.cosh(y)), o.mul(o.cos(x), o.sinh(y))


@define("cos")
def cos(o: Operations, z: Pair) -> Pair:
    """A&S 4.3.56."""
    x, y = z
    return o.mul(o.cos(x), o.cosh(y)), o.neg(o.mul(o.sin(x), o.sinh(y)))


@define("sinh", special=_of_special(cmath.sinh))
def sinh(o: Operations, z: Pair) -> Pair:
    """A&S 4.5.49."""
    x, y = z
    return o.mul(o.sinh(x), o.cos(y)), o.mul(o.cosh(x), o.sin(y))


@define("cosh", special=_of_special(cmath.cosh))
def cosh(o: Operations, z: Pair) -> Pair:
    """A&S 4.5.50."""
    x, y = z
    return o.mul(o.cosh(x), o.cos(y)), o.mul(o.sinh(x), o.sin(y))


@define("tan")
def tan(o: Operations, z: Pair) -> Pair:
    """A&S 4.3.57, with exp(-2|y|) taken out so that nothing overflows."""
    x, y = z
    side = _side(o, y)
    height = y if side > 0 else o.neg(y)
    less = o.expm1(o.mul(-2, height))  # q - 1, where q = exp(-2|y|)
    q = o.add(1, less)
    below = o.add(o.mul(4, o.mul(q, o.square(o.cos(x)))), o.square(less))
    level = o.div(o.mul(4, o.mul(q, o.mul(o.sin(x), o.cos(x)))), below)
    rise = o.div(o.neg(o.mul(less, o.add(1, q))), below)
    return level, rise if side > 0 else o.neg(rise)


@define("tanh", special=_of_special(cmath.tanh))
def tanh(o: Operations, z: Pair) -> Pair:
    """-i tan(iz)."""
    level, rise = tan(o, (o.neg(z[1]), z[0]))
    return rise, o.neg(level)


# -- their inverses: W. Kahan, "Branch cuts for complex elementary functions", 1987 ------------------------------
def _roots(o: Operations, z: Pair) -> tuple[Pair, Pair]:
    """sqrt(1 - z) and sqrt(1 + z)."""
    x, y = z
    return sqrt(o, (o.sub(1, x), o.neg(y))), sqrt(o, (o.add(1, x), y))


@define("asin", special=_of_special(cmath.asin))
def asin(o: Operations, z: Pair) -> Pair:
    """Kahan 1987: arcsin."""
    (a, b), (c, d) = _roots(o, z)
    return o.atan2(z[0], o.sub(o.mul(a, c), o.mul(b, d))), o.asinh(o.sub(o.mul(a, d), o.mul(b, c)))


@define("acos", special=_of_special(cmath.acos))
def acos(o: Operations, z: Pair) -> Pair:
    """Kahan 1987: arccos."""
    (a, b), (c, d) = _roots(o, z)
    return o.mul(2, o.atan2(a, c)), o.asinh(o.sub(o.mul(b, c), o.mul(a, d)))


@define("acosh", special=_of_special(cmath.acosh))
def acosh(o: Operations, z: Pair) -> Pair:
    """Kahan 1987: arccosh."""
    x, y = z
    (a, b), (c, d) = sqrt(o, (o.sub(x, 1), y)), sqrt(o, (o.add(1, x), y))
    return o.asinh(o.add(o.mul(a, c), o.mul(b, d))), o.mul(2, o.atan2(b, c))


@define("asinh", special=_of_special(cmath.asinh))
def asinh(o: Operations, z: Pair) -> Pair:
    """I arcsin(-iz)."""
    level, rise = asin(o, (z[1], o.neg(z[0])))
    return o.neg(rise), level


@define("atanh", special=_of_special(cmath.atanh))
def atanh(o: Operations, z: Pair) -> Pair:
    """Kahan 1987: arctanh."""
    x, y = z
    far = o.add(o.square(o.sub(1, x)), o.square(y))
    level = o.div(o.log1p(o.div(o.mul(4, x), far)), 4)
    across = o.sub(o.mul(o.sub(1, x), o.add(1, x)), o.square(y))
    return level, o.div(o.atan2(o.mul(2, y), across), 2)


@define("atan", special=_of_special(cmath.atan))
def atan(o: Operations, z: Pair) -> Pair:
    """-i arctanh(iz)."""
    level, rise = atanh(o, (o.neg(z[1]), z[0]))
    return rise, o.neg(level)


@define("atan2")
def atan2(o: Operations, y: Pair, x: Pair) -> Pair:
    """-i log((x + iy) / sqrt(x^2 + y^2)), JAX's for complex numbers."""
    above = (o.sub(x[0], y[1]), o.add(x[1], y[0]))
    xx, yy = square(o, x), square(o, y)
    level, rise = log(o, div(o, above, sqrt(o, (o.add(xx[0], yy[0]), o.add(xx[1], yy[1])))))
    return rise, o.neg(level)
