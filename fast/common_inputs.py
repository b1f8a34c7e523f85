"""Programs that are to be called with the same operands are made to take the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..language import dispatch
from ..language.program import Program, Variable
from ..language.shapes import ShapedArray


def with_inputs(
    program: Program, before: Sequence[ShapedArray], after: Sequence[ShapedArray], at: int
) -> Program:
    """The program with inputs that it does not read, before and after its first ``at`` inputs."""
    unread = [tuple(Variable(a) for a in avals) for avals in (before, after)]
    inputs = (*unread[0], *program.inputs[:at], *unread[1], *program.inputs[at:])
    return replace(program, inputs=inputs)


def with_common_captures(
    programs: Sequence[Program], captured: Sequence[Sequence[Any]]
) -> tuple[list[Program], list[Any]]:
    """Closed programs made to take the captured values of all of them, each reading its own."""
    avals = [[dispatch.aval_of(x) for x in xs] for xs in captured]
    found = []
    for i, program in enumerate(programs):
        before = [a for xs in avals[:i] for a in xs]
        after = [a for xs in avals[i + 1 :] for a in xs]
        found.append(with_inputs(program, before, after, len(avals[i])))
    return found, [x for xs in captured for x in xs]
