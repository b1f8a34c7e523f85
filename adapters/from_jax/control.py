"""Calls, branches, loops and functions with a rule of their own: the jaxprs that they hold are read in their turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...language import control_flow, lax, solves
from ...language.custom_rules import custom_jvp, custom_vjp
from ...language.dispatch import aval_of
from ...language.dtypes import int32
from ...language.transforms import checkpoint
from .errors import the_real_jax
from .reading import Row, function_of, leaves, read

Params = Mapping[str, Any]


def inlined(name: str) -> Row:
    """A row: the jaxpr of this parameter is read in place; `jit` and its like say how to run, not what."""

    def row(params: Params, operands: list[Any]) -> list[Any]:
        inner = params[name]
        return read(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), operands)

    return row


def _remat(params: Params, operands: list[Any]) -> list[Any]:
    kept = checkpoint(lambda *xs: read(params["jaxpr"], (), xs))
    return list(kept(*operands))


def _cond(params: Params, operands: list[Any]) -> list[Any]:
    index, *rest = operands
    return leaves(control_flow.switch(index, [function_of(b) for b in params["branches"]], *rest))


def _while(params: Params, operands: list[Any]) -> list[Any]:
    tests, bodies = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test, body = function_of(params["cond_jaxpr"]), function_of(params["body_jaxpr"])
    return leaves(
        control_flow.while_loop(
            lambda carry: test(*operands[:tests], *carry)[0],
            lambda carry: tuple(body(*operands[tests:bodies], *carry)),
            tuple(operands[bodies:]),
        )
    )


def _scan(params: Params, operands: list[Any]) -> list[Any]:
    consts, carries = params["num_consts"], params["num_carry"]
    body = function_of(params["jaxpr"])

    def step(carry: Sequence[Any], row: Sequence[Any]) -> tuple[Any, Any]:
        found = body(*operands[:consts], *carry, *row)
        return tuple(found[:carries]), tuple(found[carries:])

    begun, rows = tuple(operands[consts : consts + carries]), tuple(operands[consts + carries :])
    return leaves(control_flow.scan(step, begun, rows, length=params["length"], reverse=params["reverse"]))


def _custom_jvp(params: Params, operands: list[Any]) -> list[Any]:
    """JAX's rule is kept: a rule is a claim, and it is what is judged."""
    captured, rest = operands[: params["num_consts"]], operands[params["num_consts"] :]
    call = function_of(params["call_jaxpr"])
    function = custom_jvp(lambda *xs: tuple(call(*captured, *xs)))

    def rule(primals: Any, tangents: Any) -> tuple[Any, Any]:
        jaxpr, consts, zeros = params["jvp_jaxpr_fun"].call_wrapped(*[False] * len(primals))
        found = read(jaxpr, consts, (*primals, *tangents))
        outs, moving = found[: len(zeros)], iter(found[len(zeros) :])
        return tuple(outs), tuple(
            lax.zeros_like(y) if zero else next(moving) for y, zero in zip(outs, zeros, strict=True)
        )

    function.defjvp(rule)
    return list(function(*rest))


def _custom_vjp(params: Params, operands: list[Any]) -> list[Any]:
    """As `_custom_jvp`; what goes backward is traced by JAX when it is asked for."""
    jax = the_real_jax()
    captured, rest = operands[: params["num_consts"]], operands[params["num_consts"] :]
    call, outs = function_of(params["call_jaxpr"]), [v.aval for v in params["call_jaxpr"].jaxpr.outvars]
    function = custom_vjp(lambda *xs: tuple(call(*captured, *xs)))

    def forward(*xs: Any) -> tuple[Any, Any]:
        ahead, consts = params["fwd_jaxpr_thunk"].call_wrapped(*[False] * len(xs))
        found = read(ahead, consts, xs)
        count = len(found) - len(outs)
        made, passed_on = iter(found[:count]), params["out_trees"]()[2]  # operands that are kept as they are
        return tuple(found[count:]), tuple(next(made) if i is None else xs[i] for i in passed_on)

    def backward(residuals: Any, cotangents: Any) -> tuple[Any, ...]:
        operands = (*residuals, *cotangents)
        typed = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in map(aval_of, operands)]
        closed = jax.make_jaxpr(lambda *xs: list(params["bwd"].call_wrapped(*xs)))(*typed)
        return tuple(read(closed.jaxpr, closed.consts, operands))

    function.defvjp(forward, backward)
    return list(function(*rest))


def _linear_solve(params: Params, operands: list[Any]) -> list[Any]:
    """The solvers are JAX's, as they are given."""
    lengths, jaxprs = params["const_lengths"], params["jaxprs"]
    consts: dict[str, list[Any]] = {}
    begun = 0
    for name in ("matvec", "vecmat", "solve", "transpose_solve"):
        count = getattr(lengths, name)
        consts[name] = operands[begun : begun + count]
        begun += count

    right = tuple(operands[begun:])

    def part(name: str, xs: Sequence[Any]) -> list[Any]:
        return function_of(getattr(jaxprs, name))(*consts[name], *xs)

    def solver(name: str) -> Callable[..., tuple[Any, Any]]:
        """What solves gives the unknown first, and then what it found beside it."""

        def solve(_product: Any, b: Sequence[Any]) -> tuple[Any, Any]:
            found = part(name, b)
            return tuple(found[: len(right)]), tuple(found[len(right) :])

        return solve

    return leaves(
        solves.custom_linear_solve(
            lambda x: tuple(part("matvec", x)),
            right,
            solver("solve"),
            None if jaxprs.transpose_solve is None else solver("transpose_solve"),
            has_aux=True,
        )
    )


def _platform_index(params: Params, _operands: list[Any]) -> list[Any]:
    """The case of `lax.platform_dependent` that is the CPU's, on which JAX is judged; None names all platforms."""
    ours = next(i for i, names in enumerate(params["platforms"]) if names is None or "cpu" in names)
    return [lax.full((), ours, int32)]


ROWS: Mapping[str, Row] = {
    "platform_index": _platform_index,
    "jit": inlined("jaxpr"),
    **dict.fromkeys(("closed_call", "call"), inlined("call_jaxpr")),
    "custom_vmap_call": inlined("call"),  # its rule is a claim on `vmap`, which has been applied or has not
    "remat2": _remat,
    "cond": _cond,
    "while": _while,
    "scan": _scan,
    "custom_jvp_call": _custom_jvp,
    "custom_vjp_call": _custom_vjp,
    "custom_linear_solve": _linear_solve,
}
