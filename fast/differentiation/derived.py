"""Programs made from programs: the forward derivative, the known and the linear part, the transpose.

Each is made by running the program under the levels in question while it is traced, and is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...language import dispatch
from ...language.dispatch import Tracer, push
from ...language.dtypes import is_inexact
from ...language.program import Program
from ...language.shapes import ShapedArray
from ...language.tracing import trace
from .. import operations as ops
from ..memo import derived
from .jvp import jvp
from .linear import LinearLevel
from .transposition import Unknown, backward

Flags = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A closed program made from another.

    Attributes:
        program: its first inputs are for ``captured``.
        captured: what making it closed over; nothing, as a rule.
        flags: which of the possible results it gives.
    """

    program: Program
    captured: list[Any]
    flags: Flags


@dataclass(frozen=True, slots=True)
class Parts:
    """A program in two parts: what is known, and what is linear in the unknowns.

    Attributes:
        known: (captured, known inputs) to (known results, residuals).
        captured: as in `Derived`.
        linear: (residuals, unknown inputs) to the unknown results.
        flags: which results are unknown.
        sources: for each residual the known input that it is, or None if it was computed.
    """

    known: Program
    captured: list[Any]
    linear: Program
    flags: Flags
    sources: tuple[int | None, ...]


def _closed(
    run: Callable[..., list[Any]], avals: Sequence[ShapedArray], name: str
) -> tuple[Program, list[Any], bool]:
    program, captured = trace(run, avals, name).closed()
    # What closes over a tracer belongs to this very run of its transform.
    return program, captured, not any(isinstance(x, Tracer) for x in captured)


def jvp_of(program: Program, nonzero: Flags, force: Flags | None = None) -> Derived:
    """(captured, inputs, nonzero tangents) to (results, nonzero tangents of results).

    ``force`` says which tangents of floating results are given even if they are zero.
    """

    def make() -> tuple[Derived, bool]:
        flags: Flags = ()
        count = len(program.inputs)

        def run(*operands: Any) -> list[Any]:
            nonlocal flags
            given = iter(operands[count:])
            tangents = [next(given) if z else None for z in nonzero]
            outs, derivatives = jvp(dispatch.current(), program, operands[:count], tangents)
            wanted = force or (False,) * len(outs)
            full = [
                ops.zeros(y.aval) if t is None and w and is_inexact(y.dtype) else t
                for y, t, w in zip(outs, derivatives, wanted, strict=True)
            ]
            flags = tuple(t is not None for t in full)
            return outs + [t for t in full if t is not None]

        avals = [*program.in_avals, *(a for a, z in zip(program.in_avals, nonzero, strict=True) if z)]
        made, captured, keep = _closed(run, avals, f"jvp({program.name})")
        return Derived(made, captured, flags), keep

    return derived(program, ("jvp", nonzero, force), make)


def parts_of(program: Program, unknown: Flags, force: Flags | None = None) -> Parts:
    """The known and the linear part; ``force`` says which results count as unknown even if they are known."""

    def make() -> tuple[Parts, bool]:
        found: list[Any] = []

        def run(*given: Any) -> list[Any]:
            level = LinearLevel(dispatch.current())
            with push(level):
                known = iter(given)
                operands = [
                    level.unknown(a) if u else next(known)
                    for a, u in zip(program.in_avals, unknown, strict=True)
                ]
                outs = program(*operands)
            wanted = force or (False,) * len(outs)
            flags = tuple(level.is_unknown(y) or w for y, w in zip(outs, wanted, strict=True))
            linear = level.program_of(
                [x for x, u in zip(operands, unknown, strict=True) if u],
                [y for y, f in zip(outs, flags, strict=True) if f],
                program.name,
            )
            residuals = [x for _, x in linear.captured]
            sources = tuple(next((i for i, x in enumerate(given) if x is r), None) for r in residuals)
            found.extend((linear.closed()[0], flags, sources))
            return [y for y, f in zip(outs, flags, strict=True) if not f] + residuals

        avals = [a for a, u in zip(program.in_avals, unknown, strict=True) if not u]
        known, captured, keep = _closed(run, avals, program.name)
        linear, flags, sources = found
        return Parts(known, captured, linear, flags, sources), keep

    return derived(program, ("parts", unknown, force), make)


def transpose_of(program: Program, unknown: Flags, given: Flags, force: Flags | None = None) -> Derived:
    """(captured, known inputs, nonzero cotangents) to the nonzero cotangents of the unknown inputs.

    ``given`` says which cotangents are nonzero; ``force`` which of the inputs' are given even if zero.
    """

    def make() -> tuple[Derived, bool]:
        flags: Flags = ()
        known_avals = [a for a, u in zip(program.in_avals, unknown, strict=True) if not u]

        def run(*operands: Any) -> list[Any]:
            nonlocal flags
            known, outer = iter(operands[: len(known_avals)]), iter(operands[len(known_avals) :])
            inputs = [
                Unknown(a) if u else next(known) for a, u in zip(program.in_avals, unknown, strict=True)
            ]
            results = backward(program, inputs, [next(outer) if g else None for g in given])
            mine = [(c, a) for c, a, u in zip(results, program.in_avals, unknown, strict=True) if u]
            wanted = force or (False,) * len(mine)
            full = [ops.zeros(a) if c is None and w else c for (c, a), w in zip(mine, wanted, strict=True)]
            flags = tuple(c is not None for c in full)
            return [c for c in full if c is not None]

        avals = [*known_avals, *(a for a, g in zip(program.out_avals, given, strict=True) if g)]
        made, captured, keep = _closed(run, avals, f"transpose({program.name})")
        return Derived(made, captured, flags), keep

    return derived(program, ("transpose", unknown, given, force), make)
