"""A random program at a point, made small: what is left still does what the whole one did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .primitive_cases.case import operand
from .random_programs import RandomProgram, Step

Point = Sequence[Any]
# Every try runs the program; a small program needs few.
MOST_TRIES = 200


def shrunk(
    program: RandomProgram, point: Point, still: Callable[[RandomProgram, Point], bool]
) -> tuple[RandomProgram, Point]:
    """A part of a program, at a point, of which ``still`` holds, and of no simpler one that was tried.

    Args:
        program: it holds of this one.
        point: an array for each of its inputs.
        still: what must go on to hold; it may be asked `MOST_TRIES` times.

    Returns:
        The part and its inputs: those of the program, and values of steps in place of what computed them.
    """
    tries, changed = 0, True
    while changed:
        changed = False
        for smaller, inputs in list(simpler(program, point)):
            tries += 1
            if tries > MOST_TRIES:
                return program, point
            if still(smaller, inputs):
                program, point, changed = smaller, inputs, True
                break
    return program, point


def simpler(program: RandomProgram, point: Point) -> Iterator[tuple[RandomProgram, Point]]:
    """Programs of fewer steps or results, the smallest first, each with its point."""
    values = _values(program, point)
    first = len(program.inputs)
    reached = range(first, len(values))
    if len(program.outputs) > 1:
        for out in program.outputs:
            yield _part(program, values, (out,), frozenset())
    for k in reversed(reached):  # the program ends sooner
        if program.outputs != (k,):
            yield _part(program, values, (k,), frozenset())
    for k in reversed(reached):  # the program begins later
        if k not in program.outputs:
            yield _part(program, values, program.outputs, frozenset([k]))


def _values(program: RandomProgram, point: Point) -> list[np.ndarray[Any, Any]]:
    values = list(point)
    for step in program.steps:
        values.append(step.apply(*(values[i] for i in step.operands)))
    return [np.asarray(v) for v in values]


def _part(
    program: RandomProgram,
    values: Sequence[np.ndarray[Any, Any]],
    outputs: tuple[int, ...],
    given: frozenset[int],
) -> tuple[RandomProgram, Point]:
    """What computes some of the values, where others are given."""
    first = len(program.inputs)
    needed, at = set(outputs), len(values)
    while at > first:
        at -= 1
        if at in needed and at not in given:
            needed.update(program.steps[at - first].operands)
    inputs = [i for i in sorted(needed) if i < first or i in given]
    steps = [i for i in sorted(needed) if i >= first and i not in given]
    place = {old: new for new, old in enumerate([*inputs, *steps])}
    taken: list[Step] = [
        replace(program.steps[i - first], operands=tuple(place[j] for j in program.steps[i - first].operands))
        for i in steps
    ]
    specs = [program.inputs[i] if i < first else operand(values[i].dtype, values[i].shape) for i in inputs]
    part = replace(
        program, inputs=tuple(specs), steps=tuple(taken), outputs=tuple(sorted(place[o] for o in outputs))
    )
    return part, [values[i] for i in inputs]
