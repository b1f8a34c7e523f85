"""Random bits, and the keys made of them, out of the threefry primitive.

Element i of an array of bits depends on the key and on i alone (JAX's ``threefry_partitionable``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..catalogue import threefry2x32_p
from ..dispatch import bind, lift
from ..dtypes import DType, canonical, uint32
from ..numpy.promotion import array_of, convert
from ..shapes import Shape, canonical_shape
from .keys import as_given, raw_of, words_of


def threefry(raw: Array, x0: Array, x1: Array) -> list[Array]:
    """The two words of a key and of counters of one shape."""
    halves = [lax.squeeze(lax.slice(raw, (i,), (i + 1,)), (0,)) for i in range(2)]
    k0, k1 = (lax.broadcast_in_dim(k, x0.shape, ()) if x0.shape else k for k in halves)
    return bind(threefry2x32_p, k0, k1, x0, x1)


def generated(raw: Array, shape: Shape) -> list[Array]:
    """Two words for each element, from its index in row-major order.

    Raises:
        ValueError: there are more than 2**32 elements.
    """
    size = math.prod(shape)
    if size > 2**32:
        raise ValueError(f"`shape` must hold at most 2**32 elements, got {shape}. Split the key.")
    low = lax.reshape(lax.iota(uint32, size), shape)
    return threefry(raw, lax.full(shape, np.uint32(0)), low)


UNSIGNED: dict[int, DType] = {
    8: np.dtype(np.uint8),
    16: np.dtype(np.uint16),
    32: uint32,
    64: np.dtype(np.uint64),
}


def drawn_bits(raw: Array, width: int, shape: Shape) -> Array:
    """Uniform unsigned integers of a width, as many as ``shape`` holds, of one key."""
    return joined(generated(raw, shape), width)


def joined(words: Sequence[Array], width: int) -> Array:
    """The two words of each element as one unsigned integer of a width."""
    first, second = words
    if width == 64:
        wide = UNSIGNED[64]
        high, low = (lift(convert(x, wide)) for x in (first, second))
        return lax.bitwise_or(lax.shift_left(high, np.uint64(32)), low)
    mixed = lax.bitwise_xor(first, second)
    return lift(convert(mixed, UNSIGNED[width]))


def bits(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """Uniform bits as unsigned integers.

    Raises:
        TypeError: the dtype is no unsigned integer.
    """
    wanted = canonical(np.uint64 if dtype is None else dtype)
    if wanted not in UNSIGNED.values():
        raise TypeError(f"`dtype` of bits must be an unsigned integer dtype, got {wanted}.")
    return drawn_bits(raw_of("bits", key), wanted.itemsize * 8, canonical_shape(shape))


def split(key: Any, num: Any = 2) -> Any:
    """Independent keys in an array of shape ``num``.

    Raises:
        TypeError: ``key`` is no key.
    """
    shape = canonical_shape(num, "num")
    words = generated(raw_of("split", key), shape)
    return as_given(key, vnp.stack(words, len(shape)))


def fold_in(key: Any, data: Any) -> Any:
    """A key out of a key and an integer.

    Returns:
        A key like ``key``.

    Raises:
        TypeError: ``key`` is no key.
    """
    raw = raw_of("fold_in", key)
    number = array_of("fold_in", data if not isinstance(data, int) else np.uint32(data & 0xFFFFFFFF))
    if number.shape:
        raise TypeError(
            f"`data` of fold_in must be a scalar, got shape {number.shape}. Use vmap for several."
        )
    words = words_of(lift(convert(number, uint32)))
    found = threefry(raw, lax.slice(words, (0,), (1,)), lax.slice(words, (1,), (2,)))
    return as_given(key, lax.concatenate(found, 0))
