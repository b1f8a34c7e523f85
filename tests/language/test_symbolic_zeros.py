"""Rules of `custom_vjp` that ask what is differentiated, and which cotangents are zero, are told as in JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax.reference import Dual, Exact, evaluate

Told = list[tuple[str, list[bool]]]


def ruled(package: Any, told: Told) -> Any:
    """x a, x + b and 3 as a function of x and {a, b}, with rules that write down what they are told."""

    @package.custom_vjp  # type: ignore[untyped-decorator]  # JAX or Verax
    def h(x: Any, d: Any) -> Any:
        return x * d["a"], x + d["b"], 3

    def forward(x: Any, d: Any) -> Any:
        told.append(("forward", [x.perturbed, d["a"].perturbed, d["b"].perturbed]))
        return h(x.value, {k: v.value for k, v in d.items()}), (x.value, d["a"].value)

    def backward(residuals: Any, cotangents: Any) -> Any:
        zero = [type(c).__name__ == "SymbolicZero" for c in cotangents]
        told.append(("backward", zero))
        x, a = residuals
        first, second, _ = (0.0 if z else c for c, z in zip(cotangents, zero, strict=True))
        return first * a + second, {"a": first * x, "b": cotangents[1] if zero[1] else None}

    h.defvjp(forward, backward, symbolic_zeros=True)
    return h


X, D = np.float32(2), {"a": np.float32(3), "b": np.float32(4)}
XS = np.ones(2, np.float32)
# A name -> a derivative by a package of the function with those rules.
USES: dict[str, Callable[[Any, Any], Any]] = {
    "first": lambda j, h: j.grad(lambda x: h(x, D)[0])(X),
    "second": lambda j, h: j.grad(lambda x: h(x, D)[1])(X),
    "both": lambda j, h: j.grad(lambda x: h(x, D)[0] + h(x, D)[1])(X),
    "by the dictionary": lambda j, h: j.grad(lambda d: h(X, d)[0])(D)["a"],
    "of jit": lambda j, h: j.grad(j.jit(lambda x: h(x, D)[0]))(X),
    "under vmap": lambda j, h: j.vmap(j.grad(lambda x: h(x, D)[0]))(XS),
    "of vmap": lambda j, h: j.grad(lambda xs: j.vmap(lambda x: h(x, D)[0])(xs).sum())(XS),
    "twice": lambda j, h: j.grad(j.grad(lambda x: h(x, D)[0]))(X),
    "a call alone": lambda j, h: h(X, D)[0],
}


@pytest.mark.parametrize("use", USES)
def test_rules_are_told_what_those_of_jax_are(use: str) -> None:
    ours: Told = []
    theirs: Told = []

    found = USES[use](verax, ruled(verax, ours))
    wanted = USES[use](jax, ruled(jax, theirs))

    assert np.asarray(found).tolist() == np.asarray(wanted).tolist()
    assert ours == theirs


def test_the_reference_tells_rules_where_it_honours_them() -> None:
    told: Told = []
    h = ruled(verax, told)

    def slope(x: Any) -> list[Any]:
        return [verax.grad(lambda y: h(y, D)[0])(x)]

    (found,) = evaluate(slope, [X], Dual(Exact(), honour_custom_rules=True))

    assert float(np.asarray(found)) == 3
    rows = [("backward", [False, True, True]), ("backward", [True, False, True])]
    assert told == [("forward", [True, False, False]), *rows]


@pytest.mark.parametrize("package", [jax, verax])
def test_none_inside_of_a_cotangent_is_zero_for_what_stands_there(package: Any) -> None:
    h = package.custom_vjp(lambda d: d["a"] * d["b"][0] + d["b"][1])
    h.defvjp(lambda d: (h(d), d["b"][0]), lambda b, ct: ({"a": ct * b, "b": None},))

    found = package.grad(h)({"a": 2.0, "b": (3.0, 4.0)})

    assert [float(x) for x in (found["a"], *found["b"])] == [3, 0, 0]


@pytest.mark.parametrize("given", [({"a": 1.0},), (1.0,), ({"a": 1.0, "b": 1.0},)])
def test_a_cotangent_of_another_structure_is_told(given: Any) -> None:
    h = verax.custom_vjp(lambda d: d["a"] * d["b"][0])
    h.defvjp(lambda d: (h(d), None), lambda _, ct: given)

    with pytest.raises(TypeError, match="must return for argument 0 a tree like the argument's"):
        verax.grad(h)({"a": 2.0, "b": (3.0, 4.0)})
