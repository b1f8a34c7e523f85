"""Kernels of elementwise primitives.

float16 and bfloat16 are computed in float32 and rounded once. Elementary functions of float32 are
computed in float64 and rounded once: until the engine brings its own, that is what makes them right to
0.5 ulp and a little; it costs about twice the time of NumPy's float32 functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...language.dtypes import DType, bool_, float32, float64, is_complex, is_float, is_inexact, real_of
from ..blocks import blocked
from ..devices.device import Buffer
from . import bessel, beta, complex_functions, gamma, incomplete, inverses, special, zeta
from .call import NARROW, Call, Kernel, wider

Function = Callable[..., Buffer]


# -- exact in every format -----------------------------------------------------------------------------
def _sign(call: Call) -> Function:
    xp = call.xp
    if not is_float(call.dtype):
        return _named("sign")(call)
    return lambda x: xp.where(x == 0, x, xp.sign(x))  # -0 keeps its sign


def _round(call: Call) -> Function:
    xp = call.xp
    if call.params["rounding_method"] == 1:
        return _named("rint")(call)

    def away(x: Buffer) -> Buffer:
        size = xp.abs(x)
        whole = xp.floor(size)
        return xp.copysign(xp.where(size - whole >= 0.5, whole + 1, whole), x)

    return away


def _clamp(call: Call) -> Function:
    xp = call.xp
    if call.dtype == bool_:
        return lambda low, x, high: xp.logical_and(xp.logical_or(x, low), high)
    return lambda low, x, high: xp.minimum(xp.maximum(x, low), high)


def _select_n(call: Call) -> Kernel:
    xp, count = call.xp, len(call.inputs) - 1
    if count == 1:
        return lambda which, only: only
    if count == 2:
        if call.dtype == bool_:
            return lambda which, off, on: xp.where(which, on, off)
        return lambda which, off, on: xp.where(which > 0, on, off)

    def select(which: Buffer, *cases: Buffer) -> Buffer:
        result = cases[0]
        for i, case in enumerate(cases[1:], 1):  # an index out of range takes the nearest case
            result = xp.where(which >= i, case, result)
        return result

    return select


# -- integers --------------------------------------------------------------------------------------------
def _quotient(call: Call) -> Function:
    # Towards zero; x / 0 is -1 (all bits set), as XLA has it.
    xp, minus_one = call.xp, np.array(-1).astype(call.dtype)[()]

    def quotient(x: Buffer, y: Buffer) -> Buffer:
        zero = y == 0
        safe = xp.where(zero, y + y.dtype.type(1), y)
        q = xp.floor_divide(x, safe)
        low = xp.logical_and(q * safe != x, (x < 0) != (safe < 0))
        return xp.where(zero, minus_one, q + low.astype(q.dtype))

    return quotient


def _div(call: Call) -> Function:
    return _named("true_divide")(call) if is_inexact(call.dtype) else _quotient(call)


def _rem(call: Call) -> Function:
    xp = call.xp
    if is_float(call.dtype):
        return _named("fmod")(call)
    quotient = _quotient(call)
    return lambda x, y: xp.where(y == 0, x, x - quotient(x, y) * y)  # x % 0 is x, as XLA has it


def _shift(call: Call, move: str) -> Function:
    # A shift by the width or more, or by a negative number, moves every bit out.
    xp, dtype = call.xp, call.dtype
    width = dtype.itemsize * 8
    unsigned, signed = np.dtype(f"u{dtype.itemsize}"), np.dtype(f"i{dtype.itemsize}")

    def shift(x: Buffer, by: Buffer) -> Buffer:
        places = by.astype(unsigned)
        inside = places < width
        kept = xp.where(inside, places, unsigned.type(0))
        bits = x.astype(unsigned)
        if move == "left":
            moved, out = xp.left_shift(bits, kept), unsigned.type(0)
        elif move == "logical":
            moved, out = xp.right_shift(bits, kept), unsigned.type(0)
        else:  # the first bit is repeated, in an unsigned number too
            most = xp.where(inside, places, unsigned.type(width - 1))
            return xp.right_shift(x.astype(signed), most.astype(signed)).astype(dtype)
        return xp.where(inside, moved, out).astype(dtype)

    return shift


def _population(xp: Any, bits: Buffer) -> Buffer:
    # Warren, "Hacker's Delight", 5-1: neighbouring bits, pairs, nibbles, bytes, ... are added.
    unsigned = bits.dtype.type
    width = 8 * bits.dtype.itemsize
    every = (1 << width) - 1
    by = 1
    while by < width:
        mask = unsigned(every // ((1 << by) + 1))  # every second group of so many bits
        upper = xp.bitwise_and(xp.right_shift(bits, unsigned(by)), mask)
        bits = xp.bitwise_and(bits, mask) + upper
        by *= 2
    return bits


def _population_count(call: Call) -> Function:
    unsigned = np.dtype(f"u{call.dtype.itemsize}")
    return lambda x: _population(call.xp, x.astype(unsigned)).astype(call.dtype)


def _mulhi(call: Call) -> Function:
    # Warren, "Hacker's Delight", 8-2: products of halves, with the carry of the lower half handed on.
    xp, dtype, half = call.xp, call.dtype, 4 * call.dtype.itemsize
    low, shift = dtype.type((1 << half) - 1), dtype.type(half)

    def product(x: Buffer, y: Buffer) -> Buffer:
        x_low, x_high = xp.bitwise_and(x, low), xp.right_shift(x, shift)
        y_low, y_high = xp.bitwise_and(y, low), xp.right_shift(y, shift)
        bottom = x_low.astype(unsigned) * y_low.astype(unsigned)
        middle = x_high * y_low + xp.right_shift(bottom, unsigned.type(half)).astype(dtype)
        carried = xp.bitwise_and(middle, low) + x_low * y_high
        return x_high * y_high + xp.right_shift(middle, shift) + xp.right_shift(carried, shift)

    unsigned = np.dtype(f"u{dtype.itemsize}")
    return product


def _leading_zeros(call: Call) -> Function:
    xp, unsigned = call.xp, np.dtype(f"u{call.dtype.itemsize}")
    width = 8 * call.dtype.itemsize

    def count(x: Buffer) -> Buffer:
        bits, by = x.astype(unsigned), 1
        while by < width:  # every bit after the first 1 is set
            bits = xp.bitwise_or(bits, xp.right_shift(bits, unsigned.type(by)))
            by *= 2
        return _population(xp, xp.invert(bits)).astype(call.dtype)

    return count


# -- powers ------------------------------------------------------------------------------------------------
def _square(call: Call) -> Function:
    return lambda x: x * x


def _integer_power(xp: Any, x: Buffer, y: int) -> Buffer:
    # By repeated squaring; used for integers, which wrap, and for the first powers of floats.
    result = None
    while y:
        if y & 1:
            result = x if result is None else result * x
        y >>= 1
        if y:
            x = x * x
    return xp.ones_like(x) if result is None else result


def _integer_pow(call: Call) -> Function:
    xp, y = call.xp, call.params["y"]
    if 0 <= y <= 2 or not is_float(call.dtype):
        return lambda x: _integer_power(xp, x, y)
    if y == -1:
        return lambda x: 1 / x
    return lambda x: xp.power(x, x.dtype.type(y))


# -- special functions -------------------------------------------------------------------------------------
def _logistic(call: Call) -> Function:
    return lambda x: special.logistic(call.xp, x)


def _rsqrt(call: Call) -> Function:
    return lambda x: special.rsqrt(call.xp, x)


def _erf_inv(call: Call) -> Function:
    return lambda x: inverses.erf_inv(call.xp, x)


def _bessel(call: Call, order: int) -> Function:
    return lambda x: bessel.scaled_i(call.xp, order, x)


def _lgamma(call: Call) -> Function:
    return lambda x: gamma.lgamma(call.xp, x)


def _digamma(call: Call) -> Function:
    return lambda x: special.digamma(call.xp, x)


def _of_module(function: Callable[..., Buffer]) -> Callable[[Call], Function]:
    """A kernel that takes the array module first."""
    return lambda call: lambda *xs: function(call.xp, *xs)


def _named(name: str) -> Callable[[Call], Function]:
    def build(call: Call) -> Function:
        function: Function = getattr(call.xp, name)
        return function

    return build


def _of_device(name: str) -> Callable[[Call], Function]:
    return lambda call: call.device.functions[name]


# What is computed in the operands' own format (float16 and bfloat16 in float32).
PLAIN: dict[str, Callable[[Call], Function]] = {
    "neg": _named("negative"),
    "sign": _sign,
    "abs": _named("abs"),
    "floor": _named("floor"),
    "ceil": _named("ceil"),
    "round": _round,
    "is_finite": _named("isfinite"),
    "not": _named("invert"),
    "mulhi": _mulhi,
    "population_count": _population_count,
    "clz": _leading_zeros,
    "sqrt": _named("sqrt"),
    "square": _square,
    "add": _named("add"),
    "sub": _named("subtract"),
    "mul": _named("multiply"),
    "div": _div,
    "rem": _rem,
    "max": _named("maximum"),
    "min": _named("minimum"),
    "and": _named("bitwise_and"),
    "or": _named("bitwise_or"),
    "xor": _named("bitwise_xor"),
    "shift_left": lambda call: _shift(call, "left"),
    "shift_right_arithmetic": lambda call: _shift(call, "arithmetic"),
    "shift_right_logical": lambda call: _shift(call, "logical"),
    "eq": _named("equal"),
    "ne": _named("not_equal"),
    "lt": _named("less"),
    "le": _named("less_equal"),
    "gt": _named("greater"),
    "ge": _named("greater_equal"),
    "clamp": _clamp,
}

# What is computed in float64 and rounded once.
IN_DOUBLE: dict[str, Callable[[Call], Function]] = {
    "rsqrt": _rsqrt,
    "cbrt": _named("cbrt"),
    "integer_pow": _integer_pow,
    "pow": _named("power"),
    "exp": _named("exp"),
    "exp2": _named("exp2"),
    "expm1": _named("expm1"),
    "log": _named("log"),
    "log1p": _named("log1p"),
    "sin": _named("sin"),
    "cos": _named("cos"),
    "tan": _named("tan"),
    "asin": _named("arcsin"),
    "acos": _named("arccos"),
    "atan": _named("arctan"),
    "sinh": _named("sinh"),
    "cosh": _named("cosh"),
    "tanh": _named("tanh"),
    "asinh": _named("arcsinh"),
    "acosh": _named("arccosh"),
    "atanh": _named("arctanh"),
    "atan2": _named("arctan2"),
    "logistic": _logistic,
    "erf": _of_device("erf"),
    "erfc": _of_device("erfc"),
    "erf_inv": _erf_inv,
    "bessel_i0e": lambda call: _bessel(call, 0),
    "bessel_i1e": lambda call: _bessel(call, 1),
    "lgamma": _lgamma,
    "digamma": _digamma,
    "igamma": _of_module(incomplete.igamma),
    "igammac": _of_module(incomplete.igammac),
    "igamma_grad_a": _of_module(incomplete.igamma_grad_a),
    "random_gamma_grad": _of_module(incomplete.random_gamma_grad),
    "regularized_incomplete_beta": _of_module(beta.betainc),
    "zeta": _of_module(zeta.zeta),
    "polygamma": _of_module(zeta.polygamma),
}


def _in_blocks(call: Call, kernel: Kernel) -> Kernel:
    """A kernel of several steps, run block by block where that pays."""

    def into(*xs: Buffer) -> None:
        xs[-1][...] = kernel(*xs[:-1])

    shapes = [a.shape for a in call.inputs]
    run = blocked(lambda *xs: (kernel(*xs),), into, shapes, call.outputs, call.device)
    return kernel if run is None else lambda *xs: run(*xs)[0]


def _computed_in(call: Call, function: Function, work: DType) -> Kernel:
    return _in_blocks(call, _converting(call, function, work))


def _converting(call: Call, function: Function, work: DType) -> Kernel:
    """A kernel that converts floats to ``work``, computes, and rounds once to the result's dtype."""
    cast, xp = call.device.cast, call.xp
    old = tuple(a.dtype for a in call.inputs)
    new = call.outputs[0].dtype
    if new == bool_:
        return lambda *xs: function(*(cast(x, d, work) for x, d in zip(xs, old, strict=True)))
    if old == (float32,) and work == float64:
        return lambda x: function(x.astype(float64)).astype(float32)
    return lambda *xs: cast(
        xp.asarray(function(*(cast(x, d, work) for x, d in zip(xs, old, strict=True)))), work, new
    )


def _plain(build: Callable[[Call], Function]) -> Callable[[Call], Kernel]:
    def kernel(call: Call) -> Kernel:
        function = build(call)
        return _computed_in(call, function, float32) if call.dtype in NARROW else function

    return kernel


def _in_double(build: Callable[[Call], Function]) -> Callable[[Call], Kernel]:
    def kernel(call: Call) -> Kernel:
        function = build(call)
        work = wider(call.dtype)
        if all(a.dtype == work for a in call.inputs) or not is_inexact(call.dtype):
            return function if isinstance(function, np.ufunc) else _in_blocks(call, function)
        return _computed_in(call, function, work)

    return kernel


def _itself(call: Call) -> Kernel:
    return lambda x: x


def _nextafter(call: Call) -> Kernel:
    xp, dtype = call.xp, call.dtype
    if dtype not in NARROW:
        return _named("nextafter")(call)
    bits = np.dtype(np.int16)

    def step(x: Buffer, y: Buffer) -> Buffer:
        # The formats' bits, read as sign and magnitude, are in the numbers' order.
        wide_x, wide_y = call.widen(x), call.widen(y)
        here = xp.ascontiguousarray(x).view(bits)
        magnitude = xp.bitwise_and(here, bits.type(0x7FFF))
        outwards = (wide_y > wide_x) == (wide_x > 0)
        moved = here + xp.where(outwards, bits.type(1), bits.type(-1))
        smallest = xp.where(wide_y > 0, bits.type(1), bits.type(-0x7FFF))
        moved = xp.where(magnitude == 0, smallest, moved)
        same = xp.ascontiguousarray(y).view(bits)
        moved = xp.where(wide_x == wide_y, same, moved)
        nan = xp.logical_or(xp.isnan(wide_x), xp.isnan(wide_y))
        return xp.where(nan, bits.type(0x7FFF), moved).astype(bits).view(x.dtype).reshape(xp.shape(x))

    return step


def _to_integer(call: Call, x: Buffer, new: DType) -> Buffer:
    # Towards zero; beyond the range, the nearest end of it; NaN is 0: as XLA has it.
    xp, limits = call.xp, np.iinfo(new)
    low, high = float(limits.min), float(limits.max)  # high rounds up to a power of two for wide formats
    inside = xp.logical_and(x >= low, x < high)
    whole = xp.where(inside, x, x.dtype.type(0)).astype(new)
    ends = xp.where(x >= high, new.type(limits.max), xp.where(x < low, new.type(limits.min), new.type(0)))
    return xp.where(inside, whole, ends)


def _convert_element_type(call: Call) -> Kernel:
    xp, cast = call.xp, call.device.cast
    old, new = call.dtype, call.outputs[0].dtype
    if old == new:
        return lambda x: x
    if new == bool_:
        return lambda x: call.widen(x) != 0
    if is_complex(old) and not is_complex(new):  # the imaginary part is dropped
        rest = _convert_element_type(replace(call, inputs=(call.inputs[0].with_dtype(real_of(old)),)))
        return lambda z: rest(xp.real(z))
    if is_float(old) and not is_inexact(new):
        return lambda x: _to_integer(call, call.widen(x), new)
    if new in NARROW and not is_float(old):
        return lambda x: cast(x.astype(float64), float64, new)
    return lambda x: cast(xp.asarray(x), old, new)


def _threefry2x32(call: Call) -> Kernel:
    xp = call.xp
    rotations = ((13, 15, 26, 6), (17, 29, 16, 24))

    def rotate(x: Buffer, by: int) -> Buffer:
        return xp.bitwise_or(xp.left_shift(x, np.uint32(by)), xp.right_shift(x, np.uint32(32 - by)))

    def block(k0: Buffer, k1: Buffer, x0: Buffer, x1: Buffer) -> tuple[Buffer, Buffer]:
        # Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
        keys = (k0, k1, xp.bitwise_xor(xp.bitwise_xor(k0, k1), np.uint32(0x1BD11BDA)))
        x0, x1 = x0 + keys[0], x1 + keys[1]
        for i in range(5):
            for by in rotations[i % 2]:
                x0 = x0 + x1
                x1 = xp.bitwise_xor(rotate(x1, by), x0)
            x0 = x0 + keys[(i + 1) % 3]
            x1 = x1 + keys[(i + 2) % 3] + np.uint32(i + 1)
        return x0, x1

    return block


def _by_kind(
    of_reals: Callable[[Call], Kernel], of_complex: Callable[[Call], Kernel]
) -> Callable[[Call], Kernel]:
    return lambda call: (of_complex if is_complex(call.dtype) else of_reals)(call)


_OF_REALS: dict[str, Callable[[Call], Kernel]] = {
    **{name: _plain(build) for name, build in PLAIN.items()},
    **{name: _in_double(build) for name, build in IN_DOUBLE.items()},
}

ELEMENTWISE: dict[str, Callable[[Call], Kernel]] = {
    **_OF_REALS,
    **complex_functions.DIRECT,
    **{
        name: _by_kind(_OF_REALS[name], _in_double(build))
        for name, build in complex_functions.IN_DOUBLE.items()
    },
    "select_n": _select_n,
    "stop_gradient": _itself,
    "name": _itself,
    "nextafter": _nextafter,
    "convert_element_type": _convert_element_type,
    "threefry2x32": _threefry2x32,
}
