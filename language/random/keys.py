"""Keys: one word pair each, raw as JAX's uint32 arrays of shape (..., 2), or typed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import lax, trees
from .. import numpy as vnp
from ..arrays import Array
from ..config import config
from ..dispatch import lift
from ..dtypes import is_integer, uint32
from ..numpy.promotion import array_of, convert
from ..shapes import Shape

IMPLEMENTATION = "threefry2x32"


class KeyArray:
    """An array of random keys: `key` and `wrap_key_data` make it, samplers take one key of it.

    Attributes:
        data: the raw words, uint32 of shape (*shape, 2).
    """

    __slots__ = ("data",)
    dtype = "key<fry>"

    def __init__(self, data: Any) -> None:
        self.data = data

    @property
    def shape(self) -> Shape:
        """The shape of the array of keys."""
        return tuple(self.data.shape[:-1])

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of keys."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("A single key has no length. Split it.")
        return self.shape[0]

    def __iter__(self) -> Iterator[KeyArray]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> KeyArray:
        entries = index if isinstance(index, tuple) else (index,)
        if Ellipsis not in entries:
            entries = (*entries, Ellipsis)
        return KeyArray(self.data[(*entries, slice(None))])

    def reshape(self, *shape: Any) -> KeyArray:
        """The same keys in another shape."""
        given = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        sizes = vnp.reshape(np.zeros(self.size, np.bool_), tuple(given)).shape
        return KeyArray(vnp.reshape(self.data, (*sizes, 2)))

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, KeyArray):
            return NotImplemented
        if not (isinstance(self.data, Array) and isinstance(other.data, Array)):
            return bool(
                self.data == other.data
            )  # a tree map may put anything in the data's place: its dtype, say
        return vnp.all(vnp.equal(self.data, other.data), -1)

    __hash__ = None  # type: ignore[assignment]  # keys compare elementwise, as arrays do

    def __repr__(self) -> str:
        return f"KeyArray({self.data!r})"


trees.register_node(KeyArray, lambda k: ((k.data,), None), lambda _, children: KeyArray(*children))


def key(seed: Any, *, impl: str | None = None) -> KeyArray:
    """A key from a seed: an integer, or an integer scalar array.

    Returns:
        A key: an array of keys without axes.

    Raises:
        TypeError: ``seed`` is no integer.
    """
    check_impl(impl)
    return KeyArray(_seeded("key", seed))


def PRNGKey(seed: Any, *, impl: str | None = None) -> Any:
    """A key from a seed, as a raw array: uint32 of shape (2,); typed, as `key`'s, where ``enable_custom_prng`` is set.

    Raises:
        TypeError: ``seed`` is no integer.
    """
    check_impl(impl)
    data = _seeded("PRNGKey", seed)
    return KeyArray(data) if config.enable_custom_prng else data


def check_impl(impl: str | None) -> None:
    """Raise ValueError unless the generator is the one that there is."""
    if impl not in (None, IMPLEMENTATION):
        raise ValueError(f"`impl` must be {IMPLEMENTATION!r}, got {impl!r}. No other generator exists.")


def _seeded(name: str, seed: Any) -> Array:
    if isinstance(seed, (int, np.integer)):
        word = int(np.int64(seed)) & 0xFFFFFFFFFFFFFFFF
        high = word >> 32 if config.enable_x64 else 0
        return lift(np.array([high, word & 0xFFFFFFFF], np.uint32))
    seed = array_of(name, seed)
    if seed.shape:
        raise TypeError(f"`seed` of {name} must be a scalar, got shape {seed.shape}. Use vmap for several.")
    if not is_integer(seed.dtype):
        raise TypeError(f"`seed` of {name} must be an integer, got {seed.dtype}.")
    return words_of(seed)


def words_of(number: Array) -> Array:
    """An integer as two words, the high one first; narrow integers have none."""
    low = convert(number, uint32)
    high: Any = np.zeros((), np.uint32)
    if number.dtype.itemsize == 8:
        high = convert(lax.shift_right_logical(number, np.asarray(32, number.dtype)[()]), uint32)
    return lax.concatenate([lax.reshape(x, (1,)) for x in (high, low)], 0)


def raw_of(name: str, given: Any) -> Array:
    """The words of one key.

    Raises:
        TypeError: it is no key.
        ValueError: it is an array of several.
    """
    data = given.data if isinstance(given, KeyArray) else given
    if not isinstance(data, (Array, np.ndarray)) or data.dtype != uint32 or data.shape[-1:] != (2,):
        raise TypeError(
            f"`key` of {name} must be a key, got {given!r}. Make one with verax.random.key(seed)."
        )
    if data.ndim != 1:
        raise ValueError(
            f"`key` of {name} must be a single key, got an array of shape {data.shape[:-1]}. Use vmap."
        )
    return lift(data)


def as_given(given: Any, data: Array) -> Any:
    """Words as the kind of key, typed or raw, that was given."""
    return KeyArray(data) if isinstance(given, KeyArray) else data


def key_data(keys: Any) -> Array:
    """The raw words of keys.

    Returns:
        An array of uint32, with an axis of 2 words more.

    Raises:
        TypeError: ``key`` is no key.
    """
    return lift(keys.data if isinstance(keys, KeyArray) else keys)


def wrap_key_data(key_bits_array: Any, *, impl: str | None = None) -> KeyArray:
    """Keys of raw words.

    Returns:
        An array of keys, without the last axis.

    Raises:
        TypeError: the array is not uint32 with a last axis of 2.
    """
    check_impl(impl)
    data = array_of("wrap_key_data", key_bits_array)
    if data.dtype != uint32 or data.shape[-1:] != (2,):
        raise TypeError(f"`key_bits_array` must be uint32 of shape (..., 2), got {data.dtype} {data.shape}.")
    return KeyArray(data)


def key_dtype(impl: str | None = None) -> str:
    """The dtype of typed keys.

    Raises:
        ValueError: there is no such generator.
    """
    check_impl(impl)
    return KeyArray.dtype


def key_impl(keys: Any) -> str:
    """The name of the generator.

    Returns:
        A text.

    Raises nothing of its own.
    """
    return IMPLEMENTATION


def clone(key: Any) -> Any:
    """The key itself.

    Returns:
        What is given.

    Raises nothing of its own.
    """
    return key
