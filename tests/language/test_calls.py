"""Calls with custom rules: one equation in a program, and the rule still in force when the program runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax.language import catalogue, lax
from verax.language.shapes import ShapedArray

X = np.float32(3)


@verax.custom_jvp
def tripled(x: Any) -> Any:
    """Its rule says 3 where the derivative is 2, so that one sees who is asked."""
    return lax.add(x, x)


@tripled.defjvp
def tripled_jvp(primals: Any, tangents: Any) -> Any:
    return tripled(*primals), lax.mul(tangents[0], 3.0)


@verax.custom_vjp
def quintupled(x: Any) -> Any:
    """Its rule says 5 where the derivative is 2."""
    return lax.add(x, x)


def quintupled_forward(x: Any) -> Any:
    return quintupled(x), None


def quintupled_backward(residuals: Any, cotangent: Any) -> Any:
    return (lax.mul(cotangent, 5.0),)


quintupled.defvjp(quintupled_forward, quintupled_backward)

CALLS: dict[str, tuple[Any, float]] = {
    "custom_jvp_call": (tripled, 3.0),
    "custom_vjp_call": (quintupled, 5.0),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_one_equation(name: str) -> None:
    program = verax.make_program(CALLS[name][0])(X)
    (equation,) = program.equations
    assert equation.primitive.name == name
    assert [e.primitive.name for e in equation.params["call"].equations] == ["add"]


@pytest.mark.parametrize("name", CALLS)
def test_a_program_keeps_the_rule(name: str) -> None:
    function, slope = CALLS[name]
    program = verax.make_program(function)(X)
    assert float(program(X)[0]) == 6.0
    assert float(verax.grad(lambda x: program(x)[0])(X)) == slope


@pytest.mark.parametrize("name", CALLS)
def test_tracing_a_program_again_keeps_the_call(name: str) -> None:
    program = verax.make_program(CALLS[name][0])(X)
    again = verax.make_program(lambda x: program(x)[0])(X)
    assert [e.primitive.name for e in again.equations] == [name]


def test_what_a_call_closes_over_comes_first() -> None:
    def outer(x: Any, y: Any) -> Any:
        @verax.custom_jvp
        def shifted(x: Any) -> Any:
            return lax.add(x, y)

        shifted.defjvp(lambda primals, tangents: (shifted(*primals), lax.mul(tangents[0], 7.0)))
        return shifted(x)

    program = verax.make_program(outer)(X, X)
    (equation,) = program.equations
    assert equation.params["num_captured"] == 1
    assert equation.inputs == (program.inputs[1], program.inputs[0])
    assert float(program(X, np.float32(4))[0]) == 7.0


@pytest.mark.parametrize("name", CALLS)
def test_operands_that_do_not_fit_are_refused(name: str) -> None:
    (equation,) = verax.make_program(CALLS[name][0])(X).equations
    wrong = ShapedArray((2,), np.dtype("float32"))
    with pytest.raises(TypeError, match=rf"The operands of {name} must be \(f32\[\]\), got \(f32\[2\]\)"):
        catalogue.PRIMITIVES[name].infer([wrong], equation.params)
