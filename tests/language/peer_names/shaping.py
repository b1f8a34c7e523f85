"""Names of `verax.numpy` that move, join, split and repeat elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Shape, each, rank, unary


def _factors(d: Draw, size: int) -> tuple[int, ...]:
    """A shape of as many elements, mostly; sometimes with -1 for one of them."""
    if size == 0:
        return d.one((0,), (0, 3), (2, 0), (-1,))
    first = d.one(*(k for k in range(1, size + 1) if size % k == 0))
    found = d.one((size,), (first, size // first), (first, 1, size // first))
    if d.chance(0.3):
        place = d.random.randrange(len(found))
        found = tuple(-1 if i == place else n for i, n in enumerate(found))
    return d.mostly(found, (7,), (-1, -1), (2, 3))


def _reshape(d: Draw) -> Call:
    x = d.operand()
    shape = _factors(d, int(np.prod(getattr(x, "shape", ()))))
    return d.call("reshape", x, shape if d.chance(0.8) else shape[0], **d.options(order=["C", "F"]))


def _expand(d: Draw) -> Call:
    x = d.operand()
    n = rank(x) + 2
    return d.call("expand_dims", x, d.one(d.axis(rank(x) + 1), (d.axis(n), d.axis(n)), (), (0, -1)))


def _squeeze(d: Draw) -> Call:
    shape = tuple(d.one(1, 1, n) for n in d.shape())
    return d.call("squeeze", d.array("any", shape), **({"axis": d.axes(len(shape))} if d.chance(0.6) else {}))


def _permutation(d: Draw, n: int) -> tuple[int, ...]:
    found = [i - d.one(0, n) for i in d.random.sample(range(n), n)]
    return tuple(d.mostly(found, found[1:], [0] * n))


def _transpose(d: Draw) -> Call:
    x = d.operand()
    given = {"axes": d.one(None, _permutation(d, rank(x)))} if d.chance(0.7) else {}
    return d.call("transpose", x, **given)


def _moveaxis(d: Draw) -> Call:
    x = d.operand()
    n = rank(x)
    if d.chance(0.5):
        return d.call("moveaxis", x, d.axis(n), d.axis(n))
    count = d.random.randint(0, n)
    to = d.random.sample(range(n), count)
    return d.call("moveaxis", x, d.random.sample(range(n), d.mostly(count, max(count - 1, 0))), to)


def _broadcast_to(d: Draw) -> Call:
    shape = d.shape()
    return d.call("broadcast_to", d.operand("any", d.partner(shape)), shape)


def _joined(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.shape(0 if name in ("hstack", "vstack", "dstack", "column_stack") else 1)
        axis = d.axis(len(shape))
        place = axis % len(shape) if shape else 0

        def other(n: Shape) -> Shape:
            return tuple(d.size() if i == place and d.chance(0.5) else k for i, k in enumerate(n))

        alike = name in ("stack", "vstack", "dstack", "column_stack", "hstack")
        xs = [
            d.operand("any", d.mostly(shape if alike else other(shape), d.shape()))
            for _ in range(d.random.choice([0, 1, 2, 2, 3]))
        ]
        given: dict[str, Any] = {}
        if name in ("concatenate", "concat", "stack") and d.chance(0.6):
            given["axis"] = d.mostly(axis, None)
        if name not in ("concat", "column_stack") and d.chance(0.2):
            given["dtype"] = d.named()
        return d.call(name, xs, **given)

    return row


def _append(d: Draw) -> Call:
    shape = d.shape(1)
    return d.call("append", d.operand("any", shape), d.operand("any", shape), **d.options(axis=[None, 0, -1]))


def _block(d: Draw) -> Call:
    shape = d.shape(0, 2)
    x, y = d.operand("any", shape), d.operand("any", d.mostly(shape, d.shape()))
    return d.call("block", d.one([x, y], [[x, y], [y, x]], [[x], [y]], x, [[x, y], [x]], [x, [y]]))


def _unstack(d: Draw) -> Call:
    x = d.operand()
    return d.call("unstack", x, **({"axis": d.axis(rank(x))} if d.chance(0.6) else {}))


def _split(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.shape(1) if d.chance(0.9) else ()
        parts = d.one(1, 2, 3, [1, 3], [1], [], [0, 9], (2,), np.array([1, 2]))
        given = {"axis": d.axis(len(shape))} if name in ("split", "array_split") and d.chance(0.6) else {}
        return d.call(name, d.array("any", shape), parts, **given)

    return row


def _flip(d: Draw) -> Call:
    x = d.operand()
    return d.call("flip", x, **({"axis": d.axes(rank(x))} if d.chance(0.7) else {}))


def _rot90(d: Draw) -> Call:
    x = d.array("any", d.mostly(d.shape(2), (3,)))
    given = d.options(k=[0, 1, 2, 3, -1, 5])
    return d.call(
        "rot90", x, **given, **({"axes": (d.axis(rank(x)), d.axis(rank(x)))} if d.chance(0.4) else {})
    )


def _roll(d: Draw) -> Call:
    x = d.operand()
    n = rank(x)
    if d.chance(0.4):
        axes = tuple(d.axis(n) for _ in range(2))
        return d.call("roll", x, d.one((1, -1), 2, [1, 2]), axis=axes)
    shift = d.one(0, 1, -5, d.array("index", ()), np.int32(2))
    return d.call("roll", x, shift, **({"axis": d.mostly(d.axis(n), None)} if d.chance(0.6) else {}))


def _tile(d: Draw) -> Call:
    return d.call("tile", d.operand(), d.one(0, 1, 3, (2, 1), (), (1, 0, 2), [2], (2, -1)))


def _repeat(d: Draw) -> Call:
    x = d.operand()
    n = rank(x)
    given: dict[str, Any] = {"axis": d.mostly(d.axis(n), None)} if d.chance(0.6) else {}
    if d.chance(0.2):
        return d.call(
            "repeat", x, d.array("index", d.one((), (1,))), total_repeat_length=d.size(0, 6), **given
        )
    length = x.shape[given["axis"]] if given.get("axis") in range(-n, n) and n else 1
    counts = d.one(0, 1, 2, np.array([2]), np.arange(length), [1] * length, 2.5)
    return d.call("repeat", x, counts, **given)


def _pad(d: Draw) -> Call:
    x = d.operand()
    n = rank(x)
    width = d.one(0, 1, 2, (1, 2), ((1, 0),) * n, ((1, 2),), [(0, 1)] * n, -1, 1.5, ((1, 0),) * (n + 1))
    mode = d.one("constant", "constant", "edge", "reflect", "symmetric", "wrap", "empty", "mean", "odd")
    given: dict[str, Any] = {"mode": mode} if d.chance(0.7) else {}
    if given.get("mode", "constant") == "constant" or d.chance(0.05):
        given |= d.options(constant_values=[2, 1.5, (1, 2), 1j, True])
    return d.call("pad", x, width, **given)


def _resize(d: Draw) -> Call:
    return d.call("resize", d.operand(), d.one(d.shape(), d.size(), (2, -1)))


def _rollaxis(d: Draw) -> Call:
    x = d.operand()
    return d.call("rollaxis", x, d.axis(rank(x)), **({"start": d.axis(rank(x) + 1)} if d.chance(0.7) else {}))


def _swapaxes(d: Draw) -> Call:
    x = d.operand()
    return d.call("swapaxes", x, d.axis(rank(x)), d.axis(rank(x)))


def _atleast(name: str) -> Row:
    return lambda d: d.call(name, *(d.operand() for _ in range(d.one(1, 1, 1, 2, 0))))


SHAPING: Rows = {
    "reshape": _reshape,
    "ravel": lambda d: d.call("ravel", d.operand(), **d.options(order=["C", "F", "K"])),
    "squeeze": _squeeze,
    "expand_dims": _expand,
    **each("atleast_1d atleast_2d atleast_3d", _atleast),
    "transpose": _transpose,
    "permute_dims": lambda d: (x := d.operand(), d.call("permute_dims", x, _permutation(d, rank(x))))[1],
    "matrix_transpose": unary("matrix_transpose"),
    "moveaxis": _moveaxis,
    "swapaxes": _swapaxes,
    "rollaxis": _rollaxis,
    "broadcast_to": _broadcast_to,
    "broadcast_arrays": lambda d: d.call("broadcast_arrays", *d.pair()),
    **each("concatenate concat stack vstack hstack dstack column_stack", _joined),
    "append": _append,
    "block": _block,
    "unstack": _unstack,
    **each("split array_split vsplit hsplit dsplit", _split),
    "flip": _flip,
    **each("fliplr flipud", unary),
    "rot90": _rot90,
    "roll": _roll,
    "tile": _tile,
    "repeat": _repeat,
    "pad": _pad,
    "resize": _resize,
}
