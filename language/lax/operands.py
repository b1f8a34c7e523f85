"""How the operands of a `lax` function meet: dtypes of Python scalars, scalars and axes of size 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import bool_, is_complex, is_float, is_inexact, is_integer
from ..primitive import Primitive
from ..shapes import ShapedArray

Axes = Sequence[int]


def bind(primitive: Primitive, *operands: Operand, **params: Any) -> Array:
    """The one result of a primitive."""
    (result,) = dispatch.bind(primitive, *operands, **params)
    return result


def is_python(x: Operand) -> bool:
    """Whether an operand is a Python scalar, which has no dtype of its own."""
    return isinstance(x, (bool, int, float, complex)) and not isinstance(x, np.generic)


def _keeps_kind(x: Operand, aval: ShapedArray) -> bool:
    if isinstance(x, bool):
        return aval.dtype == bool_
    if isinstance(x, complex):
        return is_complex(aval.dtype)
    return is_inexact(aval.dtype) or (isinstance(x, int) and is_integer(aval.dtype))


def _scalar_as(x: Operand, aval: ShapedArray) -> Operand:
    # A Python scalar beside an array of this type; weak beside weak.
    if not _keeps_kind(x, aval):
        return x
    with np.errstate(over="ignore"):
        value = np.asarray(x, dtype=aval.dtype)
    if not aval.weak_type:
        return value
    kind = complex if is_complex(aval.dtype) else float if is_float(aval.dtype) else int
    python: Operand = kind(x)
    if aval_of(python).dtype == aval.dtype:
        return python
    return bind(rows.convert_element_type_p, value, new_dtype=aval.dtype, weak_type=True)


def typed(xs: Sequence[Operand]) -> list[Operand]:
    """The operands, Python scalars in the dtype of the first that has one."""
    like = next((aval_of(x) for x in xs if not is_python(x)), None)
    if like is None:
        return list(xs)
    return [_scalar_as(x, like) if is_python(x) else x for x in xs]


def spread(xs: Sequence[Operand]) -> list[Operand]:
    """The operands, scalars and axes of size 1 at equal rank broadcast; what cannot is left for the rule to
    refuse.
    """
    shapes = [aval_of(x).shape for x in xs]
    ranks = {len(s) for s in shapes if s}
    if len(set(shapes)) == 1 or len(ranks) != 1:
        return list(xs)
    sizes = [{*column} - {1} or {1} for column in zip(*(s for s in shapes if s), strict=True)]
    if any(len(found) > 1 for found in sizes):
        return list(xs)
    shape = tuple(found.pop() for found in sizes)
    return [
        x
        if s == shape
        else bind(rows.broadcast_in_dim_p, x, shape=shape, broadcast_dimensions=tuple(range(len(s))))
        for x, s in zip(xs, shapes, strict=True)
    ]


_DOC = """{what}

Returns:
    {gives}

Raises:
    TypeError: an operand is no array and no number, or has a dtype that `{name}` does not take.
    ValueError: shapes or axes do not fit.
"""


def dressed(function: Callable[..., Any], name: str, what: str, gives: str) -> Callable[..., Any]:
    """A function under a name of `jax.lax`, documented."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = _DOC.format(what=what, gives=gives, name=name)
    return function


def typed_after(leader: Operand, xs: Sequence[Operand]) -> list[Operand]:
    """As `typed`, led by one operand's dtype if it has one."""
    return typed(xs) if is_python(leader) else typed((leader, *xs))[1:]
