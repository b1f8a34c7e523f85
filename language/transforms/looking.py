"""Looking at a function without running it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from .. import dispatch, trees
from ..arrays import Array
from ..dtypes import canonical
from ..flat import Flat, check_array, name_of
from ..program import Program
from ..shapes import ShapedArray, ShapeDtypeStruct
from ..tracing import trace
from .arguments import Function, check_callable, with_static


def make_program(
    fun: Function,
    static_argnums: int | Sequence[int] = (),
    axis_env: Sequence[tuple[Any, int]] | None = None,
    return_shape: bool = False,
) -> Callable[..., Any]:
    """A function that returns the `Program` that ``fun`` is on such arguments (JAX: ``make_jaxpr``).

    Args:
        fun: arrays in trees in, arrays in trees out.
        static_argnums: positions of arguments that are part of the program.
        axis_env: named axes that are in scope, each with its size.
        return_shape: whether to return ``(program, types)``, the latter a tree like the result.

    Raises:
        TypeError: when it is called, an argument is no array and no number.
    """
    check_callable(fun, "make_program")
    numbers = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)

    @functools.wraps(fun)
    def program_of(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as axes:
            for name, size in axis_env or ():
                axes.enter_context(dispatch.named_axis(name, size, None))
            program, flat = traced(fun, args, kwargs, numbers)
        return (program, _types(program, flat)) if return_shape else program

    return program_of


make_jaxpr = make_program


def eval_shape(fun: Function, *args: Any, **kwargs: Any) -> Any:
    """The shapes and dtypes of the result, without computing it.

    Arguments may be arrays, numbers, or anything with ``shape`` and ``dtype``.

    Raises:
        TypeError: an argument is no array and no number.
    """
    check_callable(fun, "eval_shape")
    program, flat = traced(fun, args, kwargs, ())
    return _types(program, flat)


def _types(program: Program, flat: Flat) -> Any:
    return flat.result([ShapeDtypeStruct(a.shape, a.dtype, a.weak_type) for a in program.out_avals])


def traced(
    fun: Function, args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Sequence[int]
) -> tuple[Program, Flat]:
    """The program that a function is on such arguments, and the flat function, which knows the results' tree."""
    fixed = tuple((i % len(args), args[i]) for i in numbers)
    places = {i for i, _ in fixed}
    dynamic = tuple(x for i, x in enumerate(args) if i not in places)
    leaves, tree = trees.flatten((dynamic, kwargs))
    flat = Flat(with_static(fun, fixed, ()), tree, name_of(fun))
    with dispatch.using(dispatch.owner_of([x for x in leaves if isinstance(x, Array)])):
        return trace(flat, [described(x) for x in leaves], name_of(fun)), flat


def described(x: Any) -> ShapedArray:
    """The abstract value of an array, a number, or anything that says what it would be."""
    if isinstance(x, (ShapeDtypeStruct, ShapedArray)):
        return ShapedArray(x.shape, canonical(x.dtype), x.weak_type)
    if hasattr(x, "shape") and hasattr(x, "dtype") and not isinstance(x, (Array, np.ndarray, np.generic)):
        return ShapedArray(tuple(x.shape), canonical(x.dtype), bool(getattr(x, "weak_type", False)))
    return check_array(x, "An argument to trace", "Mark it static, or pass a ShapeDtypeStruct.")
