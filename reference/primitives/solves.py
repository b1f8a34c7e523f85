"""Linear equations: what a solver finds, as a function of the equation.

A solver may be held where it stands: JAX's factorizations stop gradients, and next to a point its solvers go on solving
the equation of the point. What they find there is mended by the equation that it is to solve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...language.dtypes import real_of
from .. import decisions
from ..array import ReferenceArray
from ..dual import Dual
from ..exact import Exact
from ..system import NumberSystem, current_system
from .elementwise import DEFINITIONS

Flat = Callable[..., Sequence[Any]]

# Each step is right to one more order of derivatives.
_STEPS = 3


def solved(matvec: Flat, solve: Flat, b: Sequence[ReferenceArray]) -> list[Any]:
    """What ``solve(*b)`` finds; where derivatives are sought, moved along with the equation ``matvec(*x) == b``.

    By Newton's steps, x + solve(b - matvec(x)), of which only the change counts: at the point itself it is what was
    found, be it wrong. Solvers that decide, as those do that iterate, follow their equation by themselves.
    """
    if not _seeks_derivatives(current_system()):
        return list(solve(*b))
    with decisions.recording() as tape:
        found = list(solve(*b))
    if tape.outcomes or tape.stopped or tape.called:
        return found
    x = first = found[: len(b)]
    for _ in range(_STEPS):
        rest = [_each("sub", y, z) for y, z in zip(b, matvec(*x), strict=True)]
        x = [_each("add", y, step) for y, step in zip(x, solve(*rest), strict=False)]
    return [*map(_moved, first, x), *found[len(b) :]]


def _seeks_derivatives(system: NumberSystem) -> bool:
    base = system
    while isinstance(base, Dual):
        base = base.base
    return (base.encloses or isinstance(base, Exact)) and (base is not system or decisions.is_running())


def _moved(first: ReferenceArray, last: ReferenceArray) -> ReferenceArray:
    change = _each("sub", last, first)
    held = ReferenceArray([change.system.stop(s) for s in change.scalars], change.aval, change.system)
    return _each("add", first, _each("sub", change, held))


def _each(name: str, x: ReferenceArray, y: ReferenceArray) -> ReferenceArray:
    """Of complex numbers part by part."""
    system = current_system()
    found = system.map(DEFINITIONS[name], real_of(x.dtype), [x.scalars, y.scalars])
    return ReferenceArray(found, x.aval, system)
