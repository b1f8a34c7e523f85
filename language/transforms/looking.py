"""Looking at a function without running it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..flat import Flat, check_array, name_of
from ..program import Program
from ..shapes import ShapedArray, ShapeDtypeStruct
from ..tracing import trace
from .arguments import Function, check_callable, with_static


def make_program(fun: Function, static_argnums: int | Sequence[int] = ()) -> Callable[..., Program]:
    """A function that returns the `Program` that ``fun`` is on such arguments (JAX: ``make_jaxpr``)."""
    check_callable(fun, "make_program")
    numbers = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)

    @functools.wraps(fun)
    def program_of(*args: Any, **kwargs: Any) -> Program:
        program, _ = _traced(fun, args, kwargs, numbers)
        return program

    return program_of


make_jaxpr = make_program


def eval_shape(fun: Function, *args: Any, **kwargs: Any) -> Any:
    """The shapes and dtypes of the result, without computing it.

    Arguments may be arrays, numbers, or anything with ``shape`` and ``dtype``.
    """
    check_callable(fun, "eval_shape")
    program, flat = _traced(fun, args, kwargs, ())
    return flat.result([ShapeDtypeStruct(a.shape, a.dtype, a.weak_type) for a in program.out_avals])


def _traced(
    fun: Function, args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Sequence[int]
) -> tuple[Program, Flat]:
    fixed = tuple((i % len(args), args[i]) for i in numbers)
    places = {i for i, _ in fixed}
    dynamic = tuple(x for i, x in enumerate(args) if i not in places)
    leaves, tree = trees.flatten((dynamic, kwargs))
    flat = Flat(with_static(fun, fixed, ()), tree, name_of(fun))
    with dispatch.using(dispatch.owner_of([x for x in leaves if isinstance(x, Array)])):
        return trace(flat, [_described(x) for x in leaves], name_of(fun)), flat


def _described(x: Any) -> ShapedArray:
    if isinstance(x, (ShapeDtypeStruct, ShapedArray)):
        return ShapedArray(x.shape, x.dtype, x.weak_type)
    return check_array(x, "An argument to trace", "Mark it static, or pass a ShapeDtypeStruct.")
