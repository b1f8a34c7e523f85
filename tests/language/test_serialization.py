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
