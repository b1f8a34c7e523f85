"""`jax.flatten_util`: a tree of arrays as one vector, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import numpy as vnp
from . import trees
from .arrays import Array
from .dispatch import aval_of

__all__ = ["ravel_pytree"]


def ravel_pytree(pytree: Any) -> tuple[Array, Callable[[Any], Any]]:
    """The elements of all leaves in one vector, and the function that makes such a tree of such a vector.

    Args:
        pytree: arrays and numbers, in a tree.

    Returns:
        The vector, of shape (n,) and the dtype that the leaves promote to (float by default, where there are none);
        and a function of a vector of shape (n,): it gives the tree, each leaf with its own shape and dtype. Where
        all leaves have one dtype it takes vectors of any, and keeps it.

    Raises:
        TypeError: a leaf is neither an array nor a number; the function: its vector has another dtype.
        ValueError: the function: its vector has another size.
    """
    leaves, tree = trees.flatten(pytree)
    arrays = [vnp.asarray(x) for x in leaves]
    avals = [aval_of(x) for x in arrays]
    mixed = len({x.dtype for x in avals}) > 1
    if mixed:  # numbers count as arrays of their dtype
        wide = vnp.result_type(*(x.dtype for x in avals))
        arrays = [vnp.astype(x, wide) for x in arrays]
    flat = vnp.concatenate([vnp.ravel(x) for x in arrays]) if arrays else vnp.zeros(0)
    ends = np.cumsum([x.size for x in avals], dtype=int).tolist()

    def unravel(vector: Any) -> Any:
        vector = vnp.asarray(vector)
        size = ends[-1] if ends else 0
        if vector.shape != (size,):
            raise ValueError(f"`vector` of unravel must have shape ({size},), got {vector.shape}.")
        if mixed and vector.dtype != flat.dtype:
            raise TypeError(f"`vector` of unravel must have dtype {flat.dtype}, got {vector.dtype}.")
        parts = [
            vnp.reshape(vector[end - aval.size : end], aval.shape)
            for end, aval in zip(ends, avals, strict=True)
        ]
        if mixed:
            parts = [vnp.astype(part, aval.dtype) for part, aval in zip(parts, avals, strict=True)]
        return trees.unflatten(tree, parts)

    return flat, unravel
