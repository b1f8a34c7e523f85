"""Programs read as jaxprs: what code that walks JAX's jaxprs finds in them."""

from __future__ import annotations

from typing import Any

import jax
import jax.extend
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.as_jax import jaxprs
from verax.as_jax.jaxprs import DropVar, Literal, eval_jaxpr, jaxpr_as_fun, make_jaxpr

X = np.ones(3, np.float32)


def program(face: Any, lax: Any, np_: Any) -> Any:
    @face.custom_jvp  # type: ignore[untyped-decorator]  # either face's
    def twice(x: Any) -> Any:
        return x + x

    twice.defjvp(lambda p, t: (twice(*p), t[0] * 2))

    @face.custom_vjp  # type: ignore[untyped-decorator]  # likewise
    def thrice(x: Any) -> Any:
        return x + x

    thrice.defvjp(lambda x: (thrice(x), None), lambda _, c: (c * 3,))

    def f(x: Any) -> Any:
        with face.named_scope("rules"):
            y = twice(x)
            with face.named_scope("inner"):
                y = y + thrice(x)
        y, _ = lax.scan(lambda c, _: (c + c, None), y, None, length=3)
        y = lax.while_loop(lambda c: c[0] < 3, lambda c: c + c, y)
        y = lax.cond(y[0] > 1, np_.sin, np_.cos, y)
        return face.jit(face.named_scope("jitted")(np_.exp))(y)

    return f


def walked(jaxpr: Any) -> list[Any]:
    """What stands in a jaxpr, in nested lists: names, scopes, types, and the jaxprs inside by their parameter."""
    found = []
    for eqn in jaxpr.eqns:
        inner = {}
        for key, value in eqn.params.items():
            if hasattr(value, "jaxpr"):
                inner[key] = walked(value.jaxpr)
            elif isinstance(value, tuple) and value and all(hasattr(v, "jaxpr") for v in value):
                inner[key] = [walked(v.jaxpr) for v in value]
        types = [[v.aval.str_short(short_dtypes=True) for v in vs] for vs in (eqn.invars, eqn.outvars)]
        found.append([eqn.primitive.name, str(eqn.source_info.name_stack), types, inner])
    return found


def test_a_walk_over_a_jaxpr_finds_what_it_finds_in_jaxs() -> None:
    ours = make_jaxpr(program(verax, lax, vnp))(X)
    theirs = jax.make_jaxpr(program(jax, jax.lax, jnp))(X)

    assert walked(ours.jaxpr) == walked(theirs.jaxpr)
    assert [str(a) for a in ours.in_avals] == ["f32[3]"]
    for mine, eqn in zip(ours.eqns, theirs.eqns, strict=True):
        kinds = {k for k, v in eqn.params.items() if isinstance(v, (int, bool))}
        assert {k for k in kinds if k in mine.params} >= kinds - {
            "inline",
            "keep_unused",
        } or mine.params == {}
        for key in kinds & set(mine.params):
            assert mine.params[key] == eqn.params[key], (mine.primitive.name, key)


def test_literals_consts_and_what_is_dropped() -> None:
    closed = make_jaxpr(lambda x: (vnp.asarray(X) * x + 2.0, lax.top_k(x, 1)[0]))(X)
    jaxpr = closed.jaxpr
    literals = [a for e in jaxpr.eqns for a in e.invars if isinstance(a, Literal)]
    dropped = [v for e in jaxpr.eqns for v in e.outvars if isinstance(v, DropVar)]

    assert [float(a.val) for a in literals] == [2.0]
    assert repr(literals[0]) == "Literal(2.0)"
    assert len(dropped) == 1
    assert repr(dropped[0]) == "_"
    assert [v.aval.shape for v in jaxpr.constvars] == [(3,)]
    assert closed.consts == closed.literals
    assert closed.outvars == jaxpr.outvars
    assert str(closed) == repr(jaxpr) == str(jaxpr.program)
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        _ = closed.colour


def test_a_jaxpr_runs() -> None:
    f = program(verax, lax, vnp)
    closed, types = make_jaxpr(f, return_shape=True)(X)
    wanted = np.asarray(f(X))

    assert types.shape == (3,)
    assert np.asarray(jaxpr_as_fun(closed)(X)[0]).tobytes() == wanted.tobytes()
    assert np.asarray(eval_jaxpr(closed.jaxpr, closed.consts, X)[0]).tobytes() == wanted.tobytes()


def test_named_axes_may_be_given() -> None:
    closed = make_jaxpr(lambda x: lax.all_gather(x, "i"), axis_env=[("i", 4)])(X)

    assert closed.out_avals[0].shape == (4, 3)
    with pytest.raises(verax.errors.CollectiveError, match="must be an axis in scope"):
        make_jaxpr(lambda x: lax.psum(x, "i"))(X)


def test_the_names_that_are_renamed_are_those_of_the_language() -> None:
    """The planted fault of a name that changes in the language: a row here would then rename nothing."""
    closed = make_jaxpr(program(verax, lax, vnp))(X)
    seen = {e.primitive.name: set(e.params) for e in closed.jaxpr.program.equations}
    seen["checkpoint"] = {"program", "policy"}

    for name, renamed in jaxprs.RENAMED.items():
        assert set(renamed) <= seen[name]
