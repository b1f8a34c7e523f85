"""Effects: which equations do something beside giving results, and so are never dropped, merged or made twice."""

from __future__ import annotations

from .program import Equation, Program, subprograms


def effect_of(equation: Equation) -> frozenset[str]:
    """What an equation does to the world: "io", "debug", of inner programs too. Pure callbacks do nothing."""
    if equation.primitive.kind == "callback":
        effect: str = equation.params["effect"]
        return frozenset() if effect == "pure" else frozenset([effect])
    return frozenset().union(*(effects_of(p) for _, p in subprograms(equation.params)))


def effects_of(program: Program) -> frozenset[str]:
    """The effects of all of a program's equations."""
    return frozenset().union(*(effect_of(e) for e in program.equations))
