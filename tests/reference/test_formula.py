"""The equation where the digits go is the one whose rounding matters, wherever it stands."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import lax
from verax.language import dtypes
from verax.language.transforms import make_program
from verax.reference import Exact, arithmetic, formula, implementation
from verax.reference.formula import blamed, ideal_machine, movements

F32 = np.float32
SMALL = np.array([3e-4, -7e-4, 5e-4], F32)
BIG = np.array([90.5, 20.0, 95.25], F32)
READINGS = np.array([10_001.5, 10_007.25, 10_003.0, 10_009.125], F32)


def _scanned(x: Any) -> Any:
    total, _ = lax.scan(lambda c, y: (c + (1 - vnp.cos(y)), None), vnp.float32(0), x)
    return total


BLAMED: list[tuple[Callable[..., Any], np.ndarray[Any, Any], str, bool]] = [
    (lambda x: 1 - vnp.cos(x), SMALL, "cos", False),
    (lambda angle: vnp.reshape(3 * (1.0 - vnp.cos(angle)), (3, 1)), SMALL, "cos", False),
    (verax.jit(lambda x: 1 - vnp.cos(x)), SMALL, "cos", False),
    (lambda x: vnp.log(1 + x), SMALL, "add", False),
    (lambda x: vnp.log(1 + vnp.exp(x)), BIG, "exp", True),
    (lambda x: vnp.mean(x * x) - vnp.mean(x) ** 2, READINGS, "", False),
    (_scanned, SMALL, "scan", False),
]


@pytest.mark.parametrize(("function", "x", "name", "overflows"), BLAMED)
def test_the_guilty_equation_is_named_with_its_line(
    function: Callable[..., Any], x: np.ndarray[Any, Any], name: str, overflows: bool
) -> None:
    found = blamed(make_program(function)(x), [x], 0, 0)
    assert found is not None
    assert f"= {name}" in found.equation
    assert found.overflows is overflows
    assert found.location.endswith("py:" + found.location.rpartition(":")[2])
    assert "test_formula.py" in str(found)
    assert found.line


def test_a_stable_form_is_offered_only_if_it_is_better_here() -> None:
    def step(x: Any) -> Any:
        return vnp.log(1 + x)

    small = blamed(make_program(step)(SMALL), [SMALL], 0, 0)
    large = blamed(make_program(step)(BIG), [BIG], 0, 0)
    assert small is not None
    assert small.rewrite is not None
    assert small.rewrite.name == "log1p"
    assert large is not None
    assert large.rewrite is None  # log1p is no better than log for large arguments


def test_a_program_that_rounds_nothing_has_no_culprit() -> None:
    assert blamed(make_program(lambda x: vnp.maximum(x, 0)[::-1])(SMALL), [SMALL], 0, 0) is None


def test_an_element_that_nothing_moves_has_no_culprit() -> None:
    program = make_program(lambda x: (x * 0.1, vnp.zeros(3)))(SMALL)
    assert blamed(program, [SMALL], 1, 0) is None
    assert blamed(program, [SMALL], 0, 0) is not None


def test_narrow_formats_are_judged_as_float32() -> None:
    x = SMALL.astype(np.float16)
    found = blamed(make_program(lambda x: 1 - vnp.cos(x))(x), [x], 0, 0)
    assert found is not None
    assert found.size <= 2.0**-24
    assert ideal_machine().at_least == np.dtype(F32)


def test_movements_are_those_of_half_an_ulp_of_the_inputs() -> None:
    x = np.array([1.0, 2.0], F32)
    (rows,) = movements(make_program(lambda x: x * 3)(x), [x], 0)
    assert [len(r) for r in rows] == [8, 8]
    assert {abs(float(m)) for m in rows[0]} == {3 * 2.0**-24}
    assert {abs(float(m)) for m in rows[1]} == {3 * 2.0**-23}


def test_integers_and_infinities_do_not_move() -> None:
    x, n = np.array([np.inf, 1.0], F32), np.array([3, 4], np.int32)
    program = make_program(lambda x, n: (x + n, n * 2))(x, n)
    rows = movements(program, [x, n], 0)
    assert [float(m) for m in rows[0][0]] == [0.0] * 8
    assert any(float(m) for m in rows[0][1])
    assert [float(m) for m in rows[1][0]] == [0.0] * 8


@pytest.mark.parametrize("dtype", [dtypes.float16, dtypes.bfloat16, dtypes.float32], ids=str)
def test_inputs_that_nobody_looked_at_are_moved_as_those_that_somebody_did(dtype: Any) -> None:
    bits = np.random.default_rng(0).integers(0, 1 << (8 * dtype.itemsize), 200, dtype=np.uint64)
    edges = np.array([0.0, -0.0, np.inf, np.nan, 1.0]).astype(dtype)
    values = np.concatenate([bits.astype(f"u{dtype.itemsize}").view(dtype), edges])
    system = Exact(30)
    with arithmetic(system):
        untouched, touched = (implementation.own(values) for _ in range(2))
        assert len(touched.scalars) == 205
        moved = [formula._nudged_input(x, system, random.Random(7)) for x in (untouched, touched)]
    assert untouched.untouched is not None
    first, second = ([repr(s) for s in x.scalars] for x in moved)
    assert first == second
