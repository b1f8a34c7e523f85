"""Distributions of counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..control_flow import scan
from ..dispatch import lift
from ..dtypes import DType, canonical, is_integer, to_inexact
from ..numpy.elementwise import like
from ..numpy.promotion import array_of, convert, dtypes_only, promote_inexact
from ..shapes import Shape, canonical_shape
from .binomials import by_inversion, by_rejection
from .keys import raw_of
from .parameters import agreed
from .poissons import by_products, by_transformed_rejection
from .uniforms import float_dtype, spread_to, uniform
from .words import split


def _integer_dtype(name: str, dtype: Any) -> DType:
    wanted = canonical(np.int64 if dtype is None else dtype)
    if not is_integer(wanted):
        raise ValueError(f"`dtype` of {name} must be an integer dtype, got {wanted}.")
    return wanted


def geometric(key: Any, p: Any, shape: Any = None, dtype: Any = None) -> Array:
    """How many trials of probability ``p`` it takes to succeed once.

    Raises:
        ValueError: the dtype is no integer, or ``p`` does not fit into the shape.
    """
    wanted = _integer_dtype("geometric", dtype)
    p = lift(promote_inexact("geometric", p)[0])
    sizes = agreed("geometric", shape, p)
    u = uniform(key, sizes, p.dtype)
    u = lax.select(lax.eq(u, like(u, 0)), lax.full_like(u, 1), u)
    failing = spread_to("geometric", lax.log1p(lax.neg(p)), sizes)
    count = lax.add(lax.floor(lax.div(lax.log(u), failing)), like(u, 1))
    return lift(convert(count, wanted))


def poisson(key: Any, lam: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The Poisson distribution of rate ``lam``, which is taken in float32, as JAX does.

    Below 10 by products of uniform numbers, else by rejection.

    Raises:
        ValueError: the dtype is no integer, or ``lam`` does not fit into the shape.
    """
    wanted, raw = _integer_dtype("poisson", dtype), raw_of("poisson", key)
    lam = array_of("poisson", lam)
    lam = spread_to("poisson", lift(convert(lam, np.dtype(np.float32))), agreed("poisson", shape, lam))
    few = lax.bitwise_or(lax.ne(lam, lam), lax.lt(lam, like(lam, 10)))
    most = int(np.iinfo(wanted).max)
    low = by_products(raw, lax.select(few, lam, lax.full_like(lam, 0)), wanted, most)
    high = by_transformed_rejection(raw, lax.select(few, lax.full_like(lam, 1e5), lam), wanted, most)
    found = lax.select(few, low, high)
    return lax.select(lax.eq(lam, like(lam, 0)), lax.full_like(found, 0), found)


def binomial(key: Any, n: Any, p: Any, shape: Any = None, dtype: Any = None) -> Array:
    """How many of ``n`` trials of probability ``p`` succeed, as floats; NaN for a negative or undefined ``n`` or ``p``.

    Raises:
        ValueError: the dtype is no float dtype, or a parameter does not fit into the shape.
    """
    wanted, raw = float_dtype("binomial", dtype), raw_of("binomial", key)
    n, p = array_of("binomial", n), lift(promote_inexact("binomial", p)[0])
    sizes = agreed("binomial", shape, n, p)
    n, p = spread_to("binomial", lift(convert(n, p.dtype)), sizes), spread_to("binomial", p, sizes)
    rare = lax.lt(p, like(p, 0.5))
    share = lax.select(rare, p, lax.sub(like(p, 1), p))
    unnumbered = lax.bitwise_or(lax.ne(n, n), lax.lt(n, like(n, 0)))
    unlikely = lax.bitwise_or(lax.ne(share, share), lax.lt(share, like(p, 0)))
    endless = lax.eq(n, like(n, np.inf))
    found = _successes(raw, n, lax.select(unlikely, lax.full_like(p, 0.01), share), unnumbered, wanted)
    invalid = lax.bitwise_or(unlikely, unnumbered)
    found = lax.select(invalid, lax.full_like(found, np.nan), found)
    known = lax.bitwise_and(endless, lax.bitwise_not(invalid))
    found = lax.select(known, lax.full_like(found, np.inf), found)
    undefined = lax.bitwise_or(lax.bitwise_or(unnumbered, lax.ne(share, share)), endless)
    others = lax.sub(lift(convert(lax.floor(n), wanted)), found)
    return lax.select(lax.bitwise_or(rare, undefined), found, others)


def _successes(raw: Array, n: Array, p: Array, unnumbered: Array, dtype: DType) -> Array:
    """Of probabilities up to 1/2: by geometric steps where few are expected, else by rejection."""
    few = lax.bitwise_or(unnumbered, lax.le(lax.mul(n, p), like(p, 10)))
    whole = lax.floor(n)
    low = by_inversion(raw, lax.select(few, whole, lax.full_like(n, 0)), p)
    half = lax.select(few, lax.full_like(p, 0.5), p)
    high = by_rejection(raw, lax.select(few, lax.full_like(n, 1e4), whole), half)
    return lift(convert(lax.select(few, low, high), dtype))


def multinomial(key: Any, n: Any, p: Any, *, shape: Any = None, dtype: Any = None, unroll: Any = 1) -> Array:
    """How often each of several outcomes comes in ``n`` trials, as floats.

    Args:
        key: the key.
        n: how many trials, broadcast to the result's shape without its last axis.
        p: the outcomes' probabilities, along the last axis.
        shape: of the result; ``p``'s where none is given.
        dtype: of the result, a float dtype.
        unroll: accepted for JAX's sake.

    Raises:
        TypeError: ``key`` is no key.
    """
    raw = raw_of("multinomial", key)
    n, p = dtypes_only("multinomial", n, p, rule=to_inexact)
    sizes: Shape = p.shape if shape is None else canonical_shape(shape)
    n, p = spread_to("multinomial", n, sizes[:-1]), spread_to("multinomial", p, sizes)
    p = lift(vnp.moveaxis(p, -1, 0))
    left = lax.cumsum(p, 0, reverse=True)
    ratios = lax.div(p, lax.select(lax.eq(left, like(left, 0)), lax.full_like(left, 1), left))

    def draw(remainder: Any, ratio_and_key: Any) -> Any:
        ratio, own = ratio_and_key
        count = binomial(own, remainder, vnp.clip(ratio, 0, 1), dtype=remainder.dtype)
        return lax.sub(remainder, count), count

    counts = scan(draw, n, (ratios, split(raw, ratios.shape[0])))[1]
    return lift(convert(vnp.moveaxis(counts, 0, -1), canonical(np.float64 if dtype is None else dtype)))
