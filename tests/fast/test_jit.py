"""jit: traced once per signature, equal to the eager run to the bit, and never slower for what it keeps."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.errors import TracerArrayConversionError, TracerBoolConversionError, UnexpectedTracerError
from verax.fast import FastArray, default_device, execution
from verax.language.dispatch import lift
from verax.language.program import Program


def array(xs: Any, dtype: Any = np.float32) -> Any:
    return lift(np.asarray(xs).astype(dtype))


def source_of(program: Program) -> str:
    return execution.source_of(program, default_device())[0]


def test_a_function_is_traced_once_per_shape_dtype_and_weak_type() -> None:
    traced: list[Any] = []

    @verax.jit
    def f(x: Any) -> Any:
        traced.append(x.aval)
        return x + 1

    for _ in range(2):
        f(array([1, 2]))
        f(array([1, 2, 3]))
        f(array([1, 2], np.int32))
        f(1.0)
        f(array(1.0))

    assert [str(a) for a in traced] == ["f32[2]", "f32[3]", "i32[2]", "f32*[]", "f32[]"]


def test_a_change_of_configuration_traces_again() -> None:
    traced: list[Any] = []

    @verax.jit
    def f(x: Any) -> Any:
        traced.append(None)
        return x + vnp.arange(2)

    x = array([1, 2])
    f(x)
    with verax.enable_x64():
        f(x)
    f(x)

    assert len(traced) == 2


def test_a_static_argument_is_part_of_the_signature() -> None:
    f = verax.jit(lambda x, n: x * n, static_argnums=1)

    assert [np.asarray(f(array([1, 2]), n)).tolist() for n in (2, 3, 2)] == [[2, 4], [3, 6], [2, 4]]


def test_static_arguments_that_are_equal_but_of_another_type_are_others() -> None:
    f = verax.jit(lambda x, n: x * n, static_argnums=1)

    for _ in range(2):
        assert [str(f(array([1, 2], np.int32), n).dtype) for n in (1, 1.0, True)] == [
            "int32",
            "float32",
            "int32",
        ]


def test_results_keep_structure_and_weak_types() -> None:
    f = verax.jit(lambda x: {"a": x * 2, "b": (x, 3.0)})

    found = f(1.0)

    assert (found["a"].weak_type, found["b"][1].weak_type) == (True, True)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: vnp.tanh(x) * 2 + 1,
        lambda x: vnp.sum(vnp.exp(x), axis=0) / x,
        verax.nn.softmax,
        lambda x: x @ x.T,
        lambda x: lax.scan(lambda c, r: (c * 0.5 + r, c), vnp.zeros(3), x),
        lambda x: lax.cond(x[0, 0] > 0, vnp.sin, vnp.cos, x),
        lambda x: lax.while_loop(lambda y: vnp.max(y) < 9, lambda y: y * 2 + 1, x),
        lambda x: vnp.sort(x, axis=0)[::-1],
        verax.grad(lambda y: vnp.sum(vnp.tanh(y) ** 3)),
        verax.vmap(lambda r: r[r.astype(int) % 3]),
    ],
)
def test_jit_is_the_eager_run_to_the_bit(function: Any) -> None:
    x = array(np.random.default_rng(0).normal(size=(3, 3)))

    eager, compiled = function(x), verax.jit(function)(x)

    for a, b in zip(verax.tree.leaves(eager), verax.tree.leaves(compiled), strict=True):
        assert (a.dtype, a.weak_type) == (b.dtype, b.weak_type)
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


def test_a_nested_jit_is_one_equation_and_is_inlined_when_it_runs() -> None:
    inner = verax.jit(lambda x: vnp.sin(x) * 2)
    program = verax.make_program(lambda x: inner(x) + 1)(array([1.0]))

    assert [e.primitive.name for e in program.equations].count("jit") == 1
    # sin, mul, add: three kernels in one straight line.
    assert source_of(program).count("= k") == 3


def test_dead_code_is_dropped_and_buffers_are_freed_after_their_last_use() -> None:
    def f(x: Any) -> Any:
        vnp.exp(x)  # nobody reads it
        y = vnp.sin(x)
        z = vnp.cos(y)
        return z * z

    source = source_of(verax.make_program(f)(array([1.0])))

    assert source.splitlines() == [
        "def run(v0):",
        "    v1 = k0(v0)",
        "    v2 = k1(v1)",
        "    del v1",
        "    v3 = k2(v2, v2)",
        "    del v2",
        "    return (v3, )",
    ]


def test_a_number_beside_an_array_is_not_written_out() -> None:
    source = source_of(verax.make_program(lambda x: x * 2 + 1)(array(np.zeros((3, 4)))))

    assert source.count("= k") == 2


def test_what_broadcasts_on_both_sides_is_written_out() -> None:
    outer = verax.jit(lambda x, y: x[:, None] * y[None, :])

    assert np.asarray(outer(array([1, 2]), array([3, 4, 5]))).tolist() == [[3, 4, 5], [6, 8, 10]]
    assert np.asarray(verax.jit(lambda x: vnp.zeros((2, 3)) + x)(1.0)).tolist() == [[1] * 3] * 2


def test_a_compiled_function_does_not_outlive_its_user() -> None:
    def make() -> Any:
        def f(x: Any) -> Any:
            return x + 1

        verax.jit(f)(array([1.0]))
        return weakref.ref(f)

    reference = make()
    gc.collect()

    assert reference() is None


def test_signatures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["verax.fast.jit"], "SIGNATURES", 2)
    traced: list[int] = []

    @verax.jit
    def f(x: Any) -> Any:
        traced.append(x.shape[0])
        return x

    for n in (1, 2, 3, 1):
        f(array(np.zeros(n)))

    assert traced == [1, 2, 3, 1]


def test_what_is_remembered_of_a_call_tells_structures_configurations_and_transforms_apart() -> None:
    @verax.jit
    def f(*xs: Any) -> Any:
        leaves = verax.tree.leaves(xs)
        return leaves[0] * 10 + leaves[-1] if isinstance(xs[0], dict) else leaves[0] - leaves[-1]

    x, y = array([1, 2]), array([3, 4])
    for _ in range(2):
        assert np.asarray(f(x, y)).tolist() == [-2, -2]
        assert np.asarray(f({"a": x, "b": y})).tolist() == [13, 24]
        assert np.asarray(f(x, [y])).tolist() == [-2, -2]
        assert np.asarray(f(x, 1.0)).tolist() == [0, 1]
        assert np.asarray(verax.vmap(f)(x, y)).tolist() == [-2, -2]
        assert float(verax.grad(lambda z: vnp.sum(f(z, y)))(x)[0]) == 1
        with verax.enable_x64():
            assert f(array([1], np.float64), array([2], np.float64)).dtype == np.float64


def test_a_jit_that_closes_over_a_tracer_is_differentiated() -> None:
    def f(x: Any) -> Any:
        return verax.jit(lambda y: y * x)(vnp.asarray(3.0))

    assert float(verax.grad(f)(array(2.0))) == 3.0
    assert np.asarray(verax.vmap(f)(array([1.0, 2.0]))).tolist() == [3.0, 6.0]


def test_branching_on_a_traced_value_says_what_to_do() -> None:
    with pytest.raises(TracerBoolConversionError, match=r"cannot be used as a truth value.*verax.lax.cond"):
        verax.jit(lambda x: x if x > 0 else -x)(array(1.0))
    with pytest.raises(TracerArrayConversionError, match=r"Use verax\.numpy instead"):
        verax.jit(lambda x: np.sin(np.asarray(x)))(array(1.0))


def test_a_leaked_tracer_is_named() -> None:
    leaked: list[Any] = []

    @verax.jit
    def f(x: Any) -> Any:
        leaked.append(x * 2)
        return x

    f(array(1.0))

    with pytest.raises(UnexpectedTracerError, match="used outside the transform that made it"):
        _ = leaked[0] + 1


def test_an_error_while_tracing_leaves_no_level_behind() -> None:
    @verax.jit
    def f(x: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        f(array(1.0))
    assert isinstance(vnp.ones(2) + 1, FastArray)
