"""A program goes to JSON and back, and runs as before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import Array, lax, nn
from verax.language.inlining import inlined
from verax.language.program import Program
from verax.language.serialization import FormatError, program_from_json, program_to_json
from verax.language.transforms import make_program

X = np.array([[0.5, -1.25, 3.0], [2.0, 0.0, -7.5]], np.float32)


@verax.custom_jvp
def _ruled(x: Array) -> Array:
    return vnp.sin(x) * x


@_ruled.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return _ruled(*primals), tangents[0]


def _scanned(x: Array) -> Array:
    carry, rows = lax.scan(lambda c, row: (c + row, vnp.exp(c)), vnp.zeros(3), x)
    return carry + vnp.sum(rows)


FUNCTIONS: list[Callable[..., Any]] = [
    lambda x: vnp.log(1 + vnp.exp(x)),
    lambda x: nn.softmax(x, axis=0) @ x.T,
    lambda x: x[:, vnp.argsort(x[0])],
    lambda x: x.at[0, 1].add(2.5),
    lambda x: vnp.where(x > 0, x, 0.1 * x).astype("bfloat16"),
    lambda x: _ruled(x) + verax.jit(vnp.tanh)(x),
    lambda x: lax.cond(x[0, 0] > 0, lambda y: y * 2, lambda y: -y, x),
    lambda x: lax.while_loop(lambda s: vnp.sum(s) < 1e3, lambda s: s * s + 1.0, x),
    _scanned,
    lambda x: vnp.pad(x, 1) + vnp.float32(np.inf),
    verax.grad(lambda x: vnp.sum(nn.gelu(x))),
]


def stored(program: Program) -> Program:
    return program_from_json(json.loads(json.dumps(program_to_json(program), allow_nan=False)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_stored_program_gives_the_same_bits(function: Callable[..., Any]) -> None:
    program = make_program(function)(X)
    before, after = program(X), stored(program)(X)
    for a, b in zip(before, after, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        assert a.machine_value().tobytes() == b.machine_value().tobytes()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_stored_is_stable(function: Callable[..., Any]) -> None:
    once = program_to_json(make_program(function)(X))
    assert program_to_json(program_from_json(once)) == once


def test_inlining_leaves_no_calls() -> None:
    program = inlined(
        make_program(lambda x: verax.jit(lambda y: _ruled(verax.jit(vnp.exp)(y)))(x) + _ruled(x))(X)
    )
    names = [e.primitive.name for e in program.equations]
    assert not {"jit", "custom_jvp_call", "custom_vjp_call"} & set(names)
    assert names.count("sin") == 2


def test_a_program_called_twice_defines_its_values_twice() -> None:
    @verax.jit
    def square(x: Array) -> Array:
        return x * x

    program = inlined(make_program(lambda x: square(square(x)))(X))
    defined = [v for e in program.equations for v in e.outputs]
    assert len(defined) == len(set(defined)) == 2


def test_equations_in_excess_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from verax.language import serialization

    data = program_to_json(make_program(lambda x: vnp.exp(vnp.exp(x)))(X))
    monkeypatch.setattr(serialization, "MOST_EQUATIONS", 1)
    with pytest.raises(FormatError, match="at most 1 equations"):
        program_from_json(data)


def test_a_program_that_asks_for_a_giant_is_refused() -> None:
    data = program_to_json(make_program(lambda x: vnp.broadcast_to(x, (5, 2, 3)))(X))
    data["equations"][0]["params"]["shape"] = {"tuple": [1 << 30, 2, 3]}
    data["equations"][0]["outputs"][0][2] = [1 << 30, 2, 3]
    with pytest.raises(FormatError, match="at most"):
        program_from_json(data)


# What is wrong with a stored program -> what is said of it.
BROKEN: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(name=3), "`program.name` must be a string"),
    (lambda d: d.update(inputs=3), "`program.inputs` must be a list"),
    (lambda d: d.update(inputs=[[0, "float32", [2, 3]]]), r"must be \[number, dtype, shape, weak\]"),
    (lambda d: d["inputs"][0].__setitem__(3, 1), "must be true or false"),
    (lambda d: d["inputs"][0].__setitem__(0, -1), "must be a non-negative integer"),
    (lambda d: d["equations"][0].update(params=[]), "`program.equations\\[0\\].params` must be an object"),
    (lambda d: d["equations"][0]["params"].update(axes=[1]), "must be a plain value or one tagged value"),
    (lambda d: d["equations"][0]["params"].update(axes={"float": "one"}), "must be a hexadecimal float"),
    (lambda d: d["equations"][0]["params"].update(axes={"dtype": "object"}), "must name a dtype"),
    (lambda d: d["equations"][0]["params"].update(axes={"dtype": "float0"}), "must name a dtype that"),
    (lambda d: d["equations"][0]["params"].update(axes={"gather": {}}), "must have the fields"),
    (lambda d: d["equations"][0]["params"].update(axes={"program": {}}), "must have the fields"),
    (lambda d: d["equations"][0].update(source="f.py"), "must be a list"),
    (lambda d: d["captured"][0].update(variable=[7, "float32", [9], False]), "must be the value's own type"),
    (lambda d: d["captured"][0]["value"].update(hex="0" * 23 + " "), "hexadecimal digits only"),
    (lambda d: d["outputs"].__setitem__(0, {"constant": d["captured"][0]["value"]}), "must be a scalar"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_a_broken_program_is_refused_with_the_place_named(
    change: Callable[[dict[str, Any]], object], message: str
) -> None:
    weights = vnp.asarray(np.ones(3, np.float32))
    data = json.loads(json.dumps(program_to_json(make_program(lambda x: vnp.sum(x, axis=1)[0] * weights)(X))))
    program_from_json(data)
    change(data)
    with pytest.raises(FormatError, match=message):
        program_from_json(data)


def test_booleans_are_one_byte_of_0_or_1() -> None:
    data = program_to_json(make_program(lambda x: vnp.asarray(np.array([True, False])) & (x[0, 0] > 0))(X))
    (captured,) = data["captured"]
    assert captured["value"]["hex"] == "0100"
    captured["value"]["hex"] = "0200"
    with pytest.raises(FormatError, match="must hold 00 or 01"):
        program_from_json(data)


def test_what_is_no_data_cannot_be_stored() -> None:
    from dataclasses import replace

    program = make_program(vnp.sum)(X)
    first = program.equations[0]
    odd = replace(program, equations=(replace(first, params={"axes": {1, 2}}), *program.equations[1:]))
    with pytest.raises(FormatError, match="kind set cannot be stored"):
        program_to_json(odd)
    with pytest.raises(FormatError, match=r"`program\.equations"):
        stored(replace(program, equations=(replace(first, params={"axes": 1.5}), *program.equations[1:])))
