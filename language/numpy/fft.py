"""`jax.numpy.fft`'s names: discrete Fourier transforms, over `verax.lax.fft`."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from .. import lax
from ..arrays import Array
from ..catalogue import FftType
from ..dispatch import lift
from ..dtypes import DType, bfloat16, canonical, complex_of, default_float, float16, float32, is_complex
from ..shapes import canonical_axes, canonical_axis
from .arithmetic import true_divide
from .complex_numbers import conjugate
from .creation import arange
from .joining import concatenate
from .manipulation import moveaxis
from .moving import roll
from .promotion import array_of, convert, promote_inexact

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

_NORMS = ("backward", "ortho", "forward")
_BACK = (FftType.IFFT, FftType.IRFFT)


def _operand(name: str, a: Any, kind: FftType) -> Array:
    """The array in the dtype that a transform takes."""
    (x,) = promote_inexact(name, array_of(name, a))
    x = lift(x)
    if x.dtype in (float16, bfloat16):
        x = lift(convert(x, float32))
    if kind is FftType.RFFT:
        if is_complex(x.dtype):
            raise TypeError(
                f"`a` of {name} must be real, got {x.dtype}. Use verax.numpy.fft.fft, or its real part."
            )
        return x
    return x if is_complex(x.dtype) else lift(convert(x, complex_of(x.dtype)))


def _fitted(x: Array, axis: int, size: int) -> Array:
    """An axis cut, or filled with zeros, to a size."""
    if x.shape[axis] > size:
        return lax.slice_in_dim(x, 0, size, axis=axis)
    config = [(0, size - n if i == axis else 0, 0) for i, n in enumerate(x.shape)]
    return lax.pad(x, convert(0, x.dtype), config) if x.shape[axis] < size else x


def _lengths(name: str, x: Array, s: Any, axes: Sequence[int], kind: FftType) -> list[int]:
    """How many points each axis is transformed to."""
    if s is None:
        found = [x.shape[axis] for axis in axes]
        if kind is FftType.IRFFT and found:
            found[-1] = 2 * (found[-1] - 1)
    else:
        found = [operator.index(n) for n in s]
    if len(found) != len(axes):
        raise ValueError(f"`s` of {name} must have a length for each of the axes {tuple(axes)}, got {s!r}.")
    for n in found:
        if n < 1:
            raise ValueError(
                f"The number of points of {name} must be positive, got {n}. Pass a positive `n` or `s`."
            )
    return found


def _scaled(y: Array, points: int, kind: FftType, norm: str | None, name: str) -> Array:
    """The transform in a normalisation: `lax.fft` divides on the way back."""
    wanted = norm or "backward"
    if wanted not in _NORMS:
        raise ValueError(f"`norm` of {name} must be None or one of {', '.join(_NORMS)}, got {norm!r}.")
    power = {"backward": 0.0, "ortho": 0.5, "forward": 1.0}[wanted]
    if not power:
        return y
    factor = points**power if kind in _BACK else points**-power
    return lax.mul(y, lax.full_like(y, factor))


def _transform(name: str, a: Any, s: Any, axes: Any, norm: str | None, kind: FftType) -> Array:
    x = _operand(name, a, kind)
    if axes is None:
        count = x.ndim if s is None else len(s)
        axes = range(x.ndim - count, x.ndim)
    places = canonical_axes(tuple(axes), x.ndim, "axes")
    if not places:
        _lengths(name, x, s, places, kind)
        return x
    if len(places) > 3:
        return _in_turn(name, a, s, places, norm, kind)
    lengths = _lengths(name, x, s, places, kind)
    for axis, n in zip(places, lengths, strict=True):
        last = kind is FftType.IRFFT and axis == places[-1]
        x = _fitted(x, axis, n // 2 + 1 if last else n)
    behind = tuple(range(x.ndim - len(places), x.ndim))
    found = lax.fft(moveaxis(x, places, behind), kind, lengths)
    return _scaled(moveaxis(found, behind, places), math.prod(lengths), kind, norm, name)


def _in_turn(name: str, a: Any, s: Any, places: Sequence[int], norm: str | None, kind: FftType) -> Array:
    """More than three axes: one after another, the halved one first (on the way back last)."""
    sizes: list[Any] = [None] * len(places) if s is None else list(s)
    full = {FftType.RFFT: FftType.FFT, FftType.IRFFT: FftType.IFFT}.get(kind, kind)
    order = list(zip(places, sizes, strict=True))
    plan = [(order[-1], kind), *((pair, full) for pair in order[:-1])]
    x = a
    for (axis, n), each in plan[::-1] if kind is FftType.IRFFT else plan:
        x = _transform(name, x, None if n is None else (n,), (axis,), norm, each)
    return x  # type: ignore[no-any-return]  # there is an axis


def _one(name: str, a: Any, n: Any, axis: Any, norm: str | None, kind: FftType) -> Array:
    if not isinstance(axis, int):
        raise ValueError(f"`axis` of {name} must be one integer, got {axis!r}. Use {name}n for several.")
    return _transform(name, a, None if n is None else (n,), (axis,), norm, kind)


def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The transform along an axis, of complex64 or complex128 as ``a`` is.

    Args:
        a: an array.
        n: points: the axis is cut, or filled with zeros, to so many; None leaves it.
        axis: which.
        norm: "backward" (or None: divided by n on the way back), "ortho" (by its root both ways), "forward".

    Raises:
        ValueError: an argument is none of these.
    """
    return _one("fft", a, n, axis, norm, FftType.FFT)


def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The inverse of `fft`; arguments, dtypes and errors are its."""
    return _one("ifft", a, n, axis, norm, FftType.IFFT)


def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The first n // 2 + 1 elements of `fft` of a real array; arguments and errors are its.

    Returns:
        Complex numbers, n // 2 + 1 along the axis.

    Raises:
        TypeError: ``a`` is complex.
    """
    return _one("rfft", a, n, axis, norm, FftType.RFFT)


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The inverse of `rfft`: n real points (None: twice the elements less two); arguments and errors are `fft`'s.

    Returns:
        Floats of size n along the axis.
    """
    return _one("irfft", a, n, axis, norm, FftType.IRFFT)


def fftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Array:
    """`fft` along several axes, all by default, of ``s`` points each; dtypes and errors are its."""
    return _transform("fftn", a, s, axes, norm, FftType.FFT)


def ifftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Array:
    """The inverse of `fftn`; arguments, dtypes and errors are its."""
    return _transform("ifftn", a, s, axes, norm, FftType.IFFT)


def rfftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Array:
    """`rfft` along the last of the axes and `fft` along the others; arguments and errors are theirs.

    Returns:
        Complex numbers, n // 2 + 1 along the axis.
    """
    return _transform("rfftn", a, s, axes, norm, FftType.RFFT)


def irfftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Array:
    """The inverse of `rfftn`; arguments and errors are its.

    Returns:
        Floats of size n along the axis.
    """
    return _transform("irfftn", a, s, axes, norm, FftType.IRFFT)


def _two(name: str, a: Any, s: Any, axes: Any, norm: str | None, kind: FftType) -> Array:
    if len(axes) != 2:
        raise ValueError(f"`axes` of {name} must be two axes, got {axes!r}. Use {name[:-1]}n for others.")
    return _transform(name, a, s, axes, norm, kind)


def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Array:
    """`fftn` along two axes; arguments, dtypes and errors are its."""
    return _two("fft2", a, s, axes, norm, FftType.FFT)


def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Array:
    """`ifftn` along two axes; arguments, dtypes and errors are its."""
    return _two("ifft2", a, s, axes, norm, FftType.IFFT)


def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Array:
    """`rfftn` along two axes; arguments, dtypes and errors are its."""
    return _two("rfft2", a, s, axes, norm, FftType.RFFT)


def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Array:
    """`irfftn` along two axes; arguments, dtypes and errors are its."""
    return _two("irfft2", a, s, axes, norm, FftType.IRFFT)


_OTHER_WAY = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The real transform of a signal of which ``a`` is the first half and whose second mirrors it, conjugated.

    Arguments and errors are `irfft`'s.

    Returns:
        Floats of size n along the axis.
    """
    return irfft(conjugate(a), n, axis, _OTHER_WAY.get(norm or "backward", norm))


def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Array:
    """The inverse of `hfft`; arguments and errors are `rfft`'s.

    Returns:
        Complex numbers, n // 2 + 1 along the axis.
    """
    return conjugate(rfft(a, n, axis, _OTHER_WAY.get(norm or "backward", norm)))


def _frequencies(name: str, n: int, d: Any, dtype: Any) -> tuple[int, DType]:
    points = operator.index(n)
    if points < 1:
        raise ValueError(f"`n` of {name} must be positive, got {n}.")
    return points, default_float() if dtype is None else canonical(dtype)


def fftfreq(n: int, d: Any = 1.0, *, dtype: Any = None, device: Any = None) -> Array:
    """The frequencies of the elements of `fft`: 0, 1, ..., -2, -1 over n d, a float array of shape (n,).

    Raises:
        ValueError: ``n`` is not positive.
    """
    points, wanted = _frequencies("fftfreq", n, d, dtype)
    up, down = arange((points - 1) // 2 + 1), arange(-(points // 2), 0)
    return lax.div(lift(convert(concatenate([up, down]), wanted)), lax.full((points,), d * points, wanted))


def rfftfreq(n: int, d: Any = 1.0, *, dtype: Any = None, device: Any = None) -> Array:
    """The frequencies of the elements of `rfft`: 0 to n // 2 over n d, a float array of shape (n // 2 + 1,).

    Integers that are asked for as ``dtype`` are divided as such, and become floats.

    Raises:
        ValueError: ``n`` is not positive.
    """
    points, wanted = _frequencies("rfftfreq", n, d, dtype)
    up = arange(points // 2 + 1)
    return true_divide(lift(convert(up, wanted)), lax.full(up.shape, d * points, wanted))


def _shifts(x: Array, axes: Any) -> tuple[int, ...]:
    if axes is None:
        return tuple(range(x.ndim))
    given = axes if isinstance(axes, (tuple, list)) else (axes,)
    return tuple(canonical_axis(axis, x.ndim, "axes") for axis in given)


def fftshift(x: Any, axes: Any = None) -> Array:
    """``x`` with the zero frequency in the middle of the axes, all by default; shape and dtype stay.

    Raises:
        ValueError: an axis is out of range.
    """
    a = array_of("fftshift", x)
    places = _shifts(a, axes)
    return roll(a, [a.shape[i] // 2 for i in places], places)


def ifftshift(x: Any, axes: Any = None) -> Array:
    """The inverse of `fftshift`.

    Returns:
        An array of x's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    a = array_of("ifftshift", x)
    places = _shifts(a, axes)
    return roll(a, [-(a.shape[i] // 2) for i in places], places)
