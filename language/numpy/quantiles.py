"""Quantiles: what stands at a place of the sorted elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..shapes import canonical_axis
from .classes import isnan
from .manipulation import ravel
from .moments import mean
from .promotion import array_of, promote_inexact
from .reductions import any
from .running import part_of


def median(a: Any, axis: int | None = None, keepdims: bool = False) -> Array:
    """The middle of the sorted elements, or the mean of the two middle ones; NaN if one is NaN."""
    from .searching import sort

    (a,) = promote_inexact("median", array_of("median", a))
    if axis is None:
        found = median(ravel(a), 0)
        return lax.reshape(found, (1,) * a.ndim) if keepdims else found
    axis = canonical_axis(axis, a.ndim)
    ordered, size = sort(a, axis), a.shape[axis]
    middle = part_of(ordered, axis, (size - 1) // 2, size // 2 + 1)
    found = mean(middle, axis, keepdims=keepdims)
    missing = any(isnan(a), axis, keepdims=keepdims)
    return lax.select(missing, lax.full_like(found, np.nan), found)
