"""Callbacks under differentiation: those that look on see values, others have no derivative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...language.dispatch import bind
from ...language.flat import name_of
from ...language.primitive import Primitive
from ...language.program import Equation

Params = Mapping[str, Any]


def jvp_rule(
    primitive: Primitive, primals: Sequence[Any], tangents: Sequence[Any], params: Params
) -> tuple[list[Any], list[Any]]:
    """Who looks on sees the values.

    Raises:
        ValueError: the function returns something, whose derivative is not known.
    """
    if params["effect"] != "debug":
        raise ValueError(
            f"The callback {name_of(params['function'])!r} has no derivative: {_kind(params)} does not support JVP. "
            f"Wrap the call in a function with a custom_jvp or custom_vjp rule, or stop_gradient its arguments."
        )
    return list(bind(primitive, *primals, **params)), []


def transpose_rule(equation: Equation, cotangents: Sequence[Any], operands: Sequence[Any]) -> list[Any]:
    """Who looks on at tangents sees nothing of cotangents.

    Raises:
        ValueError: the function returns something, which is not known to be linear.
    """
    params = equation.params
    if params["effect"] != "debug":
        raise ValueError(
            f"The callback {name_of(params['function'])!r} is not known to be linear: {_kind(params)} does not support "
            f"transposition. Wrap the call in a function with a custom_vjp rule."
        )
    return [None] * len(operands)


def _kind(params: Params) -> str:
    return f"{params['effect']}_callback"
