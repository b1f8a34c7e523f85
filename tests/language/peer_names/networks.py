"""Names of `verax.nn`, `verax.nn.initializers`, `verax.ops` and `verax.scipy.special`."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Spec, each, rank

BOTH = [True, False]
ACTIVATIONS = """
hard_sigmoid hard_silu hard_swish hard_tanh identity log1mexp log_sigmoid mish relu relu6 selu sigmoid silu soft_sign
softplus sparse_plus sparse_sigmoid swish tanh
"""


def _curved(name: str, word: str) -> Row:
    return lambda d: d.call(
        name,
        d.operand(d.mostly("float", "any", share=0.6)),
        **({word: d.mostly(d.scalar("real"), d.array("any", ()))} if d.chance(0.5) else {}),
    )


def _along(name: str, where: bool = True) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand(d.mostly("float", "any", share=0.7))
        given: dict[str, Any] = {"axis": d.axes(rank(x))} if d.chance(0.6) else {}
        if where and d.chance(0.2):
            given["where"] = d.array("bool", d.mostly(getattr(x, "shape", ()), d.shape()))
        if name in ("logsumexp", "logmeanexp"):
            given |= d.options(keepdims=BOTH)
        if name == "logsumexp":
            given |= d.options(return_sign=BOTH)
            if d.chance(0.3):
                given["b"] = d.operand("any", d.partner(getattr(x, "shape", ())))
        return d.call(name, x, **given)

    return row


def _standardize(d: Draw) -> Call:
    x = d.operand(d.mostly("float", "any", share=0.7))
    given: dict[str, Any] = {"axis": d.axes(rank(x))} if d.chance(0.6) else {}
    return d.call("standardize", x, **given, **d.options(epsilon=[1e-3, 1], algorithm=["stable", "fast"]))


def _one_hot(d: Draw) -> Call:
    x = d.operand(d.mostly("int", "any"))
    given: dict[str, Any] = {"axis": d.mostly(d.axis(rank(x) + 1), 9)} if d.chance(0.4) else {}
    return d.call(
        "one_hot", x, d.mostly(d.size(), -1), **given, **({"dtype": d.named()} if d.chance(0.5) else {})
    )


def _attention(d: Draw) -> Call:
    b, t, s, n, h = (d.size(1, 3) for _ in range(5))
    kv = d.mostly(n, 1)
    lead = (b,) if d.chance(0.7) else ()
    dtype = d.dtype("float")

    def one(*shape: int) -> Spec:
        return Spec((*lead, *shape), d.mostly(dtype, d.dtype(), share=0.95))

    given: dict[str, Any] = d.options(is_causal=BOTH, scale=[None, 0.5])
    if d.chance(0.3):
        given["bias"] = Spec((*lead, n, t, s), dtype)
    if d.chance(0.3):
        given["mask"] = d.array("bool", d.mostly((*lead, n, t, s), (*lead, 1, t, s)))
    if d.chance(0.2):
        given["local_window_size"] = d.one(1, (1, 0))
    return d.call("dot_product_attention", one(t, n, h), one(s, kv, h), one(s, kv, h), **given)


def _glu(d: Draw) -> Call:
    x = d.operand(d.mostly("float", "any"), tuple(d.one(2, 4, n) for n in d.shape()))
    return d.call("glu", x, **({"axis": d.axis(rank(x))} if d.chance(0.5) else {}))


def _scaled_matmul(d: Draw) -> Call:
    b, m, n, k = (d.size(1, 2) for _ in range(4))
    dtype = d.dtype("float")
    left, right = Spec((b, m, k * 2), dtype), Spec((b, n, k * d.mostly(2, 3)), dtype)
    scales = Spec((b, m, k), dtype), Spec((b, n, k), dtype)
    given = {"preferred_element_type": d.one("float32", "bfloat16", "float16")} if d.chance(0.5) else {}
    return d.call("scaled_matmul", left, right, *scales, **given)


NN: Rows = {
    **each(ACTIVATIONS, lambda n: lambda d: d.call(n, d.operand(d.mostly("float", "any", share=0.6)))),
    "celu": _curved("celu", "alpha"),
    "elu": _curved("elu", "alpha"),
    "leaky_relu": _curved("leaky_relu", "negative_slope"),
    "squareplus": _curved("squareplus", "b"),
    "gelu": lambda d: d.call(
        "gelu", d.operand(d.mostly("float", "any", share=0.6)), **d.options(approximate=BOTH)
    ),
    "glu": _glu,
    **each("softmax log_softmax logsumexp logmeanexp", _along),
    "standardize": _standardize,
    "one_hot": _one_hot,
    "dot_product_attention": _attention,
    "scaled_matmul": _scaled_matmul,
}

KEY = Spec((2,), np.dtype("uint32"))
FAN = [
    f"{who}_{how}" for who in ("glorot", "he", "kaiming", "lecun", "xavier") for how in ("normal", "uniform")
]


def _initializer(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.mostly(d.shape(2), d.shape())
        given: dict[str, Any] = {"dtype": d.named()} if d.chance(0.3) else {}
        late: dict[str, Any] = {"dtype": d.named()} if d.chance(0.5) else {}
        first: tuple[Any, ...] = ()
        if name == "constant":
            first = (d.mostly(d.scalar(), d.array("any", ())),)
        elif name == "variance_scaling":
            modes, kinds = ["fan_in", "fan_out", "fan_avg"], ["normal", "uniform", "truncated_normal"]
            first = (d.one(1.0, 2), d.mostly(d.one(*modes), "odd"), d.mostly(d.one(*kinds), "odd"))
        if name in FAN or name == "variance_scaling":
            given |= d.options(in_axis=[-2, -1, 0, (0, 1)], out_axis=[-1, -2]) if d.chance(0.4) else {}
        elif name in ("normal", "truncated_normal"):
            given |= d.options(stddev=[1, 0.5])
        elif name in ("uniform", "orthogonal", "delta_orthogonal"):  # tolerance-name: an argument
            given |= d.options(scale=[1, 0.5])
        if name == "delta_orthogonal":  # tolerance-name: an argument
            shape = d.mostly((*d.one((3,), (1, 3), (3, 3, 3)), d.size(1, 3), 4), shape, (3, 4, 2), (2, 2, 2))

        def call(m: Any, key: Any, *first: Any) -> Any:
            return getattr(m, name)(*first, **given)(key, shape, **late)

        return d.of(call, f"{name}({given})(key, {shape}, {late})", KEY, *first)

    return row


def _constant_one(name: str) -> Row:
    def row(d: Draw) -> Call:
        return d.call(name, KEY, d.shape(), **({"dtype": d.named()} if d.chance(0.7) else {}))

    return row


INITIALIZERS: Rows = {
    **each(FAN, _initializer),
    **each(
        "constant delta_orthogonal normal orthogonal truncated_normal uniform variance_scaling", _initializer
    ),
    **each("zeros ones", _constant_one),
}


def _segment(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.mostly(d.shape(1), ())
        ids = d.operand(d.mostly("index", "any"), d.mostly(shape[:1], shape, (2,)))
        given = d.options(
            indices_are_sorted=BOTH, unique_indices=BOTH, mode=["drop", "clip", "promise_in_bounds", "fill"]
        )
        if d.chance(0.1):
            given["bucket_size"] = 2
        if d.chance(0.95):
            given["num_segments"] = d.size(0, 4)
        return d.call(name, d.operand("any", shape), ids, **given)

    return row


OPS: Rows = each("segment_max segment_min segment_prod segment_sum", _segment)

SPECIAL_UNARY = """
dawsn digamma entr erf erfc erfcx erfinv exp1 expi expit fresnel gamma gammaln gammasgn i0 i0e i1 i1e log_ndtr loggamma
logit ndtr ndtri sici spence
"""
SPECIAL_BINARY = """
beta betaln boxcox boxcox1p gammainc gammaincc kl_div poch rel_entr xlog1py xlogy zeta polygamma expn
"""


def _special(name: str) -> Row:
    return lambda d: d.call(name, d.operand(d.mostly("float", "any", share=0.6)))


def _special_pair(name: str) -> Row:
    return lambda d: d.call(name, *d.pair(d.mostly("float", "any", share=0.6)))


def _betainc(d: Draw) -> Call:
    x, y = d.pair("float")
    return d.call("betainc", x, y, d.operand(d.mostly("float", "any"), d.partner(getattr(x, "shape", ()))))


def _comb(d: Draw) -> Call:
    return d.call("comb", *d.pair(d.mostly("real", "any")), **d.options(repetition=BOTH))


def _jn(d: Draw) -> Call:
    given = d.options(n_iter=[10, 50])
    return d.call(
        "bessel_jn",
        d.operand(d.mostly("float", "any"), d.mostly(d.shape(0, 1), (2, 2))),
        v=d.mostly(d.one(0, 1, 3), -1, 1.5),
        **given,
    )


SPECIAL: Rows = {
    **each(SPECIAL_UNARY, _special),
    **each(SPECIAL_BINARY, _special_pair),
    "bernoulli": lambda d: d.call("bernoulli", d.mostly(d.random.randint(0, 8), -1, 2.5)),
    "bessel_jn": _jn,
    "betainc": _betainc,
    "comb": _comb,
    "factorial": lambda d: d.call(
        "factorial", d.operand(d.mostly("real", "any")), **d.options(exact=[False])
    ),
    **each("softmax log_softmax", lambda n: _along(n, where=False)),
    "logsumexp": _along("logsumexp"),
    "multigammaln": lambda d: d.call(
        "multigammaln", d.operand(d.mostly("float", "any")), d.mostly(d.one(1, 2, 3), 0, 1.5)
    ),
}
