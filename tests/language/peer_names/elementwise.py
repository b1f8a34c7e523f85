"""Elementwise names of `verax.numpy`."""

from __future__ import annotations

from tests.language.peer_names.drawing import Call, Draw, Row, Rows, binary, each, rank, unary

UNARY = """
abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh cbrt cos cosh exp exp2 expm1
isfinite isinf isnan log log10 log1p log2 logical_not negative positive reciprocal rint sign sin sinc sinh sqrt square
tan tanh real imag conj conjugate iscomplex isreal sort_complex
"""
REAL = """
ceil deg2rad degrees fabs floor modf rad2deg radians signbit trunc isposinf isneginf spacing i0 frexp
"""
BINARY = """
add arctan2 atan2 divide divmod equal float_power floor_divide fmod greater greater_equal hypot less less_equal
logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply not_equal pow power remainder
true_divide copysign fmax fmin nextafter array_equiv subtract heaviside
"""
BITS = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift"


def _rounded(name: str) -> Row:
    return lambda d: d.call(name, d.operand(), **d.options(decimals=[0, 1, 2, -1, 20]))


def _close(name: str) -> Row:
    return lambda d: d.call(
        name,
        *d.pair(),
        **d.options(rtol=[1e-3, 1], atol=[0, 1e-3], equal_nan=[True]),  # tolerance-name: an argument
    )


def _clip(d: Draw) -> Call:
    shape = d.shape()
    x, low, high = (d.operand("real", s) for s in (shape, d.partner(shape), d.partner(shape)))
    if d.chance(0.3):
        return d.call("clip", x, d.one(None, low), d.one(None, high))
    return d.call("clip", x, **d.options(min=[low, None], max=[high, None]))


def _where(d: Draw) -> Call:
    shape = d.shape()
    x, y = d.pair()
    condition = d.operand(d.mostly("bool", "real"), d.partner(shape) if d.chance(0.5) else ())
    if d.chance(0.1):
        return d.call("where", condition, size=d.one(2, 5), **d.options(fill_value=[1]))
    return d.call("where", condition, x, y, **({"size": 2} if d.chance(0.04) else {}))


def _select(d: Draw) -> Call:
    shape, count = d.shape(), d.one(1, 2, 3)
    conditions = [d.array(d.mostly("bool", "int"), d.partner(shape)) for _ in range(count)]
    choices = [d.operand("any", d.partner(shape)) for _ in range(d.mostly(count, count + 1, 0))]
    return d.call("select", conditions, choices, **d.options(default=[0, 1.5, True, 1j]))


def _nan_to_num(d: Draw) -> Call:
    return d.call("nan_to_num", d.operand(), **d.options(nan=[0, 1.5], posinf=[1, None], neginf=[2.5]))


def _angle(d: Draw) -> Call:
    return d.call("angle", d.operand(), **d.options(deg=[True, False]))


def _copy(d: Draw) -> Call:
    return d.call("copy", d.operand(), **d.options(order=["K", None]))


def _astype(d: Draw) -> Call:
    return d.call("astype", d.operand(), d.named(), **d.options(copy=[True, False]))


def _ldexp(d: Draw) -> Call:
    x, y = d.pair()
    return d.call("ldexp", d.operand("float", x.shape if hasattr(x, "shape") else ()), y)


def _fix(d: Draw) -> Call:
    # Gone from JAX, kept for NumPy's sake: its trunc.
    return d.of(lambda m, x: getattr(m, "fix" if hasattr(m, "fix") else "trunc")(x), "fix", d.operand("real"))


def _unwrap(d: Draw) -> Call:
    x = d.array("real", d.shape(1))
    given = d.options(discont=[None, 4.0], axis=[d.axis(rank(x))], period=[3, 6.5])
    return d.call("unwrap", x, **given)


ELEMENTWISE: Rows = {
    **each(UNARY, unary),
    **each(REAL, lambda n: unary(n, "real")),
    **each("bitwise_invert bitwise_not invert bitwise_count", lambda n: unary(n, "bits")),
    **each(BINARY, binary),
    **each(BITS, lambda n: binary(n, "bits")),
    **each("gcd lcm", lambda n: binary(n, "int")),
    **each("round around", _rounded),
    **each("isclose allclose", _close),
    "array_equal": lambda d: d.call("array_equal", *d.pair(), **d.options(equal_nan=[True, False])),
    "kron": binary("kron"),
    "clip": _clip,
    "where": _where,
    "select": _select,
    "nan_to_num": _nan_to_num,
    "angle": _angle,
    "copy": _copy,
    "astype": _astype,
    "ldexp": _ldexp,
    "fix": _fix,
    "unwrap": _unwrap,
}
