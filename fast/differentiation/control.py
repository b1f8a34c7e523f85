"""Differentiation of control flow: its programs are differentiated, split or transposed, and bound again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import aval_of, bind
from ...language.primitive import Primitive
from ...language.program import Equation, Program
from ...language.tracing import trace_closed
from .. import operations as ops
from ..common_inputs import with_common_captures, with_inputs
from .derived import Flags, jvp_of, parts_of, transpose_of
from .linear import LinearLevel
from .transposition import Unknown

Values = Sequence[Any]
Params = Mapping[str, Any]


def flags_of(tangents: Values) -> Flags:
    """Which tangents are there."""
    return tuple(t is not None for t in tangents)


def present(values: Values) -> list[Any]:
    """Those that are not None."""
    return [x for x in values if x is not None]


def _or(*flags: Flags) -> Flags:
    return tuple(any(column) for column in zip(*flags, strict=True))


def spread(values: Iterable[Any], flags: Flags) -> list[Any]:
    """Values in the places that are flagged, None in the others."""
    given = iter(values)
    return [next(given) if f else None for f in flags]


def merged(flagged: Iterable[Any], others: Iterable[Any], flags: Flags) -> list[Any]:
    """Values from two sequences, from the first where flagged."""
    first, second = iter(flagged), iter(others)
    return [next(first) if f else next(second) for f in flags]


def flagged(values: Values, flags: Flags) -> list[Any]:
    """Those that are flagged."""
    return [x for x, f in zip(values, flags, strict=True) if f]


def unflagged(values: Values, flags: Flags) -> list[Any]:
    """Those that are not flagged."""
    return [x for x, f in zip(values, flags, strict=True) if not f]


# -- forward -------------------------------------------------------------------------------------------------
def jit_jvp(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """A jit of the program's derivative."""
    made = jvp_of(params["program"], flags_of(tangents))
    results = bind(
        primitive, *made.captured, *primals, *present(tangents), program=made.program, name=made.program.name
    )
    count = len(made.flags)
    return results[:count], spread(results[count:], made.flags)


def cond_jvp(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """A cond of the branches' derivatives."""
    nonzero = flags_of(tangents[1:])
    flags = _or(*(jvp_of(b, nonzero).flags for b in params["branches"]))
    made = [jvp_of(b, nonzero, flags) for b in params["branches"]]
    branches, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
    index, *operands = primals
    results = bind(primitive, index, *captured, *operands, *present(tangents[1:]), branches=tuple(branches))
    return results[: len(flags)], spread(results[len(flags) :], flags)


def _reordered(program: Program, groups: Sequence[int], order: Sequence[int]) -> Program:
    """The program with its inputs, cut into groups of these sizes, in another order of groups."""
    cut, start = [], 0
    for size in groups:
        cut.append(program.inputs[start : start + size])
        start += size
    return replace(program, inputs=tuple(v for g in order for v in cut[g]))


def _steady(body: Program, fixed: Flags, carry: Flags, others: Flags) -> Flags:
    """Which tangents of a carry are not zero after any number of steps."""
    while True:
        made = jvp_of(body, (*fixed, *carry, *others))
        wider = _or(carry, made.flags[: len(carry)])
        if wider == carry:
            return carry
        carry = wider


def while_jvp(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """A loop that carries tangents along; the test does not look at them."""
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test_consts, consts, init = primals[:first], primals[first:second], primals[second:]
    fixed = flags_of(tangents[first:second])
    carry = _steady(params["body_program"], fixed, flags_of(tangents[second:]), ())
    made = jvp_of(params["body_program"], (*fixed, *carry), carry)
    count = len(init)
    groups = (len(made.captured), len(consts), count, sum(fixed), sum(carry))
    body = _reordered(made.program, groups, (0, 1, 3, 2, 4))
    # Of the tangents that the body gives, only those of the carry's pattern exist.
    outs, derivatives = body.outputs[:count], spread(body.outputs[count:], made.flags)
    body = replace(body, outputs=(*outs, *flagged(derivatives, carry)))
    moving = [
        ops.zeros(x.aval) if t is None else t
        for x, t, c in zip(init, tangents[second:], carry, strict=True)
        if c
    ]
    test = params["cond_program"]
    results = bind(
        primitive,
        *test_consts,
        *made.captured,
        *consts,
        *present(tangents[first:second]),
        *init,
        *moving,
        cond_program=with_inputs(test, (), [aval_of(t) for t in moving], len(test.inputs)),
        body_program=body,
        cond_nconsts=first,
        body_nconsts=len(made.captured) + len(consts) + sum(fixed),
    )
    return results[:count], spread(results[count:], carry)


def scan_jvp(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """A scan that carries tangents along."""
    first, second = params["num_consts"], params["num_consts"] + params["num_carry"]
    body = params["program"]
    fixed, rows_ = flags_of(tangents[:first]), flags_of(tangents[second:])
    carry = _steady(body, fixed, flags_of(tangents[first:second]), rows_)
    count, results_count = params["num_carry"], len(body.outputs)
    wanted = (*carry, *((False,) * (results_count - count)))
    made = jvp_of(body, (*fixed, *carry, *rows_), wanted)
    groups = (len(made.captured), first, count, len(rows_), sum(fixed), sum(carry), sum(rows_))
    program = _reordered(made.program, groups, (0, 1, 4, 2, 5, 3, 6))
    outs, derivatives = program.outputs[:results_count], spread(program.outputs[results_count:], made.flags)
    moved = flagged(derivatives[:count], carry)
    ys = [t for t in derivatives[count:] if t is not None]
    program = replace(program, outputs=(*outs[:count], *moved, *outs[count:], *ys))
    moving = [
        ops.zeros(x.aval) if t is None else t
        for x, t, c in zip(primals[first:second], tangents[first:second], carry, strict=True)
        if c
    ]
    results = bind(
        primitive,
        *made.captured,
        *primals[:first],
        *present(tangents[:first]),
        *primals[first:second],
        *moving,
        *primals[second:],
        *present(tangents[second:]),
        program=program,
        num_consts=len(made.captured) + first + sum(fixed),
        num_carry=count + len(moving),
        length=params["length"],
        reverse=params["reverse"],
    )
    plain, new = results[:count], results[count : count + len(moving)]
    stacked = results[count + len(moving) :]
    y_count = results_count - count
    return (
        [*plain, *stacked[:y_count]],
        [*spread(new, carry), *spread(stacked[y_count:], made.flags[count:])],
    )


def linear_recurrence(a: Any, b: Any, x: Any, reverse: bool) -> Any:
    """y_i = a_i y_(i-1) + b_i x_i along the first axis; y_(-1) is zero."""
    row = x.aval.with_shape(x.shape[1:])

    def step(y: Any, a_row: Any, b_row: Any, x_row: Any) -> list[Any]:
        new = ops.add(ops.mul(a_row, y), ops.mul(b_row, x_row))
        return [new, new]

    program, captured = trace_closed(step, [row, aval_of(a).with_shape(row.shape), row, row])
    return bind(
        rows.scan_p,
        *captured,
        ops.zeros(row),
        a,
        b,
        x,
        program=program,
        num_consts=len(captured),
        num_carry=1,
        length=x.shape[0],
        reverse=reverse,
    )[1]


# -- known and linear parts -----------------------------------------------------------------------------------
def _unknown(level: LinearLevel, operands: Values) -> Flags:
    return tuple(level.is_unknown(x) for x in operands)


def _refuse(what: str) -> TypeError:
    return TypeError(
        f"A derivative rule must be linear in its tangents, but one decides {what}. "
        f"Decide by the primal values, or by stop_gradient of a tangent."
    )


def split_jit(level: LinearLevel, primitive: Primitive, operands: Values, params: Params) -> list[Any]:
    """Run the known part; record the linear part."""
    unknown = _unknown(level, operands)
    parts = parts_of(params["program"], unknown)
    done = bind(
        primitive, *parts.captured, *unflagged(operands, unknown), program=parts.known, name=parts.known.name
    )
    count = len(parts.flags) - sum(parts.flags)
    new = level.record(
        primitive,
        [*done[count:], *flagged(operands, unknown)],
        {"program": parts.linear, "name": parts.linear.name},
        parts.linear.out_avals,
    )
    return merged(new, done[:count], parts.flags)


def split_cond(level: LinearLevel, primitive: Primitive, operands: Values, params: Params) -> list[Any]:
    """Run the known part of the branches; record a cond of their linear parts."""
    index, *given = operands
    if level.is_unknown(index):
        raise _refuse("a branch by one")
    unknown = _unknown(level, given)
    flags = _or(*(parts_of(b, unknown).flags for b in params["branches"]))
    parts = [parts_of(b, unknown, flags) for b in params["branches"]]
    known_count = len(flags) - sum(flags)
    # Every branch gives all branches' residuals, zeros for those of the others.
    residuals = [p.known.out_avals[known_count:] for p in parts]
    known = [_with_zeros(p.known, known_count, residuals, i) for i, p in enumerate(parts)]
    programs, captured = with_common_captures(known, [p.captured for p in parts])
    done = bind(primitive, index, *captured, *unflagged(given, unknown), branches=tuple(programs))
    linear = []
    for i, p in enumerate(parts):
        before = [a for avals in residuals[:i] for a in avals]
        after = [a for avals in residuals[i + 1 :] for a in avals]
        linear.append(with_inputs(p.linear, before, after, len(residuals[i])))
    new = level.record(
        primitive,
        [index, *done[known_count:], *flagged(given, unknown)],
        {"branches": tuple(linear)},
        linear[0].out_avals,
    )
    return merged(new, done[:known_count], flags)


def _with_zeros(program: Program, count: int, residuals: Sequence[Sequence[Any]], place: int) -> Program:
    def run(*operands: Any) -> list[Any]:
        results = program(*operands)
        found = results[:count]
        for i, avals in enumerate(residuals):
            found += results[count:] if i == place else [ops.zeros(a) for a in avals]
        return found

    made, captured = trace_closed(run, program.in_avals)
    assert not captured, "the program is closed"
    return made


def split_scan(level: LinearLevel, primitive: Primitive, operands: Values, params: Params) -> list[Any]:
    """Scan the known part, stacking residuals; record a scan of the linear part."""
    first, count = params["num_consts"], params["num_carry"]
    second, body = first + count, params["program"]
    unknown = _unknown(level, operands)
    fixed, carry, rows_ = unknown[:first], unknown[first:second], unknown[second:]
    y_count = len(body.outputs) - count
    while True:
        parts = parts_of(body, (*fixed, *carry, *rows_))
        wider = _or(carry, parts.flags[:count])
        if wider == carry:
            break
        carry = wider
    wanted = (*carry, *((False,) * y_count))
    unknown = (*fixed, *carry, *rows_)
    parts = parts_of(body, unknown, wanted)
    flags = parts.flags
    # A carry that becomes unknown may start known.
    known_consts = unflagged(operands[:first], fixed)
    known_count = count - sum(carry)
    done = bind(
        primitive,
        *parts.captured,
        *unflagged(operands, unknown),
        program=parts.known,
        num_consts=len(parts.captured) + len(known_consts),
        num_carry=known_count,
        length=params["length"],
        reverse=params["reverse"],
    )
    known_ys = y_count - sum(flags[count:])
    residuals = done[known_count + known_ys :]
    # A residual that is a constant of the scan need not be stacked.
    constant = tuple(s is not None and s < len(known_consts) for s in parts.sources)
    consts = [known_consts[s] for s, c in zip(parts.sources, constant, strict=True) if c and s is not None]
    stacked = unflagged(residuals, constant)
    linear = _linear_scan_body(parts.linear, constant, sum(fixed), sum(carry))
    new = level.record(
        primitive,
        [
            *consts,
            *flagged(operands[:first], fixed),
            *flagged(operands[first:second], carry),
            *stacked,
            *flagged(operands[second:], rows_),
        ],
        {
            "program": linear,
            "num_consts": len(consts) + sum(fixed),
            "num_carry": sum(carry),
            "length": params["length"],
            "reverse": params["reverse"],
        },
        [
            *linear.out_avals[: sum(carry)],
            *(a.with_shape((params["length"], *a.shape)) for a in linear.out_avals[sum(carry) :]),
        ],
    )
    return merged(new, done[: known_count + known_ys], flags)


def _linear_scan_body(linear: Program, constant: Flags, fixed: int, carry: int) -> Program:
    """Inputs in a scan's order: constant residuals, unknown consts, carry, stacked residuals, unknown xs."""
    count = len(constant)
    residuals, rest = linear.inputs[:count], linear.inputs[count:]
    inputs = (
        *flagged(residuals, constant),
        *rest[: fixed + carry],
        *unflagged(residuals, constant),
        *rest[fixed + carry :],
    )
    return replace(linear, inputs=inputs)


def split_while(level: LinearLevel, primitive: Primitive, operands: Values, params: Params) -> list[Any]:
    """Run the known part of the loop; record the whole loop, which reverse mode will refuse."""
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    body = params["body_program"]
    unknown = _unknown(level, operands)
    fixed, carry = unknown[first:second], unknown[second:]
    while True:
        parts = parts_of(body, (*fixed, *carry))
        wider = _or(carry, parts.flags)
        if wider == carry:
            break
        carry = wider
    test = params["cond_program"]
    read = {a for e in test.equations for a in e.inputs} | set(test.outputs)
    tested = (*unknown[:first], *carry)
    if any(u and v in read for v, u in zip(test.inputs, tested, strict=True)):
        raise _refuse("when a loop ends by one")
    parts = parts_of(body, (*fixed, *carry), carry)
    known_count = len(carry) - sum(carry)
    known_body = replace(parts.known, outputs=parts.known.outputs[:known_count])
    done = bind(
        primitive,
        *operands[:first],
        *parts.captured,
        *unflagged(operands[first:second], fixed),
        *unflagged(operands[second:], carry),
        cond_program=replace(test, inputs=tuple(unflagged(test.inputs, tested))),
        body_program=known_body,
        cond_nconsts=first,
        body_nconsts=len(parts.captured) + len(unflagged(operands[first:second], fixed)),
    )
    new = level.record(primitive, operands, params, body.out_avals)
    return merged(flagged(new, carry), done, carry)


# -- backward ---------------------------------------------------------------------------------------------------
def unknown_places(operands: Values) -> Flags:
    """Which operands a linear equation is linear in."""
    return tuple(isinstance(x, Unknown) for x in operands)


def jit_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """A jit of the program's transpose."""
    unknown, given = unknown_places(operands), flags_of(cotangents)
    made = transpose_of(equation.params["program"], unknown, given)
    results = bind(
        equation.primitive,
        *made.captured,
        *unflagged(operands, unknown),
        *present(cotangents),
        program=made.program,
        name=made.program.name,
    )
    return merged(spread(results, made.flags), [None] * len(operands), unknown)


def cond_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """A cond of the branches' transposes."""
    index, *given = operands
    unknown, nonzero = unknown_places(given), flags_of(cotangents)
    branches = equation.params["branches"]
    flags = _or(*(transpose_of(b, unknown, nonzero).flags for b in branches))
    made = [transpose_of(b, unknown, nonzero, flags) for b in branches]
    programs, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
    results = bind(
        equation.primitive,
        index,
        *captured,
        *unflagged(given, unknown),
        *present(cotangents),
        branches=tuple(programs),
    )
    return [None, *merged(spread(results, flags), [None] * len(given), unknown)]


def scan_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """A scan the other way, which carries the carry's cotangents and sums up the constants'."""
    params = equation.params
    first, count = params["num_consts"], params["num_carry"]
    second, body = first + count, params["program"]
    # A carry that starts known is unknown after a step.
    places = unknown_places(operands)
    fixed, rows_ = places[:first], places[second:]
    unknown = (*fixed, *((True,) * count), *rows_)
    avals = body.in_avals
    outer = [
        ops.zeros(v.aval) if c is None else c
        for c, v in zip(cotangents[:count], equation.outputs, strict=False)
    ]
    given = flags_of(cotangents[count:])
    transposed = transpose_of(body, unknown, (*((True,) * count), *given), (True,) * sum(unknown))
    known_consts, known_rows = unflagged(operands[:first], fixed), unflagged(operands[second:], rows_)
    sizes = (len(known_consts), sum(fixed), count, len(known_rows))

    def step(*values: Any) -> list[Any]:
        cut, start = [], 0
        for size in (len(transposed.captured), *sizes):
            cut.append(list(values[start : start + size]))
            start += size
        captured, consts, totals, carry, rest = cut
        results = transposed.program(*captured, *consts, *rest, *carry, *values[start:])
        new_totals = [ops.add(t, c) for t, c in zip(totals, results, strict=False)]
        return [*new_totals, *results[sum(fixed) :]]

    step_avals = [
        *(aval_of(x) for x in transposed.captured),
        *unflagged(avals[:first], fixed),
        *flagged(avals[:first], fixed),
        *avals[first:second],
        *unflagged(avals[second:], rows_),
        *(a for a, g in zip(body.out_avals[count:], given, strict=True) if g),
    ]
    program, extra = trace_closed(step, step_avals)
    assert not extra, "everything is an operand"
    results = bind(
        equation.primitive,
        *transposed.captured,
        *known_consts,
        *(ops.zeros(a) for a in flagged(avals[:first], fixed)),
        *outer,
        *known_rows,
        *present(cotangents[count:]),
        program=program,
        num_consts=len(transposed.captured) + len(known_consts),
        num_carry=sum(fixed) + count,
        length=params["length"],
        reverse=not params["reverse"],
    )
    return merged(results, [None] * len(operands), unknown)


def while_transpose(equation: Equation, cotangents: Values, operands: Values) -> list[Any]:
    """Refuse: the number of steps, and so the residuals' size, is not known."""
    raise ValueError(
        "Reverse differentiation (grad, vjp, jacrev) cannot go through while_loop, nor through fori_loop with "
        "traced bounds: how many steps to undo is not known beforehand. Use scan, or fori_loop with Python "
        "integers as bounds, or forward differentiation (jvp, jacfwd)."
    )
