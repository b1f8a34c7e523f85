"""Differentiation of `checkpoint`: what its policy does not keep is computed again when a derivative is asked for.

A checkpoint is recorded whole in a linear program, with its known operands; to transpose it is to compute its known
part first. So nothing is kept but the operands, and what the policy says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...language import dispatch
from ...language.catalogue import jit_p
from ...language.dispatch import bind
from ...language.effects import effect_of
from ...language.primitive import Primitive
from ...language.program import Equation, Program, Variable
from ...language.tracing import trace_closed
from ..memo import derived
from .control import flagged, flags_of, merged, present, spread, unflagged, unknown_places
from .derived import Derived, Flags, jvp_of, parts_of, transpose_of
from .linear import LinearLevel

Params = Mapping[str, Any]
Values = Sequence[Any]
Policy = Callable[..., bool]


@dataclass(frozen=True, slots=True)
class _Split:
    """A checkpointed program in two.

    Attributes:
        known: (captured, known inputs) to (known results, what is kept).
        captured: what making it closed over.
        linear: (what is kept, inputs) to the unknown results; it computes the rest again.
        flags: which results are unknown.
    """

    known: Program
    captured: list[Any]
    linear: Program
    flags: Flags


def checkpoint_jvp(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """A checkpoint of the program's derivative."""
    made = jvp_of(params["program"], flags_of(tangents))
    results = bind(
        primitive, *made.captured, *primals, *present(tangents), program=made.program, policy=params["policy"]
    )
    count = len(made.flags)
    return results[:count], spread(results[count:], made.flags)


def split_checkpoint(level: LinearLevel, primitive: Primitive, operands: Values, params: Params) -> list[Any]:
    """Compute the known results; record the whole, without them."""
    unknown = tuple(level.is_unknown(x) for x in operands)
    parts = _split(params["program"], unknown, params["policy"])
    known_operands = unflagged(operands, unknown)
    done = bind(jit_p, *parts.captured, *known_operands, program=parts.known, name=parts.known.name)
    count = len(parts.flags) - sum(parts.flags)
    new = level.record(
        primitive,
        [*done[count:], *operands],
        {"program": parts.linear, "policy": params["policy"]},
        parts.linear.out_avals,
    )
    return merged(new, done[:count], parts.flags)


def checkpoint_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """A checkpoint of the program's transpose, which begins with what is known."""
    unknown, given = unknown_places(operands), flags_of(cotangents)
    made = _transposed(equation.params["program"], unknown, given)
    results = bind(
        equation.primitive,
        *made.captured,
        *unflagged(operands, unknown),
        *present(cotangents),
        program=made.program,
        policy=equation.params["policy"],
    )
    return merged(spread(results, made.flags), [None] * len(operands), unknown)


def _split(program: Program, unknown: Flags, policy: Policy | None) -> _Split:
    def make() -> tuple[_Split, bool]:
        parts = parts_of(program, unknown)
        count = len(parts.flags) - sum(parts.flags)
        values = replace(parts.known, outputs=parts.known.outputs[:count])
        kept = _kept(program, unknown, policy)
        # What has effects has them once: nothing is kept that depends on it.
        pure = tuple(e for e in program.equations if not effect_of(e))
        known_inputs = tuple(unflagged(program.inputs, unknown))
        keeper = replace(program, inputs=known_inputs, equations=pure, outputs=tuple(kept)).pruned()
        lead = len(parts.captured)

        def run(*given: Any) -> list[Any]:
            # What both compute is computed once: they are compiled together.
            return [*values(*given), *keeper(*given[lead:])]

        known, extra = trace_closed(run, values.in_avals)
        made = {v for e in program.equations for v in e.outputs if v in kept}
        linear = replace(
            program,
            inputs=(*kept, *program.inputs),
            equations=tuple(e for e in program.equations if not made.issuperset(e.outputs) or not e.outputs),
            outputs=tuple(flagged(program.outputs, parts.flags)),
        ).pruned()
        split = _Split(known, [*extra, *parts.captured], linear, parts.flags)
        return split, not any(isinstance(x, dispatch.Tracer) for x in split.captured)

    return derived(program, ("checkpoint", unknown, policy), make)


def _kept(program: Program, unknown: Flags, policy: Policy | None) -> list[Variable]:
    """The values that the policy keeps, among those that depend on known inputs alone."""
    if policy is None:
        return []
    moving = set(flagged(program.inputs, unknown))
    found: list[Variable] = []
    for e in program.equations:
        if effect_of(e) or any(a in moving for a in e.inputs):
            moving.update(e.outputs)
        elif policy(e.primitive, *(a.aval for a in e.inputs), **e.params):
            found += e.outputs
    return found


def _transposed(program: Program, unknown: Flags, given: Flags) -> Derived:
    """(captured, known inputs, cotangents) to cotangents: the known part, and then the linear part backwards."""

    def make() -> tuple[Derived, bool]:
        parts = parts_of(program, unknown, (True,) * len(program.outputs))
        residuals = len(parts.known.outputs)
        moving = (*((False,) * residuals), *((True,) * sum(unknown)))
        back = transpose_of(parts.linear, moving, given)
        count = len(unknown) - sum(unknown)

        def run(*operands: Any) -> list[Any]:
            found = parts.known(*parts.captured, *operands[:count])
            return back.program(*back.captured, *found, *operands[count:])

        avals = [*unflagged(program.in_avals, unknown), *flagged(program.out_avals, given)]
        made, captured = trace_closed(run, avals)
        return Derived(made, captured, back.flags), not any(isinstance(x, dispatch.Tracer) for x in captured)

    return derived(program, ("checkpoint backwards", unknown, given), make)
