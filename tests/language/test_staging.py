"""What jit says of itself: its stages (lower, compile), what is donated, how often it was traced and why."""

from __future__ import annotations

import inspect
import logging
import re
import warnings
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax.language import costs


@pytest.fixture(params=["fast", "reference"], autouse=True)
def implementation(request: Any) -> Iterator[str]:
    with verax.using(request.param):
        yield request.param


def g(np_: Any) -> Any:
    def net(params: Any, x: Any, *, scale: float = 1.0) -> Any:
        return {"y": np_.tanh(x @ params["w"]) * scale, "n": (x.sum(), params["b"])}

    return net


def arguments(np_: Any) -> Any:
    return {"w": np_.ones((3, 2)), "b": np_.arange(2)}, np_.ones((4, 3), np.float32)


# -- stages ------------------------------------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore:Some donated buffers")
def test_the_stages_know_shapes_dtypes_and_donation_of_every_leaf_as_jax_does() -> None:
    ours = verax.jit(g(vnp), static_argnames="scale", donate_argnums=0).lower(*arguments(vnp), scale=2.0)
    theirs = jax.jit(g(jnp), static_argnames="scale", donate_argnums=0).lower(*arguments(jnp), scale=2.0)

    def told(tree: Any) -> list[Any]:
        return [(x.shape, x.dtype, getattr(x, "donated", None)) for x in jax.tree.leaves(tree)]

    assert told(ours.args_info) == told(theirs.args_info)
    assert told(ours.out_info) == told(theirs.out_info)
    assert ours.donate_argnums == theirs.donate_argnums
    assert ours.in_tree.num_leaves == len(jax.tree.leaves(theirs.args_info))


def test_a_compiled_function_gives_what_the_function_gives_without_tracing_it_again() -> None:
    runs: list[Any] = []

    def f(params: Any, x: Any) -> Any:
        runs.append(None)
        return g(vnp)(params, x)

    compiled = verax.jit(f).lower(*arguments(vnp)).compile()
    before = len(runs)
    found, wanted = compiled(*arguments(vnp)), g(vnp)(*arguments(vnp))

    assert len(runs) == before == 1
    assert [np.asarray(x).tobytes() for x in verax.tree_util.tree_leaves(found)] == [
        np.asarray(x).tobytes() for x in verax.tree_util.tree_leaves(wanted)
    ]


def test_types_alone_are_enough_to_lower() -> None:
    spec = verax.ShapeDtypeStruct((2, 2), "float32")
    compiled = verax.jit(lambda x: x @ x).lower(spec).compile()

    assert np.asarray(compiled(vnp.ones((2, 2)))).tolist() == [[2, 2], [2, 2]]


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda c: c(vnp.ones(2), vnp.ones(3)), r"Argument `b` .* must be f32\[2\].*got f32\[3\]"),
        (lambda c: c(vnp.ones(2), vnp.ones(2, int)), r"Argument `b` .* must be f32\[2\].*got i32\[2\]"),
        (lambda c: c(vnp.ones(2)), "must have the structure that it was compiled for"),
        (lambda c: c(vnp.ones(2), b=vnp.ones(2)), "must have the structure that it was compiled for"),
    ],
)
def test_a_compiled_function_refuses_arguments_of_another_type(call: Any, wanted: str) -> None:
    compiled = verax.jit(lambda a, b: a + b).lower(vnp.ones(2), vnp.ones(2)).compile()

    with pytest.raises(TypeError, match=wanted):
        call(compiled)


def test_a_compiled_function_cannot_be_transformed() -> None:
    with verax.using("fast"):
        compiled = verax.jit(lambda a: a * 2).lower(1.0).compile()

        with pytest.raises(TypeError, match="Transform the function before it is lowered"):
            verax.grad(compiled)(1.0)


def test_stages_print_programs_and_code(implementation: str) -> None:
    lowered = verax.jit(lambda a: vnp.sin(a) * 2).lower(1.0)

    assert "sin" in lowered.as_text()
    assert lowered.compiler_ir() is lowered.program
    assert "def run(" in lowered.compile().as_text() or implementation == "reference"
    assert (
        verax.jit(lambda a: a).trace(1.0).jaxpr.in_avals == verax.jit(lambda a: a).lower(1.0).program.in_avals
    )


def test_eval_shape_is_a_method_too() -> None:
    found = verax.jit(g(vnp)).eval_shape(*arguments(vnp))

    assert (found["y"].shape, found["n"][1].dtype) == ((4, 2), np.dtype("int32"))


@pytest.mark.parametrize(
    "f",
    [
        lambda np_: lambda x: x @ x,
        lambda np_: lambda x: x + x,
        lambda np_: np_.sum,
        lambda np_: np_.exp,
        lambda np_: lambda x: x.T @ x,
    ],
    ids=["product", "sum of two", "reduction", "exp", "transposed"],
)
def test_arithmetic_is_counted_as_xla_counts_it(f: Any) -> None:
    x = np.ones((5, 5), np.float32)
    ours = verax.jit(f(vnp)).lower(x).cost_analysis()
    theirs: Any = jax.jit(f(jnp)).lower(x).compile().cost_analysis()

    assert ours["flops"] == theirs.get("flops", 0.0)
    assert ours["transcendentals"] == theirs.get("transcendentals", 0.0)


def test_a_scan_costs_its_body_as_often_as_it_has_steps() -> None:
    def f(x: Any) -> Any:
        return verax.lax.scan(lambda c, _: (c * 2, None), x, None, length=7)[0]

    assert costs.costs_of(verax.make_program(f)(vnp.ones(3)))["flops"] == 21


# -- donation ----------------------------------------------------------------------------------------------
def test_a_donated_array_that_a_result_is_like_is_deleted_and_others_are_not() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        states = {}
        for name, np_, jit in (("verax", vnp, verax.jit), ("jax", jnp, jax.jit)):
            f = jit(lambda x, y, z: (x + y, x.sum()), donate_argnums=(0, 1))
            given = np_.ones(3) * 1, np_.ones(3) * 2, np_.ones(3) * 3
            f(*given)
            states[name] = [x.is_deleted() for x in given]

    assert states["verax"] == states["jax"] == [True, False, False]
    assert [str(w.message).split(":")[0] for w in told] == ["Some donated buffers were not usable"] * 2


def test_who_uses_a_deleted_array_is_told() -> None:
    x = vnp.ones(3) * 2
    verax.jit(lambda a: a + 1, donate_argnums=0)(x)

    for use in (lambda: x + 1, lambda: np.asarray(x), lambda: repr(x), lambda: verax.jit(lambda a: a * 2)(x)):
        with pytest.raises(RuntimeError, match=r"Array has been deleted with shape=f32\[3\]"):
            use()
    assert (x.shape, x.is_deleted()) == ((3,), True)


def test_what_is_donated_under_a_transform_is_kept() -> None:
    with verax.using("fast"):
        x = vnp.ones(3) * 2
        verax.grad(lambda a: verax.jit(lambda b: b * b, donate_argnums=0)(a).sum())(x)

        assert not x.is_deleted()


def test_an_argument_cannot_be_static_and_donated() -> None:
    for wrong in ({"donate_argnums": 0}, {"donate_argnames": "x"}):
        with pytest.raises(ValueError, match=r"must name traced arguments, got \['x'\]"):
            verax.jit(lambda x: x, static_argnums=0, **wrong)


# -- why a retrace happened --------------------------------------------------------------------------------
CHANGES: list[tuple[str, Any, str]] = [
    (
        "shape",
        lambda f: f({"w": vnp.ones(4)}, 2),
        r"the shape of `params\['w'\]`: it was f32\[3\], and is f32\[4\]",
    ),
    (
        "dtype",
        lambda f: f({"w": vnp.ones(3, int)}, 2),
        r"the dtype of `params\['w'\]`: .* f32\[3\], and is i32\[3\]",
    ),
    ("static value", lambda f: f({"w": vnp.ones(3)}, 5), "the static `n`: it was 2, and is 5"),
    ("static type", lambda f: f({"w": vnp.ones(3)}, 2.0), r"the static `n`: it was 2, and is 2\.0"),
    ("tree", lambda f: f({"v": vnp.ones(3)}, 2), r"the leaves were `params\['w'\]`, and are `params\['v'\]`"),
]


@pytest.mark.parametrize(("call", "reason"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_retrace_says_which_argument_changed_and_how(call: Any, reason: str) -> None:
    f = verax.jit(lambda params, n: sum(params.values()) * n, static_argnames="n")
    f({"w": vnp.ones(3)}, n=2)
    before = f.statistics()
    call(lambda params, n: f(params, n=n))

    assert before.reasons == ("the first call",)
    assert f.statistics().traces == 2
    assert re.search(reason, f.statistics().reasons[-1])


def test_a_weak_type_and_a_setting_are_reasons() -> None:
    f = verax.jit(lambda x: x)
    f(vnp.asarray(1.0, dtype=np.float32))
    f(1.0)
    with verax.enable_x64():
        f(vnp.asarray(1.0, dtype=np.float32))

    assert "the weak type of `x`: it was f32[], and is f32*[]" in f.statistics().reasons[1]
    assert "a setting: enable_x64 was False, and is True" in f.statistics().reasons[2]


def test_calls_and_traces_are_counted(implementation: str) -> None:
    f = verax.jit(lambda x: x + 1)
    for _ in range(5):
        f(vnp.ones(2))
    f(vnp.ones(3))
    counted = f.statistics()

    assert (counted.calls, counted.traces) == (6, 2 if implementation == "fast" else 6)
    assert f._cache_size() == (2 if implementation == "fast" else 0)


def test_what_is_forgotten_is_traced_again() -> None:
    with verax.using("fast"):
        traced: list[Any] = []

        def traced_identity(x: Any) -> Any:
            traced.append(None)
            return x

        f = verax.jit(traced_identity)
        for forget in (f.clear_cache, verax.clear_caches, lambda: None):
            f(vnp.ones(2))
            f(vnp.ones(2))
            forget()
            assert f.statistics().traces == (0 if forget.__name__ != "<lambda>" else 1)

        assert len(traced) == 3


def test_reasons_are_logged_where_one_asks_for_them(caplog: pytest.LogCaptureFixture) -> None:
    f = verax.jit(lambda x: x)
    with caplog.at_level(logging.WARNING, "verax"):
        f(vnp.ones(2))
        assert not caplog.records
        with verax.explain_cache_misses():
            f(vnp.ones(3))

    assert [r.getMessage() for r in caplog.records] == [
        "'<lambda>' was traced: the shape of `x`: it was f32[2], and is f32[3]"
    ]


def test_compilations_are_logged_where_one_asks_for_them(caplog: pytest.LogCaptureFixture) -> None:
    f = verax.jit(lambda x: x)
    with caplog.at_level(logging.WARNING, "verax"), verax.using("fast"), verax.log_compiles():
        f(vnp.ones(2))
        f(vnp.ones(2))
    assert [r.getMessage() for r in caplog.records] == ["Finished tracing and compilation of jit(<lambda>)"]


def test_a_jitted_function_has_the_signature_of_its_function() -> None:
    def f(x: Any, *, scale: float = 2.0) -> Any:
        return x * scale

    ours, theirs = (inspect.signature(face.jit(f), follow_wrapped=False) for face in (verax, jax))
    assert ours == theirs == inspect.signature(f)
