"""Functions that close over arrays: their closures made arguments, and their gradients given by closures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from . import trees
from .custom_rules import custom_vjp
from .dispatch import Tracer, aval_of
from .dtypes import is_inexact
from .flat import Flat, check_array, name_of
from .program import Program
from .shapes import ShapedArray
from .tracing import trace

Function = Callable[..., Any]


def closure_convert(fun: Function, *example_args: Any) -> tuple[Function, list[Any]]:
    """A function with what it closes over as further arguments, and these values.

    Args:
        fun: a pure function of arrays.
        example_args: arguments, for their types.

    Returns:
        ``(converted, consts)`` with ``converted(*args, *consts) == fun(*args)``. Only what may be differentiated
        becomes an argument: floating arrays that a transform watches, or that the reference computes with.

    Raises nothing of its own.
    """
    leaves, tree = trees.flatten((example_args, {}))
    flat = Flat(fun, tree, name_of(fun))
    program = trace(flat, [check_array(x, "An argument of closure_convert", "Pass arrays.") for x in leaves])
    hoisted = [(v, x) for v, x in program.captured if _may_move(x)]
    kept = tuple((v, x) for v, x in program.captured if not _may_move(x))
    lead = tuple(v for v, _ in hoisted)
    closed = replace(program, inputs=lead + program.inputs, captured=kept)

    @functools.wraps(fun)
    def converted(*args: Any) -> Any:
        given, consts = args[: len(args) - len(lead)], args[len(args) - len(lead) :]
        found, structure = trees.flatten((given, {}))
        if structure != tree:
            raise TypeError(
                f"The arguments of {name_of(fun)!r} must have the structure {tree}, got {structure}."
            )
        return flat.result(closed(*consts, *found))

    return converted, [x for _, x in hoisted]


def _may_move(x: Any) -> bool:
    # In the reference a tangent rides in the numbers of an array, which no type shows.
    watched = isinstance(x, Tracer) or (getattr(x, "implementation", None) is not None and _carries(x))
    return watched and is_inexact(aval_of(x).dtype)


def _carries(x: Any) -> bool:
    return bool(x.implementation.carries_tangents)


class _Residuals:
    """A gradient function as a tree: what it closes over, and its program."""

    def __init__(self, consts: Sequence[Any], program: Program, flat: Flat, like: trees.TreeDef) -> None:
        self.consts, self.program, self.flat, self.like = list(consts), program, flat, like


trees.register_node(
    _Residuals,
    lambda r: (r.consts, (r.program, r.flat, r.like)),
    lambda aux, consts: _Residuals(list(consts), *aux),
)


def custom_gradient(fun: Function) -> Function:
    """A function that brings its own gradient: ``fun(*args) -> (value, gradient)``.

    Args:
        fun: returns the value and a function that maps its cotangent to those of the arguments: one for a single
            argument, else a tuple. It may close over what ``fun`` computed.

    Returns:
        A function of the same arguments that gives the value.

    Raises nothing of its own.
    """

    @custom_vjp
    @functools.wraps(fun)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return fun(*args, **kwargs)[0]

    def forward(*args: Any) -> Any:
        value, gradient = fun(*args)
        leaves, like = trees.flatten(value)
        flat = Flat(gradient, trees.structure(((value,), {})), name_of(gradient))
        avals: list[ShapedArray] = [aval_of(x).tangent() for x in leaves]
        program, consts = trace(flat, avals).closed()
        return value, _Residuals(consts, program, flat, like)

    def backward(residuals: _Residuals, cotangent: Any) -> Any:
        found = residuals.flat.result(residuals.program(*residuals.consts, *trees.leaves(cotangent)))
        return found if isinstance(found, tuple) else (found,)

    wrapped.defvjp(forward, backward)
    function: Function = wrapped
    return function
