"""Reverse differentiation: a linear program is run backwards, from cotangents of its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...language import dispatch
from ...language.errors import MissingRuleError
from ...language.program import Atom, Constant, Equation, Program, Variable, constant_array
from ...language.shapes import ShapedArray
from ...language.tracing import attributed
from .. import operations as ops
from .types import check_types


class Unknown:
    """An operand of a linear equation that the equation is linear in."""

    __slots__ = ("aval",)

    def __init__(self, aval: ShapedArray) -> None:
        self.aval = aval


def added(x: Any, y: Any) -> Any:
    """The sum of two cotangents, where None is zero."""
    if x is None or y is None:
        return y if x is None else x
    return ops.add(x, y)


def backward(program: Program, operands: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
    """Cotangents of the operands that are `Unknown`, in their places; None for zero and for the others.

    What depends on known operands alone is computed first.
    """
    from ..rules.transpose import TRANSPOSE

    values: dict[Variable, Any] = dict(zip(program.inputs, operands, strict=True))
    values.update(program.captured)

    def read(atom: Atom) -> Any:
        return constant_array(atom) if isinstance(atom, Constant) else values[atom]

    linear: list[tuple[Equation, list[Any]]] = []
    for equation in program.equations:
        inputs = [read(a) for a in equation.inputs]
        if any(isinstance(x, Unknown) for x in inputs):
            linear.append((equation, inputs))
            values.update((v, Unknown(v.aval)) for v in equation.outputs)
        else:
            results = dispatch.bind(equation.primitive, *inputs, **equation.params)
            values.update(zip(equation.outputs, results, strict=True))

    found: dict[Variable, Any] = {}

    def give(atom: Atom, cotangent: Any) -> None:
        if cotangent is not None and isinstance(atom, Variable) and isinstance(values[atom], Unknown):
            found[atom] = added(found.get(atom), cotangent)

    for atom, cotangent in zip(program.outputs, cotangents, strict=True):
        give(atom, cotangent)
    for equation, inputs in reversed(linear):
        outer = [found.pop(v, None) for v in equation.outputs]
        if all(c is None for c in outer):
            continue
        rule = TRANSPOSE.get(equation.primitive.name)
        if rule is None:
            raise MissingRuleError(f"`fast` has no transpose rule for {equation.primitive.name!r}.")
        with attributed(equation.source):
            inner = rule(equation, outer, inputs)
        check_types("transpose", equation.primitive, [a.aval for a in equation.inputs], inner)
        for atom, cotangent in zip(equation.inputs, inner, strict=True):
            give(atom, cotangent)
    return [found.get(v) for v in program.inputs]
