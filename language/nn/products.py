"""Products of matrices that are stored in blocks with a scale each."""

from __future__ import annotations

from typing import Any

from .. import numpy as vnp
from ..arrays import Array
from ..dtypes import canonical, float32


def scaled_matmul(
    lhs: Any, rhs: Any, lhs_scales: Any, rhs_scales: Any, preferred_element_type: Any = float32
) -> Array:
    """The products of rows, each block of a row multiplied by its scale first; computed in float32.

    Args:
        lhs: shape (batch, m, k).
        rhs: shape (batch, n, k).
        lhs_scales: shape (batch, m, blocks); the blocks divide k.
        rhs_scales: shape (batch, n, blocks).
        preferred_element_type: the dtype of the result.

    Returns:
        An array of shape (batch, m, n).

    Raises:
        ValueError: the shapes do not fit.
    """
    a, b, p, q = (vnp.asarray(x) for x in (lhs, rhs, lhs_scales, rhs_scales))
    if any(x.ndim != 3 for x in (a, b, p, q)):
        raise ValueError(
            f"The arguments of scaled_matmul must have 3 axes, got shapes {[x.shape for x in (a, b, p, q)]}."
        )
    if (a.shape[0], a.shape[2]) != (b.shape[0], b.shape[2]):
        raise ValueError(f"`lhs` and `rhs` must agree in batch and k, got shapes {a.shape} and {b.shape}.")
    for name, scales, x in (("lhs_scales", p, a), ("rhs_scales", q, b)):
        if scales.shape[:2] != x.shape[:2] or not scales.shape[2] or x.shape[2] % scales.shape[2]:
            raise ValueError(
                f"`{name}` must fit shape {x.shape} in blocks of its last axis, got {scales.shape}."
            )
    rows, columns = (
        vnp.multiply(
            vnp.astype(x, float32),
            vnp.repeat(vnp.astype(scales, float32), x.shape[2] // scales.shape[2], axis=-1),
        )
        for x, scales in ((a, p), (b, q))
    )
    found = vnp.einsum("bmk,bnk->bmn", rows, columns)
    return vnp.astype(found, canonical(preferred_element_type))
