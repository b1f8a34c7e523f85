"""Random bits out of a key and a counter, as XLA's RngBitGenerator makes them.

Sources: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11), for Threefry-2x32 and
Philox-4x32; XLA (xla/hlo/builder/lib/prng.cc) for the counters and for the order of the words.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand
from ..dtypes import DType, canonical, finfo, is_float, is_integer, uint32
from ..shapes import Shape, canonical_shape
from .conversion import bitcast_convert_type, convert_element_type
from .creation import full, iota
from .elementwise import (
    add,
    bitwise_or,
    bitwise_xor,
    lt,
    max,
    min,
    mul,
    mulhi,
    rem,
    shift_left,
    shift_right_logical,
    sub,
)
from .operands import bind
from .slicing import index_in_dim, slice
from .structural import broadcast_in_dim, reshape, stack

# Two words: the lower one first.
Pair = tuple[Array, Array]


class RandomAlgorithm(enum.IntEnum):
    """What makes random bits: the default is Philox, as on JAX's CPU and GPU."""

    RNG_DEFAULT = 0
    RNG_THREE_FRY = 1
    RNG_PHILOX = 2

    def __str__(self) -> str:
        return self.name


def rng_bit_generator(
    key: Operand,
    shape: Any,
    dtype: Any = np.uint32,
    algorithm: Any = RandomAlgorithm.RNG_DEFAULT,
    *,
    out_sharding: Any = None,
) -> tuple[Array, Array]:
    """The key that comes after, and as many random bits as ``shape`` holds: JAX's on a CPU.

    Mapped over keys, each lane has its own key's bits; JAX draws all lanes' of the first key.

    Args:
        key: four uint32 or two uint64: a key and a counter, lower words first.
        shape: of the bits.
        dtype: an unsigned integer of at least 8 bits.
        algorithm: a `RandomAlgorithm`.
        out_sharding: accepted for JAX's sake.

    Returns:
        A key like ``key``, its counter advanced by the blocks that were used; and the bits.

    Raises:
        TypeError: ``dtype`` is no unsigned integer, or ``key`` is not of uint32 or uint64.
        ValueError: ``key`` is not of four or two words, there is no such algorithm, or ``shape`` is too large.
    """
    sizes, wanted = canonical_shape(shape), canonical(dtype)
    if wanted.kind != "u":
        raise TypeError(f"`dtype` of rng_bit_generator must be an unsigned integer dtype, got {wanted}.")
    if math.prod(sizes) > 2**32:
        raise ValueError(f"`shape` of rng_bit_generator must hold at most 2**32 elements, got {sizes}.")
    given = dispatch.lift(key)
    words = _words_of(given)
    make = _threefry if RandomAlgorithm(algorithm) is RandomAlgorithm.RNG_THREE_FRY else _philox
    blocks, found = make(words, sizes, wanted)
    low, high = _advanced((words[2], words[3]), full((), np.uint32(blocks)))
    return _key_like(given, [words[0], words[1], low, high]), found


def _words_of(key: Array) -> list[Array]:
    if not is_integer(key.dtype) or key.dtype.kind != "u" or key.dtype.itemsize < 4:
        raise TypeError(f"`key` of rng_bit_generator must be of uint32 or uint64, got {key.dtype}.")
    count = 16 // key.dtype.itemsize
    if key.shape != (count,):
        raise ValueError(
            f"`key` of rng_bit_generator must be {count} numbers of {key.dtype}, got shape {key.shape}."
        )
    found = [index_in_dim(key, i, keepdims=False) for i in range(count)]
    if count == 4:
        return found
    shift = np.uint64(32)
    halves = [(x, shift_right_logical(x, shift)) for x in found]
    return [convert_element_type(half, uint32) for pair in halves for half in pair]


def _wide(low: Array, high: Array) -> Array:
    wide = np.dtype(np.uint64)
    return bitwise_or(
        convert_element_type(low, wide), shift_left(convert_element_type(high, wide), np.uint64(32))
    )


def _key_like(key: Array, words: Sequence[Array]) -> Array:
    if key.dtype == uint32:
        return stack(words)
    return stack([_wide(*words[:2]), _wide(*words[2:])])


def _advanced(counter: Pair, by: Array) -> Pair:
    """A counter of two words, and a number of one added to it."""
    low, high = (broadcast_in_dim(word, by.shape, ()) for word in counter)
    total = add(low, by)
    return total, add(high, convert_element_type(lt(total, low), uint32))


def _counters(words: Sequence[Array], blocks: int) -> Pair:
    return _advanced((words[2], words[3]), iota(uint32, blocks))


# -- Threefry ----------------------------------------------------------------------------------------------
def _threefry(words: Sequence[Array], shape: Shape, dtype: DType) -> tuple[int, Array]:
    """How many blocks were used, and their bits: a block for 64 of them, or for two narrower numbers."""
    size = math.prod(shape)
    if dtype.itemsize == 8:
        return size, reshape(_wide(*_threefry_words(words, size)), shape)
    if not shape:
        first, _ = _threefry_words(words, 1)
        return 1, convert_element_type(reshape(first, ()), dtype)
    # The numbers of a pair are neighbours along the first axis of even length, or else along the longest.
    axis = next((i for i, n in enumerate(shape) if n % 2 == 0), int(np.argmax(shape)))
    half = [-(-n // 2) if i == axis else n for i, n in enumerate(shape)]
    blocks = math.prod(half)
    pairs = [reshape(x, half) for x in _threefry_words(words, blocks)]
    both = [2 * n if i == axis else n for i, n in enumerate(half)]
    found = slice(reshape(stack(pairs, axis + 1), both), [0] * len(shape), shape)
    return blocks, convert_element_type(found, dtype)


def _threefry_words(words: Sequence[Array], blocks: int) -> Pair:
    key = (broadcast_in_dim(word, (blocks,), ()) for word in words[:2])
    first, second = dispatch.bind(rows.threefry2x32_p, *key, *_counters(words, blocks))
    return first, second


# -- Philox ------------------------------------------------------------------------------------------------
_MULTIPLIERS = np.uint32(0xD2511F53), np.uint32(0xCD9E8D57)
_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10


def _philox(words: Sequence[Array], shape: Shape, dtype: DType) -> tuple[int, Array]:
    """How many blocks were used, and their bits in order: four words a block."""
    each = 2 if dtype.itemsize == 8 else 4
    size = math.prod(shape)
    blocks = -(-size // each)
    low, high = _counters(words, blocks)
    # The key is the upper half of a counter of four words, and what the lower half loses is carried there.
    carried = lt(high, broadcast_in_dim(words[3], high.shape, ()))
    third, fourth = _advanced((words[0], words[1]), convert_element_type(carried, uint32))
    parts = _philox_blocks([low, high, third, fourth], words[:2])
    joined = parts if each == 4 else [_wide(*parts[:2]), _wide(*parts[2:])]
    line = reshape(stack(joined, 1), (each * blocks,))
    return blocks, reshape(convert_element_type(slice(line, (0,), (size,)), dtype), shape)


def _philox_blocks(counter: list[Array], key: Sequence[Array]) -> list[Array]:
    """Philox-4x32 with ten rounds: in each, two products, of which the upper words meet the key."""
    c0, c1, c2, c3 = counter
    for turn in range(_ROUNDS):
        k0, k1 = (
            broadcast_in_dim(add(k, np.uint32(turn * step % 2**32)), c0.shape, ())
            for k, step in zip(key, _STEPS, strict=True)
        )
        highs = [
            mulhi(c, broadcast_in_dim(m, c.shape, ())) for c, m in zip((c0, c2), _MULTIPLIERS, strict=True)
        ]
        lows = [mul(c, m) for c, m in zip((c0, c2), _MULTIPLIERS, strict=True)]
        c0, c1, c2, c3 = (
            bitwise_xor(bitwise_xor(highs[1], c1), k0),
            lows[1],
            bitwise_xor(bitwise_xor(highs[0], c3), k1),
            lows[0],
        )
    return [c0, c1, c2, c3]


# -- numbers without a key -----------------------------------------------------------------------------------
_FIXED_KEY = np.array([0x243F6A88, 0x85A308D3, 0, 0], np.uint32)  # of pi's digits: nothing up the sleeve


def rng_uniform(a: Operand, b: Operand, shape: Any) -> Array:
    """Numbers in [a, b). Programs here have no state: the same call gives the same numbers, each time it is made.

    Use `verax.random.uniform` or `randint` with a key.

    Args:
        a: a scalar, a float or an integer.
        b: a scalar of its dtype, larger.
        shape: of the numbers.

    Returns:
        Numbers of the dtype of ``a`` and ``b``.

    Raises:
        TypeError: they are neither floats nor integers.
        ValueError: they are no scalars, or differ in dtype.
    """
    low, high = (dispatch.lift(x) for x in (a, b))
    if low.dtype != high.dtype or low.shape or high.shape:
        raise ValueError(
            f"`a` and `b` of rng_uniform must be scalars of one dtype, got {low.aval} and {high.aval}."
        )
    sizes, dtype = canonical_shape(shape), low.dtype
    if not is_float(dtype) and not is_integer(dtype):
        raise TypeError(f"`a` of rng_uniform must be a float or an integer, got {dtype}.")
    unsigned = np.dtype(f"u{dtype.itemsize}")
    _, bits = rng_bit_generator(_FIXED_KEY, sizes, unsigned, RandomAlgorithm.RNG_THREE_FRY)
    spread = [broadcast_in_dim(x, sizes, ()) for x in (low, high)]
    found = (_between_floats if is_float(dtype) else _between_integers)(bits, *spread)
    return convert_element_type(found, dtype, low.weak_type and high.weak_type)


def _between_floats(bits: Array, low: Array, high: Array) -> Array:
    """The bits as a mantissa: a multiple of an epsilon in [0, 1), moved; what rounds up to ``high`` goes below."""
    dtype = low.dtype
    mantissa, one = int(finfo(dtype).nmant), np.ones((), dtype)
    kept = shift_right_logical(bits, np.asarray(8 * dtype.itemsize - mantissa, bits.dtype)[()])
    unit = sub(bitcast_convert_type(bitwise_or(kept, one.view(bits.dtype)[()]), dtype), one[()])
    below = bind(rows.nextafter_p, high, low)
    return max(low, min(add(mul(unit, sub(high, low)), low), below))


def _between_integers(bits: Array, low: Array, high: Array) -> Array:
    """The rest of the bits by the width, counted on from ``low``; differences wrap around as they must."""
    first, last = (bitcast_convert_type(x, bits.dtype) for x in (low, high))
    return bitcast_convert_type(add(first, rem(bits, sub(last, first))), low.dtype)
