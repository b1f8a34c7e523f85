"""A library's own trace sees the primitives that it sees in JAX, and changes no result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import jax.api_util
import jax.core
import jax.extend.core
import jax.extend.linear_util
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.as_jax import traces
from verax.as_jax.jaxprs import jaxpr_as_fun
from verax.language.catalogue import jit_p

JAX: Any = SimpleNamespace(
    face=jax,
    np=jnp,
    lax=jax.lax,
    Trace=jax.core.Trace,
    Tracer=jax.core.Tracer,
    TraceTag=jax.extend.core.TraceTag,
    take=jax.extend.core.take_current_trace,
    set=jax.extend.core.set_current_trace,
    jit_p=jax.extend.core.primitives.jit_p,
    jaxpr_as_fun=jax.extend.core.jaxpr_as_fun,
    wrap_init=lambda f: jax.extend.linear_util.wrap_init(
        f, debug_info=jax.api_util.debug_info("f", f, (), {})
    ),
    transformation=jax.extend.linear_util.transformation,
    flatten_fun=jax.api_util.flatten_fun,
)
VERAX: Any = SimpleNamespace(
    face=verax,
    np=vnp,
    lax=lax,
    Trace=traces.Trace,
    Tracer=traces.Tracer,
    TraceTag=traces.TraceTag,
    take=traces.take_current_trace,
    set=traces.set_current_trace,
    jit_p=jit_p,
    jaxpr_as_fun=jaxpr_as_fun,
    wrap_init=traces.wrap_init,
    transformation=traces.transformation,
    flatten_fun=traces.flatten_fun,
)
X = np.asarray([0.5, -2.0, 3.0], np.float32)


def watched(m: Any, fun: Any, *args: Any) -> tuple[Any, list[str]]:
    """A function's result, and the primitives that a trace in Haiku's manner saw, those inside of jit too."""
    seen: list[str] = []

    class Seeing(m.Tracer):  # type: ignore[misc]  # a base of either library
        def __init__(self, trace: Any, val: Any) -> None:
            super().__init__(trace, m.face.typeof(val))
            self.val = val

        def full_lower(self) -> Any:
            return self

    class Watch(m.Trace):  # type: ignore[misc]  # likewise
        def __init__(self, parent: Any, tag: Any) -> None:
            super().__init__()
            self.parent_trace, self.tag = parent, tag

        def to_val(self, x: Any) -> Any:
            return x.val if isinstance(x, Seeing) and x._trace.tag is self.tag else x

        def stage_value(self, val: Any) -> Any:
            return Seeing(self, self.parent_trace.stage_value(val))

        def process_primitive(self, primitive: Any, tracers: Any, params: Any) -> Any:
            vals = [self.to_val(t) for t in tracers]
            if primitive is m.jit_p:
                inner = see(m.wrap_init(m.jaxpr_as_fun(params["jaxpr"])), self.tag)
                with m.set(self.parent_trace):
                    return [Seeing(self, v) for v in inner.call_wrapped(*vals)]
            seen.append(str(primitive))
            found = primitive.bind_with_trace(
                self.parent_trace, vals, [m.face.typeof(t) for t in tracers], params
            )
            return m.face.tree_util.tree_map(lambda v: Seeing(self, v), found)

    @m.transformation  # type: ignore[untyped-decorator]  # of either library
    def see(tag: Any, *vals: Any) -> Any:
        with m.take() as parent:
            trace = Watch(parent, tag)
            with m.set(trace):
                outs = yield [Seeing(trace, v) for v in vals], {}
                yield [trace.to_val(t) for t in outs]

    leaves, tree = m.face.tree_util.tree_flatten((args, {}))
    flat, out_tree = m.flatten_fun(m.wrap_init(fun), tree)
    found = see(flat, m.TraceTag()).call_wrapped(*leaves)
    return m.face.tree_util.tree_unflatten(out_tree(), found), seen


def program(m: Any) -> Any:
    def f(tree: Any) -> Any:
        y = m.lax.sin(tree["x"]) * tree["x"]
        y = m.face.jit(lambda z: m.lax.neg(m.lax.exp(z)))(y)
        y, _ = m.lax.scan(lambda c, _: (c + c, None), y, None, length=2)
        return {"y": y, "sum": m.lax.reduce_max(y, (0,))}

    return f


def test_a_trace_sees_the_primitives_that_it_sees_in_jax_and_changes_no_result() -> None:
    ours, seen = watched(VERAX, program(VERAX), {"x": vnp.asarray(X)})
    _, theirs = watched(JAX, program(JAX), {"x": jnp.asarray(X)})
    plain = program(VERAX)({"x": X})

    assert seen == theirs == ["sin", "mul", "exp", "neg", "scan", "reduce_max"]
    assert {k: np.asarray(v).tobytes() for k, v in ours.items()} == {
        k: np.asarray(v).tobytes() for k, v in plain.items()
    }


def test_it_stands_inside_of_other_transforms() -> None:
    f = program(VERAX)

    def inside(x: Any) -> Any:
        return watched(VERAX, f, {"x": x})[0]["sum"]

    assert np.asarray(verax.jit(inside)(X)).tobytes() == np.asarray(f({"x": X})["sum"]).tobytes()
    assert np.asarray(verax.grad(inside)(X)).tobytes() == (
        np.asarray(verax.grad(lambda x: f({"x": x})["sum"])(X)).tobytes()
    )
    assert verax.eval_shape(inside, X).shape == ()


def test_custom_rules_are_dropped() -> None:
    @verax.custom_jvp
    def twice(x: Any) -> Any:
        return x + x

    @verax.custom_vjp
    def squared(x: Any) -> Any:
        return x * x

    twice.defjvp(lambda p, t: (twice(*p), t[0]))
    squared.defvjp(lambda x: (squared(x), x), lambda x, c: (c,))
    found, seen = watched(VERAX, lambda x: squared(twice(x)), vnp.asarray(X))

    assert seen == ["add", "mul"]
    assert found.tolist() == [1.0, 16.0, 36.0]


def test_every_tracer_of_veraxs_is_one_of_jaxs_and_arrays_are_none() -> None:
    seen: list[bool] = []

    def looked_at(x: Any) -> Any:
        seen.append(isinstance(x, traces.Tracer))
        return x

    verax.jit(looked_at)(1.0)
    verax.grad(looked_at)(1.0)

    assert seen == [True, True]
    assert not isinstance(vnp.ones(2), traces.Tracer)


def test_misuse_is_told() -> None:
    class Mine(traces.Trace):
        pass

    with pytest.raises(ValueError, match="must be current"):
        traces.Tracer(Mine(), vnp.ones(2).aval)
    with traces.set_current_trace(Mine()), pytest.raises(NotImplementedError, match="defined by Mine"):
        vnp.ones(2)
