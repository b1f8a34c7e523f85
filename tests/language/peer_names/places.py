"""Names of `verax.numpy` that sort, search, pick and place elements, and its sets."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Spec, each, rank

MODES = ["clip", "wrap", "fill", "raise", None, "promise_in_bounds", "promised"]


def _sorted(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand("any")
        given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
        return d.call(name, x, **given, **d.options(stable=[True, False], descending=[True, False]))

    return row


def _partition(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.array("real", d.mostly(d.shape(1), ()))
        kth = d.mostly(d.one(0, 1, -1), 9, (0, 1), 1.5)
        return d.call(name, x, kth, **({"axis": d.axis(rank(x))} if d.chance(0.6) else {}))

    return row


def _lexsort(d: Draw) -> Call:
    shape = d.shape()
    keys = tuple(d.array("any", d.mostly(shape, (2,))) for _ in range(d.one(1, 2, 3, 0)))
    return d.call("lexsort", keys, **({"axis": d.axis(len(shape))} if d.chance(0.6) else {}))


def _searchsorted(d: Draw) -> Call:
    x = d.array("real", d.mostly((d.size(),), (), (2, 2)))
    given = d.options(side=["left", "right", "middle"], method=["scan", "sort", "compare_all", "default"])
    if d.chance(0.15):
        given["sorter"] = d.array("index", x.shape)
    return d.call("searchsorted", x, d.operand("real"), **given)


def _digitize(d: Draw) -> Call:
    bins = d.mostly(
        d.one(np.array([0.0, 1, 2], np.float32), np.arange(3), np.zeros(0), [0, 1]), np.ones((2, 2))
    )
    return d.call("digitize", d.operand("real"), bins, **d.options(right=[True, False], method=["sort"]))


def _found(name: str) -> Row:
    def row(d: Draw) -> Call:
        given = d.options(fill_value=[0, -1, 1.5])
        return d.call(name, d.operand(), **given, **({"size": d.size(0, 5)} if d.chance(0.9) else {}))

    return row


def _index(d: Draw, shape: tuple[int, ...]) -> Any:
    return d.one(
        0, -1, 1, [0, 1], np.array([0, 1], np.int8), d.array("index", shape), d.array("index", shape)
    )


def _take(d: Draw) -> Call:
    x = d.operand()
    given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
    if d.chance(0.4):
        given["mode"] = d.random.choice(MODES)
    return d.call("take", x, _index(d, d.shape(0, 2)), **given)


def _along(d: Draw) -> tuple[Spec, Any, int | None]:
    x = d.array("any", d.mostly(d.shape(1), ()))
    axis = d.mostly(d.axis(len(x.shape)), None, share=0.8)
    if axis is None:
        return x, d.array("index", (d.size(),)), None
    shape = tuple(
        d.size() if i == axis % max(len(x.shape), 1) else d.mostly(n, 1) for i, n in enumerate(x.shape)
    )
    return x, d.array("index", d.mostly(shape, d.shape())), axis


def _take_along_axis(d: Draw) -> Call:
    x, where, axis = _along(d)
    given: dict[str, Any] = {} if axis == -1 else {"axis": axis}
    return d.call(
        "take_along_axis", x, where, **given, **({"mode": d.random.choice(MODES)} if d.chance(0.3) else {})
    )


def _put_along_axis(d: Draw) -> Call:
    x, where, axis = _along(d)
    value = d.operand("any", d.mostly((), where.shape))
    given = d.options(mode=MODES) if d.chance(0.3) else {}
    return d.call("put_along_axis", x, where, value, axis, inplace=d.mostly(False, True), **given)


def _put(d: Draw) -> Call:
    x, count = d.operand(), d.size()
    where = d.one(0, d.array("index", (count,)), d.array("index", ()))
    value = d.operand("any", d.mostly((), (count,), (2,)))
    return d.call("put", x, where, value, d.random.choice(MODES), inplace=d.mostly(False, True))


def _place(d: Draw) -> Call:
    x = d.operand()
    mask = d.array(d.mostly("bool", "real"), d.mostly(getattr(x, "shape", ()), d.shape()))
    return d.call("place", x, mask, d.operand("any", d.mostly((2,), (), (0,))), inplace=d.mostly(False, True))


def _fill_diagonal(d: Draw) -> Call:
    n = d.size()
    x = d.array("any", d.mostly((n, n), (n, n, n), (2, 3), (3,), (1, 2, 2)))
    value = d.operand("any", d.mostly((), (2,), (n,)))
    given = d.options(wrap=[False, True])
    return d.call("fill_diagonal", x, value, **given, inplace=d.mostly(False, True))


def _delete(d: Draw) -> Call:
    x = d.operand()
    where = d.one(
        0, -1, 9, slice(1), slice(None, None, 2), np.array([0]), [0, 0], d.array("index", d.one((), (1,)))
    )
    given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
    if d.chance(0.2):
        given["assume_unique_indices"] = True
    return d.call("delete", x, where, **given)


def _insert(d: Draw) -> Call:
    x = d.operand()
    where = d.one(0, -1, 1, slice(0, 1), np.array([0, 1]), [0], d.array("index", d.one((), (2,))))
    given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
    return d.call("insert", x, where, d.operand("any", d.mostly((), (1,), (2,))), **given)


def _choose(d: Draw) -> Call:
    shape, count = d.shape(), d.one(1, 2, 3)
    choices = [d.operand("any", d.partner(shape)) for _ in range(count)]
    where = d.operand(d.mostly("index", "real"), d.partner(shape))
    if d.chance(0.2):
        choices = d.array("any", (count, *shape))  # type: ignore[assignment]  # rows are choices too
    return d.call("choose", where, choices, mode=d.mostly(d.one("wrap", "clip"), "raise", "odd"))


def _compress(d: Draw) -> Call:
    x = d.operand()
    flags = d.one(np.array([True, False]), [True], [0, 1], np.array([], bool), np.array([[True]]))
    given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
    if d.chance(0.3):
        flags, given["size"] = d.array("bool", (2,)), d.one(1, 2)
        given |= d.options(fill_value=[1, 1.5])
    return d.call("compress", flags, x, **given)


def _extract(d: Draw) -> Call:
    x = d.operand()
    flags = d.array("bool", d.mostly(getattr(x, "shape", ()), d.shape()))
    given = d.options(fill_value=[1, 1.5])
    return d.call("extract", flags, x, **given, **({"size": d.size(0, 5)} if d.chance(0.9) else {}))


def _piecewise(d: Draw) -> Call:
    shape = d.shape()
    conditions = [d.array("bool", d.mostly(shape, ())) for _ in range(d.one(1, 2))]
    count = len(conditions) + d.mostly(d.one(0, 1), 3)
    functions = [d.one(5, 1.5, lambda x: -x, lambda x: x * 2, lambda x: x + 1.5) for _ in range(count)]
    return d.of(lambda m, x, c: m.piecewise(x, c, functions), "piecewise", d.array("real", shape), conditions)


def _ix(d: Draw) -> Call:
    return d.call(
        "ix_",
        *(d.array(d.mostly("int", "any"), d.mostly((d.size(),), (), (2, 2))) for _ in range(d.one(1, 2, 3))),
    )


def _triangles(name: str) -> Row:
    return lambda d: d.call(name, d.size(), **d.options(k=[-1, 0, 2], m=[None, 2, 0]))


def _triangles_from(name: str) -> Row:
    return lambda d: d.call(
        name, d.array("any", d.mostly((d.size(), d.size()), (3,), (2, 2, 2))), **d.options(k=[-1, 1])
    )


def _mask_indices(d: Draw) -> Call:
    which = d.one("triu", "tril")
    given = d.options(k=[0, 1, -1])
    if d.chance(0.8):
        given["size"] = d.size(0, 6)
    return d.of(
        lambda m, n, **g: m.mask_indices(n, getattr(m, which), **g), "mask_indices", d.size(), **given
    )


def _ravel_multi_index(d: Draw) -> Call:
    shape, count = d.shape(0, 2), d.one(1, 2)
    index = tuple(d.one(d.array(d.mostly("index", "float"), shape), 1) for _ in range(d.mostly(count, 3)))
    given = d.options(order=["C", "F", "K"])
    return d.call(
        "ravel_multi_index",
        index,
        (3, 4)[:count],
        mode=d.mostly(d.one("wrap", "clip"), "raise", "odd"),
        **given,
    )


def _unravel_index(d: Draw) -> Call:
    return d.call("unravel_index", d.operand(d.mostly("index", "any")), d.one((3, 4), (2,), (), 5, d.shape()))


def _bincount(d: Draw) -> Call:
    n = d.size()
    x = d.operand(d.mostly("int", "any"), d.mostly((n,), (), (2, 2)))
    given: dict[str, Any] = d.options(minlength=[0, 3, -1])
    if d.chance(0.4):
        given["weights"] = d.operand("any", d.mostly((n,), (3,)))
    return d.call("bincount", x, **given, **({"length": d.one(0, 4, 6)} if d.chance(0.9) else {}))


def _unique(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand()
        given: dict[str, Any] = d.options(fill_value=[0, 1.5]) if d.chance(0.5) else {}
        if name == "unique":
            given |= d.options(
                return_index=[True], return_inverse=[True], return_counts=[True], equal_nan=[True, False]
            )
            if d.chance(0.3):
                given["axis"] = d.axis(rank(x))
        return d.call(name, x, **given, **({"size": d.size(0, 5)} if d.chance(0.92) else {}))

    return row


def _set(name: str) -> Row:
    def row(d: Draw) -> Call:
        given: dict[str, Any] = d.options(fill_value=[0, 1.5]) if d.chance(0.5) else {}
        if name != "union1d":
            given |= d.options(assume_unique=[True, False]) if d.chance(0.5) else {}
        if name == "intersect1d" and d.chance(0.4):
            given["return_indices"] = True
        kind = d.one("real", "any")
        return d.call(
            name,
            d.operand(kind),
            d.operand(kind),
            **given,
            **({"size": d.size(0, 5)} if d.chance(0.92) else {}),
        )

    return row


def _isin(d: Draw) -> Call:
    methods = ["auto", "compare_all", "binary_search", "sort", "odd"]
    return d.call(
        "isin",
        d.operand(),
        d.operand(),
        **d.options(invert=[True, False], method=methods, assume_unique=[True]),
    )


def _bits(name: str) -> Row:
    def row(d: Draw) -> Call:
        if name == "packbits":
            x = d.operand(d.mostly("bits", "any"))
            given: dict[str, Any] = d.options(bitorder=["big", "little", "odd"])
        else:
            x = Spec(d.shape(), d.mostly(np.dtype("uint8"), np.dtype("int8"), np.dtype("float32")))
            given = d.options(bitorder=["big", "little", "odd"], count=[None, 3, -1, 20, 0])
        return d.call(
            name, x, **given, **({"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.6) else {})
        )

    return row


INDICES: list[Any] = [
    *(0, -1, (1, 2), (slice(None), 1), slice(1, None), (slice(None, None, -2), ..., slice(0, 0)), ..., None),
    *((None, 1, ..., None), np.array([1, 0]), [0, 1], (slice(None), np.array([0, 1])), True, np.int64(1)),
    *(
        np.array([True, False]),
        (0, 0, 0, 0),
        1.5,
        "a",
        ([0, 1], [0, 1, 0]),
        (np.array([0]), slice(None), np.array([1])),
        (),
    ),
    *(
        np.array([[True]]),
        (..., ...),
        (slice(None, None, 0),),
        np.uint8(0),
        np.array([1.0]),
        (None, None),
        False,
    ),
]


def key_text(key: Any) -> str:
    return repr(key).replace("\n", "")


def _getitem(d: Draw) -> Call:
    x = d.array()
    if d.chance(0.3):
        i = d.array(d.mostly("int", "real"), d.shape(0, 2))
        form = d.one(
            lambda i: i, lambda i: (slice(None), i), lambda i: (i, None), lambda i: (..., i, slice(1))
        )
        return d.of(lambda m, x, i: x[form(i)], "x[array]", x, i)
    key = d.random.choice(INDICES)
    return d.of(lambda m, x: x[key], f"x[{key_text(key)}]", x)


UPDATES = ["set", "add", "subtract", "multiply", "divide", "power", "min", "max"]


def _at(d: Draw) -> Call:
    x, key, update = d.array(), d.random.choice(INDICES), d.random.choice(UPDATES)
    value = d.operand("any", d.mostly((), (1,), (2,)))
    modes = (
        d.options(mode=["drop", "clip", "fill", "promise_in_bounds", "wrap", "odd"]) if d.chance(0.3) else {}
    )
    return d.of(
        lambda m, x, v, **g: getattr(x.at[key], update)(v, **g),
        f"x.at[{key_text(key)}].{update}",
        x,
        value,
        **modes,
    )


def _get(d: Draw) -> Call:
    key = d.random.choice(INDICES)
    given = d.options(mode=["drop", "clip", "fill", "promise_in_bounds", "odd"], fill_value=[0, 1.5])
    return d.of(lambda m, x, **g: x.at[key].get(**g), f"x.at[{key_text(key)}].get", d.array(), **given)


PLACES: Rows = {
    **each("sort argsort", _sorted),
    **each("partition argpartition", _partition),
    "lexsort": _lexsort,
    "searchsorted": _searchsorted,
    "digitize": _digitize,
    **each("nonzero flatnonzero argwhere", _found),
    "take": _take,
    "take_along_axis": _take_along_axis,
    "put_along_axis": _put_along_axis,
    "put": _put,
    "place": _place,
    "fill_diagonal": _fill_diagonal,
    "delete": _delete,
    "insert": _insert,
    "choose": _choose,
    "compress": _compress,
    "extract": _extract,
    "piecewise": _piecewise,
    "ix_": _ix,
    "diag_indices": lambda d: d.call("diag_indices", d.mostly(d.size(), -1), **d.options(ndim=[1, 2, 3, 0])),
    "diag_indices_from": lambda d: d.call(
        "diag_indices_from", d.array("any", d.mostly((d.size(),) * d.one(2, 3), (2, 3), (2,)))
    ),
    **each("tril_indices triu_indices", _triangles),
    **each("tril_indices_from triu_indices_from", _triangles_from),
    "mask_indices": _mask_indices,
    "ravel_multi_index": _ravel_multi_index,
    "unravel_index": _unravel_index,
    "bincount": _bincount,
    **each("unique unique_all unique_counts unique_inverse unique_values", _unique),
    **each("union1d intersect1d setdiff1d setxor1d", _set),
    "isin": _isin,
    **each("packbits unpackbits", _bits),
    "ndarray.__getitem__": _getitem,
    "ndarray.at": _at,
    "ndarray.at.get": _get,
}
