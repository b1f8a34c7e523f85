"""Transforms and control flow of functions that keep, lose or gain weak types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Spec, each

Body = Callable[[Any, Any], Any]
# One array in, one array of its shape out.
ELEMENTWISE: list[Body] = [
    lambda m, x: m.numpy.sin(x) * 2,
    lambda m, x: x * 1.5,
    lambda m, x: x + 1,
    lambda m, x: m.numpy.where(x > 0, x, 0),
    lambda m, x: x * m.numpy.float16(2),
    lambda m, x: m.numpy.full_like(x, 3),
    lambda m, x: m.lax.stop_gradient(x) * x,
    lambda m, x: -x,
    lambda m, x: x,
    lambda m, x: m.numpy.asarray(x, "float32"),
    lambda m, x: m.numpy.multiply(x, 2.0) / 3,
]
OTHERS: list[Body] = [
    lambda m, x: m.numpy.sum(x),
    lambda m, x: (x, m.numpy.ones(2)),
    lambda m, x: 2,
    lambda m, x: {"a": 1.5, "b": x > 0},
    lambda m, x: m.numpy.arange(3) * x.size,
]


def _running(d: Draw, function: Callable[..., Any], text: str, *args: Any) -> Call:
    return d.of(function, text, *args)._replace(runs=True)


def _body(d: Draw, kinds: list[Body]) -> tuple[Body, int]:
    place = d.random.randrange(len(kinds))
    return kinds[place], place


def _of_function(name: str) -> Row:
    """A transform that gives back a function of the same arguments: jit, checkpoint, vmap."""

    def row(d: Draw) -> Call:
        body, place = _body(d, ELEMENTWISE + OTHERS)
        x = d.array("any", d.shape(1 if name == "vmap" else 0))
        options = {"in_axes": d.axis(len(x.shape))} if name == "vmap" and d.chance(0.4) else {}
        return _running(
            d,
            lambda m, x: getattr(m, name)(lambda x: body(m, x), **options)(x),
            f"{name} of {place}, {options}",
            x,
        )

    return row


def _derivative(name: str) -> Row:
    """A transform of a function with one real result."""

    def row(d: Draw) -> Call:
        body, place = _body(d, ELEMENTWISE)
        x = d.array(d.mostly("float", "any"), d.shape(0, 2))
        whole = name in ("jacfwd", "jacrev") and d.chance(0.6)

        def call(m: Any, x: Any) -> Any:
            return getattr(m, name)(lambda x: body(m, x) if whole else m.numpy.sum(body(m, x)))(x)

        return _running(d, call, f"{name} of {place}", x)

    return row


def _jvp(d: Draw) -> Call:
    body, place = _body(d, ELEMENTWISE)
    x = d.array(d.mostly("float", "any"))
    tangent = d.mostly(x, Spec(x.shape, x.dtype, not x.weak), d.array("float", x.shape))
    return _running(d, lambda m, x, t: m.jvp(lambda x: body(m, x), (x,), (t,)), f"jvp of {place}", x, tangent)


def _vjp(d: Draw) -> Call:
    body, place = _body(d, ELEMENTWISE)

    def call(m: Any, x: Any) -> Any:
        y, pull = m.vjp(lambda x: body(m, x), x)
        return y, pull(y)

    return _running(d, call, f"vjp of {place}", d.array(d.mostly("inexact", "any")))


def _linearize(d: Draw) -> Call:
    body, place = _body(d, ELEMENTWISE)

    def call(m: Any, x: Any) -> Any:
        y, push = m.linearize(lambda x: body(m, x), x)
        return y, push(x)

    return _running(d, call, f"linearize of {place}", d.array(d.mostly("float", "any")))


def _number(d: Draw) -> Any:
    return d.operand("any", d.mostly((), d.shape(0, 2)))


def _cond(d: Draw) -> Call:
    (first, i), (second, j) = _body(d, ELEMENTWISE), _body(d, ELEMENTWISE)

    def call(m: Any, p: Any, x: Any) -> Any:
        return m.lax.cond(p, lambda x: first(m, x), lambda x: second(m, x), x)

    return _running(d, call, f"cond of {i} or {j}", d.array(d.mostly("bool", "any"), ()), _number(d))


def _switch(d: Draw) -> Call:
    found = [_body(d, ELEMENTWISE) for _ in range(d.one(1, 2, 3))]

    def call(m: Any, i: Any, x: Any) -> Any:
        return m.lax.switch(i, [lambda x, f=f: f(m, x) for f, _ in found], x)

    return _running(
        d, call, f"switch of {[i for _, i in found]}", d.array(d.mostly("index", "any"), ()), _number(d)
    )


def _while(d: Draw) -> Call:
    body, place = _body(d, ELEMENTWISE)

    def call(m: Any, x: Any) -> Any:
        return m.lax.while_loop(lambda c: m.numpy.any(c != 0), lambda c: body(m, c), x)

    return _running(d, call, f"while_loop of {place}", _number(d))


def _fori(d: Draw) -> Call:
    body, place = _body(d, ELEMENTWISE)
    stop = d.one(3, d.array("index", ()))
    return _running(
        d,
        lambda m, n, x: m.lax.fori_loop(0, n, lambda i, c: body(m, c), x),
        f"fori_loop of {place}",
        stop,
        _number(d),
    )


def _scan(d: Draw) -> Call:
    (body, i), (out, j) = _body(d, ELEMENTWISE), _body(d, ELEMENTWISE + OTHERS)

    def call(m: Any, x: Any, xs: Any) -> Any:
        return m.lax.scan(lambda c, x: (body(m, c), out(m, x)), x, xs)

    return _running(d, call, f"scan of {i}, {j}", _number(d), d.array("any", d.shape(1)))


TRANSFORMS: Rows = {
    **each("jit vmap checkpoint", _of_function),
    **each("grad value_and_grad jacfwd jacrev hessian", _derivative),
    "jvp": _jvp,
    "vjp": _vjp,
    "linearize": _linearize,
    "lax.cond": _cond,
    "lax.switch": _switch,
    "lax.while_loop": _while,
    "lax.fori_loop": _fori,
    "lax.scan": _scan,
}
