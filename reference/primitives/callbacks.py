"""A call of a user's function: it is asked with machine numbers, and what it says is taken as exact.

Number systems that carry more than a value refuse what a function returns: nothing is known of it but that value.

Source: docs.jax.dev/en/latest/external-callbacks.html.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from ...language.callbacks import answer
from ...language.catalogue.callbacks import FlatCallback
from ...language.errors import MissingRuleError
from ...language.flat import name_of
from .. import decisions
from ..array import ReferenceArray, of_machine
from ..dual import Dual
from ..exact import Exact
from ..rounded import Rounded
from ..system import NumberSystem, current_system


def callback(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    """What the function says; limits ask it once for all the runs that they take."""
    system, returns = current_system(), params["effect"] != "debug"
    plain, base = list(operands), system
    while isinstance(base, Dual):
        if returns and _moves(base, plain):
            raise decisions.no_derivative(name_of(params["function"]))
        plain, base = [_value(base, x) for x in plain], base.base
    if type(base) not in (Exact, Rounded):  # exactly: other systems derive from these
        if not returns:  # a proof or a bound is not the user's run, and nobody looks on
            return []
        raise MissingRuleError(
            f"The callback {name_of(params['function'])!r} must be judged by itself: `{type(base).__name__}` knows "
            f"nothing of what Python does with a number. Leave the callback out of what is judged."
        )
    given = [s for x in plain for s in x.scalars]
    found = decisions.called(_known_by(params["function"]), given, lambda: answer(params, plain))
    return [of_machine(y, a, system) for y, a in zip(found, params["out_avals"], strict=True)]


def _known_by(function: FlatCallback) -> Hashable:
    # A function defined inside of what is differentiated is another object in each run, of the same code.
    return getattr(function.function, "__code__", function)


def _moves(dual: Dual, operands: Sequence[ReferenceArray]) -> bool:
    return any(dual.split(s)[0] is not s for x in operands for s in x.scalars)


def _value(dual: Dual, x: ReferenceArray) -> ReferenceArray:
    base: NumberSystem = dual.base
    return ReferenceArray([dual.split(s)[0] for s in x.scalars], x.aval, base)
