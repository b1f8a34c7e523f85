"""Python called from programs, under every transform, held to JAX: with what, how often, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import io_callback as jax_io_callback

import verax
from verax import numpy as vnp
from verax.language import effects
from verax.language.errors import MissingRuleError
from verax.language.program import Program
from verax.reference import Ball, evaluate

OURS: Any = SimpleNamespace(
    np=vnp,
    lax=verax.lax,
    debug=verax.debug,
    pure=verax.pure_callback,
    io=verax.io_callback,
    struct=verax.ShapeDtypeStruct,
    **{
        name: getattr(verax, name)
        for name in ("jit", "vmap", "grad", "jvp", "linearize", "custom_jvp", "jacfwd")
    },
)
THEIRS: Any = SimpleNamespace(
    np=jnp,
    lax=jax.lax,
    debug=jax.debug,
    pure=jax.pure_callback,
    io=jax_io_callback,
    struct=jax.ShapeDtypeStruct,
    **{
        name: getattr(jax, name)
        for name in ("jit", "vmap", "grad", "jvp", "linearize", "custom_jvp", "jacfwd")
    },
)
NOTHING: Any = 3
IMPLEMENTATIONS = ("fast", "reference")


@pytest.fixture(params=IMPLEMENTATIONS)
def implementation(request: Any) -> Iterator[str]:
    with verax.using(request.param):
        yield request.param


# -- debug: the same lines as JAX ---------------------------------------------------------------------------
def seen(m: Any, tag: str = "x") -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        m.debug.print(tag + "={x}", x=x)
        return x * 2

    return f


def with_rule(m: Any) -> Any:
    @m.custom_jvp  # type: ignore[untyped-decorator]  # of a module that may be JAX
    def h(x: Any) -> Any:
        return x * 3

    @h.defjvp  # type: ignore[untyped-decorator]  # of a module that may be JAX
    def _(primals: Any, tangents: Any) -> Any:
        m.debug.print("t={t}", t=tangents[0])
        return h(primals[0]), tangents[0] * 3

    return h


LINES: dict[str, Callable[[Any], Any]] = {
    "eager": lambda m: seen(m)(m.np.arange(3)),
    "of integers, booleans and no arrays": lambda m: m.debug.print(
        "{} {} {a}", 1, m.np.ones(2) > 0, a="text"
    ),
    "without values": lambda m: m.debug.print("here"),
    "of a tree": lambda m: m.debug.print("{t}", t={"a": [1, m.np.zeros(2)]}),
    "two calls": lambda m: m.debug.print(ordered=True)("{x}", x=m.np.float32(1)),
    "jit": lambda m: m.jit(seen(m))(m.np.ones(2)),
    "jit whose result is not used": lambda m: m.jit(lambda x: (seen(m)(x), 1)[1])(m.np.ones(2)),
    "jit of nothing": lambda m: m.jit(lambda: m.debug.print("none"))(),
    "two lines in order under jit": lambda m: m.jit(lambda x: seen(m, "b")(seen(m, "a")(x)))(2.0),
    "grad": lambda m: m.grad(lambda x: seen(m)(x) ** 2)(3.0),
    "grad of jit": lambda m: m.grad(m.jit(lambda x: seen(m)(x) ** 2))(3.0),
    "jit of grad": lambda m: m.jit(m.grad(lambda x: seen(m)(x) ** 2))(3.0),
    "grad of grad": lambda m: m.grad(m.grad(lambda x: seen(m)(x) ** 3))(2.0),
    "jvp": lambda m: m.jvp(seen(m), (3.0,), (1.0,)),
    "linearize": lambda m: m.linearize(seen(m), 2.0)[1](1.0),
    "vmap": lambda m: m.vmap(seen(m))(m.np.arange(3.0)),
    "jit of vmap": lambda m: m.jit(m.vmap(seen(m)))(m.np.arange(3.0)),
    "vmap of jit": lambda m: m.vmap(m.jit(seen(m)))(m.np.arange(3.0)),
    "vmap of grad": lambda m: m.vmap(m.grad(lambda x: seen(m)(x) ** 2))(m.np.arange(2.0)),
    "scan": lambda m: m.lax.scan(lambda c, x: (seen(m)(c) + x, None), 1.0, m.np.arange(3.0)),
    "scan from the end": lambda m: m.lax.scan(
        lambda c, x: (seen(m)(c) + x, None), 1.0, m.np.arange(3.0), reverse=True
    ),
    "grad of scan": lambda m: m.grad(
        lambda x: m.lax.scan(lambda c, _: (seen(m)(c), None), x, None, length=3)[0]
    )(1.0),
    "fori_loop": lambda m: m.lax.fori_loop(0, 3, lambda i, x: seen(m)(x), 1.0),
    "while_loop": lambda m: m.lax.while_loop(lambda x: x < 9, seen(m), 1.0),
    "jvp of while_loop": lambda m: m.jvp(
        lambda x: m.lax.while_loop(lambda x: x < 9, seen(m), x), (1.0,), (1.0,)
    ),
    "cond": lambda m: [m.lax.cond(p, seen(m, "yes"), seen(m, "no"), 1.0) for p in (True, False)],
    "switch under jit": lambda m: m.jit(
        lambda i: m.lax.switch(i, [seen(m, "a"), seen(m, "b"), seen(m, "c")], 1.0)
    )(1),
    "tangents of a custom rule, forward": lambda m: m.jvp(with_rule(m), (1.0,), (2.0,)),
    "no tangents of a custom rule, backward": lambda m: m.grad(with_rule(m))(1.0),
}
# Where a branch that some lanes take is run for all of them, or a line for all lanes is printed once: the reference
# runs the lanes that come by, one after another.
OF_ALL_LANES: dict[str, Callable[[Any], Any]] = {
    "vmap of what all lanes share": lambda m: m.vmap(lambda x: (seen(m)(1.0), x)[1])(m.np.arange(3.0)),
    "vmap of cond": lambda m: m.vmap(lambda x: m.lax.cond(x > 1, seen(m), lambda x: x, x))(m.np.arange(3.0)),
    "vmap of while_loop": lambda m: m.vmap(
        lambda x: m.lax.while_loop(lambda c: c < 2, lambda c: seen(m)(c) * 0 + c + 1, x)
    )(m.np.arange(3.0)),
    "two lines under vmap": lambda m: m.vmap(lambda x: seen(m, "b")(seen(m, "a")(x)))(m.np.arange(2.0)),
}


@pytest.mark.parametrize("name", LINES)
def test_the_lines_that_jax_prints_are_printed_in_its_order(
    name: str, implementation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if implementation == "reference" and "custom rule" in name:
        pytest.skip("the reference believes no rule, and so runs none")
    LINES[name](THEIRS)
    jax.effects_barrier()  # type: ignore[no-untyped-call]  # JAX's
    wanted = capsys.readouterr().out
    LINES[name](OURS)

    assert capsys.readouterr().out == wanted
    assert wanted or name == "no tangents of a custom rule, backward"


@pytest.mark.parametrize("name", OF_ALL_LANES)
def test_mapped_lines_come_for_all_lanes_in_fast(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    OF_ALL_LANES[name](THEIRS)
    jax.effects_barrier()  # type: ignore[no-untyped-call]  # JAX's
    wanted = capsys.readouterr().out
    OF_ALL_LANES[name](OURS)

    assert capsys.readouterr().out == wanted


def test_a_program_without_its_callbacks_is_found_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The planted fault: dead code that has an effect is dropped."""
    monkeypatch.setattr(effects, "effect_of", lambda equation: frozenset())
    verax.jit(lambda x: (seen(OURS)(x), x)[1])(1.0)

    assert capsys.readouterr().out == ""


def test_a_program_knows_its_effects_and_pruning_keeps_them() -> None:
    def f(x: Any) -> Any:
        verax.lax.scan(lambda c, _: (seen(OURS)(c), None), x, None, length=2)
        return x

    program: Program = verax.make_program(f)(1.0)

    assert effects.effects_of(program) == {"debug"}
    assert [e.primitive.name for e in program.pruned().equations] == ["scan"]
    assert verax.jit(f).trace(1.0).effects == {"debug"}


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda: verax.debug.print("{}", 1, 2), r"must occur in its text, got \[1\]"),
        (lambda: verax.debug.print("{x}", x=1, y=2), r"must occur in its text, got \['y'\]"),
        (lambda: verax.debug.callback(3), "`callback` of debug.callback must be a function"),
        (lambda: verax.debug.callback(ordered=True)(3), "`callback` of debug.callback must be a function"),
        (lambda: verax.pure_callback(NOTHING, None), "`callback` of pure_callback must be a function"),
        (lambda: verax.pure_callback(np.sin, 3, 1.0), "must hold arrays or ShapeDtypeStructs, got int"),
        (
            lambda: verax.pure_callback(np.sin, None, "a"),
            "Leaf 0 of the arguments of pure_callback must be an array",
        ),
        (
            lambda: verax.io_callback(np.sin, verax.ShapeDtypeStruct((), "float64"), 1.0),
            "must have no 64-bit dtypes while these are not enabled",
        ),
        (lambda: verax.pure_callback(np.sin, None, 1.0, vmap_method="all"), "`vmap_method` must be one of"),
    ],
)
def test_wrong_calls_are_told_what_is_wrong(call: Any, wanted: str) -> None:
    with pytest.raises((TypeError, ValueError), match=wanted):
        call()


# -- pure ----------------------------------------------------------------------------------------------------
def doubled(m: Any, shapes: list[Any], method: str | None = None) -> Callable[..., Any]:
    def host(x: Any, y: Any) -> Any:
        shapes.append((np.shape(x), np.shape(y)))
        return np.asarray(x) * 2 + np.asarray(y)

    def f(x: Any, y: Any) -> Any:
        return m.pure(host, m.struct(x.shape, x.dtype), x, y, vmap_method=method)

    return f


@pytest.mark.parametrize("method", ["sequential", "sequential_unrolled", "expand_dims", "broadcast_all"])
def test_lanes_reach_a_pure_callback_in_the_shapes_that_its_method_says(method: str) -> None:
    found: dict[str, Any] = {}
    for name, m in (("ours", OURS), ("theirs", THEIRS)):
        shapes: list[Any] = []
        y = m.vmap(doubled(m, shapes, method), in_axes=(0, None))(m.np.arange(3.0), m.np.ones(()))
        found[name] = (np.asarray(y).tolist(), shapes)

    assert found["ours"] == found["theirs"]


def test_vmap_without_a_method_is_refused() -> None:
    for m in (OURS, THEIRS):
        with pytest.raises(NotImplementedError, match="vmap is only supported"):
            m.vmap(doubled(m, []), in_axes=(0, None))(m.np.arange(3.0), m.np.ones(()))


def test_a_pure_callback_gives_its_value_under_jit_and_scan(implementation: str) -> None:
    f = doubled(OURS, [])
    x = vnp.arange(3.0)

    assert np.asarray(verax.jit(f)(x, x)).tolist() == [0, 3, 6]
    assert np.asarray(verax.lax.scan(lambda c, v: (f(c, v), c), vnp.float32(1), x)[0]).tolist() == 12


def test_a_callback_has_no_derivative_of_its_own(implementation: str) -> None:
    f = doubled(OURS, [])
    derivatives: list[Callable[[Any], Any]] = [
        verax.grad(lambda x: f(x, x)),
        lambda x: verax.jvp(lambda x: f(x, x), (x,), (x,)),
    ]
    for derivative in derivatives:
        with pytest.raises(ValueError, match=r"has no derivative.*custom_jvp"):
            derivative(vnp.float32(2))


def test_a_callback_of_what_is_not_differentiated_is_a_constant_and_is_asked_once(
    implementation: str,
) -> None:
    shapes: list[Any] = []
    f = doubled(OURS, shapes)

    assert float(verax.grad(lambda x: x**2 * f(vnp.float32(3), vnp.float32(1)))(2.0)) == 28
    assert len(shapes) == 1


def test_a_custom_rule_makes_a_callback_differentiable() -> None:
    @verax.custom_jvp
    def sine(x: Any) -> Any:
        return verax.pure_callback(
            np.sin, verax.ShapeDtypeStruct(x.shape, x.dtype), x, vmap_method="expand_dims"
        )

    @sine.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        return sine(*primals), vnp.cos(primals[0]) * tangents[0]

    x = vnp.arange(3, dtype=np.float32)
    found = np.asarray(verax.jit(verax.vmap(verax.grad(sine)))(x))

    assert found.tobytes() == np.asarray(vnp.cos(x)).tobytes()


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        (lambda x: np.ones(3, np.float32), r"must return f32\[2\].*got shape \(3,\)"),
        (lambda x: (x, x), "must return the structure"),
    ],
)
def test_a_callback_that_breaks_its_promise_is_told(host: Any, wanted: str, implementation: str) -> None:
    for run in (lambda f: f, verax.jit):
        with pytest.raises(ValueError, match=wanted):
            run(lambda x: verax.pure_callback(host, verax.ShapeDtypeStruct((2,), "float32"), x))(vnp.ones(2))


# -- io ------------------------------------------------------------------------------------------------------
def test_an_io_callback_is_called_each_time_and_in_order(implementation: str) -> None:
    told: list[Any] = []

    def noted(v: Any) -> Any:
        told.append(float(v))
        return np.float32(len(told))

    def f(x: Any) -> Any:
        verax.io_callback(lambda: told.append("first"), None, ordered=True)
        y = verax.io_callback(noted, verax.ShapeDtypeStruct((), "float32"), x)
        verax.io_callback(lambda: told.append("last"), None, ordered=True)
        return y

    jitted = verax.jit(f)

    assert [float(jitted(2.0)), float(jitted(3.0))] == [2, 5]
    assert told == ["first", 2.0, "last", "first", 3.0, "last"]


def test_ordered_io_and_io_in_a_lanes_branch_are_refused_by_vmap_as_jax_refuses_them() -> None:
    def ordered(m: Any) -> Any:
        return m.vmap(lambda x: m.io(lambda v: v, x, x, ordered=True))(m.np.arange(3.0))

    def in_branch(m: Any) -> Any:
        return m.vmap(lambda x: m.lax.cond(x > 1, lambda x: m.io(lambda v: v, x, x), lambda x: x, x))(
            m.np.arange(3.0)
        )

    for m in (OURS, THEIRS):
        with pytest.raises(ValueError, match="Cannot `vmap` ordered IO callback"):
            ordered(m)
        with pytest.raises(NotImplementedError, match="IO effect not supported in vmap-of-cond"):
            in_branch(m)


def test_an_io_callback_is_called_for_each_lane(implementation: str) -> None:
    told: list[float] = []

    def noted(v: Any) -> Any:
        told.append(float(v))
        return np.asarray(v) * 2

    found = verax.vmap(lambda x: verax.io_callback(noted, x, x))(vnp.arange(3.0))

    assert (told, np.asarray(found).tolist()) == ([0, 1, 2], [0, 2, 4])


def test_an_exception_in_a_callback_reaches_the_caller(implementation: str) -> None:
    def wrong(x: Any) -> Any:
        raise KeyError("mine")

    for run in (lambda f: f, verax.jit):
        with pytest.raises(KeyError, match="mine"):
            run(lambda x: verax.debug.callback(wrong, x))(1.0)


# -- the reference -------------------------------------------------------------------------------------------
def test_a_limit_looks_on_once(capsys: pytest.CaptureFixture[str]) -> None:
    with verax.using("reference"):
        verax.hessian(lambda x: vnp.sum(seen(OURS)(x) ** 3))(vnp.arange(2.0))

    assert capsys.readouterr().out == "x=[0. 1.]\n"


def test_a_proof_asks_no_callback() -> None:
    told: list[Any] = []
    evaluate(lambda x: (verax.debug.callback(told.append, x), [x])[1], [np.float32(1)], Ball(30))
    with pytest.raises(MissingRuleError, match="must be judged by itself"):
        evaluate(lambda x: [verax.pure_callback(np.sin, x, x)], [np.float32(1)], Ball(30))

    assert told == []
