"""Encodings of classes as vectors."""

from __future__ import annotations

import operator
from typing import Any

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import default_float, is_integer
from ..numpy.promotion import canonical_dtype, convert
from ..shapes import canonical_axis


def one_hot(x: Any, num_classes: int, *, dtype: Any = None, axis: int = -1) -> Array:
    """Vectors of zeros with a one at the index that ``x`` gives; all zeros where that is out of range.

    Args:
        x: integers.
        num_classes: the size of the vectors.
        dtype: their dtype; float by default.
        axis: where the new axis goes in the result.

    Raises:
        TypeError: ``x`` holds no integers.
    """
    x, count = vnp.asarray(x), operator.index(num_classes)
    if not is_integer(x.dtype):
        raise TypeError(f"`x` of one_hot must hold integers, got {x.dtype}. Convert it with .astype(int).")
    place = canonical_axis(axis, x.ndim + 1)
    shape = (*x.shape[:place], count, *x.shape[place:])
    axes = tuple(i for i in range(x.ndim + 1) if i != place)
    classes = lax.broadcasted_iota(x.dtype, shape, place)
    chosen = lax.eq(lax.broadcast_in_dim(x, shape, axes), classes)
    return lift(convert(chosen, canonical_dtype(dtype) or default_float()))
