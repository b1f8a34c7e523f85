"""Derivatives of what is linear in the parts of complex numbers, and slopes that reals write otherwise.

A cotangent c pairs with a tangent t as the real part of c t: that is JAX's convention, by which the gradient of a
real function by x + iy is its partial by x less i times that by y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import Params, bind
from ...language.dtypes import is_complex
from ...language.primitive import Primitive
from ...language.program import Equation
from .. import operations as ops

Values = Sequence[Any]


def real(z: Any) -> Any:
    """The real part."""
    return bind(rows.real_p, z)[0]


def imag(z: Any) -> Any:
    """The imaginary part."""
    return bind(rows.imag_p, z)[0]


def conj(z: Any) -> Any:
    """The complex conjugate."""
    return bind(rows.conj_p, z)[0]


def paired(x: Any, y: Any) -> Any:
    """The complex number x + iy."""
    return bind(rows.complex_p, x, y)[0]


def turned(z: Any) -> Any:
    """i z, by its parts: a zero keeps its sign, which says on which side of a cut it lies."""
    return paired(ops.neg(imag(z)), real(z))


# -- forward ---------------------------------------------------------------------------------------------
def by_kind(of_reals: Callable[..., Any], of_complex: Callable[..., Any]) -> Callable[..., Any]:
    """A rule that differs between real and complex operands."""

    def rule(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> Any:
        chosen = of_complex if is_complex(primals[0].dtype) else of_reals
        return chosen(primitive, primals, tangents, params)

    return rule


def abs_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The tangent's part along z: the real part of t conj(z / |z|), and 0 at 0."""
    (z,), (t,) = primals, tangents
    direction = ops.unary("sign", z)
    return bind(primitive, z), [real(ops.mul(t, conj(direction)))]


def sign_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The tangent's part across z, over |z|: i s Im(conj(s) t) / |z| with s = z / |z|; 0 at 0."""
    (z,), (t,) = primals, tangents
    (s,) = bind(primitive, z)
    size = ops.absolute(z)
    origin = ops.compare("eq", size, ops.full_like(size, 0))
    safe = ops.where(origin, ops.full_like(size, 1), size)
    across = ops.div(imag(ops.mul(t, conj(s))), safe)
    return [s], [ops.mul(paired(across, ops.full_like(across, 0)), turned(s))]


def complex_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The tangents of the parts."""
    full = [ops.zeros(x.aval) if t is None else t for x, t in zip(primals, tangents, strict=True)]
    return bind(primitive, *primals), bind(primitive, *full)


def _roots(z: Any) -> Any:
    """sqrt(1 - z) sqrt(1 + z): not the root of the product, whose cut lies elsewhere.

    A zero's sign, which says on which side of a cut z lies, outlives a subtraction from z and nothing else.
    """
    below, above = ops.neg(ops.sub(z, ops.full_like(z, 1))), ops.sub(z, ops.full_like(z, -1))
    return ops.mul(ops.sqrt(below), ops.sqrt(above))


def asin_divisor(z: Any, y: Any) -> Any:
    """sqrt(1 - z) sqrt(1 + z)."""
    return _roots(z)


def acosh_divisor(z: Any, y: Any) -> Any:
    """sqrt(z - 1) sqrt(z + 1)."""
    below, above = ops.sub(z, ops.full_like(z, 1)), ops.sub(z, ops.full_like(z, -1))
    return ops.mul(ops.sqrt(below), ops.sqrt(above))


def acos_divisor(z: Any, y: Any) -> Any:
    """-sqrt(1 - z) sqrt(1 + z)."""
    return ops.neg(_roots(z))


def asinh_divisor(z: Any, y: Any) -> Any:
    """sqrt(1 - iz) sqrt(1 + iz)."""
    return _roots(turned(z))


def atan_divisor(z: Any, y: Any) -> Any:
    """(1 - iz) (1 + iz)."""
    return atanh_divisor(turned(z), y)


def atanh_divisor(z: Any, y: Any) -> Any:
    """(1 - z) (1 + z)."""
    one = ops.full_like(z, 1)
    return ops.mul(ops.sub(one, z), ops.add(one, z))


def tanh_slope(z: Any, y: Any) -> Any:
    """4 logistic(2z) logistic(-2z), where nothing overflows."""
    twice = ops.scale(z, 2.0)
    product = ops.mul(ops.unary("logistic", twice), ops.unary("logistic", ops.neg(twice)))
    return ops.scale(product, 4.0)


def tan_slope(z: Any, y: Any) -> Any:
    """The derivative of tanh at iz."""
    return tanh_slope(turned(z), y)


def logistic_slope(z: Any, y: Any) -> Any:
    """logistic(z) logistic(-z)."""
    return ops.mul(y, ops.unary("logistic", ops.neg(z)))


def atan2_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """(x dy - y dx) / (x^2 + y^2)."""
    (y, x), (dy, dx) = primals, tangents
    below = ops.add(ops.square(x), ops.square(y))
    terms = [] if dy is None else [ops.mul(dy, ops.div(x, below))]
    terms += [] if dx is None else [ops.mul(dx, ops.neg(ops.div(y, below)))]
    return bind(primitive, y, x), [ops.add(*terms) if len(terms) == 2 else terms[0]]


# -- backward ------------------------------------------------------------------------------------------------
def real_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c, without an imaginary part."""
    (c,) = cotangents
    return [paired(c, ops.full_like(c, 0))]


def imag_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """-ic."""
    (c,) = cotangents
    return [paired(ops.full_like(c, 0), ops.neg(c))]


def conj_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The conjugate."""
    return [conj(cotangents[0])]


def complex_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The real part, and the negative of the imaginary part."""
    from .transpose import is_unknown

    (c,), (x, y) = cotangents, operands
    return [real(c) if is_unknown(x) else None, ops.neg(imag(c)) if is_unknown(y) else None]


TRANSPOSE = {
    "real": real_transpose,
    "imag": imag_transpose,
    "conj": conj_transpose,
    "complex": complex_transpose,
}
