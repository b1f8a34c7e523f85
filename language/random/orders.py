"""Random orders of an array, and random choices from it."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import is_integer
from ..numpy.promotion import array_of, promote_inexact
from ..shapes import Shape, canonical_axis, canonical_shape
from .categories import gumbel
from .integers import randint
from .keys import raw_of
from .uniforms import drawn_uniform
from .words import drawn_bits, keys_of


def permutation(key: Any, x: Any, axis: int = 0, independent: bool = False) -> Array:
    """A random order of an array's slices, or of ``range(x)`` for an integer.

    Args:
        key: the key.
        x: an array, or an integer.
        axis: along which the order changes.
        independent: whether every vector along the axis is ordered by itself.

    Returns:
        An array of x's shape and dtype; integers of shape (x,) for an integer.

    Raises:
        TypeError: ``key`` is no key.
        ValueError: there is no such axis.
    """
    raw = raw_of("permutation", key)
    if np.ndim(x) == 0:
        canonical_axis(axis, 1)
        if not is_integer(array_of("permutation", x).dtype):
            raise TypeError(f"`x` of permutation must be an integer or have at least 1 axis, got {x!r}.")
        return shuffled(raw, vnp.arange(operator.index(x)), 0)
    x = array_of("permutation", x)
    axis = canonical_axis(axis, x.ndim)
    if independent or x.ndim == 1:
        return shuffled(raw, x, axis)
    return vnp.take(x, shuffled(raw, vnp.arange(x.shape[axis]), 0), axis)


def shuffled(raw: Array, x: Array, axis: int) -> Array:
    """``x`` in random order along an axis, each vector by itself."""
    # Sorting by random words leaves ties in order; rounds enough make those unlikely (JAX's count).
    rounds = int(np.ceil(3 * np.log(max(1, x.size)) / np.log(np.iinfo(np.uint32).max)))
    for _ in range(rounds):
        keys = keys_of(raw, (2,))
        raw, words = keys[0], drawn_bits(keys[1], 32, x.shape)
        _, x = lax.sort_key_val(words, x, axis)
    return x


def choice(
    key: Any,
    a: Any,
    shape: Any = (),
    replace: bool = True,
    p: Any = None,
    axis: int = 0,
    mode: str | None = None,
) -> Array:
    """Random slices of an array, or numbers of ``range(a)`` for an integer.

    Returns:
        An array of a's dtype: ``shape``, and the sizes of a slice.

    Raises:
        ValueError: more are drawn without replacement than there are, or ``p`` does not fit.
    """
    raw, shape = raw_of("choice", key), canonical_shape(shape)
    number = operator.index(a) if np.ndim(a) == 0 else None
    a = vnp.asarray(a)
    axis = canonical_axis(axis, a.ndim) if a.ndim else 0
    count = a.shape[axis] if number is None else number
    draws = math.prod(shape)
    if draws == 0:
        return vnp.zeros(shape, a.dtype)
    if count < 1:
        raise ValueError(f"`a` of choice must hold something to choose from, got {count} elements.")
    if not replace and draws > count:
        raise ValueError(f"`shape` must hold at most {count} without replacement, got {draws}.")
    if p is None and not replace:
        ordered = permutation(raw, count if a.ndim == 0 else a, axis)
        found = lax.slice_in_dim(ordered, 0, draws, axis=axis)
    else:
        places = (
            randint(raw, shape, 0, count) if p is None else _weighted(raw, shape, count, replace, p, mode)
        )
        found = places if a.ndim == 0 else vnp.take(a, places, axis)
    return vnp.reshape(found, shape if a.ndim == 0 else (*a.shape[:axis], *shape, *a.shape[axis + 1 :]))


def _weighted(raw: Array, shape: Shape, count: int, replace: bool, p: Any, mode: str | None) -> Array:
    weights = lift(promote_inexact("choice", p)[0])
    if weights.shape != (count,):
        raise ValueError(
            f"`p` of choice must have {count} entries, one for each choice, got shape {weights.shape}."
        )
    if replace:
        total = vnp.cumsum(weights)
        drawn = vnp.multiply(total[-1], vnp.subtract(1, drawn_uniform(raw, shape, total.dtype)))
        return vnp.astype(vnp.searchsorted(total, drawn), np.int64)
    scores = vnp.add(gumbel(raw, (count,), weights.dtype, mode), vnp.log(weights))
    return vnp.astype(lax.top_k(scores, math.prod(shape))[1], np.int64)
