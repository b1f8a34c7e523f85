"""Gradients of scalar functions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dispatch, trees
from ..dispatch import aval_of
from ..dtypes import is_complex, is_inexact
from ..flat import Flat, arrays_in, check_array, name_of, own
from ..shapes import ShapedArray
from .arguments import (
    Function,
    check_callable,
    check_differentiable,
    check_holomorphic,
    materialized,
    paired,
    split,
)


def value_and_grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Function:
    """The function's value beside its gradient with respect to ``argnums``.

    Args:
        fun: returns a floating scalar (with ``has_aux``, a pair of one and anything).
        argnums: which positional arguments to differentiate; a tuple gives a tuple of gradients.
        has_aux: whether ``fun`` returns ``(scalar, auxiliary)``.
        holomorphic: whether ``fun`` takes and returns complex numbers and has a complex derivative, which is then
            the gradient. Otherwise the gradient by a complex x + iy is the partial by x less i times that by y.
        allow_int: whether integer arguments may be chosen; their gradient is float0.

    Returns:
        A function that returns the value, and a tree of the arguments' shapes and dtypes.

    Raises:
        TypeError: an argument is not floating, or the result is no floating scalar.
    """
    check_callable(fun, "grad")

    @functools.wraps(fun)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        chosen, call = split(fun, argnums, args, kwargs)
        leaves, tree = trees.flatten((chosen, {}))
        check_differentiable(chosen, leaves, "grad", allow_int)
        if holomorphic:
            check_holomorphic([aval_of(x) for x in leaves], "grad", "arguments", True)
        implementation = dispatch.owner_of(arrays_in((args, kwargs)))
        flat = Flat(paired(call, has_aux), tree, name_of(fun))
        with dispatch.using(implementation):
            found, pullback = implementation.vjp(flat, [own(implementation, x) for x in leaves])
            aval = _check_scalar(found, flat, fun, holomorphic)
            seed = own(implementation, np.ones((), aval.dtype))
            cotangents = pullback([seed] + [None] * (len(found) - 1))
            gradient = materialized(cotangents, [aval_of(x) for x in leaves])
        value, aux = flat.result(found)
        grads = trees.unflatten(tree, gradient)[0]
        result = grads if isinstance(argnums, (tuple, list)) else grads[0]
        return ((value, aux) if has_aux else value), result

    return value_and_gradient


def grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Function:
    """The gradient of a scalar function with respect to ``argnums``; see `value_and_grad`.

    Returns:
        A function that returns a tree of the arguments' shapes and dtypes.

    Raises:
        TypeError: when it is called, the function's value is no real scalar.
    """
    both = value_and_grad(fun, argnums, has_aux, holomorphic, allow_int)

    @functools.wraps(fun)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def _check_scalar(found: Sequence[Any], flat: Flat, fun: Function, holomorphic: bool) -> ShapedArray:
    value, _ = flat.result(found)
    aval = check_array(
        value,
        f"The result of {name_of(fun)!r} under grad",
        "Return a scalar, or pass has_aux=True for a pair.",
    )
    if aval.shape != () or not is_inexact(aval.dtype):
        raise TypeError(
            f"The result of {name_of(fun)!r} must be a floating scalar under grad, got {aval}. "
            f"Sum or average it, or use jacrev."
        )
    if holomorphic or is_complex(aval.dtype):
        check_holomorphic([aval], "grad", "results", holomorphic)
    return aval
