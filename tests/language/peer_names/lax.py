"""Names of `verax.lax` and `verax.lax.linalg` that tests/language/peer_types has no calls of."""

from __future__ import annotations

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Spec, each, unary

_KEYS = [np.dtype("uint32"), np.dtype("uint64")]


def _fft(d: Draw) -> Call:
    kind = d.one("fft", "ifft", "rfft", "irfft")
    dtype = d.mostly(d.dtype("float" if kind == "rfft" else "complex"), d.dtype())
    shape = d.mostly(d.shape(1), ())
    sizes = shape[len(shape) - 1 :]
    if kind == "irfft" and sizes:
        sizes = (max(2 * (sizes[0] - 1), 0),)
    return d.call("fft", Spec(shape, dtype), d.mostly(kind, "odd"), d.mostly(sizes, (3,), ()))


def _in_dim(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.mostly(d.shape(1), ())
        axis = d.axis(len(shape))
        place = d.one(0, 1, -1, d.array("index", ()))
        x = d.array("any", shape)
        if "update" in name:
            size = d.size(0, 2)
            whole = tuple(size if i == axis % max(len(shape), 1) else n for i, n in enumerate(shape))
            part = (
                tuple(n for i, n in enumerate(shape) if i != axis % max(len(shape), 1))
                if "index" in name
                else whole
            )
            update = Spec(d.mostly(part, whole, ()), d.mostly(x.dtype, d.dtype()), x.weak)
            return d.call(name, x, update, place, axis)
        if "index" in name:
            return d.call(name, x, place, axis, **d.options(keepdims=[True, False]))
        return d.call(name, x, place, d.mostly(d.size(0, 2), 9), axis)

    return row


def _parts(d: Draw) -> Call:
    shape = d.shape()
    dtype = d.mostly(d.dtype("float"), d.dtype())
    x, y = (Spec(shape, d.mostly(dtype, d.dtype()), False) for _ in range(2))
    return d.call("complex", x, y._replace(shape=d.mostly(shape, d.shape())))


def _alike(name: str, count: int) -> Row:
    def row(d: Draw) -> Call:
        shape, dtype = d.shape(), d.dtype("float")
        xs = [
            Spec(d.mostly(shape, d.shape(), share=0.95), d.mostly(dtype, d.dtype(), share=0.95))
            for _ in range(count)
        ]
        return d.call(name, *xs)

    return row


def _shapes(d: Draw) -> Call:
    shape = d.shape()
    return d.call("broadcast_shapes", *(d.partner(shape) for _ in range(d.one(1, 2, 3))))


def _bit_generator(d: Draw) -> Call:
    key = Spec((d.mostly(d.one(4, 4, 2), 3),), d.mostly(d.one(*_KEYS[: 1 + d.wide]), d.dtype()))
    given = (
        {"dtype": d.mostly(d.one("uint8", "uint16", "uint32", "uint64"), d.named())} if d.chance(0.6) else {}
    )
    return d.call("rng_bit_generator", key, d.shape(), **given)


def _uniform(d: Draw) -> Call:
    low, high = (d.operand(d.mostly("float", "any"), d.mostly((), (2,))) for _ in range(2))
    if isinstance(low, Spec) and isinstance(high, Spec) and d.chance(0.6):
        high = high._replace(dtype=low.dtype, weak=low.weak)
    return d.call("rng_uniform", low, high, d.shape())


LAX: Rows = {
    "rng_bit_generator": _bit_generator,
    "rng_uniform": _uniform,
    "fft": _fft,
    "complex": _parts,
    **each("betainc", lambda n: _alike(n, 3)),
    **each("random_gamma_grad", lambda n: _alike(n, 2)),
    **each("conj real imag", lambda n: unary(n, "complex")),
    **each(
        "dynamic_index_in_dim dynamic_slice_in_dim dynamic_update_index_in_dim dynamic_update_slice_in_dim",
        _in_dim,
    ),
    "broadcast_shapes": _shapes,
}
