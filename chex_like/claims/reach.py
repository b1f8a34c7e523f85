"""`assert_nonzero_gradient`: every input matters to the gradient, or it is said why it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language.dtypes import is_inexact
from ...language.program import Equation, Program, Variable, printed_equations
from ...reference.findings import Blame, Finding, location_of
from ..assertion import assertion
from .claim import Claim, Given, hold
from .flows import Flow, flow, is_nonzero, opened


@assertion
def assert_nonzero_gradient(f: Callable[..., Any], *args: Any, seed: int = 0) -> None:
    """Assert that the gradient of ``f`` by every floating array among ``args`` has an element that is not 0.

    Where one has none, the failure names what never matters, and why: it is not used, `stop_gradient` stops its
    gradient, a conversion to integers or a comparison has none, another branch was chosen, it is multiplied by 0, or
    its own rule says 0.

    Args:
        f: a function of arrays in trees (of parameters, say) with floating results.
        args: the very arrays to differentiate at.
        seed: what the cotangents of the results are drawn from.

    Raises:
        TypeError: there is no floating argument.

    >>> import verax.numpy as vnp
    >>> params = {"w": vnp.array([0.5, 2.0]), "b": vnp.array(0.25)}
    >>> assert_nonzero_gradient(lambda p, x: vnp.tanh(p["w"] @ x + p["b"]), params, vnp.array([1.0, 3.0]))
    """
    hold(NONZERO_GRADIENT, f, args, seed=seed)


def _check(given: Given) -> Finding | None:
    floating = [i for i, x in enumerate(given.inputs) if is_inexact(x.dtype)]
    if not floating:
        raise TypeError(f"`args` must hold a floating array, got none for {given.name!r}.")
    whole = given.program()
    program = opened(whole)
    found = flow(program, given.inputs, given.seed)
    lost = [i for i in floating if found.gradients[i] is None or not is_nonzero(found.gradients[i])]
    if not lost:
        return None
    reasons = [_why(program, found, i) for i in lost]
    others = [f"{given.paths[i]} ({reason[0]})" for i, reason in zip(lost[1:], reasons[1:], strict=True)]
    also = f"; so it is by {', '.join(others)}" if others else ""
    text, equation = reasons[0]
    size = given.inputs[lost[0]].size
    return given.finding(
        NONZERO_GRADIENT,
        f"is 0 in all of its {size} elements where one other than 0 is expected: {text}{also}",
        blame=Blame.SUBJECT,
        output=f"the gradient by {given.paths[lost[0]]}",
        equation="" if equation is None else printed_equations(program)[equation],
        location="" if equation is None else location_of(equation.source),
        mend="Use the argument, let its gradient pass, or do not ask for it.",
    )


def _why(program: Program, found: Flow, leaf: int) -> tuple[str, Equation | None]:
    """Why an input never matters, and the equation where its gradient ends."""
    variable = program.inputs[leaf]
    reached: set[Variable] = {variable}
    for equation in program.equations:
        if any(v in reached for v in equation.inputs):
            reached.update(equation.outputs)
    if not any(v in reached for e in program.equations for v in e.inputs) and variable not in program.outputs:
        return "no result uses it", None
    if not any(v in reached for v in program.outputs):
        return "no result uses it", None
    for step in found.steps:
        passing = [
            sent
            for atom, sent in zip(step.equation.inputs, step.sent, strict=True)
            if atom in reached and is_inexact(atom.aval.dtype)
        ]
        arrives = any(c is not None and is_nonzero(c) for c in step.arrived)
        if arrives and passing and not any(sent is not None and is_nonzero(sent) for sent in passing):
            return _reason(step.equation), step.equation
    for equation in program.equations:
        floats = [a for a in equation.inputs if a in reached and is_inexact(a.aval.dtype)]
        if floats and not any(is_inexact(v.aval.dtype) for v in equation.outputs):
            kind = equation.outputs[0].aval.dtype
            return f"`{equation.primitive.name}` makes {kind} of it, which has no derivative", equation
    return "what comes back along its paths adds up to 0", None


_STEPS = frozenset({"ceil", "floor", "round", "sign"})
_CHOICES = frozenset({"select_n", "max", "min", "clamp", "reduce_max", "reduce_min", "cond", "switch"})


def _reason(equation: Equation) -> str:
    name = equation.primitive.name
    if name == "stop_gradient":
        return "`stop_gradient` stops it"
    if name in _STEPS:
        return f"`{name}` is constant between its jumps"
    if name in _CHOICES:
        return f"`{name}` chooses another branch everywhere, so that this one is dead"
    if name in {"mul", "dot_general", "div"}:
        return f"`{name}` multiplies it by 0"
    if equation.primitive.kind == "call":
        return "a custom rule says that its derivative is 0"
    return f"the derivative of `{name}` is 0 there"


NONZERO_GRADIENT = Claim(
    "nonzero gradient", "VX207", "the gradient of f by every input has an element other than 0", _check
)
