"""Names of `verax.random`: of raw and of typed keys."""

from __future__ import annotations

from typing import Any

from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Shape, each

FREE = "cauchy exponential gumbel laplace logistic maxwell normal rademacher uniform"
# How many parameters each takes, which give the shape where none is given.
SHAPED: dict[str, int] = {
    **dict.fromkeys(
        ["chisquare", "gamma", "loggamma", "pareto", "rayleigh", "t", "wald", "poisson", "geometric"], 1
    ),
    **dict.fromkeys(["beta", "f", "truncated_normal"], 2),
    "triangular": 3,
}


def keyed(d: Draw, name: str, *args: Any, **kwargs: Any) -> Call:
    """A call whose first argument is a key: raw, typed, or seldom several."""
    how = d.one("PRNGKey", "key", "key") if d.chance(0.95) else "many"

    def call(m: Any, *args: Any, **kwargs: Any) -> Any:
        key = m.split(m.key(0), 3) if how == "many" else getattr(m, how)(0)
        return getattr(m, name)(key, *args, **kwargs)

    return d.of(call, f"{name} of {how}", *args, **kwargs)


def _dtype(d: Draw, share: float = 0.5) -> dict[str, Any]:
    return (
        {"dtype": d.mostly(d.one(float, "float32", "float16", "bfloat16"), d.named(), share=0.6)}
        if d.chance(share)
        else {}
    )


def _shape(d: Draw) -> Any:
    shape = d.shape()
    return d.mostly(shape, list(shape), 3, (-1,), (2.5,))


def _free(name: str) -> Row:
    def row(d: Draw) -> Call:
        given = {"shape": _shape(d)} if d.chance(0.8) else {}
        if name == "uniform" and d.chance(0.4):
            given |= {"minval": d.operand("real", ()), "maxval": d.operand("real", d.mostly((), (2,)))}
        return keyed(d, name, **given, **_dtype(d))

    return row


def _shaped(name: str) -> Row:
    def row(d: Draw) -> Call:
        shape = d.shape()
        parameters = [
            d.operand(d.mostly("real", "any"), d.mostly((), d.partner(shape), share=0.4))
            for _ in range(SHAPED[name])
        ]
        given: dict[str, Any] = {"shape": d.mostly(shape, None, d.shape())} if d.chance(0.7) else {}
        dtype = (
            _dtype(d)
            if name not in ("poisson", "geometric")
            else d.options(dtype=[int, "int8", "uint16", "float32"])
        )
        return keyed(d, name, *parameters, **given, **dtype)

    return row


def _lognormal(d: Draw) -> Call:
    given: dict[str, Any] = d.options(sigma=[1, 0.5, d.array("real", d.shape(0, 1))])
    return keyed(d, "lognormal", **given, **({"shape": d.shape()} if d.chance(0.6) else {}), **_dtype(d))


def _two_scales(name: str) -> Row:
    def row(d: Draw) -> Call:
        given: dict[str, Any] = {"shape": d.shape()} if d.chance(0.7) else {}
        pair = [d.operand("real", d.mostly((), (2,), share=0.7)) for _ in range(2)]
        return keyed(d, name, *pair, **given, **_dtype(d))

    return row


def _bits(d: Draw) -> Call:
    dtype = (
        {"dtype": d.mostly(d.one("uint8", "uint16", "uint32", "uint64"), d.named())} if d.chance(0.6) else {}
    )
    return keyed(d, "bits", **({"shape": _shape(d)} if d.chance(0.8) else {}), **dtype)


def _bernoulli(d: Draw) -> Call:
    given = d.options(shape=[None, (2,), (2, 3), ()], mode=["low", "high", "odd"])
    return keyed(d, "bernoulli", *([d.operand("real", d.shape(0, 1))] if d.chance(0.7) else []), **given)


def _randint(d: Draw) -> Call:
    low, high = (d.operand(d.mostly("int", "any"), d.mostly((), d.shape(0, 1), share=0.7)) for _ in range(2))
    dtype = (
        {"dtype": d.mostly(d.one(int, "int8", "int16", "uint8", "int32"), d.named())} if d.chance(0.6) else {}
    )
    return keyed(d, "randint", _shape(d), low, high, **dtype)


def _choice(d: Draw) -> Call:
    n = d.size(1, 4)
    shape: Shape = d.mostly((n,), (n, 2), ())
    a = d.mostly(d.array("any", shape), n, 0, 1.5, share=0.7)
    given: dict[str, Any] = d.options(shape=[(), (2,), 1, (1, 1), (9,)], replace=[True, False])
    if d.chance(0.3):
        given["p"] = d.array("float", d.mostly((n,), (n + 1,)))
    return keyed(d, "choice", a, **given, **d.options(axis=[0, -1, 1]))


def _permutation(d: Draw) -> Call:
    x = d.mostly(d.array("any", d.shape(1)), d.size(), 1.5, d.array("any", ()), share=0.7)
    return keyed(d, "permutation", x, **d.options(axis=[0, -1, 1], independent=[True, False]))


def _categorical(d: Draw) -> Call:
    shape = d.mostly(d.shape(1), ())
    given: dict[str, Any] = d.options(axis=[-1, 0], replace=[True, False]) if d.chance(0.6) else {}
    if d.chance(0.4):
        given["shape"] = d.mostly(shape[:-1], (2, *shape[:-1]), (5,))
    return keyed(d, "categorical", d.operand(d.mostly("float", "any"), shape), **given)


def _ball(d: Draw) -> Call:
    return keyed(
        d,
        "ball",
        d.mostly(d.size(), -1),
        **d.options(p=[1, 2, 2.5, float("inf")], shape=[(), (2,), 3]),
        **_dtype(d),
    )


def _generalized(d: Draw) -> Call:
    return keyed(
        d,
        "generalized_normal",
        d.one(1, 2.5, d.array("float", ())),
        **d.options(shape=[(), (2,), 3]),
        **_dtype(d),
    )


def _dirichlet(d: Draw) -> Call:
    alpha = d.operand(d.mostly("float", "any"), d.mostly(d.shape(1), ()))
    return keyed(d, "dirichlet", alpha, **d.options(shape=[None, (), (2,), (2, 3)]), **_dtype(d))


def _binomial(d: Draw) -> Call:
    n, p = d.pair("float")
    return keyed(d, "binomial", n, p, **d.options(shape=[None, (2,), (2, 3)]), **_dtype(d))


def _multinomial(d: Draw) -> Call:
    n, p = d.operand("float", d.mostly((), (2,))), d.operand("float", d.mostly((3,), (2, 3), ()))
    return keyed(d, "multinomial", n, p, **d.options(shape=[None, (3,), (2, 3)]), **_dtype(d))


def _multivariate(d: Draw) -> Call:
    n = d.size(1, 3)
    mean, cov = (
        d.operand("float", d.mostly((n,), (2, n), ())),
        d.operand("float", d.mostly((n, n), (2, n, n), (n,))),
    )
    return keyed(
        d,
        "multivariate_normal",
        mean,
        cov,
        **d.options(shape=[None, (), (2,)], method=["cholesky", "eigh", "svd", "odd"]),
        **_dtype(d),
    )


def _orthogonal(d: Draw) -> Call:
    return keyed(
        d, "orthogonal", d.mostly(d.size(), -1), **d.options(shape=[(), (2,)], m=[None, 2, 4]), **_dtype(d)
    )


def _weibull(d: Draw) -> Call:
    return keyed(
        d,
        "weibull_min",
        d.operand("float", ()),
        d.operand("float", ()),
        **d.options(shape=[(), (2,), (2, 3)]),
        **_dtype(d),
    )


def _key(name: str) -> Row:
    def row(d: Draw) -> Call:
        seed = d.one(0, 7, -1, 2**31, d.array("int", ()), d.operand("any"), d.scalar())
        return d.call(name, seed, **d.options(impl=[None, "threefry2x32", "odd"]))

    return row


def _split(d: Draw) -> Call:
    return keyed(d, "split", *([d.mostly(d.one(2, 3, (2, 2), ()), -1, 1.5)] if d.chance(0.8) else []))


def _data(d: Draw) -> Call:
    from tests.language.peer_names.networks import KEY

    data = d.mostly(d.one(KEY, KEY._replace(shape=(3, 2))), d.array(), d.array("int", (2,)))
    return d.call("wrap_key_data", data, **d.options(impl=[None, "threefry2x32", "odd"]))


RANDOM: Rows = {
    **each(FREE, _free),
    **each(SHAPED, _shaped),
    **each("PRNGKey key", _key),
    **each("double_sided_maxwell", _two_scales),
    **each("clone key_data", lambda n: lambda d: keyed(d, n)),
    "ball": _ball,
    "bernoulli": _bernoulli,
    "binomial": _binomial,
    "bits": _bits,
    "categorical": _categorical,
    "choice": _choice,
    "dirichlet": _dirichlet,
    "fold_in": lambda d: keyed(d, "fold_in", d.one(3, d.array("int", ()), d.operand())),
    "generalized_normal": _generalized,
    "lognormal": _lognormal,
    "multinomial": _multinomial,
    "multivariate_normal": _multivariate,
    "orthogonal": _orthogonal,
    "permutation": _permutation,
    "randint": _randint,
    "split": _split,
    "weibull_min": _weibull,
    "wrap_key_data": _data,
}
