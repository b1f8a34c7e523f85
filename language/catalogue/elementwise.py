"""Elementwise primitives: each result element depends on the operand elements at its place.

Operands have equal shapes and dtypes; `clamp` and `select_n` also take scalars where they say so.
Budgets are what our own kernels promise: 0.5 where correctly rounded, 0 where exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import DType, bool_, complex_of, float32, float64, real_of
from ..primitive import EXACT, ROUNDED, Domain, Primitive, ULPs, non_negative, positive, reals
from ..shapes import ShapedArray
from .rules import (
    ANY,
    BITS,
    COMPLEXES,
    FLOATING,
    INEXACT,
    INTEGRAL,
    NUMBERS,
    ORDERED,
    REAL_NUMBERS,
    SIGNED_NUMBERS,
    Dtypes,
    all_weak,
    check_count,
    check_dtype,
    check_params,
    check_same_dtypes,
    check_same_shapes,
)

ONE = ULPs(f32=1, f64=1)
# What is computed in float64 and rounded once has its digits in narrower formats.
TWO = ULPs(f32=1, f64=2)
FOUR = ULPs(f32=1, f64=4)
PRODUCT = ULPs(f32=0.5, f64=0.5, f16=0.5, bf16=0.5, c64=1.5, c128=1.5)
ROOT = ULPs(f32=0.5, f64=0.5, f16=0.5, bf16=0.5, c64=2, c128=2)
# The error of the logarithm counts as often as the exponent and it are large; within [-4, 4] up to 58 times.
POWER = ULPs(f32=1, f64=1, c64=4, c128=64)
QUOTIENT = ULPs(f32=0.5, f64=0.5, f16=0.5, bf16=0.5, c64=4, c128=4)
UNIT = Domain(-1.0, 1.0)
# The formats of which complex numbers are made.
PARTS: Dtypes = frozenset((float32, float64))
_ORDER = Domain(low=0.0, high=50.0)

_PI = math.pi
_QUARTERS = tuple(k * _PI / 2 for k in (-4, -3, -2, -1, 0, 1, 2, 3, 4, 100, 1_000_000))
# Where exp overflows, becomes subnormal and vanishes, in float16, float32 and float64.
_EXP_EDGES = (
    11.09,
    88.722839,
    709.782712893384,
    -9.70,
    -87.336544,
    -103.97208,
    -708.3964185322641,
    -745.1332,
)
_EXP2_EDGES = (16.0, 128.0, 1024.0, -14.0, -24.0, -126.0, -149.0, -1022.0, -1074.0)
_TIES = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 8388607.5, 4503599627370495.5)


def elementwise(
    name: str,
    *,
    arity: int = 1,
    accepts: Dtypes = FLOATING,
    result: DType | Callable[[DType], DType] | None = None,
    params: Sequence[str] = (),
    domain: Domain | tuple[Domain, ...] = reals,
    budget: ULPs = EXACT,
    hard_points: tuple[float, ...] = (),
) -> Primitive:
    """A row for a primitive on operands of one shape and one dtype.

    ``result`` is the result's dtype, or what makes it from the operands'; None: it is theirs.
    """
    labels = ("x",) if arity == 1 else ("x", "y", "z")[:arity]

    def rule(*avals: ShapedArray, **given: Any) -> list[ShapedArray]:
        check_count(name, avals, arity)
        check_params(name, given, params)
        for label, aval in zip(labels, avals, strict=True):
            check_dtype(name, aval, accepts, label)
        check_same_dtypes(name, avals)
        check_same_shapes(name, avals)
        dtype = avals[0].dtype
        found = result(dtype) if callable(result) else result or dtype
        return [ShapedArray(avals[0].shape, found, all_weak(avals))]

    domains = domain if isinstance(domain, tuple) else (domain,) * arity
    return Primitive(name, "elementwise", rule, domains, budget, hard_points)


def comparison(name: str, accepts: Dtypes = ORDERED) -> Primitive:
    """A row for a comparison: exact, boolean."""
    return elementwise(name, arity=2, accepts=accepts, result=bool_, hard_points=(0.0,))


# -- one operand: exact ------------------------------------------------------------------------------
neg_p = elementwise("neg", accepts=NUMBERS)
# The sign of a real is exact; that of a complex number is a quotient by its absolute value, in each part.
sign_p = elementwise("sign", accepts=NUMBERS, budget=ULPs(0, 0, 0, 0, c64=3, c128=3), hard_points=(0.0,))
# The absolute value of a real is exact; that of a complex number is a root.
abs_p = elementwise(
    "abs", accepts=SIGNED_NUMBERS, result=real_of, budget=ULPs(0, 0, 0, 0, c64=2, c128=2), hard_points=(0.0,)
)
real_p = elementwise("real", accepts=COMPLEXES, result=real_of)
imag_p = elementwise("imag", accepts=COMPLEXES, result=real_of)
# JAX also takes reals; `verax.lax.conj` widens them.
conj_p = elementwise("conj", accepts=COMPLEXES)
complex_p = elementwise("complex", arity=2, accepts=PARTS, result=complex_of)
floor_p = elementwise("floor", hard_points=(-1.0, 0.0, 1.0))
ceil_p = elementwise("ceil", hard_points=(-1.0, 0.0, 1.0))
round_p = elementwise("round", params=("rounding_method",), hard_points=_TIES)
is_finite_p = elementwise("is_finite", result=bool_)
not_p = elementwise("not", accepts=BITS)
population_count_p = elementwise("population_count", accepts=INTEGRAL)
clz_p = elementwise("clz", accepts=INTEGRAL)
stop_gradient_p = elementwise("stop_gradient", accepts=ANY)
# The value itself, under a name that policies of `checkpoint` know it by.
name_p = elementwise("name", accepts=ANY, params=("name",))

# -- one operand: rounded -----------------------------------------------------------------------------
sqrt_p = elementwise("sqrt", accepts=INEXACT, domain=non_negative, budget=ROOT, hard_points=(0.0, 1.0))
rsqrt_p = elementwise("rsqrt", accepts=INEXACT, domain=positive, budget=ONE, hard_points=(0.0, 1.0))
cbrt_p = elementwise("cbrt", budget=ONE, hard_points=(0.0, 1.0, -1.0))
# Each part of a product of complex numbers is rounded three times.
square_p = elementwise("square", accepts=NUMBERS, budget=PRODUCT, hard_points=(0.0,))

exp_p = elementwise("exp", accepts=INEXACT, budget=ONE, hard_points=(0.0, *_EXP_EDGES))
exp2_p = elementwise("exp2", accepts=INEXACT, budget=ONE, hard_points=(0.0, *_EXP2_EDGES))
expm1_p = elementwise("expm1", accepts=INEXACT, budget=ONE, hard_points=(0.0, -17.33, -37.43, *_EXP_EDGES))
log_p = elementwise("log", accepts=INEXACT, domain=positive, budget=ONE, hard_points=(0.0, 1.0))
log1p_p = elementwise(
    "log1p", accepts=INEXACT, domain=Domain(low=-1.0, open_low=True), budget=ONE, hard_points=(0.0, -1.0)
)

sin_p = elementwise("sin", accepts=INEXACT, budget=ONE, hard_points=_QUARTERS)
cos_p = elementwise("cos", accepts=INEXACT, budget=ONE, hard_points=_QUARTERS)
tan_p = elementwise("tan", accepts=INEXACT, budget=ONE, hard_points=_QUARTERS)
asin_p = elementwise("asin", accepts=INEXACT, domain=UNIT, budget=ONE, hard_points=(-1.0, 0.0, 1.0))
acos_p = elementwise("acos", accepts=INEXACT, domain=UNIT, budget=ONE, hard_points=(-1.0, 0.0, 1.0))
atan_p = elementwise("atan", accepts=INEXACT, budget=ONE, hard_points=(-1.0, 0.0, 1.0))
sinh_p = elementwise(
    "sinh", accepts=INEXACT, budget=ONE, hard_points=(0.0, 89.41599, -89.41599, 710.4758600739439)
)
cosh_p = elementwise(
    "cosh", accepts=INEXACT, budget=ONE, hard_points=(0.0, 89.41599, -89.41599, 710.4758600739439)
)
# tanh is 1 to the last bit beyond 9.01 (float32) and 19.06 (float64).
tanh_p = elementwise("tanh", accepts=INEXACT, budget=ONE, hard_points=(0.0, 9.01, -9.01, 19.06, -19.06))
asinh_p = elementwise("asinh", accepts=INEXACT, budget=ONE, hard_points=(0.0, 1.0, -1.0))
acosh_p = elementwise("acosh", accepts=INEXACT, domain=Domain(low=1.0), budget=ONE, hard_points=(1.0,))
atanh_p = elementwise(
    "atanh",
    accepts=INEXACT,
    domain=Domain(-1.0, 1.0, open_low=True, open_high=True),
    budget=ONE,
    hard_points=(-1.0, 0.0, 1.0),
)
# logistic is 1 to the last bit beyond 16.6 and 36.7, and falls to subnormals as exp does.
logistic_p = elementwise("logistic", accepts=INEXACT, budget=ONE, hard_points=(0.0, 16.6, 36.7, *_EXP_EDGES))
erf_p = elementwise("erf", budget=ONE, hard_points=(0.0, 3.92, -3.92, 5.92, -5.92))
# erfc becomes subnormal at 9.19 and 26.54; its kernel scales exp(-x^2), which costs a second ulp.
erfc_p = elementwise("erfc", budget=TWO, hard_points=(0.0, -3.92, 9.19, 10.05, 26.54, 27.22))
# The inverse of erf rises to 3.5 below 1 in float32, to 5.9 in float64; its kernel changes formulas at 0.85.
erf_inv_p = elementwise("erf_inv", domain=UNIT, budget=FOUR, hard_points=(-1.0, 0.0, 0.85, 1.0))
# Scaled by exp(-|x|); i0e bends at 0, and the kernels change series at 20.
bessel_i0e_p = elementwise("bessel_i0e", budget=FOUR, hard_points=(0.0, 20.0, -20.0))
bessel_i1e_p = elementwise("bessel_i1e", budget=FOUR, hard_points=(0.0, 20.0, -20.0))
# lgamma crosses zero at 1, at 2, and twice between neighbouring poles from -2 down.
lgamma_p = elementwise(
    "lgamma",
    budget=FOUR,
    hard_points=(
        0.0,
        1.0,
        2.0,
        -1.0,
        -2.0,
        -2.4570247382208006,
        -2.7476826467274127,
        -3.0,
        -3.1435808883499798,
    ),
)
# digamma's positive root, and the first two of the negative axis.
digamma_p = elementwise(
    "digamma",
    budget=FOUR,
    hard_points=(0.0, 1.4616321449683623, -0.5040830082644554, -1.5734984731623904, -1.0, -2.0),
)


def _integer_pow_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("integer_pow", avals, 1)
    check_params("integer_pow", params, ("y",))
    check_dtype("integer_pow", avals[0], NUMBERS, "x")
    y = params["y"]
    if not isinstance(y, int) or isinstance(y, bool):
        raise TypeError(f"`y` of integer_pow must be a Python int, got {y!r}. Use verax.lax.pow for arrays.")
    if y < 0 and avals[0].dtype in INTEGRAL:
        raise TypeError(
            f"`y` of integer_pow must not be negative for {avals[0].dtype}, got {y}. Convert `x` to a float."
        )
    return list(avals)


integer_pow_p = Primitive("integer_pow", "elementwise", _integer_pow_rule, (reals,), ONE, (-1.0, 0.0, 1.0))

# -- two operands ------------------------------------------------------------------------------------
add_p = elementwise("add", arity=2, accepts=NUMBERS, budget=ROUNDED)
sub_p = elementwise("sub", arity=2, accepts=NUMBERS, budget=ROUNDED)
mul_p = elementwise("mul", arity=2, accepts=NUMBERS, budget=PRODUCT)
div_p = elementwise("div", arity=2, accepts=NUMBERS, budget=QUOTIENT, hard_points=(0.0,))
mulhi_p = elementwise("mulhi", arity=2, accepts=INTEGRAL)
rem_p = elementwise("rem", arity=2, accepts=REAL_NUMBERS, hard_points=(0.0, 1.0))
max_p = elementwise("max", arity=2, accepts=ORDERED, hard_points=(0.0,))
min_p = elementwise("min", arity=2, accepts=ORDERED, hard_points=(0.0,))
atan2_p = elementwise("atan2", arity=2, accepts=INEXACT, budget=ONE, hard_points=(-1.0, 0.0, 1.0))
nextafter_p = elementwise("nextafter", arity=2, hard_points=(0.0, 1.0))
and_p = elementwise("and", arity=2, accepts=BITS)
or_p = elementwise("or", arity=2, accepts=BITS)
xor_p = elementwise("xor", arity=2, accepts=BITS)
shift_left_p = elementwise("shift_left", arity=2, accepts=INTEGRAL)
shift_right_arithmetic_p = elementwise("shift_right_arithmetic", arity=2, accepts=INTEGRAL)
shift_right_logical_p = elementwise("shift_right_logical", arity=2, accepts=INTEGRAL)
eq_p = comparison("eq", ANY)
ne_p = comparison("ne", ANY)
lt_p = comparison("lt")
le_p = comparison("le")
gt_p = comparison("gt")
ge_p = comparison("ge")

# -- functions with parameters -----------------------------------------------------------------------
# Their kernels are series and continued fractions of about as many terms as the root of a parameter.
_PARAMETER = Domain(low=0.0, high=1000.0, open_low=True)
_SHAPE = Domain(low=0.01, high=1000.0)


def _of_series(f64: float) -> ULPs:
    """What our kernels keep in float64, where they were measured to reach at least a quarter of it."""
    return ULPs(f32=1, f64=f64)


igamma_p = elementwise("igamma", arity=2, domain=_PARAMETER, budget=_of_series(64), hard_points=(0.0, 1.0))
igammac_p = elementwise("igammac", arity=2, domain=_PARAMETER, budget=_of_series(160), hard_points=(0.0, 1.0))
igamma_grad_a_p = elementwise(
    "igamma_grad_a", arity=2, domain=_PARAMETER, budget=_of_series(1500), hard_points=(0.0, 1.0)
)
random_gamma_grad_p = elementwise(
    "random_gamma_grad", arity=2, domain=_PARAMETER, budget=_of_series(260), hard_points=(0.0, 1.0)
)
regularized_incomplete_beta_p = elementwise(
    "regularized_incomplete_beta",
    arity=3,
    domain=(_SHAPE, _SHAPE, Domain(0.0, 1.0)),
    budget=_of_series(2900),
    hard_points=(0.0, 0.5, 1.0),
)
zeta_p = elementwise(
    "zeta",
    arity=2,
    domain=(Domain(low=1.0, high=100.0, open_low=True), positive),
    budget=FOUR,
    hard_points=(0.0, 1.0, 2.0),
)
# The order is a whole number, of the operands' dtype; NaN where it is none.
polygamma_p = elementwise(
    "polygamma", arity=2, domain=(_ORDER, positive), budget=FOUR, hard_points=(0.0, 1.0, 2.0)
)


def _pow_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("pow", avals, 2)
    check_params("pow", params, ())
    x, y = avals
    check_dtype("pow", x, INEXACT, "x")
    if y.dtype not in INTEGRAL:
        check_dtype("pow", y, INEXACT, "y")
        check_same_dtypes("pow", avals)
    check_same_shapes("pow", avals)
    return [ShapedArray(x.shape, x.dtype, all_weak(avals))]


# The exponent may be an integer array; the base is then any real.
pow_p = Primitive("pow", "elementwise", _pow_rule, (non_negative, reals), POWER, (-1.0, 0.0, 1.0, 2.0))


# -- three operands and more -----------------------------------------------------------------------------
def _clamp_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("clamp", avals, 3)
    check_params("clamp", params, ())
    low, x, high = avals
    for label, aval in (("min", low), ("x", x), ("max", high)):
        check_dtype("clamp", aval, ORDERED, label)
    check_same_dtypes("clamp", avals)
    for label, limit in (("min", low), ("max", high)):
        if limit.shape not in ((), x.shape):
            raise ValueError(
                f"`{label}` of clamp must be scalar or of shape {x.shape}, x's, got {limit.shape}."
            )
    return [ShapedArray(x.shape, x.dtype, all_weak(avals))]


clamp_p = Primitive("clamp", "elementwise", _clamp_rule, (reals, reals, reals), EXACT, (0.0,))


def _select_n_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("select_n", params, ())
    if len(avals) < 2:
        raise TypeError(f"`cases` of select_n must be at least one array, got {len(avals) - 1}.")
    which, *cases = avals
    check_dtype("select_n", which, BITS, "which")
    if which.dtype == bool_ and len(cases) > 2:
        raise TypeError(
            f"`which` of select_n must be an integer array for more than 2 cases, got bool for {len(cases)}."
        )
    for case in cases:
        check_dtype("select_n", case, ANY, "cases")
    check_same_dtypes("select_n", cases)
    check_same_shapes("select_n", cases)
    if which.shape not in ((), cases[0].shape):
        raise ValueError(
            f"`which` of select_n must be scalar or of the cases' shape {cases[0].shape}, got {which.shape}."
        )
    return [ShapedArray(cases[0].shape, cases[0].dtype, all_weak(cases))]


select_n_p = Primitive("select_n", "elementwise", _select_n_rule)
