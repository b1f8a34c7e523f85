"""Names that tell of dtypes, shapes and kinds, in `verax.numpy` and `verax.dtypes`."""

from __future__ import annotations

from typing import Any

from tests.language.peer_names.drawing import DTYPES, WIDE_DTYPES, Call, Draw, Row, Rows, each, rank

KINDS = [
    "bool",
    "signed integer",
    "unsigned integer",
    "integral",
    "real floating",
    "complex floating",
    "numeric",
    "odd",
]
CLASSES = [
    "generic",
    "number",
    "integer",
    "signedinteger",
    "unsignedinteger",
    "inexact",
    "floating",
    "complexfloating",
]


def _type(d: Draw) -> Any:
    return d.random.choice(DTYPES + WIDE_DTYPES)


def _result_type(d: Draw) -> Call:
    return d.call("result_type", *(d.one(d.operand(), _type(d)) for _ in range(d.one(0, 1, 2, 2, 3))))


def _limits(name: str) -> Row:
    return lambda d: d.call(name, d.one(_type(d), _type(d), d.array("any", ()), 1.5, 2))


def _issubdtype(d: Draw) -> Call:
    if d.chance(0.4):
        kind = d.one(*CLASSES)
        import jax.numpy as jnp  # JAX's class of the name, which is NumPy's or its own

        return d.call("issubdtype", _type(d), getattr(jnp, kind))
    return d.call("issubdtype", _type(d), _type(d))


def _can_cast(d: Draw) -> Call:
    given = d.options(casting=["no", "equiv", "safe", "same_kind", "unsafe", "odd"])
    return d.call("can_cast", d.one(_type(d), _type(d), d.scalar()), _type(d), **given)


def _isdtype(d: Draw) -> Call:
    kind = d.one(d.random.choice(KINDS), _type(d), (d.random.choice(KINDS), _type(d)))
    return d.call("isdtype", d.one(_type(d), "float32"), kind)


def told(name: str) -> Row:
    return lambda d: d.call(name, d.operand())


def _size(d: Draw) -> Call:
    x = d.operand()
    return d.call("size", x, **({"axis": d.axes(rank(x))} if d.chance(0.5) else {}))


KNOWN: Rows = {
    "result_type": _result_type,
    "promote_types": lambda d: d.call("promote_types", _type(d), _type(d)),
    **each("finfo iinfo", _limits),
    "issubdtype": _issubdtype,
    "can_cast": _can_cast,
    "isdtype": _isdtype,
    **each("iscomplexobj isrealobj ndim shape isscalar iterable", told),
    "size": _size,
    "broadcast_shapes": lambda d: d.call(
        "broadcast_shapes", *(d.one(s := d.shape(), d.partner(s)) for _ in range(d.one(1, 2, 3)))
    ),
}

DTYPES_ROWS: Rows = {
    "result_type": _result_type,
    **each("finfo iinfo", _limits),
    "issubdtype": _issubdtype,
    "canonicalize_dtype": lambda d: d.call("canonicalize_dtype", _type(d)),
    "itemsize_bits": lambda d: d.call("itemsize_bits", _type(d)),
    "scalar_type_of": lambda d: d.call("scalar_type_of", d.one(d.scalar(), 1, 1.5, True, 1j)),
}
