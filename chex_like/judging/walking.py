"""`walk`: a program run equation by equation on a machine, with what is inside of branches and loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.dispatch import lift_to
from ...language.program import Atom, Constant, Equation, Program, Variable, constant_array
from ...language.shapes import ShapedArray

# Runs one equation on arrays.
Machine = Callable[[Equation, list[Any]], Sequence[Any]]


def walk(program: Program, operands: Sequence[Any], machine: Machine) -> list[Any]:
    """The results of a program, of which every equation that computes something went through ``machine``.

    The chosen branch and every step of a loop are walked. A value is dropped after its last use.

    Args:
        program: what to run, without calls (`inlined`).
        operands: its arguments.
        machine: ``machine(equation, inputs)`` gives the equation's outputs.
    """
    return _Walk(machine).run(program, operands)


class _Walk:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._control = {"cond": self._cond, "while": self._while, "scan": self._scan}
        self._ends: dict[int, list[set[Variable]]] = {}

    def run(self, program: Program, operands: Sequence[Any]) -> list[Any]:
        """A program without calls."""
        values: dict[Variable, Any] = dict(zip(program.inputs, operands, strict=True))
        values.update(program.captured)

        def read(atom: Atom) -> Any:
            return constant_array(atom) if isinstance(atom, Constant) else values[atom]

        for equation, ending in zip(program.equations, self._last_uses(program), strict=True):
            xs = [lift_to(dispatch.current(), read(a)) for a in equation.inputs]
            apply = self._control.get(equation.primitive.name, self.machine)
            values.update(zip(equation.outputs, apply(equation, xs), strict=True))
            for v in ending:
                values.pop(v, None)
        return [lift_to(dispatch.current(), read(a)) for a in program.outputs]

    def _last_uses(self, program: Program) -> list[set[Variable]]:
        """For each equation the values that nobody needs after it."""
        if id(program) not in self._ends:
            kept = {a for a in program.outputs if isinstance(a, Variable)}
            found: list[set[Variable]] = []
            for equation in reversed(program.equations):
                mentioned = {a for a in (*equation.inputs, *equation.outputs) if isinstance(a, Variable)}
                found.append(mentioned - kept)
                kept |= mentioned
            self._ends[id(program)] = found[::-1]
        return self._ends[id(program)]

    def _cond(self, equation: Equation, xs: list[Any]) -> list[Any]:
        branches = equation.params["branches"]
        which = min(max(int(xs[0]), 0), len(branches) - 1)
        return self.run(branches[which], xs[1:])

    def _while(self, equation: Equation, xs: list[Any]) -> list[Any]:
        p = equation.params
        split = p["cond_nconsts"] + p["body_nconsts"]
        for_test, for_body, carry = xs[: p["cond_nconsts"]], xs[p["cond_nconsts"] : split], xs[split:]
        while bool(self.run(p["cond_program"], [*for_test, *carry])[0]):
            carry = self.run(p["body_program"], [*for_body, *carry])
        return carry

    def _scan(self, equation: Equation, xs: list[Any]) -> list[Any]:
        p, body = equation.params, equation.params["program"]
        before = p["num_consts"] + p["num_carry"]
        fixed, carry = xs[: p["num_consts"]], xs[p["num_consts"] : before]
        steps = range(p["length"])
        rows: list[list[Any]] = []
        for i in reversed(steps) if p["reverse"] else steps:
            found = self.run(body, [*fixed, *carry, *map(partial(_row, i), xs[before:])])
            carry = found[: p["num_carry"]]
            rows.append(found[p["num_carry"] :])
        if p["reverse"]:
            rows.reverse()
        avals = [v.aval for v in equation.outputs[p["num_carry"] :]]
        return carry + [_stacked([row[k] for row in rows], aval) for k, aval in enumerate(avals)]


def _row(i: int, x: Any) -> Any:
    value = x.machine_value()[i]
    return dispatch.current().lift(np.asarray(value), x.aval.with_shape(x.shape[1:]))


def _stacked(rows: Sequence[Any], aval: ShapedArray) -> Any:
    values = np.empty(aval.shape, aval.dtype)
    for i, row in enumerate(rows):
        values[i] = row.machine_value()
    return dispatch.current().lift(values, aval)
