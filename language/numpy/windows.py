"""Windows of signal processing, each 1 in the middle and small at the ends.

The cosine windows are written in s = sin(pi n / (M - 1))^2: hann = s, hamming = 0.08 + 0.92 s and blackman =
0.36 s + 0.64 s^2 follow from cos 2t = 1 - 2 s and cos 4t = 1 - 8 s + 8 s^2, and cancel nowhere, which the sums of
cosines do at the ends.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import default_float
from .elementwise import const
from .promotion import array_of, convert


def _places(name: str, M: Any) -> tuple[int, Array, Array] | Array:
    """The size less 1, each place and its distance from the nearer end; ones where there is no room for a window.

    Raises:
        TypeError: ``M`` is no integer.
    """
    try:
        size = operator.index(M)
    except TypeError as err:
        raise TypeError(f"`M` of {name} must be an integer known now, got {M!r}.") from err
    if size <= 1:
        return lax.full((max(size, 0),), np.ones((), default_float())[()])
    place = lax.iota(default_float(), size)
    far = lax.sub(lax.full_like(place, size - 1), place)
    return size - 1, place, lax.min(place, far)


def _sine_squares(name: str, M: Any) -> Array:
    found = _places(name, M)
    if isinstance(found, Array):
        return found
    last, _, near = found
    return lax.square(lax.sin(lax.mul(near, lax.full_like(near, np.pi / last))))


def hanning(M: int) -> Array:
    """The Hann window, s = sin(pi n / (M - 1))^2: floats of shape (M,), ones where M is at most 1.

    Returns:
        Floats of shape (M,).

    Raises:
        TypeError: ``M`` is no integer known now.
    """
    return _sine_squares("hanning", M)


def hamming(M: int) -> Array:
    """The Hamming window, 0.08 + 0.92 s: floats of shape (M,), ones where M is at most 1.

    Returns:
        Floats of shape (M,).

    Raises:
        TypeError: ``M`` is no integer known now.
    """
    s = _sine_squares("hamming", M)
    return lax.add(lax.full_like(s, 0.08), lax.mul(lax.full_like(s, 0.92), s))


def blackman(M: int) -> Array:
    """The Blackman window, 0.36 s + 0.64 s^2: floats of shape (M,), ones where M is at most 1.

    Returns:
        Floats of shape (M,).

    Raises:
        TypeError: ``M`` is no integer known now.
    """
    s = _sine_squares("blackman", M)
    return lax.mul(s, lax.add(lax.full_like(s, 0.36), lax.mul(lax.full_like(s, 0.64), s)))


def bartlett(M: int) -> Array:
    """The triangular window, 2 n / (M - 1) up to the middle and back: floats of shape (M,), ones for M up to 1.

    Returns:
        Floats of shape (M,).

    Raises:
        TypeError: ``M`` is no integer known now.
    """
    found = _places("bartlett", M)
    if isinstance(found, Array):
        return found
    last, _, near = found
    return lax.div(lax.mul(near, lax.full_like(near, 2)), lax.full_like(near, last))


def kaiser(M: int, beta: Any) -> Array:
    """The Kaiser window, I0(beta r) / I0(beta) with r^2 = 4 n (M - 1 - n) / (M - 1)^2.

    Args:
        M: how many floats.
        beta: a number: how narrow the window is.

    Returns:
        Floats of shape (M,), ones where M is at most 1.

    Raises:
        TypeError: ``M`` is no integer known now.
    """
    found = _places("kaiser", M)
    if isinstance(found, Array):
        return found
    last, place, _ = found
    far = lax.sub(lax.full_like(place, last), place)
    r = lax.div(lax.mul(const(place, 2), lax.sqrt(lax.mul(place, far))), lax.full_like(place, last))
    size = lax.broadcast_in_dim(
        lift(convert(lax.abs(array_of("kaiser", beta)), place.dtype)), place.shape, ()
    )
    # With exp(beta) taken out of both, neither overflows.
    inner = lax.mul(size, r)
    ratio = lax.div(lax.bessel_i0e(inner), lax.bessel_i0e(size))
    return lax.mul(lax.exp(lax.sub(inner, size)), ratio)
