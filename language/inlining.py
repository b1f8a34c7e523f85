"""Inlining: a program without calls, so that every equation that computes something stands at the top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .program import Atom, Equation, Program, Variable

# A call's name -> the parameter that holds the program it calls.
CALLS = {
    "jit": "program",
    "checkpoint": "program",
    "custom_jvp_call": "call",
    "custom_vjp_call": "call",
    "custom_linear_solve": "solve",
}


def inlined(program: Program, calls: Mapping[str, str] = CALLS) -> Program:
    """The same program with calls of jit and of custom rules, or with ``calls``, replaced by what they call.

    What the program means is unchanged; what a custom rule says of its derivative is dropped with its call. The
    bodies of loops and branches are inlined in their places.
    """
    captured = list(program.captured)
    equations, outputs = _spread(program, {}, captured, calls)
    return replace(program, captured=tuple(captured), equations=tuple(equations), outputs=outputs)


def _spread(
    program: Program,
    names: dict[Variable, Atom],
    captured: list[tuple[Variable, object]],
    calls: Mapping[str, str],
) -> tuple[list[Equation], tuple[Atom, ...]]:
    """The program's equations over the atoms that ``names`` gives its inputs, and its outputs."""
    found: list[Equation] = []

    def read(atom: Atom) -> Atom:
        return names.get(atom, atom) if isinstance(atom, Variable) else atom

    for equation in program.equations:
        inputs = tuple(read(a) for a in equation.inputs)
        called = calls.get(equation.primitive.name)
        if called is None:
            # A program may be called twice, and a variable is defined once: its outputs get new names.
            fresh = tuple(Variable(v.aval) for v in equation.outputs)
            names.update(zip(equation.outputs, fresh, strict=True))
            params = {k: _inside(v, calls) for k, v in equation.params.items()}
            found.append(replace(equation, inputs=inputs, outputs=fresh, params=params))
            continue
        body: Program = equation.params[called]
        bound: dict[Variable, Atom] = dict(zip(body.inputs, inputs, strict=True))
        for variable, value in body.captured:
            bound[variable] = Variable(variable.aval)
            captured.append((bound[variable], value))  # type: ignore[arg-type]  # just made a Variable
        inner, results = _spread(body, bound, captured, calls)
        found += inner
        names.update(zip(equation.outputs, results, strict=True))
    return found, tuple(read(a) for a in program.outputs)


def _inside(value: object, calls: Mapping[str, str]) -> object:
    if isinstance(value, Program):
        return inlined(value, calls)
    if isinstance(value, tuple) and value and all(isinstance(p, Program) for p in value):
        return tuple(inlined(p, calls) for p in value)
    return value


def makers_of(program: Program) -> Mapping[Variable, Equation]:
    """For every variable that an equation defines, that equation."""
    return {v: e for e in program.equations for v in e.outputs}
