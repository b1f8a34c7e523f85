"""Control flow, as loops of Python. These rules run programs, so they take and give arrays.

Sources: openxla.org/xla/operation_semantics (While, Conditional, Call); jax.lax.scan's documentation, which is
such a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ...language.program import Program
from ...language.shapes import ShapedArray
from ..array import ReferenceArray, parts
from ..system import NumberSystem, current_system
from .call import strides
from .callbacks import callback
from .solves import solved

Flat = Callable[..., Sequence[Any]]
ControlRule = Callable[[Sequence[ReferenceArray], Mapping[str, Any]], list[Any]]


def choose(index: ReferenceArray, branches: Sequence[Flat], operands: Sequence[Any]) -> list[Any]:
    """``branches[index](*operands)``; results are marked where the index is."""
    system, which = current_system(), index.scalars[0]
    results = list(branches[int(system.outcome(which))](*operands))
    return [_marked(system, x, which) for x in results]


def _marked(system: NumberSystem, x: Any, which: Any) -> Any:
    if not isinstance(x, ReferenceArray):
        return x
    return ReferenceArray([system.marked(s, (which,)) for s in x.scalars], x.aval, system)


def loop(test: Flat, body: Flat, carry: Sequence[Any]) -> list[Any]:
    """Apply ``body`` while ``test`` says so."""
    state = list(carry)
    system = current_system()
    while True:
        (again,) = test(*state)
        if not system.outcome(again.scalars[0]):
            return [_marked(system, x, again.scalars[0]) for x in state]
        state = [_marked(system, x, again.scalars[0]) for x in body(*state)]


def scan(
    body: Flat, init: Sequence[Any], xs: Sequence[ReferenceArray], length: int, reverse: bool
) -> tuple[list[Any], list[list[Any]]]:
    """The last carry, and the ys of every step in the order of the xs."""
    carry, ys = list(init), []
    for i in reversed(range(length)) if reverse else range(length):
        results = list(body(*carry, *(row(x, i) for x in xs)))
        carry = results[: len(init)]
        ys.append(results[len(init) :])
    return carry, ys[::-1] if reverse else ys


def row(x: ReferenceArray, i: int, axis: int = 0) -> ReferenceArray:
    """``x[i]`` along an axis."""
    size = strides(x.shape)[axis]
    count, scalars = x.shape[axis], x.scalars  # a complex array's halves follow each other, as rows do
    found = []
    # An array without elements has no steps to take.
    for start in range(i * size, len(scalars), max(1, count * size)):
        found += scalars[start : start + size]
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    return ReferenceArray(found, x.aval.with_shape(shape), x.system)


def stacked(rows: Sequence[ReferenceArray], aval: ShapedArray) -> ReferenceArray:
    """Arrays one after another along a new leading axis; ``aval`` is that of one."""
    halves = zip(*map(parts, rows), strict=True)
    scalars = [s for half in halves for x in half for s in x.scalars]
    return ReferenceArray(scalars, aval.with_shape((len(rows), *aval.shape)), current_system())


def _jit(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    return list(params["program"](*operands))


def _cond(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    return choose(operands[0], params["branches"], operands[1:])


def _while(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    split = params["cond_nconsts"] + params["body_nconsts"]
    for_test, for_body = operands[: params["cond_nconsts"]], operands[params["cond_nconsts"] : split]
    test: Program = params["cond_program"]
    body: Program = params["body_program"]
    return loop(lambda *xs: test(*for_test, *xs), lambda *xs: body(*for_body, *xs), operands[split:])


def _scan(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    body, consts = params["program"], params["num_consts"]
    before = consts + params["num_carry"]
    fixed = operands[:consts]
    carry, ys = scan(
        lambda *xs: body(*fixed, *xs),
        operands[consts:before],
        operands[before:],
        params["length"],
        params["reverse"],
    )
    avals = body.out_avals[params["num_carry"] :]
    return carry + [stacked([y[k] for y in ys], aval) for k, aval in enumerate(avals)]


def _custom_linear_solve(operands: Sequence[ReferenceArray], params: Mapping[str, Any]) -> list[Any]:
    consts, b = operands[: params["num_consts"]], operands[params["num_consts"] :]
    return solved(partial(params["matvec"], *consts), partial(params["solve"], *consts), b)


RULES: dict[str, ControlRule] = {
    "jit": _jit,
    "checkpoint": _jit,
    "cond": _cond,
    "while": _while,
    "scan": _scan,
    "custom_linear_solve": _custom_linear_solve,
    "callback": callback,
}
