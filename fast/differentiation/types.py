"""What every rule must keep: a tangent, and a cotangent, has the type of its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...language.primitive import Primitive
from ...language.shapes import ShapedArray


def check_types(
    table: str, primitive: Primitive, expected: Sequence[ShapedArray], found: Sequence[Any]
) -> None:
    """Hold what a rule gives against the values that it belongs to; None is a zero of any type.

    Raises:
        TypeError: the number, a shape or a dtype is wrong: the rule is.
    """
    if len(found) != len(expected):
        raise TypeError(
            f"The {table} rule of {primitive.name!r} must give {len(expected)} results, got {len(found)}. "
            f"Mend the row."
        )
    for i, (x, aval) in enumerate(zip(found, expected, strict=True)):
        if x is not None and (x.shape != aval.shape or x.dtype != aval.dtype):
            raise TypeError(
                f"Result {i} of the {table} rule of {primitive.name!r} must be {aval}, the type of its value, got "
                f"{x.dtype}{list(x.shape)}. Mend the row."
            )
