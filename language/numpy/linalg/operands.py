"""What the functions of `numpy.linalg` ask of their arguments."""

from __future__ import annotations

from typing import Any

from ...arrays import Array
from ...dtypes import to_inexact
from ..promotion import array_of, dtypes_only


def given(name: str, *operands: Any) -> list[Array]:
    """The arguments as arrays of one floating dtype.

    Raises:
        TypeError: one is no array and no number.
    """
    return dtypes_only(name, *operands, rule=to_inexact)


def matrices(name: str, a: Any, argument: str = "a") -> Array:
    """An argument as matrices: an array of at least 2 axes.

    Raises:
        ValueError: it has fewer.
    """
    found = array_of(name, a)
    if found.ndim < 2:
        raise ValueError(
            f"`{argument}` of {name} must have at least 2 axes, got shape {found.shape}. Add axes of size 1."
        )
    return found


def square(name: str, a: Any, argument: str = "a") -> Array:
    """An argument as square matrices of a floating dtype.

    Raises:
        ValueError: its last two axes differ in size, or it has fewer than 2.
    """
    found = array_of(name, a)
    if found.ndim < 2 or found.shape[-1] != found.shape[-2]:
        raise ValueError(
            f"`{argument}` of {name} must have a shape (..., n, n), got {found.shape}. Pass square matrices."
        )
    return given(name, found)[0]
