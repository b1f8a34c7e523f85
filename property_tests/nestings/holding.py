"""One nesting at one point: equal to its plain form by the bit, or in exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.config import enable_x64
from ...language.dispatch import lift_to
from ...language.transforms import jit, make_program
from ...reference.evaluation import evaluate
from ...reference.exact import Exact
from ..trial import Result
from .nesting import FORMS, PLAIN, PLAIN_BUT_VJP, Function, nested

# Of a nesting and its plain form, computed with so many digits and rounded to the dtype, every bit is to be equal.
# Where a form cancels (1 - tanh^2 at 46), 40 digits show nothing: 400 are more than any double has before its first.
DIGITS = (40, 400)
# Deeper nestings keep their vjp.
MOST_BY_ENTRIES = 2


def wrong(names: Sequence[str], f: Function, point: Sequence[Any], forms: Any = FORMS) -> str:
    """What is wrong with a nesting of a function at a point; empty if nothing is."""
    plain = nested(names, f, PLAIN if len(names) <= MOST_BY_ENTRIES else PLAIN_BUT_VJP)
    made = nested(names, f, forms)
    wide = any(np.asarray(x).dtype.itemsize == 8 for x in point)
    with enable_x64(wide), dispatch.using("fast"), np.errstate(all="ignore"):
        fast = dispatch.implementation_of("fast")
        xs = [lift_to(fast, x) for x in point]
        try:
            found = Result.of(made(*xs))
        except Exception as err:  # noqa: BLE001  # that it raises is what is wrong
            return f"raises {type(err).__name__}: {str(err).splitlines()[0]}"
        compiled = Result.of(jit(lambda *ys: list(made(*ys)))(*xs))
        if difference := found.difference(compiled):
            return f"is another under jit: {difference}"
        try:
            wanted = Result.of(plain(*xs))
        except TypeError as err:  # a custom_vjp rule cannot be asked along an entry
            if "custom_vjp" not in str(err):
                raise
            plain = nested(names, f, PLAIN_BUT_VJP)
            wanted = Result.of(plain(*xs))
        difference = wanted.difference(found)
        if not difference:
            return ""
        if [(x.dtype, x.shape) for x in found.leaves] != [(x.dtype, x.shape) for x in wanted.leaves]:
            return f"is of another type than its plain form: {difference}"
        return _in_exact_numbers(made, plain, xs)


def _in_exact_numbers(made: Function, plain: Function, xs: Sequence[Any]) -> str:
    """Rounding apart, both are to be one and the same number. A zero has no sign there."""
    programs = [make_program(lambda *ys, g=g: list(g(*ys)))(*xs) for g in (made, plain)]
    difference = ""
    for digits in DIGITS:
        found = [Result.of(_rounded(evaluate(program, xs, Exact(digits)))) for program in programs]
        difference = found[1].difference(found[0])
        if not difference:
            break
    return f"is not its plain form in exact numbers: {difference}" if difference else ""


def _rounded(exact: Sequence[Any]) -> list[Any]:
    return [np.add(x.machine_value(), 0, dtype=x.dtype) for x in exact]
