"""Kernels of complex elementwise primitives.

complex64 is computed in complex128 and rounded once, as float32 is in float64. What the array module computes
without its digits (next to zeros, and far out) is written in real functions of the parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..devices.device import Buffer
from .call import Call

Function = Callable[..., Buffer]


def joined(xp: Any, real: Buffer, imaginary: Buffer, dtype: Any) -> Buffer:
    """Complex numbers of their parts; no arithmetic, which would turn infinities into NaN."""
    found = xp.empty(np.broadcast_shapes(xp.shape(real), xp.shape(imaginary)), dtype)
    found.real[...], found.imag[...] = real, imaginary
    return found


def _complex(call: Call) -> Function:
    return lambda x, y: joined(call.xp, x, y, call.outputs[0].dtype)


def _part(name: str) -> Callable[[Call], Function]:
    def build(call: Call) -> Function:
        xp = call.xp
        read = getattr(xp, name)
        return lambda z: xp.ascontiguousarray(read(z)).reshape(xp.shape(z))

    return build


def _sign(call: Call) -> Function:
    xp = call.xp

    def sign(z: Buffer) -> Buffer:
        # Scaled by a power of two first: neither the square nor the quotient overflows.
        size = xp.maximum(xp.abs(xp.real(z)), xp.abs(xp.imag(z)))
        _, exponent = xp.frexp(xp.where(xp.isfinite(size), size, 1))
        near = joined(xp, xp.ldexp(xp.real(z), -exponent), xp.ldexp(xp.imag(z), -exponent), z.dtype)
        length = xp.abs(near)
        return xp.where(length == 0, z, near / xp.where(length == 0, 1, length))

    return sign


def _exp2(call: Call) -> Function:
    xp = call.xp
    turn = math.log(2)

    def exp2(z: Buffer) -> Buffer:
        size, angle = xp.exp2(xp.real(z)), xp.imag(z) * turn
        return joined(xp, size * xp.cos(angle), xp.where(angle == 0, angle, size * xp.sin(angle)), z.dtype)

    return exp2


def _expm1(call: Call) -> Function:
    xp = call.xp

    def expm1(z: Buffer) -> Buffer:
        # expm1(x) cos(y) - 2 sin(y/2)^2; far out exp(z) itself.
        x, y = xp.real(z), xp.imag(z)
        bend = xp.sin(y / 2)
        near = xp.expm1(x) * xp.cos(y) - 2 * bend * bend
        return joined(xp, near, xp.where(y == 0, y, xp.exp(x) * xp.sin(y)), z.dtype)

    return expm1


def _log1p(call: Call) -> Function:
    xp = call.xp

    def log1p(z: Buffer) -> Buffer:
        x, y = xp.real(z), xp.imag(z)
        # As the logarithm of the distance from -1 where that is not near 1.
        small = xp.logical_and(xp.abs(x) < 0.5, xp.abs(y) < 1)
        inner = xp.where(small, x * (2 + x) + y * y, 0)
        size = xp.where(small, xp.log1p(inner) / 2, xp.log(xp.hypot(1 + x, y)))
        return joined(xp, size, xp.arctan2(y, 1 + x), z.dtype)

    return log1p


def _rsqrt(call: Call) -> Function:
    return lambda z: 1 / call.xp.sqrt(z)


def _logistic(call: Call) -> Function:
    xp = call.xp

    def logistic(z: Buffer) -> Buffer:
        # By the exponential that cannot overflow.
        right = xp.real(z) >= 0
        e = xp.exp(xp.where(right, -z, z))
        return xp.where(right, 1 / (1 + e), e / (1 + e))

    return logistic


def _integer_pow(call: Call) -> Function:
    xp, n = call.xp, call.params["y"]

    def power(z: Buffer) -> Buffer:
        found, factor, left = xp.ones_like(z), z, abs(n)
        while left:
            found = found * factor if left & 1 else found
            left >>= 1
            factor = factor * factor if left else factor
        return found if n >= 0 else 1 / found

    return power


def _atan2(call: Call) -> Function:
    xp = call.xp

    def atan2(y: Buffer, x: Buffer) -> Buffer:
        found = xp.log((x + 1j * y) / xp.sqrt(x * x + y * y))
        return joined(xp, xp.imag(found), -xp.real(found), found.dtype)

    return atan2


# In the operands' own format; the absolute value has its own.
DIRECT: dict[str, Callable[[Call], Function]] = {
    "real": _part("real"),
    "imag": _part("imag"),
    "complex": _complex,
    "conj": lambda call: call.xp.conj,
}
# In complex128, and rounded once.
IN_DOUBLE: dict[str, Callable[[Call], Function]] = {
    "sign": _sign,
    "atan2": _atan2,
    "exp2": _exp2,
    "expm1": _expm1,
    "log1p": _log1p,
    "rsqrt": _rsqrt,
    "logistic": _logistic,
    "integer_pow": _integer_pow,
}
