"""The gamma distribution, by rejection, and what is made of it."""

from __future__ import annotations

import functools
from typing import Any

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..control_flow import while_loop
from ..custom_rules import custom_jvp
from ..dispatch import lift
from ..dtypes import finfo
from ..numpy.elementwise import like
from ..numpy.promotion import array_of, convert
from .continuous import exponential
from .keys import raw_of
from .normals import normal
from .parameters import agreed, parameters
from .streams import Streams, child, normal_each, streams, uniform_each
from .uniforms import float_dtype, rademacher, spread_to
from .words import split


def gamma(key: Any, a: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The gamma distribution of shape ``a`` and scale 1.

    Args:
        key: the key.
        a: positive, broadcast to ``shape``.
        shape: of the result; ``a``'s where none is given.
        dtype: of the result, a float dtype.

    Raises:
        TypeError: ``key`` is no key.
    """
    return _drawn("gamma", key, a, shape, dtype, logarithm=False)


def loggamma(key: Any, a: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The logarithm of `gamma`'s draws, also where these are too small for a float.

    Raises:
        TypeError: ``key`` is no key.
    """
    return _drawn("loggamma", key, a, shape, dtype, logarithm=True)


def _drawn(name: str, key: Any, a: Any, shape: Any, dtype: Any, logarithm: bool) -> Array:
    wanted = float_dtype(name, dtype)
    a = lift(convert(array_of(name, a), wanted))
    sizes = agreed(name, shape, a)
    keys = streams(raw_of(name, key), sizes)
    drawn: Array = _gamma(keys, spread_to(name, a, sizes), logarithm)
    return drawn


@functools.partial(custom_jvp, nondiff_argnums=(2,))
def _gamma(keys: Streams, a: Array, logarithm: bool) -> Array:
    """G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000).

    Below 1 from a + 1, times a power of a uniform number: Gamma(a) ~ Gamma(a + 1) U^(1/a).
    """
    one = like(a, 1)
    large = lax.ge(a, one)
    d = lax.sub(lax.select(large, a, lax.add(a, one)), like(a, 1 / 3))
    rest, last = child(keys, 0), child(keys, 1)
    cube = _accepted(rest, d, lax.div(like(a, 1 / 3), lax.sqrt(d)))
    share = lax.sub(one, uniform_each(last, a.dtype))
    if not logarithm:
        boost = lax.select(large, lax.full_like(a, 1), lax.pow(share, lax.div(one, a)))
        return lax.mul(lax.mul(d, cube), boost)
    below = lax.log(share)
    none = lax.bitwise_or(large, lax.eq(below, like(a, 0)))
    boost = lax.select(none, lax.full_like(a, 0), lax.mul(below, lax.div(one, a)))
    return lax.add(lax.add(lax.log(d), lax.log(cube)), boost)


@_gamma.defjvp
def _slope(logarithm: bool, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Array, Array]:
    """A draw moves with ``a`` so that its probability stands (implicit differentiation; Figurnov and others, 2018)."""
    keys, a = primals
    found = _gamma(keys, a, logarithm)
    if not logarithm:
        return found, lax.mul(lax.random_gamma_grad(a, found), tangents[1])
    # Where the draw itself is too small for a float, its share of it still is not.
    draw = lax.max(lax.exp(found), like(a, float(finfo(a.dtype).tiny)))
    return found, lax.mul(lax.div(lax.random_gamma_grad(a, draw), draw), tangents[1])


def _accepted(keys: Streams, d: Array, c: Array) -> Array:
    """For each element the first v^3 that is accepted."""

    def waiting(state: Any) -> Array:
        return vnp.any(state[1])

    def again(state: Any) -> Any:
        (own, rejected, cube) = state
        x, v = _positive(child(own, 1), c)
        square, new = lax.mul(x, x), lax.mul(lax.mul(v, v), v)
        u = uniform_each(child(own, 2), d.dtype)
        quick = lax.ge(u, lax.sub(like(d, 1), lax.mul(like(d, 0.0331), lax.mul(square, square))))
        bound = lax.add(lax.sub(like(d, 1), new), lax.log(new))
        bound = lax.add(lax.mul(square, like(d, 0.5)), lax.mul(d, bound))
        refused = lax.bitwise_and(quick, lax.ge(lax.log(u), bound))
        return child(own, 0), lax.bitwise_and(rejected, refused), lax.select(rejected, new, cube)

    every = lax.full(d.shape, True)
    cube: Array = while_loop(waiting, again, (keys, every, lax.full_like(d, 1)))[2]
    return cube


def _positive(keys: Streams, c: Array) -> tuple[Array, Array]:
    """For each element the first normal x with v = 1 + c x > 0, and that v."""

    def waiting(state: Any) -> Array:
        return vnp.any(lax.le(state[2], like(c, 0)))

    def again(state: Any) -> Any:
        own, x, v = state
        missing = lax.le(v, like(c, 0))
        new = normal_each(child(own, 1), c.dtype)
        found = lax.add(like(c, 1), lax.mul(new, c))
        return child(own, 0), lax.select(missing, new, x), lax.select(missing, found, v)

    _, x, v = while_loop(waiting, again, (keys, lax.full_like(c, 0), lax.full_like(c, -1)))
    return x, v


def beta(key: Any, a: Any, b: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The beta distribution: a gamma number's share of the sum of two.

    Returns:
        Floats of the broadcast shape.

    Raises:
        ValueError: a parameter does not fit into the dtype or the shape.
    """
    wanted = float_dtype("beta", dtype)
    sizes, (a, b) = parameters("beta", shape, wanted, a=a, b=b)
    first, second = split(raw_of("beta", key))
    x, y = loggamma(first, a, sizes, wanted), loggamma(second, b, sizes, wanted)
    largest = lax.max(x, y)
    x, y = lax.exp(lax.sub(x, largest)), lax.exp(lax.sub(y, largest))
    return lax.div(x, lax.add(x, y))


def chisquare(key: Any, df: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The chi-square distribution of ``df`` degrees of freedom.

    Raises:
        ValueError: ``df`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("chisquare", dtype)
    sizes, (df,) = parameters("chisquare", shape, wanted, df=df)
    half = lax.mul(df, like(df, 0.5))
    return lax.mul(lax.exp(loggamma(raw_of("chisquare", key), half, sizes, wanted)), like(df, 2))


def f(key: Any, dfnum: Any, dfden: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The F distribution: a quotient of two chi-square numbers, each by its degrees of freedom.

    Raises:
        ValueError: a parameter does not fit into the dtype or the shape.
    """
    wanted = float_dtype("f", dtype)
    sizes, (above, below) = parameters("f", shape, wanted, dfnum=dfnum, dfden=dfden)
    for_below, for_above = split(raw_of("f", key))
    top = vnp.divide(chisquare(for_above, above, sizes, wanted), above)
    return lift(vnp.divide(top, vnp.divide(chisquare(for_below, below, sizes, wanted), below)))


def t(key: Any, df: Any, shape: Any = None, dtype: Any = None) -> Array:
    """Student's distribution of ``df`` degrees of freedom.

    Raises:
        ValueError: ``df`` does not fit into the dtype or the shape.
    """
    wanted = float_dtype("t", dtype)
    sizes, (df,) = parameters("t", shape, wanted, df=df)
    for_normal, for_gamma = split(raw_of("t", key))
    half = lax.mul(df, like(df, 0.5))
    scale = vnp.sqrt(vnp.divide(half, gamma(for_gamma, half, sizes, wanted)))
    return lift(vnp.multiply(normal(for_normal, sizes, wanted), scale))


def dirichlet(key: Any, alpha: Any, shape: Any = None, dtype: Any = None) -> Array:
    """The Dirichlet distribution over the last axis of ``alpha``: gamma numbers' shares of their sum.

    Args:
        key: the key.
        alpha: positive, of shape (..., n).
        shape: of the result without its last axis; ``alpha``'s where none is given.
        dtype: of the result, a float dtype.

    Raises:
        ValueError: ``alpha`` is a scalar, or does not fit into the shape.
    """
    wanted = float_dtype("dirichlet", dtype)
    alpha = lift(convert(array_of("dirichlet", alpha), wanted))
    if not alpha.ndim:
        raise ValueError("`alpha` of dirichlet must have an axis to draw over, got a scalar. Use beta.")
    lead = alpha.shape[:-1] if shape is None else agreed("dirichlet", shape, alpha[..., 0])
    drawn = loggamma(raw_of("dirichlet", key), alpha, (*lead, alpha.shape[-1]), wanted)
    shares = vnp.exp(vnp.subtract(drawn, vnp.max(drawn, -1, keepdims=True)))
    return lift(vnp.divide(shares, vnp.sum(shares, -1, keepdims=True)))


def generalized_normal(key: Any, p: Any, shape: Any = (), dtype: Any = None) -> Array:
    """The distribution with density proportional to exp(-|x|^p).

    Args:
        key: the key.
        p: positive, broadcast to ``shape``.
        shape: of the result.
        dtype: of the result, a float dtype.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("generalized_normal", dtype)
    for_size, for_sign = split(raw_of("generalized_normal", key))
    inverse = 1 / p
    size = gamma(for_size, inverse, shape, wanted)
    sign = rademacher(for_sign, size.shape, wanted)
    return lift(vnp.multiply(sign, vnp.power(size, inverse)))


def ball(key: Any, d: int, p: Any = 2, shape: Any = (), dtype: Any = None) -> Array:
    """Points of the unit ball of the p-norm in ``d`` dimensions, uniform: shape (*shape, d).

    F. Barthe, O. Guedon, S. Mendelson, A. Naor, "A probabilistic approach to the geometry of the l_p^n-ball" (2005).

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("ball", dtype)
    for_points, for_radius = split(raw_of("ball", key))
    points = generalized_normal(for_points, p, (*agreed("ball", shape), d), wanted)
    rest = exponential(for_radius, points.shape[:-1], wanted)
    total = vnp.add(vnp.sum(vnp.power(vnp.abs(points), p), -1), rest)
    return lift(vnp.divide(points, vnp.expand_dims(vnp.power(total, 1 / p), -1)))
