"""Elementwise functions: each element of the result depends on the elements at its place."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import Tracer, aval_of, lift
from ..dtypes import (
    UNSIGNED,
    DType,
    bool_,
    canonical,
    default_float,
    finfo,
    float16,
    float64,
    is_float,
    is_integer,
)
from ..lax.running import logaddexp as _logaddexp
from .promotion import (
    array_of,
    convert,
    promote,
    promote_inexact,
    promote_numeric,
)

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


def _named(function: Any, name: str, doc: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _real(name: str, operation: Callable[[Any], Array], doc: str) -> Unary:
    """A function of reals: integers and booleans become floats first."""

    def function(x: Any, /) -> Array:
        return operation(*promote_inexact(name, x))

    named: Unary = _named(function, name, doc)
    return named


def _whole(name: str, operation: Callable[[Any], Array], doc: str) -> Unary:
    """A rounding: integers and booleans are whole already."""

    def function(x: Any, /) -> Array:
        x = array_of(name, x)
        return operation(x) if is_float(x.dtype) else x

    named: Unary = _named(function, name, doc)
    return named


def _pair(name: str, promotion: Any, operation: Callable[[Any, Any], Array], doc: str) -> Binary:
    """A function of two arguments that meet by a promotion."""

    def function(x1: Any, x2: Any, /) -> Array:
        return operation(*promotion(name, x1, x2))

    named: Binary = _named(function, name, doc)
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
fabs = _real("fabs", lax.abs, "The absolute value, as a float.")

asin, acos, atan = arcsin, arccos, arctan
asinh, acosh, atanh = arcsinh, arccosh, arctanh

floor = _whole("floor", lax.floor, "The largest whole number that is not above x.")
ceil = _whole("ceil", lax.ceil, "The smallest whole number that is not below x.")


def log2(x: Any, /) -> Array:
    """The logarithm to base 2."""
    (x,) = promote_inexact("log2", x)
    return lax.div(lax.log(x), lax.log(strong(x, 2)))


def log10(x: Any, /) -> Array:
    """The logarithm to base 10."""
    (x,) = promote_inexact("log10", x)
    return lax.div(lax.log(x), lax.log(strong(x, 10)))


def trunc(x: Any, /) -> Array:
    """The whole number next to x towards zero."""
    given = array_of("trunc", x)
    if not is_float(given.dtype):
        return given
    return lax.select(lax.lt(given, const(given, 0)), lax.ceil(given), lax.floor(given))


fix = trunc


def rint(x: Any, /) -> Array:
    """The nearest whole number as a float, halves to even."""
    x = array_of("rint", x)
    return lax.round(x, ROUND_TO_EVEN) if is_float(x.dtype) else lift(convert(x, default_float()))


def round(a: Any, decimals: int = 0) -> Array:
    """The nearest number with ``decimals`` digits after the point, halves to even.

    Raises:
        ValueError: a negative ``decimals`` for integers.
    """
    given, decimals = array_of("round", a), operator.index(decimals)
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
    """-1, 0 or 1; NaN for NaN."""
    return lax.sign(*promote("sign", x))


def negative(x: Any, /) -> Array:
    """-x."""
    return lax.neg(*promote("negative", x))


def positive(x: Any, /) -> Array:
    """x itself."""
    return array_of("positive", x)


def absolute(x: Any, /) -> Array:
    """The absolute value."""
    x = array_of("absolute", x)
    return x if x.dtype == bool_ or x.dtype in UNSIGNED else lax.abs(x)


abs = absolute


def square(x: Any, /) -> Array:
    """x times x."""
    return lax.square(*promote_numeric("square", x))


def reciprocal(x: Any, /) -> Array:
    """1 / x."""
    (x,) = promote_inexact("reciprocal", x)
    return lax.div(like(x, 1), x)


def deg2rad(x: Any, /) -> Array:
    """Degrees to radians."""
    (x,) = promote_inexact("deg2rad", x)
    return lax.mul(x, const(x, np.pi / 180))


def rad2deg(x: Any, /) -> Array:
    """Radians to degrees."""
    (x,) = promote_inexact("rad2deg", x)
    return lax.mul(x, const(x, 180 / np.pi))


radians, degrees = deg2rad, rad2deg


def sinc(x: Any, /) -> Array:
    """sin(pi x) / (pi x), and 1 at 0."""
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


# -- signs and classes ------------------------------------------------------------------------------------
def signbit(x: Any, /) -> Array:
    """Whether the sign bit is set: -0.0 and negative NaNs count."""
    (x,) = promote("signbit", x)
    x = lift(x)
    if x.dtype == bool_ or x.dtype in UNSIGNED:
        return lax.full_like(x, False, dtype=bool_)
    if is_integer(x.dtype):
        return lax.lt(x, strong(x, 0))
    bits = lax.bitcast_convert_type(x, np.dtype(f"int{x.dtype.itemsize * 8}"))
    return lax.lt(bits, const(bits, 0))


def copysign(x1: Any, x2: Any, /) -> Array:
    """The magnitude of x1 with the sign of x2."""
    x1, x2 = same_shape(*promote_inexact("copysign", x1, x2))
    size = lax.abs(x1)
    return lax.select(signbit(x2), lax.neg(size), size)


def isfinite(x: Any, /) -> Array:
    """Whether x is neither infinite nor NaN."""
    x = array_of("isfinite", x)
    return lax.is_finite(x) if is_float(x.dtype) else lax.full_like(x, True, dtype=bool_)


def isnan(x: Any, /) -> Array:
    """Whether x is NaN."""
    x = array_of("isnan", x)
    return lax.ne(x, x) if is_float(x.dtype) else lax.full_like(x, False, dtype=bool_)


def isinf(x: Any, /) -> Array:
    """Whether x is infinite."""
    x = array_of("isinf", x)
    if not is_float(x.dtype):
        return lax.full_like(x, False, dtype=bool_)
    return lax.eq(lax.abs(x), const(x, np.inf))


def isposinf(x: Any, /) -> Array:
    """Whether x is positive infinity."""
    x = array_of("isposinf", x)
    return lax.eq(x, const(x, np.inf)) if is_float(x.dtype) else lax.full_like(x, False, dtype=bool_)


def isneginf(x: Any, /) -> Array:
    """Whether x is negative infinity."""
    x = array_of("isneginf", x)
    return lax.eq(x, const(x, -np.inf)) if is_float(x.dtype) else lax.full_like(x, False, dtype=bool_)


# -- arithmetic on two ------------------------------------------------------------------------------------
def add(x1: Any, x2: Any, /) -> Array:
    """x1 + x2; for booleans, or."""
    x1, x2 = promote("add", x1, x2)
    return lax.bitwise_or(x1, x2) if aval_of(x1).dtype == bool_ else lax.add(x1, x2)


def multiply(x1: Any, x2: Any, /) -> Array:
    """x1 * x2; for booleans, and."""
    x1, x2 = promote("multiply", x1, x2)
    return lax.bitwise_and(x1, x2) if aval_of(x1).dtype == bool_ else lax.mul(x1, x2)


subtract = _pair("subtract", promote, lax.sub, "x1 - x2.")
true_divide = _pair("true_divide", promote_inexact, lax.div, "x1 / x2, as floats.")
divide = true_divide
maximum = _pair("maximum", promote, lax.max, "The larger of two; NaN if one is NaN.")
minimum = _pair("minimum", promote, lax.min, "The smaller of two; NaN if one is NaN.")
arctan2 = _pair("arctan2", promote_inexact, lax.atan2, "The angle of the point (x2, x1).")
atan2 = arctan2
float_power = _pair("float_power", promote_inexact, lax.pow, "x1 to the power x2, as floats.")
nextafter = _pair("nextafter", promote_inexact, lax.nextafter, "The next float after x1 towards x2.")


def same_shape(*operands: Any) -> list[Array]:
    """Promoted operands as arrays of one shape: the scalars that `promote` leaves are broadcast."""
    arrays = [lift(x) for x in operands]
    wide = max((x.shape for x in arrays), key=len)
    return [x if x.shape == wide else lax.broadcast_in_dim(x, wide, ()) for x in arrays]


def fmax(x1: Any, x2: Any, /) -> Array:
    """The larger of two; NaN only if both are NaN."""
    x1, x2 = same_shape(*promote("fmax", x1, x2))
    return lax.select(lax.bitwise_or(lax.gt(x1, x2), isnan(x2)), x1, x2)


def fmin(x1: Any, x2: Any, /) -> Array:
    """The smaller of two; NaN only if both are NaN."""
    x1, x2 = same_shape(*promote("fmin", x1, x2))
    return lax.select(lax.bitwise_or(lax.lt(x1, x2), isnan(x2)), x1, x2)


def floor_divide(x1: Any, x2: Any, /) -> Array:
    """The largest whole number not above x1 / x2."""
    x1, x2 = same_shape(*promote_numeric("floor_divide", x1, x2))
    dtype = x1.dtype
    if dtype in UNSIGNED:
        return lax.div(x1, x2)
    if is_integer(dtype):
        quotient = lax.div(x1, x2)
        apart = lax.ne(lax.sign(x1), lax.sign(x2))
        inexact = lax.ne(lax.rem(x1, x2), const(x1, 0))
        below = lax.sub(quotient, like(quotient, 1))
        return lax.select(lax.bitwise_and(apart, inexact), below, quotient)
    return _float_divmod(x1, x2)[0]


def remainder(x1: Any, x2: Any, /) -> Array:
    """x1 - x2 * floor(x1 / x2): it has x2's sign."""
    x1, x2 = same_shape(*promote_numeric("remainder", x1, x2))
    x2 = _nonzero_divisor(x2)
    truncated = lax.rem(x1, x2)
    zero = strong(x1, 0)
    wrong_side = lax.ne(lax.lt(truncated, zero), lax.lt(x2, zero))
    shifted = lax.bitwise_and(wrong_side, lax.ne(truncated, zero))
    return lax.select(shifted, lax.add(truncated, x2), truncated)


mod = remainder


def _nonzero_divisor(x: Array) -> Array:
    """Integers: 1 in place of 0, since division by 0 has no integer result."""
    if not is_integer(x.dtype):
        return x
    return lax.select(lax.eq(x, const(x, 0)), lax.full_like(x, 1), x)


def fmod(x1: Any, x2: Any, /) -> Array:
    """The remainder of division towards zero: it has x1's sign."""
    x1, x2 = same_shape(*promote_numeric("fmod", x1, x2))
    return lax.rem(x1, _nonzero_divisor(x2))


def divmod(x1: Any, x2: Any, /) -> tuple[Array, Array]:
    """``(floor_divide(x1, x2), remainder(x1, x2))``."""
    x1, x2 = same_shape(*promote_numeric("divmod", x1, x2))
    if is_integer(x1.dtype):
        return floor_divide(x1, x2), remainder(x1, x2)
    return _float_divmod(x1, x2)


def _float_divmod(x1: Array, x2: Array) -> tuple[Array, Array]:
    # CPython's float_divmod: the quotient of an exact multiple, so that rounding it is safe.
    mod = lax.rem(x1, x2)
    zero = const(mod, 0)
    exact = lax.select(lax.eq(x2, zero), x1, lax.sub(x1, mod))
    quotient = lax.div(exact, x2)
    apart = lax.ne(lax.sign(x2), lax.sign(mod))
    wrong_side = lax.bitwise_and(lax.ne(mod, zero), apart)
    mod = lax.select(wrong_side, lax.add(mod, x2), mod)
    quotient = lax.select(wrong_side, lax.sub(quotient, like(quotient, 1)), quotient)
    return lax.round(quotient, ROUND_AWAY_FROM_ZERO), mod


def modf(x: Any, /) -> tuple[Array, Array]:
    """The fractional and the whole part, both with x's sign."""
    (x,) = promote_inexact("modf", x)
    whole = trunc(x)
    infinite = isinf(x)
    return lax.select(infinite, lax.full_like(whole, 0), lax.sub(x, whole)), whole


def power(x1: Any, x2: Any, /) -> Array:
    """x1 to the power x2.

    A Python integer (or concrete integer scalar) as ``x2`` multiplies; integer arrays are powered by squaring.
    """
    exponent = _static_integer(x2)
    if exponent is not None:
        (x1,) = promote_numeric("power", x1)
        return lax.integer_pow(x1, exponent)
    avals = [array_of("power", x).aval for x in (x1, x2)]
    base, other = promote_numeric("power", x1, x2)
    if is_integer(aval_of(base).dtype):
        return _integer_power(base, other)
    if is_float(avals[0].dtype) and is_integer(avals[1].dtype):
        base, other = _broadcast_only(x1, x2)
    return lax.pow(base, other)


pow = power


def _static_integer(x: Any) -> int | None:
    if isinstance(x, (bool, np.bool_, float, np.floating, Tracer)):
        return None
    if isinstance(x, (Array, np.ndarray)) and (x.shape != () or not is_integer(x.dtype)):
        return None
    try:
        return operator.index(x)
    except TypeError:
        return None


def _broadcast_only(x1: Any, x2: Any) -> list[Any]:
    from .promotion import broadcast_operands

    arrays = [lift(x1), lift(x2)]
    return broadcast_operands(arrays, [x.shape for x in arrays])


def _integer_power(x1: Any, x2: Any) -> Array:
    """Powering by squaring; more than 6 bits of exponent overflow for any base but -1, 0 and 1."""
    x1, x2 = same_shape(x1, x2)
    zero, one = strong(x2, 0), strong(x2, 1)
    vanishes = lax.bitwise_and(lax.eq(x1, zero), lax.ne(x2, zero))
    found = lax.select(vanishes, lax.full_like(x1, 0), lax.full_like(x1, 1))
    for _ in range(6):
        odd = lax.ne(lax.bitwise_and(x2, one), zero)
        found = lax.select(odd, lax.mul(found, x1), found)
        x1 = lax.mul(x1, x1)
        x2 = lax.shift_right_logical(x2, one)
    return lift(convert(found, found.dtype))


def hypot(x1: Any, x2: Any, /) -> Array:
    """sqrt(x1**2 + x2**2) without overflow on the way."""
    x1, x2 = same_shape(*promote_inexact("hypot", x1, x2))
    first = lax.ge(lax.abs(x1), lax.abs(x2))
    large, small = lax.select(first, x1, x2), lax.select(first, x2, x1)
    at_origin = lax.eq(large, const(large, 0))
    ratio = lax.div(small, lax.select(at_origin, lax.full_like(large, 1), large))
    found = lax.mul(lax.abs(large), lax.sqrt(lax.add(const(ratio, 1), lax.square(ratio))))
    infinite = lax.bitwise_or(isinf(x1), isinf(x2))
    return lax.select(infinite, lax.full_like(found, np.inf), found)


def logaddexp(x1: Any, x2: Any, /) -> Array:
    """log(exp(x1) + exp(x2)) without overflow on the way."""
    x1, x2 = same_shape(*promote_inexact("logaddexp", x1, x2))
    return _logaddexp(lift(x1), lift(x2))


def logaddexp2(x1: Any, x2: Any, /) -> Array:
    """log2(2**x1 + 2**x2) without overflow on the way."""
    x1, x2 = same_shape(*promote_inexact("logaddexp2", x1, x2))
    first = lax.ge(x1, x2)
    large, small = lax.select(first, x1, x2), lax.select(first, x2, x1)
    gap = lax.sub(small, large)
    unordered = lax.ne(gap, gap)
    safe = lax.select(unordered, lax.full_like(gap, 0), gap)
    raised = lax.div(lax.log1p(lax.exp2(safe)), lax.log(const(safe, 2)))
    return lax.select(unordered, lax.add(x1, x2), lax.add(large, raised))


def heaviside(x1: Any, x2: Any, /) -> Array:
    """0 below zero, x2 at zero, 1 above it."""
    promoted = promote_inexact("heaviside", x1, x2)
    zero, one = const(promoted[0], 0), const(promoted[0], 1)
    x1, x2, zeros, ones = same_shape(*promoted, zero, one)
    beside = lax.select(lax.lt(x1, zero), zeros, lax.select(lax.gt(x1, zero), ones, x1))
    found = lax.select(lax.eq(x1, zero), x2, beside)
    return lift(convert(found, found.dtype, zeros.weak_type and x2.weak_type))


# -- bits and logic ----------------------------------------------------------------------------------------
bitwise_and = _pair("bitwise_and", promote, lax.bitwise_and, "x1 & x2, bit by bit.")
bitwise_or = _pair("bitwise_or", promote, lax.bitwise_or, "x1 | x2, bit by bit.")
bitwise_xor = _pair("bitwise_xor", promote, lax.bitwise_xor, "x1 ^ x2, bit by bit.")
left_shift = _pair("left_shift", promote_numeric, lax.shift_left, "x1 << x2.")
bitwise_left_shift = left_shift


def bitwise_invert(x: Any, /) -> Array:
    """~x, bit by bit."""
    return lax.bitwise_not(*promote("bitwise_invert", x))


bitwise_not = invert = bitwise_invert


def right_shift(x1: Any, x2: Any, /) -> Array:
    """x1 >> x2; signed integers keep their sign."""
    x1, x2 = promote_numeric("right_shift", x1, x2)
    logical = aval_of(x1).dtype in UNSIGNED
    return (lax.shift_right_logical if logical else lax.shift_right_arithmetic)(x1, x2)


bitwise_right_shift = right_shift


def _truth(x: Any) -> Any:
    return x if aval_of(x).dtype == bool_ else lax.ne(x, const(x, 0))


def logical_and(x1: Any, x2: Any, /) -> Array:
    """Whether both are nonzero."""
    return lax.bitwise_and(*(_truth(x) for x in promote("logical_and", x1, x2)))


def logical_or(x1: Any, x2: Any, /) -> Array:
    """Whether one is nonzero."""
    return lax.bitwise_or(*(_truth(x) for x in promote("logical_or", x1, x2)))


def logical_xor(x1: Any, x2: Any, /) -> Array:
    """Whether exactly one is nonzero."""
    return lax.bitwise_xor(*(_truth(x) for x in promote("logical_xor", x1, x2)))


def logical_not(x: Any, /) -> Array:
    """Whether x is zero."""
    return lax.bitwise_not(*(_truth(x) for x in promote("logical_not", x)))


equal = _pair("equal", promote, lax.eq, "x1 == x2.")
not_equal = _pair("not_equal", promote, lax.ne, "x1 != x2.")
less = _pair("less", promote, lax.lt, "x1 < x2.")
less_equal = _pair("less_equal", promote, lax.le, "x1 <= x2.")
greater = _pair("greater", promote, lax.gt, "x1 > x2.")
greater_equal = _pair("greater_equal", promote, lax.ge, "x1 >= x2.")


# -- limits and replacements ---------------------------------------------------------------------------------
def clip(arr: Any, /, min: Any = None, max: Any = None) -> Array:
    """``arr`` limited to [min, max]; a limit of None does not limit."""
    found = array_of("clip", arr)
    if min is not None:
        found = maximum(min, found)
    if max is not None:
        found = minimum(max, found)
    return found


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """``x`` with NaN and the infinities replaced, the latter by the largest finite numbers."""
    found = array_of("nan_to_num", x)
    if not is_float(found.dtype):
        return found
    dtype = found.dtype
    limits = finfo(dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    for place, value in ((isnan(found), nan), (isposinf(found), high), (isneginf(found), low)):
        _, filler = same_shape(found, convert(value, dtype))
        found = lax.select(place, filler, found)
    return found


def isclose(
    a: Any,
    b: Any,
    rtol: Any = 1e-05,
    atol: Any = 1e-08,
    equal_nan: bool = False,
) -> Array:
    """Whether |a - b| <= atol + rtol |b|, as NumPy says it."""
    a, b = same_shape(*promote_inexact("isclose", a, b))
    dtype = a.dtype
    relative, absolute_ = convert(rtol, dtype), convert(atol, dtype)
    allowed = add(absolute_, multiply(relative, lax.abs(b)))
    near = logical_and(isfinite(b), less_equal(lax.abs(lax.sub(a, b)), allowed))
    found = logical_or(lax.eq(a, b), near)
    return logical_or(found, logical_and(isnan(a), isnan(b))) if equal_nan else found


def astype(x: Any, dtype: Any, /, *, copy: bool = False, device: Any = None) -> Array:
    """``x`` converted to a dtype; None means the default float.

    Raises:
        ValueError: a device is given, which the language does not know.
    """
    if device is not None:
        raise ValueError(
            f"`device` must be None, got {device!r}. Place arrays with the implementation's own means."
        )
    wanted: DType = canonical(np.float64 if dtype is None else dtype)
    return convert(array_of("astype", x), wanted)  # type: ignore[no-any-return]  # an array in, an array out
