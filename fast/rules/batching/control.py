"""How control flow is mapped over lanes: the mapped program is made once and run for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....language import catalogue as rows
from ....language import dispatch
from ....language.dispatch import bind
from ....language.dtypes import int32
from ....language.primitive import Primitive
from ....language.program import Program
from ....language.tracing import trace, trace_closed
from ... import operations as ops
from ...batching import BatchLevel, Lane, vmap
from ...common_inputs import with_common_captures
from ...differentiation.linear import refuse_forward
from ...memo import derived
from .alignment import Lanes, Params, behind, stacked, stacked_lanes
from .callbacks import refuse_io
from .parting import refuse_leaving, refuse_parting


class Mapped:
    """A program over all lanes.

    Attributes:
        program: closed; takes ``captured`` first.
        captured: what making it closed over.
        flags: which results are stacked.
    """

    __slots__ = ("captured", "flags", "program")

    def __init__(self, program: Program, captured: list[Any], flags: tuple[bool, ...]) -> None:
        self.program, self.captured, self.flags = program, captured, flags


def batched(
    level: BatchLevel, program: Program, mapped: Sequence[bool], force: Sequence[bool] | None = None
) -> Mapped:
    """The program over all lanes; ``force`` says which results are stacked even if all lanes agree."""
    size, name, device = level.size, level.axis_name, level.device

    def make() -> tuple[Mapped, bool]:
        flags: tuple[bool, ...] = ()

        def run(*operands: Any) -> list[Any]:
            nonlocal flags
            axes = [0 if m else None for m in mapped]
            results, found = vmap(level.implementation, program, list(operands), axes, size, name, device)
            wanted = force or [False] * len(results)
            full = [
                ops.lead(y, size) if w and not f else y
                for y, f, w in zip(results, found, wanted, strict=True)
            ]
            flags = tuple(f or w for f, w in zip(found, wanted, strict=True))
            return full

        avals = [
            a.with_shape((size, *a.shape)) if m else a for a, m in zip(program.in_avals, mapped, strict=True)
        ]
        made, captured = trace(run, avals, f"vmap({program.name})").closed()
        keep = not any(isinstance(x, dispatch.Tracer) for x in captured)
        return Mapped(made, captured, flags), keep

    key = ("vmap", size, name, device, tuple(mapped), None if force is None else tuple(force))
    return derived(program, key, make)


def _flags(lanes: Lanes) -> tuple[bool, ...]:
    return tuple(x.mapped for x in lanes)


def _values(lanes: Lanes) -> list[Any]:
    return [x.value for x in lanes]


def _lanes(values: Sequence[Any], flags: Sequence[bool]) -> list[Lane]:
    return [Lane(v, f) for v, f in zip(values, flags, strict=True)]


def jit_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A jit of the mapped program."""
    made = batched(level, params["program"], _flags(lanes))
    results = bind(primitive, *made.captured, *_values(lanes), program=made.program, name=made.program.name)
    return _lanes(results, made.flags)


def checkpoint_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A checkpoint of the mapped program."""
    made = batched(level, params["program"], _flags(lanes))
    results = bind(primitive, *made.captured, *_values(lanes), program=made.program, policy=params["policy"])
    return _lanes(results, made.flags)


def cond_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """One index: a cond of mapped branches. An index per lane: every branch is run, and each lane selects."""
    index, *operands = lanes
    branches, flags = params["branches"], _flags(operands)
    if not index.mapped:
        wanted = [any(f) for f in zip(*(batched(level, b, flags).flags for b in branches), strict=True)]
        made = [batched(level, b, flags, wanted) for b in branches]
        programs, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
        results = bind(primitive, index.value, *captured, *_values(operands), branches=tuple(programs))
        return _lanes(results, made[0].flags)
    refuse_io("cond", branches)
    refuse_parting(level, index.value, branches)
    count = len(branches[0].outputs)
    found = []
    for branch in branches:
        made_one = batched(level, branch, flags, [True] * count)
        found.append(made_one.program(*made_one.captured, *_values(operands)))
    last = ops.full((), len(branches) - 1, int32)
    (which,) = bind(rows.clamp_p, ops.full((), 0, int32), index.value, last)
    return [
        Lane(bind(rows.select_n_p, behind(which, cases[0].shape[1:]), *cases)[0], True)
        for cases in zip(*found, strict=True)
    ]


def _steady(
    level: BatchLevel, body: Program, fixed: Sequence[bool], carry: Sequence[bool], others: Sequence[bool]
) -> tuple[bool, ...]:
    """Which of a carry is stacked after any number of steps."""
    now = tuple(carry)
    while True:
        made = batched(level, body, (*fixed, *now, *others))
        wider = tuple(a or b for a, b in zip(now, made.flags[: len(now)], strict=True))
        if wider == now:
            return now
        now = wider


def _stacked_where(level: BatchLevel, lanes: Lanes, flags: Sequence[bool]) -> list[Any]:
    return [stacked(level, x) if f else x.value for x, f in zip(lanes, flags, strict=True)]


def while_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A test per lane: the loop goes on while any lane does, and lanes that are done stand still."""
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test_consts, consts, init = lanes[:first], lanes[first:second], lanes[second:]
    test, body = params["cond_program"], params["body_program"]
    carry = _steady(level, body, _flags(consts), _flags(init), ())
    tested = batched(level, test, (*_flags(test_consts), *carry))
    if not tested.flags[0]:
        moved = batched(level, body, (*_flags(consts), *carry), carry)
        results = bind(
            primitive,
            *tested.captured,
            *_values(test_consts),
            *moved.captured,
            *_values(consts),
            *_stacked_where(level, init, carry),
            cond_program=tested.program,
            body_program=moved.program,
            cond_nconsts=len(tested.captured) + first,
            body_nconsts=len(moved.captured) + len(consts),
        )
        return _lanes(results, carry)
    refuse_io("while", (test, body))
    refuse_leaving(level, test, body)
    carry = (True,) * len(init)
    tested = batched(level, test, (*_flags(test_consts), *carry), (True,))
    moved = batched(level, body, (*_flags(consts), *carry), carry)
    test_values = [*tested.captured, *_values(test_consts)]
    body_values = [*moved.captured, *_values(consts)]
    cut = len(test_values)

    def going_on(*operands: Any) -> list[Any]:
        return [ops.unary("reduce_or", tested.program(*operands)[0], axes=(0,))]

    def step(*operands: Any) -> list[Any]:
        state = operands[cut + len(body_values) :]
        (active,) = tested.program(*operands[:cut], *state)
        new = moved.program(*operands[cut:])
        return [ops.where(behind(active, y.shape[1:]), y, x) for x, y in zip(state, new, strict=True)]

    state = [stacked(level, x) for x in init]
    avals = [dispatch.aval_of(x) for x in (*test_values, *body_values, *state)]
    condition, _ = trace_closed(going_on, [*avals[:cut], *avals[cut + len(body_values) :]])
    program, _ = trace_closed(step, avals)
    results = bind(
        primitive,
        *test_values,
        *test_values,
        *body_values,
        *state,
        cond_program=condition,
        body_program=program,
        cond_nconsts=cut,
        body_nconsts=cut + len(body_values),
    )
    return stacked_lanes(results)


def scan_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A scan of the mapped body; the lanes' axis of ``xs`` and ``ys`` comes after the scan's."""
    first, second = params["num_consts"], params["num_consts"] + params["num_carry"]
    consts, init, xs = lanes[:first], lanes[first:second], lanes[second:]
    body, y_count = params["program"], len(params["program"].outputs) - params["num_carry"]
    carry = _steady(level, body, _flags(consts), _flags(init), _flags(xs))
    made = batched(level, body, (*_flags(consts), *carry, *_flags(xs)), (*carry, *((False,) * y_count)))
    rows_ = [ops.from_front(x.value, 1) if x.mapped else x.value for x in xs]
    results = bind(
        primitive,
        *made.captured,
        *_values(consts),
        *_stacked_where(level, init, carry),
        *rows_,
        program=made.program,
        num_consts=len(made.captured) + first,
        num_carry=len(init),
        length=params["length"],
        reverse=params["reverse"],
    )
    ys = [
        ops.to_front(y, 1) if f else y
        for y, f in zip(results[len(init) :], made.flags[len(init) :], strict=True)
    ]
    return _lanes([*results[: len(init)], *ys], made.flags)


def linear_solve_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """All lanes' equations as one, solved by the mapped solver."""
    count = params["num_consts"]
    consts, right = lanes[:count], lanes[count:]
    mapped = (*_flags(consts), *(True,) * len(right))
    parts = {k: p for k, p in params.items() if isinstance(p, Program)}
    made = [batched(level, p, mapped, (True,) * len(p.outputs)) for p in parts.values()]
    programs, captured = with_common_captures([m.program for m in made], [m.captured for m in made])
    changed = {**params, **dict(zip(parts, programs, strict=True)), "num_consts": len(captured) + count}
    results = bind(primitive, *captured, *_values(consts), *(stacked(level, x) for x in right), **changed)
    return stacked_lanes(results)


def backward_call_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Refuse: a custom backward rule cannot be run forward, in one lane or in many."""
    refuse_forward(params["name"])
