"""Cases of JAX's: JAX runs and differentiates the function; what it traced is the program that is held against it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...adapters.from_jax import machine
from ...language import dispatch, trees
from ...language.dispatch import FlatFunction, lift_to
from ...language.dtypes import is_complex
from ...language.flat import name_of, path_of
from ...language.program import Program
from ...reference.verdict import law_name
from .case import Case, choose, extras_of
from .parts import labels_of


def case_of_jax(
    f: Callable[..., Any], args: Sequence[Any], order: int, seed: int, name: str | None = None
) -> Case:
    """Run ``f`` or its derivative by JAX, and keep what is needed to judge it.

    Raises:
        Unconvertible: the function holds a primitive that the language lacks.
        Exception: whatever ``f``, or JAX, raises.
    """
    leaves, tree = trees.flatten((tuple(args), {}))
    operands = [machine.array(x) for x in leaves]
    paths = [path_of(tuple(args), i) for i in range(len(leaves))]

    def call(*xs: Any) -> Any:
        positional, keywords = trees.unflatten(tree, list(xs))
        return f(*positional, **keywords)

    call.__name__ = name or name_of(f)
    flat: Any = machine.flat(call)
    outputs = flat(*operands)
    labels = ["out"] if len(outputs) == 1 else [f"out[{i}]" for i in range(len(outputs))]
    found = machine.leaves_of([*operands, *outputs])
    if any(is_complex(x.dtype) for x in found.arrays):
        given, answered = found.arrays[: len(operands)], found.arrays[len(operands) :]
        paths, labels = labels_of(paths, given), labels_of(labels, answered)
        flat = machine.OfParts(flat, [x.dtype for x in given])
        operands, outputs = machine.parts_of(operands), machine.parts_of(outputs)
    program = machine.converted(flat, operands)
    case = Case(call.__name__, order, program, owned(operands), program=program, of_jax=True)
    if order == 0:
        return _with_answers(case, outputs, labels)
    results = owned(outputs)
    choose(case, results)
    case.extras = [
        lift_to(dispatch.current(), x)
        for x in extras_of(case, results, np.random.default_rng([seed, zlib.crc32(case.subject.encode())]))
    ]
    derived = machine.derivative(flat, len(operands), case.floats, case.chosen, order)
    operands += [machine.array(x.machine_value()) for x in case.extras]
    case.program = machine.converted(derived, operands)
    labels = [f"the {law_name(order)} by {paths[i]}" for i in case.floats]
    return _with_answers(case, derived(*operands), labels)


def owned(theirs: Sequence[Any]) -> list[Any]:
    """JAX's arrays as those of the implementation in force, weak ones weak."""
    found = machine.leaves_of(list(theirs))
    return [
        dispatch.current().lift(x, dispatch.aval_of(x).with_dtype(x.dtype, weak))
        for x, weak in zip(found.arrays, found.weak, strict=True)
    ]


def _with_answers(case: Case, answers: Sequence[Any], labels: list[str]) -> Case:
    case.results = list(machine.leaves_of(list(answers)).arrays)
    case.labels = labels
    return case


def case_of_answers(
    subject: str,
    meaning: FlatFunction | Program,
    operands: Sequence[Any],
    answers: Sequence[np.ndarray[Any, Any]],
) -> Case:
    """What a machine answered, as a case of what it was to compute."""
    case = Case(subject, 0, meaning, owned(operands), of_jax=True)
    case.results = list(answers)
    case.labels = ["out"] if len(answers) == 1 else [f"out[{i}]" for i in range(len(answers))]
    return case
