"""Where the words of a key's stream go: the two layouts of random bits.

In today's, element i of an array of bits depends on the key and on i alone (JAX's ``threefry_partitionable``). In that
of JAX before 0.5 counters stand in two halves, so that every word depends on the shape too; it is drawn where
``config.threefry_partitionable`` is False, for programs whose numbers were written down then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .. import lax
from ..arrays import Array
from ..catalogue import threefry2x32_p
from ..dispatch import bind, lift
from ..dtypes import DType, uint32
from ..numpy.promotion import convert
from ..shapes import Shape


def threefry(raw: Array, x0: Array, x1: Array) -> list[Array]:
    """The two words of a key and of counters of one shape."""
    halves = [lax.squeeze(lax.slice(raw, (i,), (i + 1,)), (0,)) for i in range(2)]
    k0, k1 = (lax.broadcast_in_dim(k, x0.shape, ()) if x0.shape else k for k in halves)
    return bind(threefry2x32_p, k0, k1, x0, x1)


UNSIGNED: dict[int, DType] = {
    8: np.dtype(np.uint8),
    16: np.dtype(np.uint16),
    32: uint32,
    64: np.dtype(np.uint64),
}


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


def joined(words: Sequence[Array], width: int) -> Array:
    """The two words of each element as one unsigned integer of a width."""
    first, second = words
    if width == 64:
        wide = UNSIGNED[64]
        high, low = (lift(convert(x, wide)) for x in (first, second))
        return lax.bitwise_or(lax.shift_left(high, np.uint64(32)), low)
    mixed = lax.bitwise_xor(first, second)
    return lift(convert(mixed, UNSIGNED[width]))


def words_in_halves(raw: Array, count: int) -> Array:
    """``count`` words: the first half of the counters 0, 1, ... are first words of blocks, the second half second ones.

    An odd count is made even by a counter of 0, whose word is dropped.
    """
    half = -(-count // 2)
    counters = lax.iota(uint32, count)
    second = lax.slice(counters, (half,), (count,))
    if count % 2:
        second = lax.concatenate([second, lax.full((1,), np.uint32(0))], 0)
    words = lax.concatenate(threefry(raw, lax.slice(counters, (0,), (half,)), second), 0)
    return lax.slice(words, (0,), (count,))


def split_in_halves(raw: Array, shape: Shape) -> Array:
    """The two words of each key of an array of keys, along a last axis."""
    return lax.reshape(words_in_halves(raw, 2 * math.prod(shape)), (*shape, 2))


def bits_in_halves(raw: Array, width: int, shape: Shape) -> Array:
    """Unsigned integers of a width: parts of a word from its lowest on, or two words that stand half the list apart."""
    size, wanted = math.prod(shape), UNSIGNED[width]
    words = words_in_halves(raw, -(-width * size // 32))
    if width == 64:
        high, low = (
            lift(convert(lax.slice(words, (k * size,), ((k + 1) * size,)), wanted)) for k in range(2)
        )
        found = lax.bitwise_or(lax.shift_left(high, np.uint64(32)), low)
    elif width == 32:
        found = words
    else:
        parts = 32 // width
        shifts = lax.mul(np.uint32(width), lax.broadcasted_iota(uint32, (words.shape[0], parts), 1))
        wide = lax.broadcast_in_dim(words, (words.shape[0], parts), (0,))
        mask = np.uint32((1 << width) - 1)
        narrow = lax.bitwise_and(lax.shift_right_logical(wide, shifts), mask)
        found = lax.slice(
            lift(convert(lax.reshape(narrow, (words.shape[0] * parts,)), wanted)), (0,), (size,)
        )
    return lax.reshape(found, shape)
