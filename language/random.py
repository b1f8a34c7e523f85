"""`jax.random`: counter-based random numbers out of the threefry primitive.

Keys, splits and bits are JAX's to the bit, in its default layout (``threefry_partitionable``): element i of
an array of bits depends on the key and on i alone.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import lax, trees
from . import numpy as vnp
from .arrays import Array
from .catalogue import threefry2x32_p
from .config import config
from .dispatch import bind, lift
from .dtypes import DType, canonical, finfo, iinfo, int32, is_float, is_integer, uint32
from .numpy.promotion import array_of, convert, expand_to
from .shapes import Shape, broadcast_shapes, canonical_axis, canonical_shape
from .special import erf_inv

__all__ = [
    "KeyArray",
    "PRNGKey",
    "bernoulli",
    "bits",
    "categorical",
    "cauchy",
    "choice",
    "clone",
    "exponential",
    "fold_in",
    "gumbel",
    "key",
    "key_data",
    "key_impl",
    "laplace",
    "logistic",
    "normal",
    "permutation",
    "rademacher",
    "randint",
    "split",
    "truncated_normal",
    "uniform",
    "wrap_key_data",
]

IMPLEMENTATION = "threefry2x32"


# -- keys -----------------------------------------------------------------------------------------------
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
        return vnp.all(vnp.equal(self.data, other.data), -1)

    __hash__ = None  # type: ignore[assignment]  # keys compare elementwise, as arrays do

    def __repr__(self) -> str:
        return f"KeyArray({self.data!r})"


trees.register_node(KeyArray, lambda k: ((k.data,), None), lambda _, children: KeyArray(*children))


def key(seed: Any, *, impl: str | None = None) -> KeyArray:
    """A key from a seed: an integer, or an integer scalar array."""
    _check_impl(impl)
    return KeyArray(_seeded("key", seed))


def PRNGKey(seed: Any, *, impl: str | None = None) -> Array:
    """A key from a seed, as a raw array: uint32 of shape (2,)."""
    _check_impl(impl)
    return _seeded("PRNGKey", seed)


def _check_impl(impl: str | None) -> None:
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
    return _words(seed)


def _words(number: Array) -> Array:
    """An integer as two words, the high one first; narrow integers have none."""
    low = convert(number, uint32)
    high: Any = np.zeros((), np.uint32)
    if number.dtype.itemsize == 8:
        high = convert(lax.shift_right_logical(number, np.asarray(32, number.dtype)[()]), uint32)
    return lax.concatenate([lax.reshape(x, (1,)) for x in (high, low)], 0)


def _raw(name: str, given: Any) -> Array:
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


def _like(given: Any, data: Array) -> Any:
    return KeyArray(data) if isinstance(given, KeyArray) else data


def key_data(keys: Any) -> Array:
    """The raw words of keys."""
    return lift(keys.data if isinstance(keys, KeyArray) else keys)


def wrap_key_data(key_bits_array: Any, *, impl: str | None = None) -> KeyArray:
    """Keys of raw words.

    Raises:
        TypeError: the array is not uint32 with a last axis of 2.
    """
    _check_impl(impl)
    data = array_of("wrap_key_data", key_bits_array)
    if data.dtype != uint32 or data.shape[-1:] != (2,):
        raise TypeError(f"`key_bits_array` must be uint32 of shape (..., 2), got {data.dtype} {data.shape}.")
    return KeyArray(data)


def key_impl(keys: Any) -> str:
    """The name of the generator."""
    return IMPLEMENTATION


def clone(key: Any) -> Any:
    """The key itself."""
    return key


def split(key: Any, num: Any = 2) -> Any:
    """Independent keys in an array of shape ``num``."""
    shape = canonical_shape(num, "num")
    words = _generated(_raw("split", key), shape)
    return _like(key, vnp.stack(words, len(shape)))


def fold_in(key: Any, data: Any) -> Any:
    """A key out of a key and an integer."""
    raw = _raw("fold_in", key)
    number = array_of("fold_in", data if not isinstance(data, int) else np.uint32(data & 0xFFFFFFFF))
    if number.shape:
        raise TypeError(
            f"`data` of fold_in must be a scalar, got shape {number.shape}. Use vmap for several."
        )
    words = _words(lift(convert(number, uint32)))
    found = _threefry(raw, lax.slice(words, (0,), (1,)), lax.slice(words, (1,), (2,)))
    return _like(key, lax.concatenate(found, 0))


# -- bits -------------------------------------------------------------------------------------------------
def _threefry(raw: Array, x0: Array, x1: Array) -> list[Array]:
    halves = [lax.squeeze(lax.slice(raw, (i,), (i + 1,)), (0,)) for i in range(2)]
    k0, k1 = (lax.broadcast_in_dim(k, x0.shape, ()) if x0.shape else k for k in halves)
    return bind(threefry2x32_p, k0, k1, x0, x1)


def _generated(raw: Array, shape: Shape) -> list[Array]:
    """Two words for each element, from its index in row-major order.

    Raises:
        ValueError: there are more than 2**32 elements.
    """
    size = math.prod(shape)
    if size > 2**32:
        raise ValueError(f"`shape` must hold at most 2**32 elements, got {shape}. Split the key.")
    low = lax.reshape(lax.iota(uint32, size), shape)
    return _threefry(raw, lax.full(shape, np.uint32(0)), low)


_UNSIGNED: dict[int, DType] = {
    8: np.dtype(np.uint8),
    16: np.dtype(np.uint16),
    32: uint32,
    64: np.dtype(np.uint64),
}


def _bits(raw: Array, width: int, shape: Shape) -> Array:
    first, second = _generated(raw, shape)
    if width == 64:
        wide = _UNSIGNED[64]
        high, low = (lift(convert(x, wide)) for x in (first, second))
        return lax.bitwise_or(lax.shift_left(high, np.uint64(32)), low)
    mixed = lax.bitwise_xor(first, second)
    return lift(convert(mixed, _UNSIGNED[width]))


def bits(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """Uniform bits as unsigned integers.

    Raises:
        TypeError: the dtype is no unsigned integer.
    """
    wanted = canonical(np.uint64 if dtype is None else dtype)
    if wanted not in _UNSIGNED.values():
        raise TypeError(f"`dtype` of bits must be an unsigned integer dtype, got {wanted}.")
    return _bits(_raw("bits", key), wanted.itemsize * 8, canonical_shape(shape))


# -- uniform and integers -----------------------------------------------------------------------------------
def _float_dtype(name: str, dtype: Any) -> DType:
    wanted = canonical(np.float64 if dtype is None else dtype)
    if not is_float(wanted):
        raise ValueError(f"`dtype` of {name} must be a float dtype, got {wanted}.")
    return wanted


def _spread(name: str, x: Any, shape: Shape) -> Array:
    """A sampler's parameter in the shape of the result, which it must not enlarge."""
    x = array_of(name, x)
    if broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(
            f"`shape` of {name} must be one that its parameters broadcast to, got {shape} for {x.shape}."
        )
    return x if x.shape == shape else expand_to(x, x.shape, shape)


def uniform(key: Any, shape: Any = (), dtype: Any = None, minval: Any = 0.0, maxval: Any = 1.0) -> Array:
    """Floats in [minval, maxval), all multiples of a fixed spacing."""
    wanted = _float_dtype("uniform", dtype)
    return _uniform(_raw("uniform", key), canonical_shape(shape), wanted, minval, maxval)


def _uniform(raw: Array, shape: Shape, dtype: DType, minval: Any = 0.0, maxval: Any = 1.0) -> Array:
    # Random bits become the mantissa of a float in [1, 2), from which 1 is taken.
    info = finfo(dtype)
    width = info.bits
    drawn = 8 if info.nmant < 8 else width
    words = lift(convert(_bits(raw, drawn, shape), _UNSIGNED[width]))
    mantissa = lax.shift_right_logical(words, np.asarray(drawn - info.nmant, words.dtype)[()])
    one = np.asarray(1.0, dtype)
    floats = lax.bitcast_convert_type(lax.bitwise_or(mantissa, one.view(words.dtype)[()]), dtype)
    floats = lax.sub(floats, one[()])
    if _is_number(minval, 0.0) and _is_number(maxval, 1.0):
        return floats
    low, high = (_spread("uniform", convert(x, dtype), shape) for x in (minval, maxval))
    return lax.max(low, lax.add(lax.mul(floats, lax.sub(high, low)), low))


def _is_number(x: Any, value: float) -> bool:
    return isinstance(x, (int, float)) and x == value


def randint(key: Any, shape: Any, minval: Any, maxval: Any, dtype: Any = None) -> Array:
    """Integers in [minval, maxval).

    Raises:
        TypeError: the dtype is no integer.
    """
    wanted = canonical(np.int64 if dtype is None else dtype)
    if not is_integer(wanted):
        raise TypeError(f"`dtype` of randint must be an integer dtype, got {wanted}.")
    shape = canonical_shape(shape)
    working = wanted
    if wanted.itemsize < 4:
        info, working = iinfo(wanted), int32
        minval = vnp.clip(vnp.asarray(minval, int32), info.min, info.max)
        maxval = vnp.clip(vnp.asarray(maxval, int32), info.min, info.max + 1)
    return lift(convert(_randint(_raw("randint", key), shape, minval, maxval, working), wanted))


def _randint(raw: Array, shape: Shape, minval: Any, maxval: Any, dtype: DType) -> Array:
    low, high = (_integers(x) for x in (minval, maxval))
    # One beyond the dtype's largest is allowed: then the whole range is meant.
    beyond = vnp.greater(high, _clipped(vnp.asarray(iinfo(dtype).max, dtype), high.dtype))
    low, high = _clipped(low, dtype), _clipped(high, dtype)
    low, high, beyond = (_spread("randint", x, shape) for x in (low, high, beyond))
    width = dtype.itemsize * 8
    unsigned = _UNSIGNED[width]
    keys = vnp.stack(_generated(raw, (2,)), 1)
    upper, lower = (_bits(keys[i], width, shape) for i in range(2))
    span = lift(convert(lax.sub(high, low), unsigned))
    span = lax.select(lax.le(high, low), lax.full_like(span, 1), span)
    wider = lax.bitwise_and(beyond, lax.gt(high, low))
    span = lax.select(wider, lax.add(span, lax.full_like(span, 1)), span)
    # Two words, so that the remainder is as good as uniform: 2**width mod span, in steps that fit.
    factor = lax.rem(lax.full_like(span, 2 ** (width // 2)), span)
    factor = lax.rem(lax.mul(factor, factor), span)
    offset = lax.rem(lax.add(lax.mul(lax.rem(upper, span), factor), lax.rem(lower, span)), span)
    return lax.add(low, lift(convert(offset, dtype)))


def _integers(x: Any) -> Array:
    x = vnp.asarray(x)
    return x if is_integer(x.dtype) else vnp.astype(x, np.int64)


def _clipped(x: Array, dtype: DType) -> Array:
    here, there = iinfo(x.dtype), iinfo(dtype)
    low, high = max(here.min, there.min), min(here.max, there.max)
    limited = vnp.clip(x, np.asarray(low, x.dtype)[()], np.asarray(high, x.dtype)[()])
    return lift(convert(limited, dtype))


def bernoulli(key: Any, p: Any = 0.5, shape: Any = None, mode: str = "low") -> Array:
    """True with probability ``p``.

    Raises:
        TypeError: ``p`` is no float.
        ValueError: ``mode`` is neither 'low' nor 'high'.
    """
    if mode not in ("low", "high"):
        raise ValueError(f"`mode` must be 'low' or 'high', got {mode!r}.")
    p = array_of("bernoulli", p)
    if not is_float(p.dtype):
        raise TypeError(f"`p` of bernoulli must be a float, got {p.dtype}.")
    p = lift(convert(p, p.dtype))
    raw, wanted = _raw("bernoulli", key), p.shape if shape is None else canonical_shape(shape)
    p = _spread("bernoulli", p, wanted)
    if mode == "low":
        return lax.lt(_uniform(raw, wanted, p.dtype), p)
    both = _uniform(raw, (2, *wanted), p.dtype)
    fine = vnp.multiply(both[1], np.asarray(2.0 ** -finfo(p.dtype).nmant, p.dtype)[()])
    return lax.lt(fine, lax.sub(p, both[0]))


def rademacher(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """-1 or 1, each as likely."""
    wanted = canonical(np.int64 if dtype is None else dtype)
    heads = bernoulli(key, 0.5, canonical_shape(shape))
    return lift(convert(vnp.subtract(vnp.multiply(2, heads), 1), wanted))


# -- orders ----------------------------------------------------------------------------------------------------
def permutation(key: Any, x: Any, axis: int = 0, independent: bool = False) -> Array:
    """A random order of an array's slices, or of ``range(x)`` for an integer.

    Args:
        key: the key.
        x: an array, or an integer.
        axis: along which the order changes.
        independent: whether every vector along the axis is ordered by itself.
    """
    raw = _raw("permutation", key)
    if np.ndim(x) == 0:
        if not is_integer(array_of("permutation", x).dtype):
            raise TypeError(f"`x` of permutation must be an integer or have at least 1 axis, got {x!r}.")
        return _shuffled(raw, vnp.arange(operator.index(x)), 0)
    x = array_of("permutation", x)
    axis = canonical_axis(axis, x.ndim)
    if independent or x.ndim == 1:
        return _shuffled(raw, x, axis)
    return vnp.take(x, _shuffled(raw, vnp.arange(x.shape[axis]), 0), axis)


def _shuffled(raw: Array, x: Array, axis: int) -> Array:
    # Sorting by random words leaves ties in order; rounds enough make those unlikely (JAX's count).
    rounds = int(np.ceil(3 * np.log(max(1, x.size)) / np.log(np.iinfo(np.uint32).max)))
    for _ in range(rounds):
        keys = vnp.stack(_generated(raw, (2,)), 1)
        raw, words = keys[0], _bits(keys[1], 32, x.shape)
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

    Raises:
        ValueError: more are drawn without replacement than there are, or ``p`` does not fit.
    """
    raw, shape = _raw("choice", key), canonical_shape(shape)
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
    from .numpy.promotion import promote_inexact

    weights = lift(promote_inexact("choice", p)[0])
    if weights.shape != (count,):
        raise ValueError(
            f"`p` of choice must have {count} entries, one for each choice, got shape {weights.shape}."
        )
    if replace:
        total = vnp.cumsum(weights)
        drawn = vnp.multiply(total[-1], vnp.subtract(1, _uniform(raw, shape, total.dtype)))
        return vnp.astype(vnp.searchsorted(total, drawn), np.int64)
    scores = vnp.add(gumbel(raw, (count,), weights.dtype, mode), vnp.log(weights))
    return vnp.astype(lax.top_k(scores, math.prod(shape))[1], np.int64)


# -- other distributions -------------------------------------------------------------------------------------------
def normal(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The standard normal distribution."""
    wanted = _float_dtype("normal", dtype)
    one = np.asarray(1.0, wanted)
    low = np.nextafter(-one, np.asarray(0.0, wanted))
    u = _uniform(_raw("normal", key), canonical_shape(shape), wanted, low[()], one[()])
    return lax.mul(erf_inv(u), np.asarray(math.sqrt(2.0), wanted)[()])


def truncated_normal(key: Any, lower: Any, upper: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The standard normal distribution within (lower, upper)."""
    wanted = _float_dtype("truncated_normal", dtype)
    low, high = (lift(convert(array_of("truncated_normal", x), wanted)) for x in (lower, upper))
    sizes = broadcast_shapes(low.shape, high.shape) if shape is None else canonical_shape(shape)
    root = np.asarray(math.sqrt(2.0), wanted)[()]
    first, last = (lax.erf(lax.div(x, root)) for x in (low, high))
    u = _uniform(_raw("truncated_normal", key), sizes, wanted, first, last)
    inf = np.asarray(np.inf, wanted)[()]
    inside = lax.nextafter(lax.stop_gradient(low), inf), lax.nextafter(lax.stop_gradient(high), -inf)
    return vnp.clip(lax.mul(erf_inv(u), root), *inside)


def exponential(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The exponential distribution with mean 1."""
    u = uniform(key, shape, _float_dtype("exponential", dtype))
    return lax.neg(lax.log1p(lax.neg(u)))


def gumbel(key: Any, shape: Any = (), dtype: Any = None, mode: str | None = None) -> Array:
    """The standard Gumbel distribution; ``mode`` 'high' draws its far ends more finely."""
    wanted = _float_dtype("gumbel", dtype)
    if mode not in (None, "low", "high"):
        raise ValueError(f"`mode` of gumbel must be 'low' or 'high', got {mode!r}.")
    shape, info = canonical_shape(shape), finfo(wanted)
    raw, tiny = _raw("gumbel", key), np.asarray(info.tiny, wanted)[()]
    if mode != "high":
        return lax.neg(lax.log(lax.neg(lax.log(_uniform(raw, shape, wanted, tiny, 1.0)))))
    both = _uniform(raw, (2, *shape), wanted)
    high, low = both[0], both[1]
    step = np.asarray(2.0**-info.nmant, wanted)[()]
    x = vnp.where(vnp.greater_equal(high, 0.5), high, vnp.add(vnp.add(high, vnp.multiply(step, low)), tiny))
    return lax.neg(lax.log(lax.neg(lax.log1p(lax.neg(x)))))


def categorical(
    key: Any, logits: Any, axis: int = -1, shape: Any = None, replace: bool = True, mode: str | None = None
) -> Array:
    """Indices along an axis, each with the softmax of its logit as probability.

    Raises:
        ValueError: the shape does not end in the logits' other axes, or too many are drawn.
    """
    raw, logits = _raw("categorical", key), array_of("categorical", logits)
    place = canonical_axis(axis, logits.ndim)
    batch = logits.shape[:place] + logits.shape[place + 1 :]
    wanted = batch if shape is None else canonical_shape(shape)
    lead = wanted[: len(wanted) - len(batch)]
    if wanted[len(lead) :] != batch:
        raise ValueError(f"`shape` of categorical must end in {batch}, got {wanted}.")
    if replace:
        noise = gumbel(raw, (*lead, *logits.shape), logits.dtype, mode)
        return vnp.argmax(vnp.add(noise, logits), place + len(lead))
    count = math.prod(lead)
    if count > logits.shape[place]:
        raise ValueError(
            f"`shape` must hold at most {logits.shape[place]} draws without replacement, got {count}."
        )
    scores = vnp.add(logits, gumbel(raw, logits.shape, logits.dtype, mode))
    _, chosen = lax.top_k(vnp.moveaxis(scores, place, -1), count)
    return vnp.reshape(vnp.moveaxis(chosen, -1, 0), wanted)


def laplace(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Laplace distribution with scale 1."""
    wanted = _float_dtype("laplace", dtype)
    low = np.asarray(-1.0 + float(finfo(wanted).epsneg), wanted)[()]
    u = uniform(key, shape, wanted, low, 1.0)
    return lax.mul(lax.sign(u), lax.log1p(lax.neg(lax.abs(u))))


def logistic(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The logistic distribution with scale 1."""
    wanted = _float_dtype("logistic", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).tiny, wanted)[()], 1.0)
    return lax.sub(lax.log(u), lax.log1p(lax.neg(u)))


def cauchy(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The Cauchy distribution with scale 1."""
    wanted = _float_dtype("cauchy", dtype)
    u = uniform(key, shape, wanted, np.asarray(finfo(wanted).eps, wanted)[()], 1.0)
    half = np.asarray(0.5, wanted)[()]
    return lax.tan(lax.mul(lax.sub(u, half), np.asarray(math.pi, wanted)[()]))
