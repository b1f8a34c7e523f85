"""The transpose of a linear function."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .. import dispatch, lax, trees
from ..dispatch import aval_of
from ..dtypes import is_inexact
from ..flat import Flat, name_of, own
from ..shapes import ShapedArray
from .arguments import Function, check_callable, materialized
from .looking import described, traced


def linear_transpose(fun: Function, *primals: Any, reduce_axes: Sequence[Any] = ()) -> Function:
    """The function that maps cotangents of a linear function's result to cotangents of its arguments.

    Args:
        fun: linear in all arguments.
        primals: arrays, or anything with ``shape`` and ``dtype``; their values are not looked at.
        reduce_axes: must be empty.

    Returns:
        ``transposed(cotangent)``, which gives a tuple with a tree like each of ``primals``.

    Raises:
        TypeError: something is not floating, or a cotangent is not like the result.
        ValueError: the function is not linear (MissingRuleError and TypeError, where a rule of fast says so).
    """
    check_callable(fun, "linear_transpose")
    if reduce_axes:
        raise NotImplementedError(  # JAX refuses it too
            f"`reduce_axes` of linear_transpose must be empty, got {reduce_axes!r}."
        )
    leaves, tree = trees.flatten((primals, {}))
    avals = [described(x) for x in leaves]
    program, shaped = traced(fun, primals, {}, ())
    results, out_tree = program.out_avals, shaped.structure()
    for what, aval in (*(("argument", a) for a in avals), *(("result", a) for a in results)):
        if not is_inexact(aval.dtype):
            raise TypeError(
                f"Every {what} of {name_of(fun)!r} must be floating or complex to be transposed, got {aval}."
            )

    @functools.wraps(fun)
    def transposed(cotangent: Any) -> Any:
        given, structure = trees.flatten(cotangent)
        if structure != out_tree:
            raise TypeError(
                f"`cotangent` must have the structure of the result, {out_tree}, got {structure}."
            )
        implementation = dispatch.owner_of(given)
        with dispatch.using(implementation):
            seeds = [own(implementation, _like(c, a)) for c, a in zip(given, results, strict=True)]
            found = implementation.transpose(Flat(fun, tree, name_of(fun)), avals, seeds)
            return trees.unflatten(tree, materialized(found, avals))[0]

    return transposed


def _like(cotangent: Any, want: ShapedArray) -> Any:
    got = aval_of(cotangent)
    if got.shape != want.shape or (got.dtype != want.dtype and not got.weak_type):
        raise TypeError(f"`cotangent` must hold {want}, like the result, got {got}. Convert or reshape it.")
    return cotangent if got.dtype == want.dtype else lax.convert_element_type(cotangent, want.dtype)
