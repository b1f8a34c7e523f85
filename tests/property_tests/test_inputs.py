"""Inputs: drawn from the signature, dense, inside the domain, edges among them, the same for the same seed."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Annotated, Any

import ml_dtypes
import numpy as np
import pytest
from annotated_types import Gt, Interval
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import BFloat16, Bool, Complex64, Float16, Float32, Float64, Int32, Key, UInt8

from verax import Array
from verax.language import lax
from verax.language.dtypes import finfo
from verax.language.primitive import Domain
from verax.language.shapes import ShapedArray
from verax.language.subject import Index, signature_of
from verax.language.tracing import trace
from verax.property_tests.arguments import Arguments, Static
from verax.property_tests.arguments import given as given_inputs
from verax.property_tests.inputs import draw, sample, seed_of
from verax.property_tests.strategies import (
    EDGES,
    arguments,
    ends,
    float_pool,
    hard_points,
    neighbour,
    ordinary_floats,
)

Unit = Annotated[Float32[Array, "n"], Interval(gt=0, le=1)]


def drawn(function: Callable[..., Any], examples: int = 40, seed: int = 1) -> list[Arguments]:
    return draw(signature_of(function), examples, seed, (1.0, 88.72))


def test_named_dimensions_have_one_size_throughout_a_call() -> None:
    def f(x: Float32[Array, "n k"], y: Float32[Array, "k n"], z: Float32[Array, "n+1"]) -> None: ...

    for one in drawn(f):
        x, y, z = one.dynamic
        assert x.shape == y.shape[::-1]
        assert z.shape == (x.shape[0] + 1,)


def test_a_complex_argument_has_drawn_parts_with_edges_among_them() -> None:
    def f(z: Annotated[Complex64[Array, "n"], Interval(ge=-2, le=2)], w: Complex64[Array, ""]) -> None: ...

    found = [one.dynamic for one in drawn(f)]
    assert all(z.dtype == np.complex64 and w.shape == () for z, w in found)
    parts = np.concatenate([part for z, _ in found for part in (z.real, z.imag)])
    assert (np.abs(parts) <= 2).all()
    assert len(np.unique(parts)) > 40
    wild = np.array([part for _, w in found for part in (w.real, w.imag)])
    assert (np.abs(wild) > 1e38).any()


def test_sizes_differ_from_call_to_call() -> None:
    def f(x: Float32[Array, "n k"]) -> None: ...

    assert len({one.dynamic[0].shape for one in drawn(f)}) > 8


def test_variadic_and_broadcasting_dimensions_are_drawn() -> None:
    def f(x: Float32[Array, "*b n"], y: Float32[Array, "*b"], z: Float32[Array, "#n"]) -> None: ...

    inputs = drawn(f)
    assert {x.ndim for x, _, _ in (one.dynamic for one in inputs)} == {1, 2, 3}
    for x, y, z in (one.dynamic for one in inputs):
        assert x.shape[:-1] == y.shape
        assert z.shape in ((1,), x.shape[-1:])


def test_values_stay_in_their_domain() -> None:
    def f(x: Unit, i: Annotated[Int32[Array, "n"], Index("k")], y: Float32[Array, "k"]) -> None: ...

    for one in drawn(f, 80):
        x, i, y = one.dynamic
        assert bool(((x > 0) & (x <= 1)).all())
        assert bool(((i >= 0) & (i < y.shape[0])).all())


def test_at_least_a_quarter_of_the_inputs_are_edges_and_each_kind_occurs() -> None:
    def f(x: Float32[Array, "n k"]) -> None: ...

    inputs = drawn(f)
    assert len(inputs) == 40
    assert sum(one.source == "edge" for one in inputs) >= 10
    assert {one.edge for one in inputs} == {"", *EDGES} - {"ends"}


def test_ends_occur_where_a_domain_is_declared_and_infinities_do_not() -> None:
    def f(x: Unit) -> None: ...

    inputs = drawn(f)
    kinds = {one.edge for one in inputs}
    assert "ends" in kinds
    assert not kinds & {"huge", "specials", "zeros"}
    assert any((one.dynamic[0] == 1).any() for one in inputs if one.edge == "ends")


def test_arrays_are_dense() -> None:
    def f(x: Float32[Array, "n k"]) -> None: ...

    ordinary = [one.dynamic[0] for one in drawn(f) if one.source == "ordinary"]
    for x in ordinary:
        assert len(np.unique(x)) == x.size
    # A full mantissa: the last bit is set about half of the time.
    bits = np.concatenate([x.reshape(-1).view(np.uint32) & 1 for x in ordinary])
    assert 0.4 < bits.mean() < 0.6


def test_ties_repeat_values() -> None:
    def f(x: Float32[Array, "9"]) -> None: ...

    for one in drawn(f):
        if one.edge == "ties":
            assert len(np.unique(one.dynamic[0])) <= 2


def test_undeclared_extremes_are_not_held_against_the_formula() -> None:
    def undeclared(x: Float32[Array, "n"]) -> None: ...
    def declared(x: Annotated[Float32[Array, "n"], Interval(ge=-1, le=1)]) -> None: ...

    assert {o.edge for o in drawn(undeclared) if not o.judged_as_formula} == {
        "huge",
        "specials",
        "subnormals",
    }
    assert all(o.judged_as_formula for o in drawn(declared))


def test_every_kind_of_leaf_is_drawn() -> None:
    def f(
        a: Float16[Array, "n"],
        b: BFloat16[Array, "n"],
        c: Float64[Array, "n"],
        d: Bool[Array, "n"],
        e: UInt8[Array, "n"],
        key: Key[Array, ""],
        x: float,
        mode: Annotated[int, Interval(ge=1, lt=3)],
        tree: dict[str, Float32[Array, "n"]],
        *,
        scale: Annotated[float, Gt(0)] = 1.0,
    ) -> None: ...

    for one in drawn(f):
        args, keywords = one.plain
        a, b, c, d, e, key, x, mode, tree = args
        assert [v.dtype for v in (a, b, c, d, e, key)] == [
            np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float64, np.bool_, np.uint8, np.uint32)
        ]
        assert isinstance(x, float)
        assert mode in (1, 2)
        assert sorted(tree) == ["a", "b"]
        assert keywords["scale"] > 0
        assert mode not in [v for v in one.dynamic if isinstance(v, int)]


def test_the_same_seed_gives_the_same_inputs_in_another_process() -> None:
    code = (
        "import hashlib, pickle\nfrom jaxtyping import Float32\nfrom verax import Array\n"
        "from verax.language.subject import signature_of\nfrom verax.property_tests.inputs import draw\n"
        "def f(x: Float32[Array, 'n k'], y: float): ...\n"
        "inputs = draw(signature_of(f), 40, 5, (1.0,))\n"
        "print(hashlib.sha256(pickle.dumps([[v if isinstance(v, float) else (v.shape, v.tobytes())"
        " for v in one.dynamic] for one in inputs])).hexdigest())"
    )
    # The second one has other modules loaded, whose constants hypothesis would mix in.
    runs = [code, "import ast, email.message, verax.lax\nNAME = 'abcdefgh'; SIZE = 1234567\n" + code]
    printed = [
        subprocess.run([sys.executable, "-c", c], capture_output=True, text=True, check=True).stdout
        for c in runs
    ]
    assert printed[0] == printed[1]


def test_seeds_derive_from_the_name_and_the_run() -> None:
    assert seed_of("a::f", 0) == seed_of("a::f", 0)
    assert len({seed_of("a::f", 0), seed_of("a::g", 0), seed_of("a::f", 1)}) == 3


def test_a_sample_has_the_size_that_was_asked_for() -> None:
    assert len(sample(st.booleans(), 50, 0)) == 50
    assert sample(st.integers(), 20, 3) == sample(st.integers(), 20, 3) != sample(st.integers(), 20, 4)


def test_hard_points_come_from_the_programs_primitives() -> None:
    program = trace(lambda x: [lax.log1p(lax.sin(x))], [ShapedArray((), np.dtype(np.float32))])

    assert {0.0, -1.0} <= set(hard_points(program))
    assert hard_points(trace(lambda x: [lax.neg(x)], [ShapedArray((), np.dtype(np.float32))])) == ()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16])
def test_neighbours_and_ends_are_numbers_of_the_dtype(dtype: Any) -> None:
    one = np.asarray(1.0).astype(dtype)[()]
    spacing = float(finfo(dtype).eps)  # tolerance-name: numpy's name for the spacing at 1

    assert float(neighbour(one, 1)) == 1 + spacing
    assert float(neighbour(one, -1)) == 1 - spacing / 2
    low, high = ends(Domain(0.0, 1.0, open_low=True, open_high=True), np.dtype(dtype))
    assert float(low) == float(finfo(dtype).smallest_subnormal)
    assert float(high) == 1 - spacing / 2


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(0, 2**32))
def test_ordinary_values_lie_in_any_domain(low: float, width: float, seed: int) -> None:
    domain = Domain(low, low + width)
    lowest, highest = ends(domain, np.dtype(np.float32))
    if not lowest <= highest:
        return  # no float32 lies in so narrow a domain
    found = ordinary_floats(np.random.default_rng(seed), (5,), np.dtype(np.float32), domain)

    assert all(low <= float(x) <= low + width for x in found)


def test_pools_of_edges_respect_the_domain() -> None:
    f32 = np.dtype(np.float32)

    assert float_pool("specials", f32, Domain(0, 1), ()) == []
    assert [math.copysign(1, x) for x in float_pool("zeros", f32, None, ())] == [1.0, -1.0]
    assert len(float_pool("hard points", f32, Domain(0.0, 1.0), (1.0, 5.0))) == 2  # 1 and below it
    assert float_pool("ends", f32, None, ()) == []


@given(arguments(signature_of(lambda: None), "", ()))
def test_a_function_of_nothing_has_one_input(one: Arguments) -> None:
    assert one.dynamic == []


def test_given_inputs_are_used_as_they_are() -> None:
    x = np.arange(3, dtype=np.float32)
    one = given_inputs((x, 2.5, "mean", {"k": 3}, None), None)

    assert one.source == "given"
    assert [v if isinstance(v, float) else v.tolist() for v in one.dynamic] == [[0.0, 1.0, 2.0], 2.5]
    assert one.plain[0][2:] == ("mean", {"k": 3}, None)
    assert one.filled(["a", "b"])[0] == ("a", "b", "mean", {"k": 3}, None)


def test_static_leaves_travel() -> None:
    one = Arguments((Static((0, 1)), np.zeros(2)))

    again = pickle.loads(pickle.dumps(one))  # noqa: S301  # our own bytes
    assert again.plain[0][0] == (0, 1)
