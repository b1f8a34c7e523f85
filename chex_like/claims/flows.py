"""A program run forward, then backward equation by equation, as reverse differentiation runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language import dispatch, transforms
from ...language.dispatch import lift_to
from ...language.dtypes import is_inexact
from ...language.inlining import inlined
from ...language.program import Atom, Constant, Equation, Program, Variable, constant_array
from ..judging.case import dyadic

# jit alone is opened: a custom rule is what the user says that the derivative is.
_OPENED = {"jit": "program", "checkpoint": "program"}


def opened(program: Program) -> Program:
    """The program with what `jit` calls in its place, without what no result needs."""
    return inlined(program, _OPENED).pruned()


@dataclass(frozen=True, slots=True)
class Step:
    """One equation on its way back.

    Attributes:
        equation: the equation.
        arrived: the cotangents of its results that gradients have reached.
        inputs: its operands.
        sent: for each input the cotangent that it sends on; None where there is none to send.
    """

    equation: Equation
    arrived: list[Any]
    inputs: list[Any]
    sent: list[Any]


@dataclass(slots=True)
class Flow:
    """A gradient, step by step.

    Attributes:
        steps: in the order of reverse differentiation: those that a cotangent arrived at, be it 0.
        gradients: for each input of the program; None where nothing arrived, or it is not floating.
        values: what each variable holds.
        outputs: what the program returns.
    """

    steps: list[Step]
    gradients: list[Any]
    values: dict[Variable, Any]
    outputs: list[Any]


def cotangents_of(outputs: Sequence[Any], rng: np.random.Generator) -> list[Any]:
    """A random cotangent for each floating result, zero where the result is not finite; None for the others."""
    found: list[Any] = []
    for y in outputs:
        if not is_inexact(y.dtype):
            found.append(None)
            continue
        drawn = dyadic(rng, y.aval)
        found.append(np.where(np.isfinite(_value(y)), drawn, 0).astype(y.dtype))
    return found


def flow(program: Program, inputs: Sequence[Any], seed: int) -> Flow:
    """Run a program, and take its gradient as the machine does, keeping what passes each equation.

    Args:
        program: without calls of `jit` (`opened`).
        inputs: arrays of the current implementation.
        seed: what the cotangents of its results are drawn from.
    """
    values: dict[Variable, Any] = dict(zip(program.inputs, inputs, strict=True))
    values.update(program.captured)

    def read(atom: Atom) -> Any:
        return constant_array(atom) if isinstance(atom, Constant) else values[atom]

    owner = dispatch.current()
    operands: list[list[Any]] = []
    for equation in program.equations:
        xs = [lift_to(owner, read(a)) for a in equation.inputs]
        operands.append(xs)
        values.update(zip(equation.outputs, _bind(equation, xs), strict=True))
    outputs = [lift_to(owner, read(a)) for a in program.outputs]
    arrived: dict[Variable, Any] = {}
    rng = np.random.default_rng([seed, 30])
    for atom, cotangent in zip(program.outputs, cotangents_of(outputs, rng), strict=True):
        _add(arrived, atom, cotangent)
    steps = []
    for equation, xs in zip(reversed(program.equations), reversed(operands), strict=True):
        cotangents = [arrived.get(v) for v in equation.outputs]
        if all(c is None for c in cotangents):
            continue  # what is 0 goes on: times infinity it is NaN
        sent = _pulled(equation, xs, cotangents)
        steps.append(Step(equation, cotangents, xs, sent))
        for atom, cotangent in zip(equation.inputs, sent, strict=True):
            _add(arrived, atom, cotangent)
    return Flow(steps, [arrived.get(v) for v in program.inputs], values, outputs)


def is_nonzero(cotangent: Any) -> bool:
    """Whether some element is not 0."""
    return bool(np.any(_value(cotangent) != 0))


def is_finite(cotangent: Any) -> bool:
    """Whether no element is infinite or NaN."""
    return bool(np.all(np.isfinite(_value(cotangent))))


def _value(x: Any) -> np.ndarray[Any, Any]:
    found = np.asarray(x.machine_value() if hasattr(x, "machine_value") else x)
    return found.astype(np.complex128 if found.dtype.kind == "c" else np.float64)


def _bind(equation: Equation, xs: Sequence[Any]) -> Sequence[Any]:
    return dispatch.bind(equation.primitive, *xs, **equation.params)


def _add(arrived: dict[Variable, Any], atom: Atom, cotangent: Any) -> None:
    if isinstance(atom, Constant) or cotangent is None:
        return
    given = np.asarray(cotangent.machine_value() if hasattr(cotangent, "machine_value") else cotangent)
    with np.errstate(all="ignore"):
        arrived[atom] = given if atom not in arrived else (arrived[atom] + given).astype(given.dtype)


def _pulled(equation: Equation, xs: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
    """What one equation sends to each of its inputs."""
    floating = [i for i, x in enumerate(xs) if is_inexact(x.dtype)]
    chosen = [o for o, v in enumerate(equation.outputs) if is_inexact(v.aval.dtype)]
    if not floating or equation.primitive.name == "stop_gradient":
        return [None] * len(xs)  # nothing, which is less than 0
    _, pullback = transforms.vjp(_restricted(equation, xs, floating, chosen), *(xs[i] for i in floating))
    given = [
        np.zeros(equation.outputs[o].aval.shape, equation.outputs[o].aval.dtype)
        if cotangents[o] is None
        else cotangents[o]
        for o in chosen
    ]
    found: list[Any] = [None] * len(xs)
    for i, cotangent in zip(floating, pullback(tuple(given)), strict=True):
        found[i] = cotangent
    return found


def _restricted(
    equation: Equation, xs: Sequence[Any], floating: Sequence[int], chosen: Sequence[int]
) -> Callable[..., tuple[Any, ...]]:
    def call(*given: Any) -> tuple[Any, ...]:
        full = list(xs)
        for i, x in zip(floating, given, strict=True):
            full[i] = x
        found = _bind(equation, full)
        return tuple(found[o] for o in chosen)

    return call
