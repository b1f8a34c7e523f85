"""Reductions, running sums, moments and quantiles of `verax.numpy`."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, each, rank

KEYWORDS: dict[str, str] = {
    **dict.fromkeys(("sum", "prod", "nansum", "nanprod"), "dtype initial where keepdims"),
    **dict.fromkeys(("max", "min", "amax", "amin", "nanmax", "nanmin"), "initial where keepdims"),
    **dict.fromkeys(("mean", "nanmean"), "dtype where keepdims"),
    **dict.fromkeys(("var", "std", "nanvar", "nanstd"), "dtype where keepdims ddof"),
    **dict.fromkeys(("all", "any"), "where keepdims"),
    **dict.fromkeys(("ptp", "count_nonzero", "median", "nanmedian"), "keepdims"),
}


def reduction(name: str) -> Row:
    """Over axes, with the keywords that it has."""

    def row(d: Draw) -> Call:
        x = d.operand()
        has = KEYWORDS[name].split()
        given: dict[str, Any] = {"axis": d.axes(rank(x))} if d.chance(0.75) else {}
        if d.chance(0.4):
            given["keepdims"] = d.one(True, True, False)
        if "dtype" in has and d.chance(0.3):
            given["dtype"] = d.named()
        if "initial" in has and d.chance(0.25):
            given["initial"] = d.mostly(d.scalar("real"), d.array("any", ()))
        if "where" in has and d.chance(0.25):
            shape = getattr(x, "shape", ())
            given["where"] = d.mostly(d.array("bool", d.partner(shape)), True, d.array("int", shape))
        if "ddof" in has:
            given |= d.options(ddof=[0, 1, 1.5])
        if name in ("var", "std") and d.chance(0.1):
            given |= {"correction": 1}
        if name in ("sum", "prod") and d.chance(0.15):
            given["promote_integers"] = False
        return d.call(name, x, **given)

    return row


def _place(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand()
        given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
        return d.call(name, x, **given, **d.options(keepdims=[True, False]))

    return row


def _running(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand()
        given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x)), None)} if d.chance(0.7) else {}
        if d.chance(0.4):
            given["dtype"] = d.named()
        if "cumulative" in name:
            given |= d.options(include_initial=[True, False])
        return d.call(name, x, **given)

    return row


def _average(d: Draw) -> Call:
    x = d.operand()
    shape = getattr(x, "shape", ())
    axis = d.axes(rank(x))
    given: dict[str, Any] = d.options(keepdims=[True], returned=[True, False])
    if d.chance(0.7):
        given["axis"] = axis
    if d.chance(0.6):
        along = shape[axis] if isinstance(axis, int) and -len(shape) <= axis < len(shape) else 3
        given["weights"] = d.operand("any", d.one(shape, (along,), d.partner(shape)))
    return d.call("average", x, **given)


METHODS = ["linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf", "weibull"]


def _quantile(name: str) -> Row:
    def row(d: Draw) -> Call:
        x, scale = d.operand(), 100 if "percentile" in name else 1
        known = [0.375 * scale, 0, 1, np.array([0.5, 0.25], np.float32), np.float16(0.5)]
        q = d.one(*known, d.array("float", d.one((), (2,), (0,), (2, 1))), d.array("any", ()))
        given: dict[str, Any] = {"axis": d.axes(rank(x))} if d.chance(0.7) else {}
        return d.call(name, x, q, **given, **d.options(keepdims=[True, False], method=METHODS))

    return row


def _diff(d: Draw) -> Call:
    x = d.array("any", d.mostly(d.shape(1), ()))
    given: dict[str, Any] = d.options(n=[0, 1, 2, -1], prepend=[0, 1.5], append=[1, d.array("any", x.shape)])
    return d.call("diff", x, **given, **({"axis": d.axis(rank(x))} if d.chance(0.5) else {}))


def _cov(d: Draw) -> Call:
    n = d.size()
    x = d.operand("any", d.one((n,), (d.size(), n), d.shape()))
    given: dict[str, Any] = d.options(rowvar=[True, False], bias=[True, False], ddof=[0, 1, None])
    if d.chance(0.3):
        given["y"] = d.operand("any", d.one((n,), (2, n)))
    if d.chance(0.2):
        given["fweights"] = d.operand("int", (n,))
    if d.chance(0.2):
        given["aweights"] = d.operand("float", (n,))
    return d.call("cov", x, **given, **({"dtype": d.named()} if d.chance(0.2) else {}))


def _corrcoef(d: Draw) -> Call:
    n = d.size()
    given: dict[str, Any] = d.options(rowvar=[True, False], y=[d.operand("any", (n,)), None])
    return d.call("corrcoef", d.operand("any", d.one((n,), (d.size(), n), d.shape())), **given)


FOLDS: Rows = {
    **each(KEYWORDS, reduction),
    **each("argmax argmin nanargmax nanargmin", _place),
    **each("cumsum cumprod nancumsum nancumprod cumulative_sum cumulative_prod", _running),
    "average": _average,
    **each("quantile nanquantile percentile nanpercentile", _quantile),
    "diff": _diff,
    "cov": _cov,
    "corrcoef": _corrcoef,
}
