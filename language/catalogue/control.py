"""Control flow: primitives whose parameters are programs.

Bodies are closed: what they need beside their operands comes first among these, as constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dtypes import bool_, int32
from ..primitive import Primitive
from ..shapes import ShapedArray
from .rules import all_weak, check_params


def same_type(a: ShapedArray, b: ShapedArray) -> bool:
    """Whether shape and dtype are equal, weak or not."""
    return a.shape == b.shape and a.dtype == b.dtype


def listed(avals: Sequence[ShapedArray]) -> str:
    """Abstract values in a message."""
    return "(" + ", ".join(map(str, avals)) + ")"


def check_operands(name: str, what: str, got: Sequence[ShapedArray], expected: Sequence[ShapedArray]) -> None:
    """Raise TypeError unless the abstract values are those that a program takes or gives."""
    if len(got) != len(expected) or not all(map(same_type, got, expected)):
        raise TypeError(
            f"The {what} of {name} must be {listed(expected)}, got {listed(got)}. "
            f"Trace the program again for these operands."
        )


def _jit_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("jit", params, ("program", "name"))
    check_operands("jit", "operands", avals, params["program"].in_avals)
    return list(params["program"].out_avals)


def _cond_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("cond", params, ("branches",))
    branches = params["branches"]
    if not branches:
        raise ValueError("`branches` of cond must be at least one program, got none.")
    index, *operands = avals
    if not same_type(index, ShapedArray((), int32)):
        raise TypeError(f"`index` of cond must be an int32 scalar, got {index}. Convert it.")
    for branch in branches:
        check_operands("cond", "operands", operands, branch.in_avals)
        check_operands("cond", f"outputs of branch {branch.name!r}", branch.out_avals, branches[0].out_avals)
    outputs = zip(*(branch.out_avals for branch in branches), strict=True)
    return [same[0].with_dtype(same[0].dtype, all_weak(same)) for same in outputs]


def _while_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("while", params, ("cond_program", "body_program", "cond_nconsts", "body_nconsts"))
    test, body = params["cond_program"], params["body_program"]
    split = params["cond_nconsts"] + params["body_nconsts"]
    test_consts, body_consts = avals[: params["cond_nconsts"]], avals[params["cond_nconsts"] : split]
    carry = avals[split:]
    check_operands("while", "operands of the test", (*test_consts, *carry), test.in_avals)
    check_operands("while", "results of the test", test.out_avals, [ShapedArray((), bool_)])
    check_operands("while", "operands of the body", (*body_consts, *carry), body.in_avals)
    check_operands("while", "results of the body", body.out_avals, carry)
    return list(body.out_avals)


def _scan_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("scan", params, ("program", "num_consts", "num_carry", "length", "reverse"))
    body, length = params["program"], params["length"]
    before = params["num_consts"] + params["num_carry"]
    carry, xs = avals[params["num_consts"] : before], avals[before:]
    for x in xs:
        if not x.shape or x.shape[0] != length:
            raise ValueError(f"`xs` of scan must have a leading axis of size {length}, got {x}.")
    rows = [x.with_shape(x.shape[1:]) for x in xs]
    check_operands("scan", "operands of the body", (*avals[:before], *rows), body.in_avals)
    new_carry, ys = body.out_avals[: len(carry)], body.out_avals[len(carry) :]
    check_operands("scan", "carry of the body", new_carry, carry)
    return [*new_carry, *(y.with_shape((length, *y.shape)) for y in ys)]


def _checkpoint_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("checkpoint", params, ("program", "policy"))
    check_operands("checkpoint", "operands", avals, params["program"].in_avals)
    return list(params["program"].out_avals)


checkpoint_p = Primitive("checkpoint", "control", _checkpoint_rule)
jit_p = Primitive("jit", "control", _jit_rule)
cond_p = Primitive("cond", "control", _cond_rule)
while_p = Primitive("while", "control", _while_rule)
scan_p = Primitive("scan", "control", _scan_rule)
