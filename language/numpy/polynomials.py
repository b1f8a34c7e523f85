"""Polynomials: vectors of coefficients, the highest power's first, as NumPy's oldest functions have them."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import to_inexact
from ..shapes import broadcast_shapes
from .arithmetic import add, multiply, power, true_divide
from .correlation import convolve
from .creation import full, ones, zeros
from .joining import concatenate
from .manipulation import atleast_1d, broadcast_to
from .placement import trim_zeros
from .promotion import array_of, convert, dtypes_only, promote_inexact
from .updates import IndexedUpdate


def polyval(p: Any, x: Any, *, unroll: int = 16) -> Array:
    """The polynomial's values at ``x`` by Horner's rule.

    Args:
        p: coefficients along the first axis.
        x: an array of any shape; other axes of ``p`` broadcast with it.
        unroll: accepted for JAX's sake.

    Returns:
        An array of the common dtype, x broadcast with p's other axes.

    Raises:
        TypeError: an argument is no array and no number.
    """
    p, x = dtypes_only("polyval", p, x)
    shape = broadcast_shapes(p.shape[1:], x.shape)
    found, at = lax.full(shape, np.zeros((), x.dtype)[()]), broadcast_to(x, shape)
    for i in range(p.shape[0]):
        found = add(multiply(found, at), broadcast_to(p[i], shape))
    return found


def polyadd(a1: Any, a2: Any) -> Array:
    """The sum of two polynomials: as many coefficients as the longer has; further axes are of several polynomials.

    Returns:
        An array of the longer's shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    first, second = dtypes_only("polyadd", a1, a2)
    long, short = (first, second) if first.shape[0] >= second.shape[0] else (second, first)
    lowest = broadcast_to(short, (short.shape[0], *long.shape[1:]))
    front = lax.full_like(lowest, 0, shape=(long.shape[0] - short.shape[0], *long.shape[1:]))
    return add(long, lax.concatenate([front, lowest], 0))


def polysub(a1: Any, a2: Any) -> Array:
    """The difference of two polynomials: as many coefficients as the longer has; further axes are of several.

    Returns:
        An array of the longer's shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    first, second = dtypes_only("polysub", a1, a2)
    return polyadd(first, lax.neg(second))


def _vectors(name: str, *arrays: Any) -> list[Array]:
    return [atleast_1d(x) for x in dtypes_only(name, *arrays, rule=to_inexact)]


def polymul(a1: Any, a2: Any, *, trim_leading_zeros: bool = False) -> Array:
    """The product of two polynomials: floats, n + m - 1 coefficients.

    With ``trim_leading_zeros``, without the zeros in front of both, which must then be known.

    Returns:
        A vector of floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    first, second = _vectors("polymul", a1, a2)
    if trim_leading_zeros and (first.size > 1 or second.size > 1):
        first, second = trim_zeros(first, "f"), trim_zeros(second, "f")
    first, second = (x if x.size else zeros(1, x.dtype) for x in (first, second))
    return convolve(first, second)


def polydiv(u: Any, v: Any, *, trim_leading_zeros: bool = False) -> tuple[Array, Array]:
    """Quotient and remainder of two polynomials by long division: floats, the remainder as long as ``u``.

    With ``trim_leading_zeros``, a remainder without coefficients in front that are next to 0 (below the square root
    of the dtype's epsilon), which must then be known.

    Returns:
        Two vectors of floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    rest, divisor = _vectors("polydiv", u, v)
    rest = lift(convert(rest, rest.dtype, rest.weak_type and divisor.weak_type))
    m, n = rest.size - 1, divisor.size - 1
    scale = true_divide(np.ones((), rest.dtype)[()], divisor[0])
    quotient = zeros(max(m - n + 1, 1), rest.dtype)
    for k in range(m - n + 1):
        d = lax.mul(scale, rest[k])
        quotient = IndexedUpdate(quotient)[k].set(d)
        rest = IndexedUpdate(rest)[k : k + n + 1].add(lax.neg(divisor * d))
    return quotient, _without_noise(rest) if trim_leading_zeros else rest


def _without_noise(rest: Array) -> Array:
    from .searching import known

    value = known(rest, "polydiv").astype(np.float64)
    (large,) = np.nonzero(np.abs(value) > np.sqrt(float(np.finfo(np.float32).eps)))
    found: Array = rest[int(large[0]) if large.size else rest.size - 1 :]
    return found


def polyder(p: Any, m: int = 1) -> Array:
    """The ``m``-th derivative: floats, m coefficients fewer.

    Returns:
        A vector of floats.

    Raises:
        ValueError: ``m`` is negative.
    """
    given, m = lift(*promote_inexact("polyder", p)), operator.index(m)
    if m < 0:
        raise ValueError(f"`m` of polyder must not be negative, got {m}.")
    if m == 0:
        return given
    powers = np.arange(given.shape[0] - 1, m - 1, -1)
    factors = np.prod([powers - i for i in range(m)], axis=0, dtype=np.float64)
    return lax.mul(given[: max(given.shape[0] - m, 0)], lift(factors.astype(given.dtype)))


def polyint(p: Any, m: int = 1, k: Any = None) -> Array:
    """The ``m``-th integral: floats, m coefficients more.

    Args:
        p: coefficients.
        m: how often to integrate.
        k: the constants: a number, or a vector of 1 or m; 0 by default.

    Returns:
        A vector of floats.

    Raises:
        ValueError: ``m`` is negative, or there are not m constants.
    """
    m = operator.index(m)
    given, constants = _vectors("polyint", p, 0 if k is None else k)
    if m < 0:
        raise ValueError(f"`m` of polyint must not be negative, got {m}.")
    if constants.shape == (1,):
        constants = full((m,), constants[0])
    if constants.shape != (m,):
        raise ValueError(f"`k` of polyint must be a number or {m} of them, got shape {constants.shape}.")
    if m == 0:
        return given
    powers = np.arange(given.size + m - 1, -1, -1)
    factors = np.prod([np.maximum(1, powers - i) for i in range(m)], axis=0, dtype=np.float64)
    return true_divide(concatenate([given, constants]), lift(factors.astype(given.dtype)))


def poly(seq_of_zeros: Any) -> Array:
    """The polynomial with these zeros and leading coefficient 1: n + 1 coefficients; 1 for none.

    Of a square matrix, its characteristic polynomial: the zeros are its eigenvalues.

    Returns:
        A vector of floats, or of complex numbers.

    Raises:
        ValueError: the zeros are no vector and no square matrix.
    """
    zeros_ = atleast_1d(lift(*promote_inexact("poly", seq_of_zeros)))
    if zeros_.ndim == 2 and zeros_.shape[0] == zeros_.shape[1]:
        from .linalg import eigvals

        zeros_ = eigvals(zeros_)
    if zeros_.ndim != 1:
        raise ValueError(f"`seq_of_zeros` must be a vector or a square matrix, got shape {zeros_.shape}.")
    if not zeros_.size:
        return ones((), zeros_.dtype)
    found = ones(1, zeros_.dtype)
    nothing = zeros(1, zeros_.dtype)
    for k in range(zeros_.size):
        # Times (x - zero): nothing but coefficients is multiplied, for 0 times infinity is no 0.
        found = lax.sub(
            concatenate([found, nothing]),
            concatenate([nothing, lax.mul(found, broadcast_to(zeros_[k], found.shape))]),
        )
    return found


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Array:
    """The powers of each element in a row, the highest first (last, with ``increasing``): a matrix (n, N) of x's dtype.

    Returns:
        A matrix of x's dtype.

    Raises:
        ValueError: ``x`` is no vector, or ``N`` is negative.
    """
    x = array_of("vander", x)
    if x.ndim != 1:
        raise ValueError(f"`x` of vander must be a vector, got shape {x.shape}.")
    count = x.shape[0] if N is None else operator.index(N)
    if count < 0:
        raise ValueError(f"`N` of vander must not be negative, got {count}.")
    powers = lax.iota(x.dtype, count)
    powers = powers if increasing else lax.sub(lax.full_like(powers, count - 1), powers)
    return power(x[:, None], powers[None, :])
