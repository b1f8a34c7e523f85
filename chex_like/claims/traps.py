"""`assert_no_nan_gradient_trap`: a branch that `where` hides must not make the gradient NaN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...language.catalogue import stop_gradient_p
from ...language.program import Equation, Program, Variable, printed_equations
from ...reference.findings import Blame, Finding, location_of
from ..assertion import assertion
from ..judging.judgement import judge
from ..ulps import hexadecimal
from .claim import Claim, Given, hold
from .flows import Flow, Step, flow, is_finite, opened


@assertion
def assert_no_nan_gradient_trap(f: Callable[..., Any], *args: Any, seed: int = 0) -> None:
    """Assert that the gradient of ``f`` at ``args`` is finite where the function and its derivative are.

    The usual trap is a `where`: the value that it hides has an infinite derivative, and 0 times infinity is NaN. The
    failure names the `where`, the hidden branch and the step in it, and prints the rewrite with two of them.

    Args:
        f: a function of arrays in trees with floating results.
        args: the very arrays to differentiate at.
        seed: what the cotangents of the results are drawn from.

    >>> import verax.numpy as vnp
    >>> def root(x):
    ...     safe = vnp.where(x > 0, x, 1.0)
    ...     return vnp.where(x > 0, vnp.sqrt(safe), 0.0)
    >>> assert_no_nan_gradient_trap(root, vnp.array([0.0, 4.0]))
    """
    hold(NO_NAN_GRADIENT_TRAP, f, args, seed=seed)


def _check(given: Given) -> Finding | None:
    program = opened(given.program())
    found = flow(program, given.inputs, given.seed)
    bad = _bad(found)
    if not bad:
        return None
    origin = _origin(found)
    for equation, branch in _hiding(program, found):
        left = _bad(flow(_masked(program, equation, branch), given.inputs, given.seed))
        if left < bad:
            return _told(given, program, found, bad, origin, (equation, branch))
    if not _limit_exists(given):
        return None
    return _told(given, program, found, bad, origin, None)


def _bad(found: Flow) -> set[tuple[int, int]]:
    """The inputs and elements whose gradient is infinite or NaN."""
    places: set[tuple[int, int]] = set()
    for i, gradient in enumerate(found.gradients):
        if gradient is not None:
            wide = np.asarray(gradient).astype(np.complex128).reshape(-1)
            places.update((i, int(k)) for k in np.flatnonzero(~np.isfinite(wide)))
    return places


def _origin(found: Flow) -> Step | None:
    """The first step on the way back that makes something infinite or NaN of finite cotangents."""
    for step in found.steps:
        came = all(c is None or is_finite(c) for c in step.arrived)
        if came and not all(s is None or is_finite(s) for s in step.sent):
            return step
    return None


def _hiding(program: Program, found: Flow) -> list[tuple[Equation, int]]:
    """Every `select_n` with a case that is hidden somewhere, and which case; the latest first."""
    places = []
    for equation in reversed(program.equations):
        if equation.primitive.name != "select_n":
            continue
        which = found.values.get(equation.inputs[0]) if isinstance(equation.inputs[0], Variable) else None
        if which is None:
            continue
        chosen = np.asarray(which.machine_value()).astype(np.int64)
        cases = range(len(equation.inputs) - 1)
        places += [(equation, k) for k in cases if bool(np.any(chosen != k))]
    return places


def _masked(program: Program, equation: Equation, branch: int) -> Program:
    """The program with the gradient of one case of a `select_n` stopped."""
    operand = equation.inputs[branch + 1]
    held = Variable(operand.aval)
    stop = Equation(stop_gradient_p, (operand,), (held,), {}, equation.source)
    inputs = tuple(held if i == branch + 1 else a for i, a in enumerate(equation.inputs))
    equations: list[Equation] = []
    for each in program.equations:
        equations += [stop, replace(each, inputs=inputs)] if each is equation else [each]
    return replace(program, equations=tuple(equations))


def _limit_exists(given: Given) -> bool:
    """Whether the derivative is finite where the machine's is not."""
    verdict = judge(given.function, *given.inputs, order=1, formula=False, name=given.name)
    return any(f.code == "VX204" for f in verdict.findings)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of the step in which the gradient breaks."""

    step: str
    location: str
    operand: str


def _told(
    given: Given,
    program: Program,
    found: Flow,
    bad: set[tuple[int, int]],
    origin: Step | None,
    where: tuple[Equation, int] | None,
) -> Finding:
    leaf, place = min(bad)
    gradient = np.asarray(found.gradients[leaf])
    index = [int(k) for k in np.unravel_index(place, gradient.shape)] if gradient.shape else []
    printed = printed_equations(program)
    words = _words(printed, origin)
    at = f"the gradient by {given.paths[leaf]}" + (f"[{', '.join(map(str, index))}]" if index else "")
    value = hexadecimal(gradient.reshape(-1)[place])
    if where is None:
        message = f"is {value} where a finite derivative, or subgradient, exists; no `where` hides it{words.operand}"
        mend = "Write the step so that its derivative is finite there, or give it a custom rule."
    else:
        equation, branch = where
        hidden = _case(equation, branch)
        line = location_of(equation.source)
        message = (
            f"is {value} though the function is finite: `{printed[equation]}`{f' ({line})' if line else ''} hides "
            f"{hidden}, whose gradient comes back as 0 times infinity{words.operand}"
        )
        mend = _rewrite(origin, branch)
    return given.finding(
        NO_NAN_GRADIENT_TRAP,
        message,
        blame=Blame.RULE,
        output=at,
        equation=words.step,
        location=words.location,
        mend=mend,
    )


def _words(printed: dict[Equation, str], origin: Step | None) -> _Words:
    if origin is None:
        return _Words("", "", "")
    values = [
        hexadecimal(np.asarray(x.machine_value()).reshape(-1)[k])
        for x, sent in zip(origin.inputs, origin.sent, strict=True)
        if sent is not None
        for k in _broken(sent)[:1]
    ]
    operand = f": `{origin.equation.primitive.name}` at {', '.join(values)}" if values else ""
    location = location_of(origin.equation.source)
    return _Words(printed[origin.equation], location, operand)


def _broken(sent: Any) -> Sequence[int]:
    value = np.asarray(sent.machine_value() if hasattr(sent, "machine_value") else sent)
    return [int(k) for k in np.flatnonzero(~np.isfinite(value.astype(np.complex128).reshape(-1)))]


def _case(equation: Equation, branch: int) -> str:
    if len(equation.inputs) > 3:
        return f"its case {branch}"
    return (
        "the branch of where(condition, ..., ...) for a "
        + ("false" if branch == 0 else "true")
        + " condition"
    )


# A primitive of one operand -> a number at which its derivative is finite; 1 for all others.
_HARMLESS = {"acos": "0.0", "acosh": "2.0", "asin": "0.0", "atanh": "0.0"}


def _rewrite(origin: Step | None, branch: int) -> str:
    """The rewrite with a second `where`, which makes what the first one hides harmless."""
    alone = origin is not None and len(origin.inputs) == 1
    name = origin.equation.primitive.name if origin is not None and alone else "g"
    about = "" if alone else ", with g the hidden branch"
    ok = "ok" if branch else "~ok"
    cases = f"{name}(safe), other" if branch else f"other, {name}(safe)"
    return f"Two wheres: safe = where({ok}, x, {_HARMLESS.get(name, '1.0')}); where(ok, {cases}){about}."


NO_NAN_GRADIENT_TRAP = Claim(
    "no NaN gradient trap",
    "VX204",
    "the gradient of f is finite where the function and its derivative are",
    _check,
)
