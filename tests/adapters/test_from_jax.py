"""A JAX program converted is the same program: types of every primitive, values, rules of its own, lines."""

from __future__ import annotations

import doctest
import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.language.peer_types.calls import CALLS
from tests.language.peer_types.comparing import Call
from tests.language.peer_values.comparing import held
from tests.language.peer_values.drawing import Drawn

import verax
from verax.adapters.from_jax import Unconvertible, from_jaxpr, program_of
from verax.adapters.from_jax.rows import ROWS
from verax.language import numpy as vnp
from verax.language.errors import UsageError
from verax.language.program import some_equation
from verax.reference.ulps import error_in_ulps

UNTYPED: Any = jax  # its annotations lack some types
# What JAX takes and the language refuses: the primitive, and the words of the refusal.
REFUSALS = {
    "scatter-max": "got complex64",  # JAX orders complex numbers by their parts
    "scatter-min": "got complex64",
    "rng_bit_generator": "`key` of rng_bit_generator must be",
    "rng_uniform": "must be a float or an integer, got bool",
    "hessenberg": "of at least one row",
    "cumlogsumexp": "must have a dtype among float16, bfloat16, float32, float64, complex64, complex128, got",
    "scaled_dot": "got float8",
    "custom_linear_solve": "must return arrays like",  # JAX looks at types only when it differentiates
    "reshape": "`new_sizes` of reshape must hold",
    **dict.fromkeys(("reduce_and", "reduce_or", "reduce_xor"), "must hold distinct axes"),
    # `eigh` of what is not square: JAX adds it to its transpose.
    "add": "equal shapes, got (0, 1, 3), (0, 3, 1)",
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_function_of_lax_is_converted_with_its_types(name: str) -> None:
    @settings(
        max_examples=4,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(CALLS[name])
    def every(call: Call) -> None:
        operands = [UNTYPED.ShapeDtypeStruct(s.shape, s.dtype, weak_type=s.weak) for s in call.operands]
        try:
            closed = jax.make_jaxpr(lambda *xs: call.function(jax.lax, *xs))(*operands)
        except Exception:  # noqa: BLE001  # JAX refuses the call: which ones is held elsewhere
            return
        try:
            program = from_jaxpr(closed)
        except Unconvertible as err:
            if REFUSALS.get(err.primitive, str(err) + "!") not in str(err):
                raise
            return
        ours = [(a.shape, a.dtype) for a in program.out_avals]
        assert ours == [(tuple(a.shape), a.dtype) for a in closed.out_avals]

    every()


F32 = np.float32
LINE = np.array([0.5, -1.5, 2.0, 0.25], F32)
SQUARE = np.array([[2.0, 1.0], [0.5, 3.0]], F32)


@jax.custom_jvp
def product(x: Any, y: Any) -> Any:
    return jnp.sin(x) * y


@product.defjvp
def _product_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (s, t) = primals, tangents
    return product(x, y), 3 * jnp.cos(x) * y * s + jnp.sin(x) * t  # three times too much, to be told apart


@jax.custom_vjp
def clipped(x: Any, y: Any) -> Any:
    return jnp.sin(x) * y


clipped.defvjp(
    lambda x, y: (clipped(x, y), (x, y)),
    lambda kept, c: (5 * c * jnp.cos(kept[0]) * kept[1], c * jnp.sin(kept[0])),
)

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a hessian": (jax.hessian(lambda x: jnp.sum(jnp.tanh(x) ** 3)), (LINE,)),
    "vmap of grad": (jax.vmap(jax.grad(jax.nn.softplus)), (LINE,)),
    "jit in jit": (jax.jit(lambda x: jax.jit(jnp.sin)(x) + 1), (LINE,)),
    "checkpoint": (jax.grad(jax.checkpoint(lambda x: jnp.sum(jnp.sin(x) ** 2))), (LINE,)),
    "a custom jvp": (lambda x: product(x, 2.0 * x), (LINE,)),
    "a custom vjp's gradient": (jax.grad(lambda x: clipped(x, 2.0 * x)), (F32(0.75),)),
    "scan": (lambda v: jax.lax.scan(lambda c, t: (c * 0.5 + t, c), 0.0, v), (LINE,)),
    "scan in reverse": (lambda v: jax.lax.scan(lambda c, t: (c - t, c), 0.0, v, reverse=True), (LINE,)),
    "grad of scan": (
        jax.grad(lambda v: UNTYPED.lax.scan(lambda c, t: (c * 0.5 + jnp.sin(t), c), 0.0, v)[1].sum()),
        (LINE,),
    ),
    "while": (
        lambda v: jax.lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * 2), (0, v)),
        (LINE,),
    ),
    "fori": (lambda v: jax.lax.fori_loop(0, 4, lambda i, c: c * 2 + i, v), (F32(0.75),)),
    "cond": (lambda v: jax.lax.cond(v > 0, lambda u: u * 2, lambda u: u - 1, v), (F32(0.75),)),
    "switch": (
        lambda i, v: jax.lax.switch(i, [jnp.sin, jnp.cos, lambda u: u + 1], v),
        (np.int32(2), F32(0.75)),
    ),
    "linear solve": (jnp.linalg.solve, (SQUARE, LINE[:2])),
    "grad of linear solve": (jax.grad(lambda m: jnp.linalg.solve(m, jnp.ones(2)).sum()), (SQUARE,)),
    "softmax": (jax.nn.softmax, (LINE,)),
    "searchsorted": (lambda v: jnp.searchsorted(jnp.sort(v), v, side="right"), (LINE,)),
    "interp": (jax.vmap(jax.grad(lambda v: jnp.interp(v, jnp.arange(3.0), jnp.arange(3.0) ** 2))), (LINE,)),
    "grad of a sort": (jax.grad(lambda v: (jnp.sort(v) * jnp.arange(4)).sum()), (LINE,)),
    "a convolution": (
        lambda a, b: jax.lax.conv(a, b, (1, 1), "SAME"),
        (np.arange(32, dtype=F32).reshape(1, 2, 4, 4), np.ones((3, 2, 3, 3), F32)),
    ),
    "grad of max pooling": (
        jax.grad(lambda a: jax.lax.reduce_window(a, -jnp.inf, jax.lax.max, (2, 2), (1, 1), "VALID").sum()),
        (np.arange(16, dtype=F32).reshape(4, 4) % 7,),
    ),
    "a window of one's own": (
        lambda a: jax.lax.reduce_window(a, 0.0, jnp.hypot, (2,), (1,), "SAME"),
        (LINE,),
    ),
    "a reduction of one's own": (
        lambda a: jax.lax.reduce(a, 1.0, lambda x, y: x * y + 0.0, (0,)),
        (LINE,),
    ),
    "gather with a fill": (
        lambda a: a.at[jnp.array([1, 9])].get(mode="fill", fill_value=7.0),
        (jnp.asarray(LINE),),
    ),
    "scatter": (lambda a: a.at[1].add(2.0)[::2], (jnp.asarray(LINE),)),
    "a scatter that applies": (
        lambda a: jax.lax.scatter_apply(
            a,
            jnp.array([[1], [3]]),
            lambda x: x * x + 1,
            jax.lax.ScatterDimensionNumbers((), (0,), (0,)),
            update_shape=(2,),
        ),
        (jnp.asarray(LINE),),
    ),
    "one hot": (lambda i: jax.nn.one_hot(i, 4), (np.array([1, 2]),)),
    "normal numbers": (lambda s: jax.random.normal(jax.random.key(s), (5,)), (np.int32(3),)),
    "keys of keys": (
        lambda s: jax.vmap(jax.random.bits)(jax.random.split(jax.random.fold_in(jax.random.key(s), 4), 3)),
        (np.int32(3),),
    ),
    "a permutation": (lambda s: jax.random.permutation(jax.random.key(s), 10), (np.int32(3),)),
    "gamma numbers": (lambda s: jax.random.gamma(jax.random.key(s), 2.5, (3,)), (np.int32(3),)),
    "named axes": (jax.vmap(lambda x: x / UNTYPED.lax.psum(x, "i"), axis_name="i"), (LINE,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_jax_s_answer_is_one_that_the_converted_program_allows(name: str) -> None:
    """Each element lies within the bound derived for the program; what is exact is equal."""
    function, args = PROGRAMS[name]
    arrays = tuple(np.asarray(x) for x in args)
    answers = [np.asarray(y) for y in jax.tree.leaves(function(*args))]
    found = held(Drawn(function, (), arrays, False, name), program_of(function, *args), answers)
    assert found.differences == []
    assert found.counts["no bound"] == 0


def test_another_program_s_answer_is_told() -> None:
    function, args = PROGRAMS["softmax"]
    answers = [np.asarray(jax.nn.softmax(LINE * F32(1.0001)))]
    assert held(Drawn(function, (), args, False, ""), program_of(function, *args), answers).differences


def test_rules_of_one_s_own_are_kept_wrong_ones_too() -> None:
    """What is judged is the user's claim: three and five times the derivative by x of sin(x) y."""
    x = F32(0.75)
    for function, factor in ((lambda v: product(v, 2.0 * v), 3), (lambda v: clipped(v, 2.0 * v), 5)):
        program = program_of(function, x)
        found = verax.grad(lambda v, program=program: program(v)[0])(x)
        truth = factor * mpmath.cos(0.75) * 1.5 + 2 * mpmath.sin(0.75)
        assert error_in_ulps(np.asarray(found)[()], truth, np.dtype(F32)) <= 2


def test_equations_stand_under_the_lines_that_wrote_them() -> None:
    program = program_of(PROGRAMS["a custom jvp"][0], LINE)
    assert {str(e.source).rpartition("/")[2].partition(":")[0] for e in program.equations} == {
        "test_from_jax.py"
    }


def test_what_jax_has_compiled_for_itself_stands_under_the_line_that_calls_it() -> None:
    for function in (jnp.linalg.norm, jax.grad(jnp.linalg.norm), lambda x: jnp.interp(x, LINE, LINE)):
        program = program_of(lambda x, function=function: function(x), LINE)
        assert not some_equation(program, lambda e: not str(e.source).rpartition("/")[2].startswith("test_"))


def test_sixty_four_bits_are_kept() -> None:
    with jax.enable_x64(True):
        program = program_of(lambda x: jnp.sin(x) * 2, np.float64(0.5))
    assert str(program.out_avals[0].dtype) == "float64"


def test_the_total_order_of_floats_is_jaxs() -> None:
    every = np.array([-np.nan, -np.inf, -1, -0.0, 0.0, 1, np.inf, np.nan], F32)
    for name in ("lt_to", "le_to", "eq_to"):
        primitive = getattr(UNTYPED._src.lax.lax, f"{name}_p")
        for x, y in (
            (every[:, None], every[None]),
            (np.array([[-1], [2]], np.int32), np.array([[-1, 2]], np.int32)),
        ):
            pair = [np.ascontiguousarray(a) for a in np.broadcast_arrays(x, y)]
            (found,) = program_of(primitive.bind, *pair)(*pair)
            assert np.array_equal(np.asarray(found), np.asarray(primitive.bind(*pair))), name


def test_the_case_of_the_cpu_is_taken_of_what_depends_on_the_platform() -> None:
    def dependent(x: Any) -> Any:
        return jax.lax.platform_dependent(x, tpu=jnp.cos, cpu=jnp.sin, default=jnp.tan)

    def elsewhere(x: Any) -> Any:
        return jax.lax.platform_dependent(x, tpu=jnp.cos, default=jnp.tan)

    x = F32(0.5)
    for function, want in ((dependent, vnp.sin), (elsewhere, vnp.tan)):
        (found,) = program_of(function, x)(x)
        assert np.array_equal(np.asarray(found), np.asarray(want(x)))


def test_what_has_no_words_here_is_named_with_its_line() -> None:
    def calls_back(x: Any) -> Any:
        return jax.pure_callback(np.sin, UNTYPED.ShapeDtypeStruct((), F32), x)

    with pytest.raises(
        Unconvertible, match=r"`pure_callback` cannot be converted.*test_from_jax.py:\d+"
    ) as told:
        program_of(lambda x: calls_back(x) + 1, F32(1.0))
    assert told.value.primitive == "pure_callback"


def test_a_row_that_says_something_else_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS, "sin", lambda _params, operands: [vnp.sum(operands[0])])  # a fault
    with pytest.raises(Unconvertible, match=r"`sin`.* it gives f32\[\] here and f32\[4\] there"):
        program_of(jnp.sin, LINE)


def test_without_jax_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jax", None)
    with pytest.raises(UsageError, match=r"pip install 'verax\[jax\]'"):
        program_of(jnp.sin, LINE)


DOCS = Path(__file__).parents[2] / "docs" / "from_jax.md"


def test_the_page_runs_and_lists_the_rows() -> None:
    failed, tried = doctest.testfile(str(DOCS), module_relative=False)
    assert not failed
    assert tried >= 8
    listed = DOCS.read_text(encoding="utf-8").split("<!-- rows: begin")[1].split("<!-- rows: end")[0]
    assert set(re.findall(r"`([^`]+)`", listed)) == set(ROWS)


def test_every_row_is_of_a_primitive_that_jax_has() -> None:
    primitives = {x.name for x in gc.get_objects() if isinstance(x, jax.extend.core.Primitive)}
    assert set(ROWS) <= primitives
