"""Functions of elements."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.elementwise import PARTS
from ..catalogue.rules import COMPLEXES, INEXACT, check_dtype
from ..dispatch import Operand, aval_of, lift
from ..dtypes import complex_of, is_complex, is_integer
from ..primitive import Primitive
from .conversion import convert_element_type
from .operands import bind, dressed, is_python, spread, typed, typed_after


class RoundingMethod(enum.IntEnum):
    """Where `round` takes ties."""

    AWAY_FROM_ZERO = 0
    TO_NEAREST_EVEN = 1


# What is not of the operands' shape and dtype.
_GIVES = {
    **dict.fromkeys(("abs", "real", "imag"), "An array of x's shape; of complex numbers their real dtype."),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), "Booleans of the operands' shape."),
    "is_finite": "Booleans of x's shape.",
    "complex": "Complex numbers of the operands' shape.",
}


def _unary(primitive: Primitive, doc: str, name: str | None = None) -> Callable[[Operand], Array]:
    def function(x: Operand) -> Array:
        return bind(primitive, x)

    known = name or primitive.name
    return dressed(function, known, doc, _GIVES.get(known, "An array of x's shape and dtype."))


def _elementary(primitive: Primitive, doc: str) -> Callable[..., Array]:
    def function(x: Operand, *, accuracy: Any = None) -> Array:
        return bind(primitive, x)

    what = f"{doc} ``accuracy`` is accepted for JAX's sake: the budget is the same."
    return dressed(function, primitive.name, what, "An array of x's shape and dtype.")


def _binary(primitive: Primitive, doc: str, name: str | None = None) -> Callable[[Operand, Operand], Array]:
    def function(x: Operand, y: Operand) -> Array:
        if isinstance(x, Array) and isinstance(y, Array) and x.shape == y.shape:
            return bind(primitive, x, y)
        return bind(primitive, *spread(typed((x, y))))

    known = name or primitive.name
    return dressed(function, known, doc, _GIVES.get(known, "An array of the operands' shape and dtype."))


# -- elementwise, one operand ---------------------------------------------------------------------------
abs = _unary(rows.abs_p, "The absolute value; a real one of complex numbers.")
acos = _unary(rows.acos_p, "The inverse cosine.")
acosh = _unary(rows.acosh_p, "The inverse hyperbolic cosine.")
asin = _unary(rows.asin_p, "The inverse sine.")
asinh = _unary(rows.asinh_p, "The inverse hyperbolic sine.")
atan = _unary(rows.atan_p, "The inverse tangent.")
atanh = _unary(rows.atanh_p, "The inverse hyperbolic tangent.")
bessel_i0e = _unary(rows.bessel_i0e_p, "exp(-|x|) times the modified Bessel function of order 0.")
bessel_i1e = _unary(rows.bessel_i1e_p, "exp(-|x|) times the modified Bessel function of order 1.")
bitwise_not = _unary(rows.not_p, "Every bit flipped; logical not of booleans.", "bitwise_not")
cbrt = _elementary(rows.cbrt_p, "The cube root.")
ceil = _unary(rows.ceil_p, "The least integer not below.")
clz = _unary(rows.clz_p, "How many bits are 0 before the first 1.")
cos = _elementary(rows.cos_p, "The cosine.")
cosh = _unary(rows.cosh_p, "The hyperbolic cosine.")
digamma = _unary(rows.digamma_p, "The derivative of `lgamma`.")
imag = _unary(rows.imag_p, "The imaginary part of complex numbers.")
erf = _unary(rows.erf_p, "The error function.")
erfc = _unary(rows.erfc_p, "1 - erf(x), accurate where erf is near 1.")
erf_inv = _unary(rows.erf_inv_p, "The number whose erf is x; infinite at -1 and 1.")
exp = _elementary(rows.exp_p, "e to the power of x.")
exp2 = _elementary(rows.exp2_p, "2 to the power of x.")
expm1 = _elementary(rows.expm1_p, "exp(x) - 1, accurate near 0.")
floor = _unary(rows.floor_p, "The greatest integer not above.")
is_finite = _unary(rows.is_finite_p, "Whether elements are neither infinite nor NaN.")
lgamma = _unary(rows.lgamma_p, "The logarithm of the absolute value of the gamma function.")
log = _elementary(rows.log_p, "The natural logarithm.")
log1p = _elementary(rows.log1p_p, "log(1 + x), accurate near 0.")
logistic = _elementary(rows.logistic_p, "1 / (1 + exp(-x)).")
neg = _unary(rows.neg_p, "The negative.")
population_count = _unary(rows.population_count_p, "How many bits are 1.")
real = _unary(rows.real_p, "The real part of complex numbers.")
rsqrt = _elementary(rows.rsqrt_p, "1 / sqrt(x).")
sign = _unary(
    rows.sign_p, "-1, 0 or 1, as x is negative, zero or positive; of complex numbers x / |x|, or 0."
)
sin = _elementary(rows.sin_p, "The sine.")
sinh = _unary(rows.sinh_p, "The hyperbolic sine.")
sqrt = _elementary(rows.sqrt_p, "The square root.")
square = _unary(rows.square_p, "x * x.")
tan = _elementary(rows.tan_p, "The tangent.")
tanh = _elementary(rows.tanh_p, "The hyperbolic tangent.")

# -- elementwise, two operands ----------------------------------------------------------------------------
add = _binary(rows.add_p, "x + y.")
atan2 = _binary(rows.atan2_p, "The angle of the point (y, x): the inverse tangent of x / y in all quadrants.")
bitwise_and = _binary(rows.and_p, "The bits set in both; logical and of booleans.", "bitwise_and")
bitwise_or = _binary(rows.or_p, "The bits set in either; logical or of booleans.", "bitwise_or")
bitwise_xor = _binary(rows.xor_p, "The bits set in one only; exclusive or of booleans.", "bitwise_xor")
complex = _binary(rows.complex_p, "The complex numbers of these real and imaginary parts.")
div = _binary(rows.div_p, "x / y; integers round towards zero.")
eq = _binary(rows.eq_p, "Whether x == y.")
ge = _binary(rows.ge_p, "Whether x >= y.")
gt = _binary(rows.gt_p, "Whether x > y.")
le = _binary(rows.le_p, "Whether x <= y.")
lt = _binary(rows.lt_p, "Whether x < y.")
_mul = _binary(rows.mul_p, "x * y.")
mulhi = _binary(rows.mulhi_p, "The upper half of the bits of the product of integers.")
ne = _binary(rows.ne_p, "Whether x != y.")
nextafter = _binary(rows.nextafter_p, "The next number after x in the direction of y.")
rem = _binary(rows.rem_p, "The remainder of x / y, with the sign of x.")
shift_left = _binary(rows.shift_left_p, "x shifted left by y bits.")
shift_right_arithmetic = _binary(rows.shift_right_arithmetic_p, "x shifted right by y bits, sign kept.")
shift_right_logical = _binary(rows.shift_right_logical_p, "x shifted right by y bits, zeros shifted in.")
sub = _binary(rows.sub_p, "x - y.")

_igamma = _binary(rows.igamma_p, "")
_igamma_grad_a = _binary(rows.igamma_grad_a_p, "")
_igammac = _binary(rows.igammac_p, "")
_polygamma = _binary(rows.polygamma_p, "")
_random_gamma_grad = _binary(rows.random_gamma_grad_p, "")
_zeta = _binary(rows.zeta_p, "")


def igamma(a: Operand, x: Operand) -> Array:
    """The regularized lower incomplete gamma function P(a, x), for a > 0 and x >= 0.

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _igamma(a, x)


def igamma_grad_a(a: Operand, x: Operand) -> Array:
    """The derivative of `igamma` by a.

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _igamma_grad_a(a, x)


def igammac(a: Operand, x: Operand) -> Array:
    """The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x).

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _igammac(a, x)


def polygamma(m: Operand, x: Operand) -> Array:
    """The derivative of `digamma` of a whole order m, at x.

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _polygamma(m, x)


def random_gamma_grad(*args: Operand) -> Array:
    """The derivative by a of a draw x of the gamma distribution of shape a, of (a, x).

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _random_gamma_grad(*args)


def zeta(x: Operand, q: Operand) -> Array:
    """The Hurwitz zeta function: the sum of (q + k)^-x over k >= 0.

    Returns:
        An array of the operands' shape and dtype, which is floating.

    Raises:
        TypeError: an operand is no array and no number, or the dtypes differ.
    """
    return _zeta(x, q)


def betainc(a: Operand, b: Operand, x: Operand) -> Array:
    """The regularized incomplete beta function I_x(a, b).

    Args:
        a: floats, from 0 on.
        b: floats of the same dtype, from 0 on.
        x: floats of the same dtype, from 0 to 1.

    Returns:
        Floats of the operands' shape and dtype; NaN outside of the domain.

    Raises:
        TypeError: an operand is no array of floats, or their dtypes differ.
        ValueError: their shapes differ.
    """
    return bind(rows.regularized_incomplete_beta_p, *spread(typed((a, b, x))))


def _precedes(x: Array, y: Array) -> Array:
    """Whether the complex x comes before y in lexicographic order: by real parts, then by imaginary parts."""
    by_real, by_imag = lt(real(x), real(y)), lt(imag(x), imag(y))
    return select(eq(real(x), real(y)), by_imag, by_real)


def _extreme(primitive: Primitive, doc: str, last: bool) -> Callable[[Operand, Operand], Array]:
    plain = _binary(primitive, doc)

    def function(x: Operand, y: Operand) -> Array:
        if not (is_complex(aval_of(x).dtype) or is_complex(aval_of(y).dtype)):
            return plain(x, y)
        a, b = (lift(z) for z in spread(typed((x, y))))
        chosen = select(_precedes(b, a), *((a, b) if last else (b, a)))
        return select(ne(a, a), a, select(ne(b, b), b, chosen))

    return dressed(function, primitive.name, doc, "An array of the operands' shape and dtype.")


max = _extreme(rows.max_p, "The larger; NaN if either is. Complex numbers are in lexicographic order.", True)
min = _extreme(
    rows.min_p, "The smaller; NaN if either is. Complex numbers are in lexicographic order.", False
)


# `clamp` has arguments of these names.
_greater, _lesser = max, min


def mul(x: Operand, y: Operand, *, out_dtype: Any = None) -> Array:
    """x * y; with ``out_dtype`` both are converted to it first.

    Returns:
        An array of the operands' shape, and of their dtype or ``out_dtype``.

    Raises:
        TypeError: an operand is no array and no number, or has a dtype that `mul` does not take.
        ValueError: shapes do not fit.
    """
    if out_dtype is not None:
        x, y = (convert_element_type(v, out_dtype) for v in typed((x, y)))
    return _mul(x, y)


def conj(x: Operand) -> Array:
    """The complex conjugate: of a real, the complex number that it is.

    Returns:
        Complex numbers of x's shape.

    Raises:
        TypeError: an operand is no array and no number.
    """
    check_dtype("conj", aval_of(x), PARTS | COMPLEXES, "x")
    found = lift(x)
    if is_complex(found.dtype):
        return bind(rows.conj_p, found)
    wide = bind(
        rows.convert_element_type_p, found, new_dtype=complex_of(found.dtype), weak_type=found.weak_type
    )
    return bind(rows.conj_p, wide)


def pow(x: Operand, y: Operand) -> Array:
    """X to the power of y; y may be of an integer dtype while x is a float.

    Raises:
        TypeError: an operand is no array and no number.
    """
    if isinstance(y, int) and not isinstance(y, bool):
        return bind(rows.pow_p, *spread((x, y)))
    if not is_python(x) and is_integer(aval_of(y).dtype):
        return bind(rows.pow_p, *spread((x, y)))
    return bind(rows.pow_p, *spread(typed((x, y))))


def integer_pow(x: Operand, y: int) -> Array:
    """X to the power of a Python integer.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: an operand is no array and no number.
    """
    return bind(rows.integer_pow_p, x, y=y)


def reciprocal(x: Operand) -> Array:
    """1 / x.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: an operand is no array and no number.
    """
    check_dtype("reciprocal", aval_of(x), INEXACT, "x")
    return div(1.0, x)


def round(x: Operand, rounding_method: int = RoundingMethod.AWAY_FROM_ZERO) -> Array:
    """The nearest integer; ties as ``rounding_method`` says.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: the operand is of no floats.
    """
    return bind(rows.round_p, x, rounding_method=int(RoundingMethod(rounding_method)))


def clamp(min: Operand, x: Operand, max: Operand) -> Array:
    """X limited to [min, max], which are scalars or of x's shape.

    Complex numbers are in lexicographic order, as in `max`; XLA's clamp compares their real parts alone.

    Raises:
        TypeError: the dtypes differ.
    """
    low, given, high = typed_after(x, (min, x, max))
    if is_complex(aval_of(given).dtype):
        lower = _greater(*spread((given, low)))
        return _lesser(*spread((lower, high)))
    return bind(rows.clamp_p, low, given, high)


def select_n(which: Operand, *cases: Operand) -> Array:
    """Elements of ``cases[which]``; False is 0 and True is 1.

    Returns:
        An array of the cases' shape and dtype.

    Raises:
        TypeError: the cases differ in dtype, or ``which`` is neither boolean nor int32.
    """
    if not cases:
        raise ValueError("`cases` of select_n must be at least one array, got none.")
    return bind(rows.select_n_p, which, *typed(cases))


def select(pred: Operand, on_true: Operand, on_false: Operand) -> Array:
    """Elements of ``on_true`` where ``pred``, else of ``on_false``; the shapes are equal.

    Raises:
        TypeError: the dtypes differ.
    """
    return select_n(pred, on_false, on_true)
