"""Random bits, and the keys made of them, out of the threefry primitive, in the layout that is in force."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..config import config
from ..dispatch import lift
from ..dtypes import canonical, uint32
from ..numpy.promotion import array_of, convert
from ..shapes import Shape, canonical_shape
from .keys import as_given, raw_of, words_of
from .layouts import UNSIGNED, bits_in_halves, generated, joined, split_in_halves, threefry


def drawn_bits(raw: Array, width: int, shape: Shape) -> Array:
    """Uniform unsigned integers of a width, as many as ``shape`` holds, of one key."""
    if not config.in_force().threefry_partitionable:
        return bits_in_halves(raw, width, shape)
    return joined(generated(raw, shape), width)


def keys_of(raw: Array, shape: Shape) -> Array:
    """An array of keys made of one, with their two words along a last axis."""
    if not config.in_force().threefry_partitionable:
        return split_in_halves(raw, shape)
    return vnp.stack(generated(raw, shape), len(shape))


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
    return as_given(key, keys_of(raw_of("split", key), canonical_shape(num, "num")))


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
