"""Control flow has JAX's types, is written down as one equation, and says where a carry goes wrong."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from jax import lax as jax_lax

import verax
from verax.language import catalogue, dispatch, lax, trees
from verax.language.arrays import Array
from verax.language.control_flow import stage_cond
from verax.language.errors import ScanTypeError
from verax.language.program import Program, subprograms
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

NOBODY: Any = types.SimpleNamespace(name="nobody", array_type=Array, precedence=0)
X = ShapedArray((2, 3), np.dtype("float32"))


def traced(function: Callable[..., Any], *avals: ShapedArray) -> Program:
    def flat(*operands: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(function(*operands))]

    with dispatch.using(NOBODY):
        return trace(flat, avals or (X,))


def names_in(program: Program) -> list[str]:
    return [equation.primitive.name for equation in program.equations]


def double(lax: Any, x: Any) -> Any:
    return lax.add(x, x)


def total(lax: Any, x: Any) -> Any:
    return lax.reduce_sum(x, tuple(range(x.ndim)))


# Each is written for either `lax`; JAX is the peer.
LOOPS: dict[str, Callable[[Any, Any], Any]] = {
    "a strong carry": lambda lax, x: lax.scan(lambda c, a: (double(lax, c), a), np.float32(0), x),
    "a weak carry": lambda lax, x: lax.scan(lambda c, a: (double(lax, c), a), 0.0, x),
    "a weak carry that becomes strong": lambda lax, x: lax.scan(lambda c, a: (total(lax, a), c), 0.0, x),
    "a weak integer that becomes a float": lambda lax, x: lax.scan(lambda c, a: (total(lax, a), None), 0, x),
    "a pair of which one promotes the other": lambda lax, x: lax.scan(
        lambda c, a: ((c[0], c[0]), None), (0.0, 0), x
    ),
    "no arrays to scan": lambda lax, x: lax.scan(lambda c, a: (c, c), x, None, length=4),
    "no steps": lambda lax, x: lax.scan(lambda c, a: (c, double(lax, c)), x, None, length=0),
    "no steps and a promoted carry": lambda lax, x: lax.scan(
        lambda c, a: (np.float32(1), double(lax, c)), 0, None, length=0
    ),
    "trees": lambda lax, x: lax.scan(
        lambda c, a: ({"k": (c["k"][0], None)}, [a["x"], 1, True]), {"k": (x, None)}, {"x": x}
    ),
    "reverse, unrolled": lambda lax, x: lax.scan(lambda c, a: (c, a), x, x, reverse=True, unroll=2),
    "map": lambda lax, x: lax.map(lambda a: (total(lax, a), 1.0), x),
    "while": lambda lax, x: lax.while_loop(lambda c: lax.lt(c, 3.0), lambda c: double(lax, c), 1.0),
    "while with a constant test": lambda lax, x: lax.while_loop(lambda c: False, lambda c: c, (x, 1)),
    "while with a promoted carry": lambda lax, x: lax.while_loop(
        lambda c: lax.lt(c[0], c[0]), lambda c: (total(lax, c[1]), c[1]), (0, x)
    ),
    "fori with known bounds": lambda lax, x: lax.fori_loop(0, 3, lambda i, c: double(lax, c), x),
    "fori gives its index": lambda lax, x: lax.fori_loop(0, 3, lambda i, c: i, 0),
    "fori with a known strong bound": lambda lax, x: lax.fori_loop(0, np.int8(3), lambda i, c: i, 0),
    "fori with a strong bound": lambda lax, x: lax.fori_loop(
        0, lax.convert_element_type(3, np.int8), lambda i, c: i, 0
    ),
    "fori with a computed bound": lambda lax, x: lax.fori_loop(
        0, lax.convert_element_type(total(lax, x), np.int32), lambda i, c: i, 0
    ),
    "fori backwards": lambda lax, x: lax.fori_loop(3, 0, lambda i, c: double(lax, c), 0.0),
    "cond on a boolean": lambda lax, x: lax.cond(True, lambda x: x, lambda x: double(lax, x), x),
    "cond on a number": lambda lax, x: lax.cond(total(lax, x), lambda x: x, lambda x: double(lax, x), x),
    "cond of weak results": lambda lax, x: lax.cond(True, lambda: 1.0, lambda: 2.0),
    "cond, weak in one branch": lambda lax, x: lax.cond(True, lambda: 1.0, lambda: total(lax, x)),
    "cond of trees": lambda lax, x: lax.cond(False, lambda x: (x, {"a": 1}), lambda x: (x, {"a": 2}), x),
    "cond with operand": lambda lax, x: lax.cond(True, lambda x: x, lambda x: x, operand=x),
    "switch": lambda lax, x: lax.switch(np.int8(2), [lambda x: x, lambda x: double(lax, x), lambda x: x], x),
    "switch with one branch": lambda lax, x: lax.switch(5, [lambda x: total(lax, x)], x),
    "scan in scan": lambda lax, x: lax.scan(
        lambda c, a: lax.scan(lambda d, b: (lax.add(d, b), d), c, a), 0.0, x
    ),
    "cond in while": lambda lax, x: lax.while_loop(
        lambda c: lax.lt(total(lax, c), 3.0),
        lambda c: lax.cond(lax.lt(total(lax, c), 0.0), lambda: x, lambda: double(lax, c)),
        x,
    ),
}


@pytest.mark.parametrize("case", LOOPS)
def test_control_flow_has_jax_types(case: str) -> None:
    ours = traced(lambda x: LOOPS[case](lax, x)).out_avals
    struct: Any = jax.ShapeDtypeStruct
    theirs = jax.eval_shape(lambda x: LOOPS[case](jax_lax, x), struct(X.shape, X.dtype))
    assert [(a.shape, str(a.dtype), a.weak_type) for a in ours] == [
        (a.shape, str(a.dtype), a.weak_type) for a in jax.tree.leaves(theirs)
    ]


# Run outside a trace the bound of this one is known, and the index weak, as in JAX.
RUN = [case for case in LOOPS if case != "fori with a strong bound"]


@pytest.mark.parametrize("room", ["fast", "reference"])
@pytest.mark.parametrize("case", RUN)
def test_control_flow_runs_to_jax_values_with_the_types_of_its_program(case: str, room: str) -> None:
    x = np.array([[1.0, 2.0, -4.0], [0.5, 3.0, 8.0]], np.float32)  # every sum of these is exact
    with verax.using(room):
        ours = [dispatch.lift(y) for y in trees.leaves(LOOPS[case](lax, verax.numpy.asarray(x)))]
        assert [y.aval for y in ours] == traced(lambda x: LOOPS[case](lax, x)).out_avals
        for got, wanted in zip(ours, jax.tree.leaves(LOOPS[case](jax_lax, x)), strict=True):
            np.testing.assert_array_equal(np.asarray(got), np.asarray(wanted))


def body_of(program: Program, name: str) -> Any:
    (equation,) = [e for e in program.equations if e.primitive.name == name]
    return equation


def test_a_scan_is_one_equation_with_what_it_closes_over_first() -> None:
    program = traced(
        lambda x, y: lax.scan(lambda c, a: (lax.add(c, y), lax.mul(a, y)), y, x), X, X.with_shape((3,))
    )
    equation = body_of(program, "scan")
    assert equation.params["num_consts"] == 1
    assert equation.params["num_carry"] == 1
    assert [a.aval.shape for a in equation.inputs] == [(3,), (3,), (2, 3)]
    assert [v.aval.shape for v in equation.outputs] == [(3,), (2, 3)]
    assert not equation.params["program"].captured


def test_a_while_loop_keeps_the_constants_of_test_and_body_apart() -> None:
    program = traced(
        lambda x, y: lax.while_loop(lambda c: lax.lt(c, x), lambda c: lax.add(c, y), x),
        X.with_shape(()),
        X.with_shape(()),
    )
    params = body_of(program, "while").params
    assert (params["cond_nconsts"], params["body_nconsts"]) == (1, 1)
    assert names_in(params["cond_program"]) == ["lt"]
    assert names_in(params["body_program"]) == ["add"]


def test_branches_take_what_any_of_them_closes_over() -> None:
    small = X.with_shape(())
    program = traced(
        lambda x, y, z: lax.cond(lax.lt(x, y), lambda: lax.add(x, z), lambda: lax.sub(y, z)),
        small,
        small,
        small,
    )
    equation = body_of(program, "cond")
    assert len(equation.inputs) == 4  # the index, x, y, z; z once
    assert {len(b.inputs) for b in equation.params["branches"]} == {3}
    assert [names_in(b) for b in equation.params["branches"]] == [["sub"], ["add"]]


def test_stage_cond_accepts_functions_that_were_not_traced() -> None:
    def f(x: Any) -> Any:
        index = lax.convert_element_type(1, np.int32)
        return stage_cond(index, [lambda a: [lax.neg(a)], lambda a: [lax.add(a, a)]], [x])

    assert names_in(traced(f)) == ["cond"]


def test_a_body_is_traced_once_however_deep() -> None:
    calls = []

    def inner(c: Any, a: Any) -> Any:
        calls.append(1)
        return lax.add(c, a), None

    def outer(c: Any, a: Any) -> Any:
        return lax.scan(lambda d, b: lax.scan(inner, d, b), c, a)

    traced(lambda x: lax.scan(outer, x[0, 0, 0], x), X.with_shape((2, 2, 2, 2)).with_shape((2, 2, 2)))
    assert len(calls) == 1


def test_programs_are_found_among_parameters() -> None:
    program = traced(lambda x: lax.cond(True, lambda: x, lambda: x))
    assert [name for name, _ in subprograms(body_of(program, "cond").params)] == [
        "branches[0]",
        "branches[1]",
    ]


def test_an_equation_that_is_bound_again_is_checked_again() -> None:
    program = traced(lambda x: lax.scan(lambda c, a: (c, a), 0.0, x))
    equation = body_of(program, "scan")
    avals = [a.aval for a in equation.inputs]
    with pytest.raises(ValueError, match=r"`xs` of scan must have a leading axis of size 5"):
        catalogue.scan_p.infer(avals, {**equation.params, "length": 5})
    with pytest.raises(TypeError, match=r"The operands of the body of scan must be"):
        catalogue.scan_p.infer([avals[1], avals[1]], equation.params)


BAD: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "a carry of another shape": (
        lambda x: lax.scan(lambda c, a: ({"k": (total(lax, c["k"][0]),)}, a), {"k": (x,)}, x),
        ScanTypeError,
        r"carry of scan must keep its shapes and dtypes: `carry\['k'\]\[0\]` was f32\[2,3\] and became f32\[\]",
    ),
    "a carry of another dtype": (
        lambda x: lax.scan(lambda c, a: (lax.convert_element_type(c, np.int32), a), x, x),
        ScanTypeError,
        r"`carry` was f32\[2,3\] and became i32\[2,3\]",
    ),
    "a carry of another structure": (
        lambda x: lax.scan(lambda c, a: ((c, c), a), x, x),
        ScanTypeError,
        r"must keep its structure, which was \*, and became \(\*, \*\)",
    ),
    "no pair": (lambda x: lax.scan(lambda c, a: c, x, x), TypeError, r"`f` of scan must return a pair"),
    "no length": (lambda x: lax.scan(lambda c, a: (c, a), x), ValueError, r"`length` of scan must be given"),
    "a wrong length": (
        lambda x: lax.scan(lambda c, a: (c, a), x, x, length=3),
        ValueError,
        r"must be 2, the size of the leading axes of `xs`, got 3",
    ),
    "a negative length": (
        lambda x: lax.scan(lambda c, a: (c, a), x, None, length=-1),
        ValueError,
        r"must be at least 0, got -1",
    ),
    "unequal lengths": (
        lambda x: lax.scan(lambda c, a: (c, a), x, (x, lax.transpose(x, (1, 0)))),
        ValueError,
        r"equal size, got sizes \[2, 3\]",
    ),
    "scalars to scan": (
        lambda x: lax.map(lambda a: a, 1.0),
        ValueError,
        r"`xs` of scan must have leading axes",
    ),
    "no function": (
        lambda x: lax.scan(NOBODY, x, x),
        TypeError,
        r"`f` of scan must be a function, got namespace",
    ),
    "no array": (
        lambda x: lax.scan(lambda c, a: (c, a), "a", x),
        TypeError,
        r"`init`: leaf 0 must be an array",
    ),
    "a test that is no boolean": (
        lambda x: lax.while_loop(lambda c: c, lambda c: c, 1),
        TypeError,
        r"must return one boolean scalar, got i32\*\[\]",
    ),
    "a test that is a tree": (
        lambda x: lax.while_loop(lambda c: (True,), lambda c: c, 1),
        TypeError,
        r"got the tree \(\*,\)",
    ),
    "a while carry of another shape": (
        lambda x: lax.while_loop(lambda c: True, lambda c: total(lax, c), x),
        ScanTypeError,
        r"carry of while_loop .* `carry` was f32\[2,3\] and became f32\[\]",
    ),
    "a fori value of another shape": (
        lambda x: lax.fori_loop(0, 3, lambda i, c: total(lax, c), x),
        ScanTypeError,
        r"carry of fori_loop .* `carry\[1\]` was f32\[2,3\]",
    ),
    "a bound that is no integer": (
        lambda x: lax.fori_loop(0.0, 3, lambda i, c: c, x),
        TypeError,
        r"`lower` of fori_loop must be an integer scalar, got f32\*\[\]",
    ),
    "bounds of two dtypes": (
        lambda x: lax.fori_loop(np.int8(0), np.int16(3), lambda i, c: c, x),
        TypeError,
        r"must have equal dtypes, got int8 and int16",
    ),
    "a predicate with axes": (
        lambda x: lax.cond(x, lambda: x, lambda: x),
        TypeError,
        r"`pred` of cond must be scalar, got shape \(2, 3\)",
    ),
    "a predicate that is no array": (
        lambda x: lax.cond(None, lambda: x, lambda: x),
        TypeError,
        r"`pred` of cond must be an array or a number, got NoneType",
    ),
    "branches of two dtypes": (
        lambda x: lax.cond(True, lambda: 1, lambda: 1.0),
        TypeError,
        r"branches of cond must return equal shapes and dtypes, got \(f32\*\[\]\) .* and \(i32\*\[\]\)",
    ),
    "branches of two structures": (
        lambda x: lax.switch(0, [lambda: (x,), lambda: x]),
        TypeError,
        r"switch branch outputs must have the same pytree structure, got \(\*,\) .* and \*",
    ),
    "no branches": (lambda x: lax.switch(0, [], x), ValueError, r"at least one function, got none"),
    "an index that is no integer": (
        lambda x: lax.switch(True, [lambda: x, lambda: x]),
        TypeError,
        r"`index` of switch must be an integer scalar, got bool\[\]",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_control_flow_says_what_was_wrong(case: str) -> None:
    function, error, message = BAD[case]
    with pytest.raises(error, match=message):
        traced(function)


def test_a_function_that_is_several_branches_is_traced_once() -> None:
    runs: list[Any] = []

    def f(x: Any) -> Any:
        runs.append(None)
        return x * 2

    assert float(lax.switch(1, [f, lambda x: x + 1, f], 3.0)) == 4.0
    assert len(runs) == 1
    assert float(lax.cond(True, f, f, 3.0)) == 6.0
    assert len(runs) == 2
