"""Stable forms are recognized by the shape of a program, and stable programs are left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax.numpy as vnp
from verax import nn
from verax.language.inlining import inlined
from verax.language.program import Program
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace
from verax.reference.rewrites import REWRITES, matches

F32 = np.dtype(np.float32)
Function = Callable[..., Any]

NAIVE: list[tuple[str, Function, int]] = [
    ("softplus", lambda x: vnp.log(1 + vnp.exp(x)), 1),
    ("softplus", lambda x: vnp.log(vnp.exp(x) + 1.0), 1),
    ("softplus", lambda x: vnp.log1p(vnp.exp(x)), 1),
    ("log-sum-exp", lambda x: vnp.log(vnp.sum(vnp.exp(x), axis=-1)), 1),
    ("log-sum-exp", lambda x: vnp.log(vnp.sum(vnp.exp(x), axis=0, keepdims=True)), 1),
    ("softmax", lambda x: vnp.exp(x) / vnp.sum(vnp.exp(x), axis=-1, keepdims=True), 1),
    ("log-softmax", lambda x: vnp.log(vnp.exp(x) / vnp.sum(vnp.exp(x), axis=-1, keepdims=True)), 1),
    ("variance", lambda x: vnp.mean(x * x) - vnp.mean(x) ** 2, 1),
    ("variance", lambda x: vnp.mean(x**2, axis=-1) - vnp.square(vnp.mean(x, axis=-1)), 1),
    ("1 - cos", lambda x: 1 - vnp.cos(x), 1),
    ("log-sigmoid", lambda x: vnp.log(nn.sigmoid(x)), 1),
    ("log-sigmoid", lambda x: vnp.log(1 / (1 + vnp.exp(-x))), 1),
    ("log(1 - sigmoid)", lambda x: vnp.log(1 - nn.sigmoid(x)), 1),
    ("x - sin", lambda x: x - vnp.sin(x), 1),
    ("difference of roots", lambda x: vnp.sqrt(x + 1) - vnp.sqrt(x), 1),
    ("difference of roots", lambda x: vnp.sqrt(2 + x) - vnp.sqrt(x), 1),
    ("hypot", lambda x, y: vnp.sqrt(x * x + y**2), 2),
    ("norm", lambda x: vnp.sqrt(vnp.sum(x * x, axis=-1)), 1),
    ("quadratic root", lambda b, c: 0.5 * (vnp.sqrt(b * b - 4 * c) - b), 2),
    ("quadratic root", lambda b, c: (-b + vnp.sqrt(b**2 - 4 * c)) / 2, 2),
    ("log1p", lambda x: vnp.log(1 + x), 1),
    ("expm1", lambda x: vnp.exp(x) - 1, 1),
    ("log-add-exp", lambda x, y: vnp.log(vnp.exp(x) + vnp.exp(y)), 2),
    ("log-cosh", lambda x: vnp.log(vnp.cosh(x)), 1),
]

STABLE: list[tuple[Function, int]] = [
    (lambda x: vnp.maximum(x, 0) + vnp.log1p(vnp.exp(-vnp.abs(x))) * 2, 1),
    (lambda x: 2 * vnp.sin(0.5 * x) ** 2, 1),
    (lambda x: vnp.mean((x - vnp.mean(x)) ** 2), 1),
    (lambda x: vnp.expm1(x) + vnp.log1p(x), 1),
    (lambda x, y: x - vnp.sin(y), 2),
    (lambda x, y: vnp.sqrt(x + 1) - vnp.sqrt(y), 2),
    (lambda x, y: vnp.exp(x) / vnp.sum(vnp.exp(y), axis=-1, keepdims=True), 2),
    (lambda x: 2 - vnp.cos(x), 1),
]


def program_of(function: Function, arguments: int) -> Program:
    return inlined(trace(lambda *xs: [function(*xs)], [ShapedArray((2, 3), F32)] * arguments))


def found_in(program: Program) -> list[str]:
    return [r.name for r in REWRITES for _ in matches(r, program)]


@pytest.mark.parametrize(("name", "function", "arguments"), NAIVE)
def test_a_known_form_is_found_first(name: str, function: Function, arguments: int) -> None:
    assert found_in(program_of(function, arguments))[:1] == [name]


@pytest.mark.parametrize(("function", "arguments"), STABLE)
def test_a_stable_program_matches_nothing(function: Function, arguments: int) -> None:
    names = found_in(program_of(function, arguments))
    assert [n for n in names if n != "softplus"] == []


def test_a_match_covers_the_equations_it_replaces() -> None:
    program = program_of(lambda x: vnp.log(1 + vnp.exp(x)), 1)
    softplus = next(r for r in REWRITES if r.name == "softplus")
    (match,) = matches(softplus, program)
    assert {e.primitive.name for e in match.equations} >= {"log", "add", "exp"}
    assert match.letters["x"] is program.inputs[0]
    assert match.first("exp").primitive.name == "exp"
