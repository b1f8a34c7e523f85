"""Control flow: Python functions are traced to programs, and the control primitives are bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..language import catalogue as rows
from ..language import dispatch
from ..language.arrays import Array
from ..language.dispatch import FlatFunction
from ..language.errors import ScanTypeError
from ..language.program import Program, Variable
from ..language.shapes import ShapedArray
from ..language.tracing import trace_closed
from . import operations as ops


def with_inputs(
    program: Program, before: Sequence[ShapedArray], after: Sequence[ShapedArray], at: int
) -> Program:
    """The program with inputs that it does not read, before and after its first ``at`` inputs."""
    unread = [tuple(Variable(a) for a in avals) for avals in (before, after)]
    inputs = (*unread[0], *program.inputs[:at], *unread[1], *program.inputs[at:])
    return replace(program, inputs=inputs)


def with_common_captures(
    programs: Sequence[Program], captured: Sequence[Sequence[Any]]
) -> tuple[list[Program], list[Any]]:
    """Closed programs made to take the captured values of all of them, each reading its own."""
    avals = [[dispatch.aval_of(x) for x in xs] for xs in captured]
    found = []
    for i, program in enumerate(programs):
        before = [a for xs in avals[:i] for a in xs]
        after = [a for xs in avals[i + 1 :] for a in xs]
        found.append(with_inputs(program, before, after, len(avals[i])))
    return found, [x for xs in captured for x in xs]


def _strong(aval: ShapedArray) -> ShapedArray:
    return aval.with_dtype(aval.dtype)


def _as(function: FlatFunction, avals: Sequence[ShapedArray]) -> FlatFunction:
    """``function`` with its first results of exactly these types, where only weakness differs."""

    def typed(*operands: Any) -> list[Any]:
        results = [dispatch.lift(y) for y in function(*operands)]
        given = zip(results, avals, strict=False)
        return [ops.same_weakness(y, a) if y.dtype == a.dtype else y for y, a in given] + results[
            len(avals) :
        ]

    typed.__name__ = getattr(function, "__name__", "function")
    return typed


def cond(index: Array, branches: Sequence[FlatFunction], operands: Sequence[Array]) -> list[Array]:
    """The result of one of several branches.

    Raises:
        TypeError: the branches' results differ in shape or dtype.
    """
    avals = [x.aval for x in operands]
    traced = [trace_closed(b, avals) for b in branches]
    outputs = traced[0][0].out_avals
    for program, _ in traced[1:]:
        _check_same("branches", f"{traced[0][0].name!r} and {program.name!r}", outputs, program.out_avals)
    weak = [all(p.out_avals[i].weak_type for p, _ in traced) for i in range(len(outputs))]
    wanted = [a.with_dtype(a.dtype, w) for a, w in zip(outputs, weak, strict=True)]
    if any(p.out_avals != wanted for p, _ in traced):
        traced = [trace_closed(_as(b, wanted), avals) for b in branches]
    programs, captured = with_common_captures([p for p, _ in traced], [c for _, c in traced])
    return dispatch.bind(rows.cond_p, index, *captured, *operands, branches=tuple(programs))


def _check_same(what: str, which: str, first: Sequence[ShapedArray], other: Sequence[ShapedArray]) -> None:
    same = len(first) == len(other) and all(
        a.shape == b.shape and a.dtype == b.dtype for a, b in zip(first, other, strict=True)
    )
    if not same:
        shown = [", ".join(map(str, avals)) for avals in (first, other)]
        raise TypeError(
            f"`{what}` of cond must return equal shapes and dtypes, got ({shown[0]}) and ({shown[1]}) from "
            f"{which}. Convert one of them."
        )


def _settled(
    what: str, body: FlatFunction, init: Sequence[Array], others: Sequence[ShapedArray]
) -> tuple[Program, list[Any], list[Array]]:
    """The body traced, and the initial carry converted so that its type stays the same.

    A weak initial value takes the type that the body gives it.

    Raises:
        ScanTypeError: the carry changes its type from step to step.
    """
    carry = list(init)
    program, captured = trace_closed(body, [*(x.aval for x in carry), *others])
    for _ in range(3):
        outputs = program.out_avals[: len(carry)]
        if len(outputs) < len(carry):
            raise ScanTypeError(
                f"The body of {what} must return the carry, {len(carry)} arrays, got {len(outputs)}."
            )
        if [x.aval for x in carry] == outputs:
            return program, captured, carry
        fitted = []
        for x, out in zip(carry, outputs, strict=True):
            loose = x.weak_type and x.aval.shape == out.shape
            fitted.append(ops.same_weakness(x, _strong(out)) if loose and x.aval != out else x)
        carry = fitted
        wanted = [x.aval for x in carry]
        program, captured = trace_closed(_as(body, wanted), [*wanted, *others])
    for i, (x, out) in enumerate(zip(carry, program.out_avals, strict=False)):
        if x.aval != out:
            raise ScanTypeError(
                f"The carry of {what} must keep its shape and dtype, leaf {i} is {x.aval} before and {out} "
                f"after a step. Convert the initial value, or the result of the body."
            )
    return program, captured, carry


def while_loop(test: FlatFunction, body: FlatFunction, init: Sequence[Array]) -> list[Array]:
    """Apply the body while the test holds."""
    program, captured, carry = _settled("while_loop", body, init, ())
    condition, seen = trace_closed(test, [x.aval for x in carry])
    return dispatch.bind(
        rows.while_p,
        *seen,
        *captured,
        *carry,
        cond_program=condition,
        body_program=program,
        cond_nconsts=len(seen),
        body_nconsts=len(captured),
    )


def scan(
    body: FlatFunction, init: Sequence[Array], xs: Sequence[Array], length: int, reverse: bool
) -> tuple[list[Array], list[Array]]:
    """Run the body over the leading axis of ``xs``."""
    rows_of = [x.aval.with_shape(x.aval.shape[1:]) for x in xs]
    program, captured, carry = _settled("scan", body, init, rows_of)
    results = dispatch.bind(
        rows.scan_p,
        *captured,
        *carry,
        *xs,
        program=program,
        num_consts=len(captured),
        num_carry=len(carry),
        length=length,
        reverse=reverse,
    )
    return results[: len(carry)], results[len(carry) :]
