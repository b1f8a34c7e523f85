"""Run a program, or a flat function, on machine arrays in one number system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..language import dispatch
from .array import ReferenceArray
from .interpreter import implementation
from .system import NumberSystem, arithmetic


def evaluate(function: Callable[..., Any], args: Sequence[Any], system: NumberSystem) -> list[ReferenceArray]:
    """The results of ``function`` (a `Program`, or a function of flat arrays) in ``system``.

    ``args`` are machine arrays: NumPy's, or any `Array`; each stands for exactly its machine value.
    """
    with dispatch.using(implementation), arithmetic(system):
        operands = [implementation.own(_machine(x)) for x in args]
        found = [implementation.own(x) for x in function(*operands)]
    return [ReferenceArray([system.finished(s) for s in x.scalars], x.aval, system) for x in found]


def _machine(x: Any) -> Any:
    return x.machine_value() if isinstance(x, ReferenceArray) else x
