"""What the transforms do with their arguments before an implementation sees them, and with results after."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import lax, trees
from ..arrays import Array
from ..catalogue import convert_element_type_p
from ..dispatch import Implementation, aval_of, bind
from ..dtypes import float0, is_complex, is_inexact
from ..errors import ShapeError
from ..flat import check_array, name_of, own, path_of
from ..shapes import ShapedArray

Function = Callable[..., Any]


def check_callable(fun: Any, what: str) -> None:
    """Raise TypeError unless ``fun`` is a function that returns."""
    if not callable(fun):
        raise TypeError(f"`fun` of {what} must be callable, got {type(fun).__name__}: {fun!r}.")
    if inspect.isgeneratorfunction(fun):
        raise TypeError(f"`fun` of {what} must return arrays, got the generator function {name_of(fun)!r}.")


def with_static(
    fun: Function, fixed: Sequence[tuple[int, Any]], named: Sequence[tuple[str, Any]]
) -> Function:
    """``fun`` with these arguments in their places: by number, and by name."""
    if not fixed and not named:
        return fun

    @functools.wraps(fun)
    def call(*dynamic: Any, **kwargs: Any) -> Any:
        args = list(dynamic)
        for i, x in sorted(fixed, key=lambda pair: pair[0]):
            args.insert(i, x)
        return fun(*args, **kwargs, **dict(named))

    return call


def split(
    fun: Function, argnums: int | Sequence[int], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], Function]:
    """The arguments to differentiate, and ``fun`` as a function of these alone."""
    given = tuple(argnums) if isinstance(argnums, (tuple, list)) else (argnums,)
    for i in given:
        if not isinstance(i, int) or not -len(args) <= i < len(args):
            raise TypeError(
                f"`argnums` must point at positional arguments of {name_of(fun)!r} ({len(args)} were passed), "
                f"got {argnums!r}. Pass the argument by position."
            )
    numbers = tuple(i % len(args) for i in given)

    def call(*chosen: Any) -> Any:
        full = list(args)
        for i, x in zip(numbers, chosen, strict=True):
            full[i] = x
        return fun(*full, **kwargs)

    return tuple(args[i] for i in numbers), call


def paired(fun: Function, has_aux: bool) -> Function:
    """``fun`` returning ``(out, aux)``; without auxiliary output ``aux`` is None, which has no leaves.

    What is no array in ``aux`` is handed through as it is.
    """

    def pair(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        result = fun(*args, **kwargs)
        if not has_aux:
            return result, None
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"{name_of(fun)!r} must return a pair (out, aux) with has_aux=True, got {type(result).__name__}."
            )
        return result[0], trees.map(lambda x: x if _is_operand(x) else _Aside(x), result[1])

    return pair


def _is_operand(x: Any) -> bool:
    try:
        aval_of(x)
    except TypeError:  # that is how it says no
        return False
    return True


class _Aside:
    """An object among a function's auxiliary results: a node without leaves, which unflattens to the object."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


trees.register_node(_Aside, lambda aside: ((), aside), lambda aside, _: aside.value)


def check_differentiable(chosen: Any, leaves: Sequence[Any], what: str, allow_int: bool) -> None:
    """Raise TypeError unless all leaves are floating, or integers are allowed."""
    for i, x in enumerate(leaves):
        aval = check_array(x, path_of(chosen, i), "Choose other `argnums`.")
        if not is_inexact(aval.dtype) and not allow_int:
            raise TypeError(
                f"{path_of(chosen, i).capitalize()} of {what} must be floating, got {aval}. "
                f"Convert it with .astype(float), choose other `argnums`, or pass allow_int=True to grad."
            )


def check_holomorphic(avals: Sequence[ShapedArray], what: str, side: str, wants: bool) -> None:
    """Raise TypeError unless complex dtypes stand where ``holomorphic`` says so, and nowhere else.

    Args:
        avals: of the arguments, or of the results.
        what: the transform.
        side: "arguments" or "results".
        wants: whether they must be complex.
    """
    for aval in avals:
        if wants and not is_complex(aval.dtype):
            raise TypeError(
                f"The {side} of {what} with holomorphic=True must be complex, got {aval}. "
                f"Convert them with .astype(complex), or leave holomorphic out."
            )
        if not wants and is_complex(aval.dtype):
            raise TypeError(
                f"The {side} of {what} must be real, got {aval}. Pass holomorphic=True for a function with a complex "
                f"derivative, or use jvp and vjp."
            )


def tangent_of(
    implementation: Implementation, tangent: Any, primal: Any, index: int, what: str = "Tangent"
) -> Array | None:
    """A tangent (or cotangent) as an array like its primal; None where there is nothing to differentiate.

    Raises:
        ShapeError: it has another shape.
        TypeError: it is no array, or of another dtype.
    """
    want = aval_of(primal).tangent()
    if want.dtype == float0:
        return None
    like = "primal" if what == "Tangent" else "result"
    got = check_array(tangent, f"{what} leaf {index}", f"Pass an array like the {like}.")
    if got.shape != want.shape or (got.dtype != want.dtype and not got.weak_type):
        error = TypeError if got.shape == want.shape else ShapeError
        raise error(f"{what} leaf {index} must be {want} like its {like}, got {got}. Convert or reshape it.")
    if got.dtype != want.dtype:
        return own(implementation, lax.convert_element_type(tangent, want.dtype))
    return own(implementation, tangent)


def materialized(values: Sequence[Array | None], avals: Sequence[ShapedArray]) -> list[Any]:
    """Tangents as arrays, as weak as what they are of: zeros for None, NumPy's float0 of what is not floating."""
    result: list[Any] = []
    for value, aval in zip(values, avals, strict=True):
        if aval.tangent().dtype == float0:
            result.append(np.zeros(aval.shape, float0))
        else:
            found = lax.full(aval.shape, 0, aval.dtype) if value is None else value
            result.append(as_weak(found, aval))
    return result


def as_weak(x: Array, aval: ShapedArray) -> Array:
    """A tangent, or a block of a Jacobian, as weak as the array that it is of."""
    if x.weak_type == aval.weak_type:
        return x
    return bind(convert_element_type_p, x, new_dtype=x.dtype, weak_type=aval.weak_type)[0]
