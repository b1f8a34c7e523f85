"""Elementwise functions of one number: each element of the result depends on the element at its place."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import aval_of, lift
from ..dtypes import (
    UNSIGNED,
    bool_,
    canonical,
    default_float,
    finfo,
    float16,
    float64,
    is_complex,
    is_float,
    is_inexact,
)
from .complex_numbers import in_each_part
from .promotion import array_of, convert, promote, promote_inexact, promote_numeric, real_only

Unary = Callable[[Any], Array]
Binary = Callable[[Any, Any], Array]

ROUND_TO_EVEN = 1
ROUND_AWAY_FROM_ZERO = 0


def const(x: Any, value: Any) -> Any:
    """A number in the type of an array: weak beside a weak scalar, as JAX's ``lax._const`` has it."""
    aval = aval_of(x)
    return convert(value, aval.dtype, aval.weak_type and aval.ndim == 0)


def like(x: Any, value: Any) -> Any:
    """A number in the type of an array: weak if that is, as a Python number beside it would be."""
    aval = aval_of(x)
    return convert(value, aval.dtype, aval.weak_type)


def strong(x: Any, value: Any) -> Any:
    """A number in the dtype of an array, never weak."""
    return convert(value, aval_of(x).dtype)


_DOC = """{what}

Returns:
    {gives}

Raises:
    TypeError: an argument is no array and no number.
"""


def _named(function: Any, name: str, what: str, gives: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = _DOC.format(what=what, gives=gives)
    return function


def _real(name: str, operation: Callable[[Any], Array], doc: str) -> Unary:
    """A function of reals: integers and booleans become floats first."""

    def function(x: Any, /) -> Array:
        return operation(*promote_inexact(name, x))

    gives = "Floats, or complex numbers, of x's shape; integers and booleans become floats."
    named: Unary = _named(function, name, doc, gives)
    return named


def _whole(name: str, operation: Callable[[Any], Array], doc: str) -> Unary:
    """A rounding: integers and booleans are whole already."""

    def function(x: Any, /) -> Array:
        x = array_of(name, x)
        return operation(x) if is_inexact(x.dtype) else x

    named: Unary = _named(function, name, doc, "An array of x's shape and dtype.")
    return named


def pair(
    name: str,
    promotion: Any,
    operation: Callable[[Any, Any], Array],
    doc: str,
    gives: str = "An array of the broadcast shape and the common dtype.",
) -> Binary:
    """A function of two arguments that meet by a promotion."""

    def function(x1: Any, x2: Any, /) -> Array:
        return operation(*promotion(name, x1, x2))

    named: Binary = _named(function, name, doc, gives)
    return named


# -- functions of one real ------------------------------------------------------------------------------
exp = _real("exp", lax.exp, "e to the power x.")
exp2 = _real("exp2", lax.exp2, "2 to the power x.")
expm1 = _real("expm1", lax.expm1, "exp(x) - 1, precise near 0.")
log = _real("log", lax.log, "The natural logarithm.")
log1p = _real("log1p", lax.log1p, "log(1 + x), precise near 0.")
sqrt = _real("sqrt", lax.sqrt, "The square root.")
cbrt = _real("cbrt", lax.cbrt, "The cube root.")
sin = _real("sin", lax.sin, "The sine.")
cos = _real("cos", lax.cos, "The cosine.")
tan = _real("tan", lax.tan, "The tangent.")
arcsin = _real("arcsin", lax.asin, "The angle in [-pi/2, pi/2] whose sine is x.")
arccos = _real("arccos", lax.acos, "The angle in [0, pi] whose cosine is x.")
arctan = _real("arctan", lax.atan, "The angle in [-pi/2, pi/2] whose tangent is x.")
sinh = _real("sinh", lax.sinh, "The hyperbolic sine.")
cosh = _real("cosh", lax.cosh, "The hyperbolic cosine.")
tanh = _real("tanh", lax.tanh, "The hyperbolic tangent.")
arcsinh = _real("arcsinh", lax.asinh, "The inverse of sinh.")
arccosh = _real("arccosh", lax.acosh, "The non-negative inverse of cosh.")
arctanh = _real("arctanh", lax.atanh, "The inverse of tanh.")


def fabs(x: Any, /) -> Array:
    """The absolute value, as a float; complex numbers are refused.

    Returns:
        Floats of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.abs(*promote_inexact("fabs", real_only("fabs", x)))


asin, acos, atan = arcsin, arccos, arctan
asinh, acosh, atanh = arcsinh, arccosh, arctanh

floor = _whole("floor", lax.floor, "The largest whole number that is not above x.")
ceil = _whole("ceil", lax.ceil, "The smallest whole number that is not below x.")


def log2(x: Any, /) -> Array:
    """The logarithm to base 2.

    Returns:
        Floats, or complex numbers, of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("log2", x)
    return lax.div(lax.log(x), lax.log(strong(x, 2)))


def log10(x: Any, /) -> Array:
    """The logarithm to base 10.

    Returns:
        Floats, or complex numbers, of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("log10", x)
    return lax.div(lax.log(x), lax.log(strong(x, 10)))


def trunc(x: Any, /) -> Array:
    """The whole number next to x towards zero.

    Returns:
        An array of x's shape and dtype; integers and booleans as they are.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    given = array_of("trunc", x)
    if not is_inexact(given.dtype):
        return given
    return lax.select(lax.lt(given, const(given, 0)), lax.ceil(given), lax.floor(given))


fix = trunc


def rint(x: Any, /) -> Array:
    """The nearest whole number as a float, halves to even.

    Returns:
        Floats of x's shape, of its dtype where that is a float.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("rint", x)
    if is_complex(x.dtype):
        return in_each_part(rint, x)
    return lax.round(x, ROUND_TO_EVEN) if is_float(x.dtype) else lift(convert(x, default_float()))


def round(a: Any, decimals: int = 0) -> Array:
    """The nearest number with ``decimals`` digits after the point, halves to even.

    Returns:
        An array of a's shape and dtype.

    Raises:
        ValueError: a negative ``decimals`` for integers.
    """
    given, decimals = array_of("round", a), operator.index(decimals)
    if is_complex(given.dtype):
        return in_each_part(lambda part: round(part, decimals), given)
    if not is_float(given.dtype):
        if decimals < 0:
            raise ValueError(
                f"`decimals` must not be negative for {given.dtype}, got {decimals}. Convert to a float."
            )
        return given
    if decimals == 0:
        return lax.round(given, ROUND_TO_EVEN)
    if 10.0**decimals > float(finfo(given.dtype).max):
        return given
    # 10**decimals and the product with it leave float16's range early.
    wide = convert(given, canonical(np.float32)) if given.dtype == float16 else given
    factor = const(wide, 10.0**decimals)
    found = lax.div(lax.round(lax.mul(wide, factor), ROUND_TO_EVEN), factor)
    return found if found.dtype == given.dtype else lift(convert(found, given.dtype))


around = round


def sign(x: Any, /) -> Array:
    """-1, 0 or 1; NaN for NaN.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.sign(*promote("sign", x))


def negative(x: Any, /) -> Array:
    """-x.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.neg(*promote("negative", x))


def positive(x: Any, /) -> Array:
    """x itself.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return array_of("positive", x)


def absolute(x: Any, /) -> Array:
    """The absolute value.

    Returns:
        An array of x's shape and dtype; of complex numbers their real dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("absolute", x)
    return x if x.dtype == bool_ or x.dtype in UNSIGNED else lax.abs(x)


abs = absolute


def square(x: Any, /) -> Array:
    """x times x.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    return lax.square(*promote_numeric("square", x))


def reciprocal(x: Any, /) -> Array:
    """1 / x.

    Returns:
        Floats, or complex numbers, of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("reciprocal", x)
    return lax.div(like(x, 1), x)


def deg2rad(x: Any, /) -> Array:
    """Degrees to radians.

    Returns:
        Floats, or complex numbers, of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("deg2rad", x)
    return lax.mul(x, const(x, np.pi / 180))


def rad2deg(x: Any, /) -> Array:
    """Radians to degrees.

    Returns:
        Floats, or complex numbers, of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("rad2deg", x)
    return lax.mul(x, const(x, 180 / np.pi))


radians, degrees = deg2rad, rad2deg


def sinc(x: Any, /) -> Array:
    """sin(pi x) / (pi x), and 1 at 0.

    Returns:
        Floats of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = lift(*promote_inexact("sinc", x))
    pi = const(x, np.pi)
    near = lax.lt(lax.abs(x), const(x, 0.5))
    # The quotient's derivatives cancel near 0, and it never comes there: the Taylor series carries them.
    square = lax.square(lax.mul(pi, lax.select(near, x, lax.full_like(x, 0))))
    series = lax.full_like(x, 0)
    for k in reversed(range(_SINC_TERMS.get(x.dtype, 9))):
        series = lax.add(lax.mul(series, square), const(x, (-1.0) ** k / math.factorial(2 * k + 1)))
    # The distance from the next whole number is exact: the sine keeps its digits, however large x is.
    far = lax.select(near, lax.full_like(x, 1), x)
    whole = lax.round(far, ROUND_TO_EVEN)
    sine = lax.sin(lax.mul(pi, lax.sub(far, whole)))
    odd = lax.ne(lax.rem(whole, const(x, 2)), const(x, 0))
    quotient = lax.div(lax.div(lax.select(odd, lax.neg(sine), sine), pi), far)
    return lax.select(near, series, quotient)


# (pi / 2)^2k / (2k + 1)! and its slopes are below half an ulp of 1 from that term on.
_SINC_TERMS = {float64: 14}
