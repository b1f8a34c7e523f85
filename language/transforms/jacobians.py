"""All of a derivative at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import aval_of
from ..dtypes import is_inexact
from ..flat import Flat, arrays_in, name_of, own
from .arguments import Function, as_weak, check_callable, check_differentiable, check_holomorphic, split


def jacfwd(
    fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False
) -> Function:
    """The Jacobian, column by column: each result's shape followed by the argument's.

    Arguments are real; with ``holomorphic`` arguments and results are complex.

    Raises:
        TypeError: when it is called, an argument is of no floats.
    """
    return _jacobian(fun, argnums, has_aux, holomorphic, "forward")


def jacrev(
    fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False
) -> Function:
    """The Jacobian, row by row: each result's shape followed by the argument's.

    Results are real; with ``holomorphic`` arguments and results are complex.

    Raises:
        TypeError: when it is called, an argument is of no floats.
    """
    return _jacobian(fun, argnums, has_aux, holomorphic, "reverse")


jacobian = jacrev


def hessian(
    fun: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, holomorphic: bool = False
) -> Function:
    """The second derivative: ``jacfwd(jacrev(fun))``.

    Returns:
        A function that returns a tree: the value's shapes, each followed by the argument's twice.

    Raises:
        TypeError: when it is called, an argument is of no floats.
    """
    return jacfwd(jacrev(fun, argnums, has_aux, holomorphic), argnums, has_aux, holomorphic)


def _jacobian(
    fun: Function, argnums: int | Sequence[int], has_aux: bool, holomorphic: bool, mode: str
) -> Function:
    name = "jacfwd" if mode == "forward" else "jacrev"
    check_callable(fun, name)

    @functools.wraps(fun)
    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        chosen, call = split(fun, argnums, args, kwargs)
        leaves, tree = trees.flatten((chosen, {}))
        check_differentiable(chosen, leaves, "jacobian", False)
        if mode == "forward" or holomorphic:
            check_holomorphic([aval_of(x) for x in leaves], name, "arguments", holomorphic)
        implementation = dispatch.owner_of(arrays_in((args, kwargs)))
        main = (lambda *xs: call(*xs)[0]) if has_aux else call
        flat = Flat(main, tree, name_of(fun))
        with dispatch.using(implementation):
            own_leaves = [own(implementation, x) for x in leaves]
            found, blocks = implementation.jacobian(flat, own_leaves, list(range(len(leaves))), mode)
            for y in found:
                if not is_inexact(aval_of(y).dtype):
                    raise TypeError(
                        f"The results of {name_of(fun)!r} must be floating to have a Jacobian, got {aval_of(y)}."
                    )
            if mode == "reverse" or holomorphic:
                check_holomorphic([aval_of(y) for y in found], name, "results", holomorphic)

        def arranged(row: Sequence[Array]) -> Any:
            by_argument = trees.unflatten(tree, row)[0]
            return by_argument if isinstance(argnums, (tuple, list)) else by_argument[0]

        # As weak as the results' tangents, or the arguments' cotangents.
        weak = [
            [
                as_weak(block, aval_of(y if mode == "forward" else x))
                for block, x in zip(row, leaves, strict=True)
            ]
            for row, y in zip(blocks, found, strict=True)
        ]
        result = flat.result([_Leaf(arranged(row)) for row in weak])
        result = trees.map(lambda leaf: leaf.tree, result)
        return (result, fun(*args, **kwargs)[1]) if has_aux else result

    return jacobian_of


class _Leaf:
    """A tree that rides as one leaf of another."""

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree
