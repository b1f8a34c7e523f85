"""Numbers of a dtype rounded to a narrower format, and kept in the dtype."""

from __future__ import annotations

import operator

import numpy as np

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.rules import FLOATING, check_dtype
from ..dispatch import Operand, aval_of, bind_custom_jvp, lift
from ..dtypes import DType, finfo
from .conversion import bitcast_convert_type, convert_element_type
from .elementwise import add, bitwise_and, bitwise_or, gt, le, ne, select, shift_right_logical
from .operands import bind


def reduce_precision(operand: Operand, exponent_bits: int, mantissa_bits: int) -> Array:
    """``operand`` rounded to a format of so many bits: ties to even, no subnormals, beyond its range infinite.

    The derivative is that of the identity, as a conversion's is; JAX rounds the tangent too, which is not linear.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        TypeError: ``operand`` is not floating, or a number of bits is no integer.
        ValueError: ``exponent_bits`` is below 1, or ``mantissa_bits`` below 0.
    """
    exponent, mantissa = operator.index(exponent_bits), operator.index(mantissa_bits)
    check_dtype("reduce_precision", aval_of(operand), FLOATING, "operand")
    if exponent < 1:
        raise ValueError(f"`exponent_bits` of reduce_precision must be at least 1, got {exponent}.")
    if mantissa < 0:
        raise ValueError(f"`mantissa_bits` of reduce_precision must not be negative, got {mantissa}.")

    def rounded(x: Array) -> Array:
        found = _rounded(x, exponent, mantissa)
        return convert_element_type(found, x.dtype, x.weak_type) if x.weak_type else found

    def rule(x: Array, tangent: Array) -> list[Array]:
        return [reduce_precision(x, exponent, mantissa), tangent]

    (result,) = bind_custom_jvp(lambda x: [rounded(x)], rule, [lift(operand)])
    return result


def _format(dtype: DType) -> tuple[int, int]:
    """The bits of a dtype's mantissa and exponent."""
    mantissa = int(finfo(dtype).nmant)
    return mantissa, 8 * dtype.itemsize - 1 - mantissa


def _rounded(x: Array, exponent: int, mantissa: int) -> Array:
    # XLA's own steps (xla/service/elemental_ir_emitter.cc, EmitReducePrecisionIR), on the bits.
    unsigned = np.dtype(f"u{x.dtype.itemsize}")
    own_mantissa, own_exponent = _format(x.dtype)

    def number(value: int) -> Array:
        return bind(
            rows.broadcast_in_dim_p, np.asarray(value, unsigned)[()], shape=x.shape, broadcast_dimensions=()
        )

    every = (1 << 8 * x.dtype.itemsize) - 1
    sign, infinite = 1 << (own_mantissa + own_exponent), ((1 << own_exponent) - 1) << own_mantissa
    bits = bitcast_convert_type(x, unsigned)
    if mantissa < own_mantissa:
        dropped = own_mantissa - mantissa
        last = bitwise_and(shift_right_logical(bits, number(dropped)), number(1))
        bits = add(add(bits, last), number((1 << (dropped - 1)) - 1))
        bits = bitwise_and(bits, number(every & ~((1 << dropped) - 1)))
    if exponent < own_exponent:
        bias, reduced = (1 << (own_exponent - 1)) - 1, (1 << (exponent - 1)) - 1
        size = bitwise_and(bits, number(infinite))
        signs = bitwise_and(bits, number(sign))
        above = gt(size, number((bias + reduced) << own_mantissa))
        below = le(size, number((bias - reduced) << own_mantissa))
        bits = select(above, bitwise_or(signs, number(infinite)), select(below, signs, bits))
    return select(ne(x, x), convert_element_type(x, x.dtype), bitcast_convert_type(bits, x.dtype))
