"""Which elements are judged where there are too many, and one equation as a case of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language.program import Equation, Program, Variable
from ...language.tracing import trace
from .case import Case
from .parts import OfParts, has_parts, labels_of, parts_of

# Results of more elements than this in all are judged at some of them.
LARGE = 4096


def some_places(size: int, samples: int, rng: np.random.Generator) -> list[int]:
    """The first place of a result, the last one, and some between; all of them where they are few."""
    if size <= samples:
        return list(range(size))
    ends = [0, size - 1][:samples]
    between = rng.choice(size - 2, samples - len(ends), replace=False) + 1
    return sorted([*ends, *(int(k) for k in between)])


def at_scale(case: Case, samples: int, rng: np.random.Generator) -> Case:
    """The case itself, or if it is large and can be traced, the same at ``samples`` elements of each result."""
    if sum(r.size for r in case.results) <= LARGE or case.traced() is None:
        return case
    return case.sampled_at([some_places(r.size, samples, rng) for r in case.results])


def case_of_equation(
    subject: str,
    equation: Equation,
    xs: Sequence[Any],
    results: Sequence[Any],
    places: Sequence[Sequence[int]],
) -> Case:
    """What a machine answered to one equation, at some places of its results."""
    inputs = tuple(Variable(a.aval) for a in equation.inputs)
    alone = Equation(equation.primitive, inputs, equation.outputs, equation.params, equation.source)
    program = Program(inputs, (), (alone,), equation.outputs, equation.primitive.name)
    labels = ["out"] if len(results) == 1 else [f"out[{k}]" for k in range(len(results))]
    operands, answers = list(xs), list(results)
    if has_parts([*xs, *results]):
        labels = labels_of(labels, results)
        places = [p for p, y in zip(places, results, strict=True) for _ in parts_of([y])]
        operands, answers = parts_of(xs), parts_of(results)
        program = trace(OfParts(program, program.in_avals), [x.aval for x in operands], program.name)
    case = Case(subject, 0, program, operands, program=program)
    case.results = [np.asarray(y.machine_value()) for y in answers]
    case.labels = labels
    return case.sampled_at(places)
