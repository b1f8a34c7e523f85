"""What is asserted of a random program: all of it is so, and a failure is a false alarm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ... import chex_like as chex
from ...chex_like.taylor import Outcome
from ...language import lax
from ...language import numpy as vnp
from ...language.config import enable_x64
from ...language.dtypes import float64
from ...language.subject import size_of
from ...language.transforms import grad, jvp
from ..random_programs import RandomProgram, random_program

_ROWS = 3
# Of a random program nobody claims that it keeps its digits, nor that its gradient has no trap.
_JUDGED = ("assert_accurate", "assert_gradients")
_UNCLAIMED = ("VX204", "VX7", "VX905")
_CODE = re.compile(r"VX\d{3}")
Array = np.ndarray[Any, Any]


@dataclass(slots=True)
class Asserted:
    """What came of one program.

    Attributes:
        silent: the assertions that stayed silent.
        alarms: the others, with what they said.
        unclaimed: those that said what nobody denies: a random program may lose its digits, or be out of reach.
    """

    silent: list[str] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)


def inputs_of(program: RandomProgram, rng: np.random.Generator, rows: int | None = None) -> list[Array]:
    """Arrays for a program, of normal numbers; with ``rows``, stacks of so many."""
    shapes = [tuple(size_of(d.expression, {}) for d in s.dimensions) for s in program.inputs]
    first = () if rows is None else (rows,)
    return [
        np.asarray(rng.normal(size=(*first, *shape))).astype(s.dtype)
        for shape, s in zip(shapes, program.inputs, strict=True)
    ]


def tried(seed: int, order: int = 2) -> Asserted:
    """Assert of the program of a seed all that is so; of its derivatives those up to ``order``."""
    program = random_program(seed)
    rng = np.random.default_rng([seed, 50])
    found = Asserted()
    with enable_x64(any(s.dtype == float64 for s in program.inputs)):
        for name, assertion, f, args in _all(program, rng, order):
            try:
                assertion(f, *args)
            except AssertionError as err:
                if name in _JUDGED and all(code.startswith(_UNCLAIMED) for code in _CODE.findall(str(err))):
                    found.unclaimed.append(name)
                else:
                    found.alarms.append((name, f"{err}\n{program}"))
            except ValueError as err:
                if "must be where the function has a value" not in str(err):
                    raise
                found.unclaimed.append(name)
            else:
                found.silent.append(name)
    return found


def _same_ulps(program: RandomProgram, *args: Array) -> None:
    """Two runs are 0 ULPs apart."""
    chex.assert_trees_ulp(program(*args), program(*args), most=0)


def _not_failing(program: RandomProgram, *args: Array) -> None:
    """The Taylor test of a program as an opaque function, in float64; what it cannot tell is no alarm."""

    def total(*xs: Any) -> Any:
        return sum((vnp.sum(y) for y in program(*xs)), vnp.zeros((), xs[0].dtype))

    found = chex.taylor_test(
        lambda *xs: np.asarray(total(*xs)),
        lambda *xs: [np.asarray(g) for g in grad(total, argnums=tuple(range(len(xs))))(*xs)],
        *args,
    )
    assert found.outcome is not Outcome.FAIL, str(found)


def _all(
    program: RandomProgram, rng: np.random.Generator, order: int
) -> Iterator[tuple[str, Callable[..., None], Callable[..., Any], Sequence[Any]]]:
    """Each assertion, a function of which it is so, and arguments."""
    xs, stacks = inputs_of(program, rng), inputs_of(program, rng, _ROWS)

    def reached(*args: Any) -> list[Any]:
        """The program's results, and one more in which every argument matters."""
        return [*program(*args), *(lax.sin(x) for x in args)]

    def tangent(*directions: Any) -> list[Any]:
        """The program's derivative along directions, which is linear in these."""
        return list(jvp(lambda *args: tuple(program(*args)), tuple(xs), directions)[1])

    def smooth(*args: Any) -> list[Any]:
        """A program whose gradient is finite: one that stays within its domains."""
        return [lax.sin(y) for y in reached(*args)]

    yield "assert_accurate", chex.assert_accurate, program, xs
    yield "assert_gradients", partial(chex.assert_gradients, order=order), program, xs
    yield "assert_trees_ulp", _same_ulps, program, xs
    if not any(
        step.text.startswith("stop_gradient") for step in program.steps
    ):  # such a gradient is not its values'
        yield "assert_taylor", _not_failing, program, xs
    yield "assert_jit_is_eager", chex.assert_jit_is_eager, program, xs
    yield "assert_vmap_is_loop", chex.assert_vmap_is_loop, program, stacks
    yield "assert_pmap_is_loop", chex.assert_pmap_is_loop, program, stacks
    yield "assert_deterministic", chex.assert_deterministic, program, xs
    yield "assert_same_bits", chex.assert_same_bits, program, xs
    yield "assert_linear", chex.assert_linear, tangent, inputs_of(program, rng)
    yield "assert_nonzero_gradient", chex.assert_nonzero_gradient, reached, xs
    yield "assert_no_nan_gradient_trap", chex.assert_no_nan_gradient_trap, smooth, xs
