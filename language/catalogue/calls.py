"""Calls of functions that say what their derivative is. They appear in programs only.

``call`` is the function's program; its first ``num_captured`` operands are what the function closed over.
``rebind`` applies such a call through dispatch again, so that an implementation sees a function and its
rule, not an equation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import dispatch
from ..primitive import Primitive
from ..shapes import ShapedArray
from .control import check_operands
from .rules import check_params


def _custom_jvp_call_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("custom_jvp_call", params, ("call", "rule", "num_captured"))
    check_operands("custom_jvp_call", "operands", avals, params["call"].in_avals)
    return list(params["call"].out_avals)


def _custom_vjp_call_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params("custom_vjp_call", params, ("call", "forward", "backward", "num_captured"))
    check_operands("custom_vjp_call", "operands", avals, params["call"].in_avals)
    return list(params["call"].out_avals)


def _called(operands: Sequence[Any], params: Mapping[str, Any]) -> tuple[dispatch.FlatFunction, list[Any]]:
    # The function of the operands that its rule knows; the captured ones are closed over again.
    program, count = params["call"], params["num_captured"]
    captured, rest = list(operands[:count]), list(operands[count:])

    def call(*xs: Any) -> list[Any]:
        results: list[Any] = program(*captured, *xs)
        return results

    call.__name__ = program.name
    return call, rest


def _rebind_custom_jvp(operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    call, rest = _called(operands, params)
    return list(dispatch.bind_custom_jvp(call, params["rule"], rest))


def _rebind_custom_vjp(operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    call, rest = _called(operands, params)
    return list(dispatch.bind_custom_vjp(call, params["forward"], params["backward"], rest))


custom_jvp_call_p = Primitive("custom_jvp_call", "call", _custom_jvp_call_rule, rebind=_rebind_custom_jvp)
custom_vjp_call_p = Primitive("custom_vjp_call", "call", _custom_vjp_call_rule, rebind=_rebind_custom_vjp)
