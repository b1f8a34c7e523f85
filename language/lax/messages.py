"""What one lane sends to another, and what a compiler is told of values in lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import Operand
from ..dtypes import canonical
from .collectives import axis_size, ppermute


def psend(x: Any, axis_name: Any, perm: Sequence[tuple[int, int]]) -> Any:
    """Send what this lane holds to another, leaf by leaf. Each lane calls `precv` for what is sent to it.

    Args:
        x: a tree of arrays.
        axis_name: the name of the axis.
        perm: pairs (source, destination), each lane at most once in either place.

    Returns:
        Tokens to give to `precv`, leaf by leaf: here, what has arrived.

    Raises:
        ValueError: a lane is named twice, or is none.
        CollectiveError: the axis is not named here, or the lanes disagree.
    """
    return ppermute(x, axis_name, perm)


def precv(token: Operand, out_shape: Any, axis_name: Any, perm: Sequence[tuple[int, int]]) -> Array:
    """What another lane has sent here; zeros where nobody sends.

    Args:
        token: of `psend`.
        out_shape: anything with the shape and the dtype of what is sent.
        axis_name: the name of the axis.
        perm: as `psend` had it.

    Returns:
        An array of that shape and dtype.

    Raises:
        ValueError: ``token`` is not of a `psend` of such arrays.
        CollectiveError: the axis is not named here.
    """
    found = dispatch.lift(token)
    axis_size(axis_name)
    shape, dtype = tuple(out_shape.shape), canonical(out_shape.dtype)
    if found.shape != shape or found.dtype != dtype:
        raise ValueError(
            f"`token` of precv must be of a psend of {dtype} of shape {shape} by {tuple(perm)}, got one of "
            f"{found.aval}. Every lane calls psend first."
        )
    return found


_KINDS = ("varying", "reduced", "unreduced")


def pcast(x: Any, axis_name: Any, *, to: str) -> Any:
    """The same values, leaf by leaf; what is told is how they may differ between lanes, which is not tracked here.

    Args:
        x: a tree of arrays.
        axis_name: the name of an axis, or a tuple of them.
        to: 'varying', 'reduced' or 'unreduced'.

    Raises:
        TypeError: ``axis_name`` is a set.
        ValueError: there is no such ``to``.
        CollectiveError: an axis is not named here.
    """
    if isinstance(axis_name, (set, frozenset)):
        raise TypeError(f"`axis_name` of pcast must be a name or a tuple of them, got {axis_name}.")
    if axis_name == ():
        return x
    if to not in _KINDS:
        raise ValueError(f"`to` of pcast must be one of {', '.join(map(repr, _KINDS))}, got {to!r}.")
    axis_size(axis_name)
    return trees.map(dispatch.lift, x)
