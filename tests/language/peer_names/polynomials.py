"""Polynomials of `verax.numpy`."""

from __future__ import annotations

from typing import Any

from tests.language.peer_names.drawing import Call, Draw, Row, Rows, each


def _line(d: Draw, kind: str = "any") -> Any:
    return d.operand(kind, d.mostly((d.size(),), (), (2, 2)))


def _pair(name: str) -> Row:
    def row(d: Draw) -> Call:
        given = {"trim_leading_zeros": False} if name in ("polymul", "polydiv") and d.chance(0.1) else {}
        return d.call(name, _line(d), _line(d), **given)

    return row


def _integral(d: Draw) -> Call:
    m = d.mostly(d.one(0, 1, 2), -1, 1.5)
    given = d.options(k=[None, 1, [1, 2], d.array("any", d.one((), (1,), (2,)))])
    return d.call("polyint", _line(d), **d.options(m=[m]), **given)


def _fit(d: Draw) -> Call:
    n = d.size()
    given: dict[str, Any] = d.options(full=[True, False], cov=[True, "unscaled"]) if d.chance(0.4) else {}
    if d.chance(0.2):
        given["w"] = d.array("float", (n,))
    y = d.array(d.mostly("float", "any"), d.mostly((n,), (n, 2), (2,)))
    return d.call(
        "polyfit", d.array(d.mostly("float", "any"), (n,)), y, d.mostly(d.one(0, 1, 2), -1), **given
    )


POLYNOMIALS: Rows = {
    **each("polyadd polysub polymul polydiv", _pair),
    "polyval": lambda d: d.call("polyval", _line(d), d.operand(), **d.options(unroll=[1, 16])),
    "polyder": lambda d: d.call("polyder", _line(d), **d.options(m=[0, 1, 2, -1, 9])),
    "polyint": _integral,
    "poly": lambda d: d.call("poly", d.operand("any", d.mostly((d.size(),), (), (2, 2), (2, 3)))),
    "roots": lambda d: d.call("roots", _line(d), strip_zeros=d.mostly(False, True)),
    "polyfit": _fit,
}
