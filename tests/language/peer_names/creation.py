"""Names of `verax.numpy` that make arrays, and its dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, each, rank

TYPES = """
bool bool_ int8 int16 int32 int64 int_ uint8 uint16 uint32 uint64 uint float16 bfloat16 float32 float64 float_ single
double complex64 complex128 complex_ csingle cdouble
"""


def dims(d: Draw) -> Any:
    """A shape as a caller writes it: a tuple, a list, a number; seldom a negative one."""
    shape = d.shape()
    return d.one(shape, shape, list(shape), d.size(), d.mostly(shape, (2, -1), (1.5,), np.int32(2)))


def nested(d: Draw, depth: int = 2) -> Any:
    """Scalars in lists."""
    if not depth or d.chance(0.3):
        return d.scalar()
    item = nested(d, depth - 1)
    return [item] * d.size(0, 3)


def _array(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.one(d.operand(), d.operand(), nested(d), [d.array("any", ()), d.scalar()], d.known())
        given = {"dtype": d.named()} if d.chance(0.4) else {}
        if name == "array":
            given |= d.options(ndmin=[0, 1, 3], copy=[True, False])
        return d.call(name, x, **given)

    return row


def _arange(d: Draw) -> Call:
    numbers = [d.one(0, 1, 5, -3, 2.5, 7, np.int8(4), np.float32(2), True) for _ in range(d.one(1, 2, 3))]
    return d.call("arange", *numbers, **({"dtype": d.named()} if d.chance(0.4) else {}))


def _filled(name: str) -> Row:
    return lambda d: d.call(name, dims(d), **({"dtype": d.named()} if d.chance(0.6) else {}))


def _like(name: str) -> Row:
    def row(d: Draw) -> Call:
        given = {"dtype": d.named()} if d.chance(0.4) else {}
        return d.call(name, d.operand(), **given, **({"shape": dims(d)} if d.chance(0.3) else {}))

    return row


def _full(d: Draw) -> Call:
    shape = d.shape()
    value = d.operand("any", d.partner(shape) if d.chance(0.3) else ())
    return d.call("full", shape, value, **({"dtype": d.named()} if d.chance(0.4) else {}))


def _full_like(d: Draw) -> Call:
    x = d.operand()
    value = d.operand("any", ())
    given = {"dtype": d.named()} if d.chance(0.4) else {}
    return d.call("full_like", x, value, **given, **({"shape": d.shape()} if d.chance(0.3) else {}))


def _spaced(name: str) -> Row:
    def row(d: Draw) -> Call:
        start, stop = d.pair()
        given = {"num": d.size(0, 5), **d.options(endpoint=[True, False])}
        if d.chance(0.3):
            given["dtype"] = d.named()
        if d.chance(0.3):
            given["axis"] = d.axis(max(rank(start), rank(stop)) + 1)
        if name == "linspace" and d.chance(0.2):
            given["retstep"] = True
        if name == "logspace" and d.chance(0.3):
            given["base"] = d.one(2, 2.5)
        return d.call(name, start, stop, **given)

    return row


def _eye(d: Draw) -> Call:
    given = d.options(M=[0, 2, None], k=[-1, 0, 2])
    return d.call(
        "eye", d.mostly(d.size(), -1, 1.5), **given, **({"dtype": d.named()} if d.chance(0.4) else {})
    )


def _identity(d: Draw) -> Call:
    return d.call("identity", d.mostly(d.size(), -1), **({"dtype": d.named()} if d.chance(0.6) else {}))


def _tri(d: Draw) -> Call:
    given = d.options(M=[0, 2, None], k=[-1, 0, 2])
    return d.call("tri", d.size(), **given, **({"dtype": d.named()} if d.chance(0.5) else {}))


def _triangle(name: str) -> Row:
    return lambda d: d.call(name, d.array("any", d.mostly(d.shape(2), (3,), ())), **d.options(k=[-1, 0, 2]))


def _diag(name: str) -> Row:
    def row(d: Draw) -> Call:
        low, high = (0, 2) if name == "diagflat" else (1, 2)
        x = d.array("any", d.mostly(d.shape(low, high), (), (2, 2, 2)))
        return d.call(name, x, **d.options(k=[-1, 0, 2]))

    return row


def _meshgrid(d: Draw) -> Call:
    xs = [d.operand("any", d.mostly(d.shape(1, 1), (), (2, 2))) for _ in range(d.one(0, 1, 2, 3))]
    return d.call("meshgrid", *xs, **d.options(indexing=["xy", "ij", "ab"], sparse=[True, False]))


def _indices(d: Draw) -> Call:
    given = d.options(sparse=[True, False])
    return d.call("indices", d.shape(), **given, **({"dtype": d.named()} if d.chance(0.5) else {}))


def _grid(name: str) -> Row:
    def row(d: Draw) -> Call:
        def part() -> slice:
            if d.chance(0.3):
                return slice(d.one(0, -1, 0.5), d.one(2, 3.5), d.one(3j, 5j))
            return slice(d.one(None, 0, 1, 0.5), d.one(2, 3, 3.5), d.one(None, 1, 2, 0.5))

        key = d.one(part(), (part(),), (part(), part()))
        return d.of(lambda m: getattr(m, name)[key], f"{name}[{key}]")

    return row


def _joined(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.shape(1, 1) if d.chance(0.8) else d.shape()
        items: list[Any] = [d.array("any", shape) for _ in range(d.one(1, 2))]
        items += d.one([], [], [2], [1.5], [slice(0, 3)], [slice(0, 1, 4j)])
        if name == "r_" and d.chance(0.2):
            items.insert(0, d.one("0,2", "0,2,1", "1,2,0", "-1"))
        return d.of(lambda m, *xs: getattr(m, name)[xs if len(xs) > 1 else xs[0]], name, *items)

    return row


def _made_of_type(name: str) -> Row:
    # Python's None, too, is no number.
    return lambda d: d.call(name, d.one(d.operand(), nested(d, 1)))


def _from_buffer(d: Draw) -> Call:
    given = d.options(count=[-1, 1, 2], offset=[0, 4])
    dtype = d.named()
    return d.call("frombuffer", bytes(d.one(0, 8, 16, 24, 5)), dtype=dtype, **given)


def _from_string(d: Draw) -> Call:
    text = d.one("1 2 3", "1,2", "", "4")
    return d.call(
        "fromstring", text, dtype=d.one("int32", "float32", int, float, "int8"), sep=d.one(" ", ",")
    )


def _from_function(d: Draw) -> Call:
    shape = d.shape(1, 2)
    given = {"dtype": d.named()} if d.chance(0.5) else {}
    function = d.one(lambda *i: sum(i), lambda *i: i[0] * 2, lambda *i: i[-1] > 1, lambda *i: i[0] * 1.5)
    return d.of(lambda m, s, **g: m.fromfunction(function, s, **g), "fromfunction", shape, **given)


def _window(name: str) -> Row:
    return lambda d: d.call(name, d.mostly(d.random.randint(0, 300), -1, 2.5, None))


def _vander(d: Draw) -> Call:
    x = d.operand("any", d.mostly(d.shape(1, 1), (), (2, 2)))
    return d.call("vander", x, **d.options(N=[0, 2, None, -1], increasing=[True, False]))


CREATION: Rows = {
    **each("array asarray", _array),
    "arange": _arange,
    **each("zeros ones empty", _filled),
    **each("zeros_like ones_like empty_like", _like),
    "full": _full,
    "full_like": _full_like,
    **each("linspace logspace geomspace", _spaced),
    "eye": _eye,
    "identity": _identity,
    "tri": _tri,
    **each("tril triu", _triangle),
    **each("diag diagflat", _diag),
    "meshgrid": _meshgrid,
    "indices": _indices,
    **each("mgrid ogrid", _grid),
    **each("r_ c_", _joined),
    **each(TYPES, _made_of_type),
    "frombuffer": _from_buffer,
    "fromstring": _from_string,
    "fromfunction": _from_function,
    **each("hanning hamming blackman bartlett", _window),
    "kaiser": lambda d: d.call("kaiser", d.random.randint(0, 300), d.one(0, 8.6, np.float32(1), 5)),
    "vander": _vander,
}
