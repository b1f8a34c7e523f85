"""Products of arrays that are stored with a scale for each run of elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand
from ..dtypes import bfloat16, canonical
from .conversion import convert_element_type
from .elementwise import mul
from .products import dot_general
from .ragged import DotDimensionNumbers
from .structural import broadcast_in_dim, reshape


def scaled_dot(
    lhs: Operand,
    rhs: Operand,
    *,
    lhs_scale: Operand | None = None,
    rhs_scale: Operand | None = None,
    dimension_numbers: DotDimensionNumbers | None = None,
    preferred_element_type: Any = None,
) -> Array:
    """The product of ``lhs * lhs_scale`` and ``rhs * rhs_scale``, whose factors are rounded to bfloat16, as in JAX.

    Along a contracting axis each element of a scale is for a run of at least two elements; along the others for one.

    Args:
        lhs: an array.
        rhs: an array of the same rank.
        lhs_scale: scales of ``lhs``; none: 1.
        rhs_scale: scales of ``rhs``; none: 1.
        dimension_numbers: ``((lhs_contracting, rhs_contracting), (lhs_batch, rhs_batch))``; by default those of
            matrix products over the last two axes.
        preferred_element_type: the dtype of the result; bfloat16 by default.

    Returns:
        An array of ``preferred_element_type``.

    Raises:
        TypeError: ranks, sizes or scales do not fit.
    """
    left, right = dispatch.lift(lhs), dispatch.lift(rhs)
    if dimension_numbers is None:
        if left.ndim < 2:
            raise TypeError(f"`lhs` of scaled_dot must have rank 2 or more, got shape {left.shape}.")
        lead = tuple(range(left.ndim - 2))
        dimension_numbers = (((left.ndim - 1,), (left.ndim - 2,)), (lead, lead))
    if left.ndim != right.ndim:
        raise TypeError(
            f"`rhs` of scaled_dot must have the rank of `lhs`, {left.ndim}, got shape {right.shape}."
        )
    contracting, batch = dimension_numbers
    for axes in (contracting, batch):
        sizes = [[x.shape[i] for i in own] for x, own in zip((left, right), axes, strict=True)]
        if sizes[0] != sizes[1]:
            raise TypeError(
                f"`dimension_numbers` of scaled_dot must name axes of equal sizes, got {sizes[0]} and {sizes[1]}."
            )
    return dot_general(
        _scaled("lhs", left, lhs_scale, contracting[0]),
        _scaled("rhs", right, rhs_scale, contracting[1]),
        dimension_numbers,
        preferred_element_type=canonical(
            bfloat16 if preferred_element_type is None else preferred_element_type
        ),
    )


def _scaled(side: str, x: Array, scale: Operand | None, contracting: Sequence[int]) -> Array:
    narrow = convert_element_type(x, bfloat16)
    if scale is None:
        return narrow
    factors = dispatch.lift(scale)
    if factors.ndim != x.ndim:
        raise TypeError(f"`{side}_scale` of scaled_dot must have rank {x.ndim}, got shape {factors.shape}.")
    for axis, (size, count) in enumerate(zip(x.shape, factors.shape, strict=True)):
        runs = axis in contracting
        if (runs and (not count or size % count or size // count < 2)) or (not runs and size != count):
            wanted = f"a divisor of {size} of at most half of it" if runs else f"{size}"
            raise TypeError(
                f"`{side}_scale` of scaled_dot must have size {wanted} along axis {axis}, got shape {factors.shape}."
            )
    # Each scale beside the elements that it is for.
    split = [
        (count, size // count if count else 1) for size, count in zip(x.shape, factors.shape, strict=True)
    ]
    wide = broadcast_in_dim(factors, [n for pair in split for n in pair], range(0, 2 * x.ndim, 2))
    return mul(narrow, convert_element_type(reshape(wide, x.shape), bfloat16))
