"""Products, polynomials, histograms and calculus of `verax.numpy`, and functions that map functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Shape, each, rank, unary


def product_shapes(d: Draw) -> tuple[Shape, Shape]:
    """Shapes of a matrix product, vectors and batches among them; seldom any."""
    n, m, k, batch = d.size(), d.size(), d.size(), d.shape(0, 1)
    left, right = d.one((n,), (m, n), (*batch, m, n)), d.one((n,), (n, k), (*batch, n, k))
    return d.mostly((left, right), (d.shape(), d.shape()))


def _preferred(d: Draw) -> dict[str, Any]:
    if d.chance(0.15):
        return {
            "preferred_element_type": d.one(
                "float32", "float16", "bfloat16", "int32", np.float32, "complex64"
            )
        }
    return d.options(precision=["highest", "default", None]) if d.chance(0.2) else {}


def _product(name: str) -> Row:
    def row(d: Draw) -> Call:
        left, right = product_shapes(d)
        return d.call(name, d.operand("any", left), d.operand("any", right), **_preferred(d))

    return row


def _inner(d: Draw) -> Call:
    n = d.size()
    left, right = d.one((n,), (2, n), (), d.shape()), d.one((n,), (3, n), (2, 1, n))
    return d.call("inner", d.operand("any", left), d.operand("any", right), **_preferred(d))


def _vdot(d: Draw) -> Call:
    shape = d.shape()
    return d.call(
        "vdot", d.operand("any", shape), d.operand("any", d.mostly(shape, shape[::-1], (2,))), **_preferred(d)
    )


def vecdot(d: Draw) -> Call:
    shape = d.mostly(d.shape(1), ())
    given = {"axis": d.axis(len(shape))} if d.chance(0.5) else {}
    return d.call(
        "vecdot", d.operand("any", shape), d.operand("any", d.mostly(shape, d.partner(shape))), **given
    )


def tensordot(d: Draw) -> Call:
    shape, more = d.shape(), d.shape(0, 1)
    count = d.random.randint(0, len(shape))
    if d.chance(0.5):
        right = (*shape[len(shape) - count :], *more)
        axes: Any = d.mostly(count, count + 1, -1)
    else:
        order = d.random.sample(range(len(shape)), count)
        right = (*(shape[i] for i in order), *more)
        axes = (order, list(range(count)))
    given = {} if axes == 2 and d.chance(0.5) else {"axes": axes}
    return d.call("tensordot", d.operand("any", shape), d.operand("any", right), **given)


SUMS: dict[str, str] = {
    "ij,jk->ik": "ij jk",
    "bij,bjk": "bij bjk",
    "ij,jk": "ij jk",
    "...i,...i->...": "bi i",
    "ii->i": "ii",
    "ii": "ii",
    "ij->": "ij",
    "ij->ji": "ij",
    "i,ij,j->": "i ij j",
    "i,j->ij": "i j",
    "ij,kj->ik": "ij kj",
    "ij,ij->ij": "ij ij",
    "ij->ijk": "ij",
    "i->": "i",
    "->": "",
    "ij , jk -> k i": "ij jk",
}


def _einsum(name: str) -> Row:
    def row(d: Draw) -> Call:
        text = d.one(*SUMS)
        sizes = {c: d.size() for c in "bijk"}
        shapes = [
            tuple(d.mostly(sizes[c], 1, share=0.97) for c in term) for term in (SUMS[text].split() or [""])
        ]
        given = _preferred(d) if name == "einsum" else {}
        xs = [d.operand("any", s) for s in shapes]
        return d.call(name, text, *xs, **given)

    return row


def _outer(name: str = "outer") -> Row:
    return lambda d: d.call(name, d.operand(), d.operand())


def cross(d: Draw) -> Call:
    n = d.mostly(3, 2, 4)
    left, right = d.one((n,), (2, n), (n, n)), d.one((3,), (n,), (2, n), (n, n))
    given = d.options(axis=[-1, 0, 1]) if d.chance(0.3) else {}
    if d.chance(0.2):
        given |= d.options(axisa=[0, -1], axisb=[0, -1], axisc=[0, -1])
    return d.call("cross", d.operand("any", left), d.operand("any", right), **given)


def _matvec(name: str) -> Row:
    def row(d: Draw) -> Call:
        n, m, batch = d.size(), d.size(), d.shape(0, 1)
        vector: Shape = d.mostly((*d.partner(batch), n), (), (m,))
        matrix: Shape = d.mostly((*batch, m, n) if name == "matvec" else (*batch, n, m), (n,))
        xs = [d.operand("any", matrix), d.operand("any", vector)]
        return d.call(name, *(xs if name == "matvec" else xs[::-1]))

    return row


def _line(d: Draw, kind: str = "any") -> Any:
    return d.operand(kind, d.mostly((d.size(),), (), (2, 2)))


def _convolve(name: str) -> Row:
    return lambda d: d.call(
        name, _line(d), _line(d), **d.options(mode=["full", "same", "valid", "odd"]), **_preferred(d)
    )


def _trapezoid(d: Draw) -> Call:
    y = d.array("any", d.mostly(d.shape(1), ()))
    axis = d.axis(rank(y))
    given: dict[str, Any] = {"axis": axis} if d.chance(0.5) else {}
    if d.chance(0.4):
        given["x"] = d.operand(
            "any",
            d.mostly(y.shape[axis % len(y.shape) : axis % len(y.shape) + 1] if y.shape else (), y.shape),
        )
    return d.call("trapezoid", y, **given, **d.options(dx=[0.5, 2, d.scalar()]))


def _gradient(d: Draw) -> Call:
    x = d.array("any", tuple(d.mostly(d.random.randint(2, 4), 1, 0) for _ in range(d.one(1, 2, 3, 0))))
    n = rank(x)
    kind = d.random.randint(0, 3)
    spaces: list[Any] = []
    given: dict[str, Any] = {}
    if kind == 1:
        spaces = [d.one(0.5, 2, np.float32(1), d.array("float", ()))]
    if kind == 2:
        given["axis"] = d.axes(n)
    if kind == 3:
        spaces = [d.operand("any", d.mostly((k,), ())) for k in x.shape]
    return d.call("gradient", x, *spaces, **given)


def _ediff1d(d: Draw) -> Call:
    return d.call(
        "ediff1d", d.operand(), **d.options(to_end=[1, 1.5, d.array()], to_begin=[2, d.array("any", (2,))])
    )


def _interp(d: Draw) -> Call:
    n = d.size()
    xp, fp = d.operand("real", (n,)), d.operand("any", d.mostly((n,), (2,)))
    given = d.options(left=[1, 1.5, "extrapolate"], right=[2, "extrapolate"], period=[None, 2, 2.5])
    return d.call("interp", d.operand("real"), xp, fp, **given)


EDGES = np.array([-2.0, 0.0, 1.0, 3.0], np.float32)


def _histogram(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.shape()
        given: dict[str, Any] = d.options(
            bins=[3, 10, EDGES, [0, 1, 2], d.array("float", (4,)), 0], range=[(0, 6), None, (0, 1.5)]
        )
        if name == "histogram":
            given |= d.options(density=[True, False])
        if d.chance(0.3):
            given["weights"] = d.array("any", d.mostly(shape, (2,)))
        return d.call(name, d.operand("real", shape), **given)

    return row


def _histogram2d(d: Draw) -> Call:
    n = d.size()
    given: dict[str, Any] = d.options(
        bins=[3, [2, 3], EDGES, [EDGES, 2]], range=[None, [(0, 6), (0, 2)]], density=[True]
    )
    if d.chance(0.3):
        given["weights"] = d.array("any", (n,))
    return d.call("histogram2d", d.operand("real", (n,)), d.operand("real", (d.mostly(n, 2),)), **given)


def _histogramdd(d: Draw) -> Call:
    n = d.size()
    given: dict[str, Any] = d.options(
        bins=[3, [2, 3], [EDGES, 2]], range=[None, [(0, 6), (0, 2)]], density=[True]
    )
    if d.chance(0.3):
        given["weights"] = d.array("any", (n,))
    return d.call("histogramdd", d.array("real", d.mostly((n, 2), (n, 3), (n,))), **given)


def _apply_along(d: Draw) -> Call:
    x = d.array("any", d.mostly(d.shape(1), ()))
    axis = d.axis(rank(x))
    function = d.one(lambda v: v[::-1] * 2, lambda v: v.sum(), lambda v: v[:, None] * v, lambda v: v > 0)
    return d.of(lambda m, x: m.apply_along_axis(function, axis, x), f"apply_along_axis {axis}", x)


def _apply_over(d: Draw) -> Call:
    x = d.array("real", d.shape(1))
    which, axes = d.one("sum", "max", "mean", "all"), d.one(0, (0,), [0, -1], d.axis(rank(x)))
    return d.of(
        lambda m, x: m.apply_over_axes(getattr(m, which), x, axes), f"apply_over_axes {which} {axes}", x
    )


def _vectorize(d: Draw) -> Call:
    function, count = d.one(
        (lambda a: a * 2.0, 1), (lambda a, b: a * b + 1, 2), (lambda a, b: (a > b, a + b), 2)
    )
    shape = d.shape()
    xs = [d.operand("number", d.partner(shape)) for _ in range(count)]
    return d.of(lambda m, *xs: m.vectorize(function)(*xs), "vectorize", *xs)


PRODUCTS: Rows = {
    **each("matmul dot", _product),
    "inner": _inner,
    "vdot": _vdot,
    "vecdot": vecdot,
    "tensordot": tensordot,
    "einsum": _einsum("einsum"),
    "outer": _outer(),
    "cross": cross,
    **each("matvec vecmat", _matvec),
    **each("convolve correlate", _convolve),
    "trapezoid": _trapezoid,
    "gradient": _gradient,
    "ediff1d": _ediff1d,
    "interp": _interp,
    **each("histogram histogram_bin_edges", _histogram),
    "histogram2d": _histogram2d,
    "histogramdd": _histogramdd,
    "apply_along_axis": _apply_along,
    "apply_over_axes": _apply_over,
    "vectorize": _vectorize,
    "trace": lambda d: d.call(
        "trace",
        d.array("any", d.mostly(d.shape(2), (3,))),
        **d.options(offset=[0, 1, -1]),
        **({"dtype": d.named()} if d.chance(0.3) else {}),
    ),
    "diagonal": lambda d: (
        x := d.array("any", d.mostly(d.shape(2), (3,))),
        d.call(
            "diagonal", x, **d.options(offset=[0, 1, -1], axis1=[d.axis(rank(x))], axis2=[d.axis(rank(x))])
        ),
    )[1],
    "trim_zeros": unary("trim_zeros"),
}
