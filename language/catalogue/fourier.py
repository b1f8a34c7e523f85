"""The discrete Fourier transform over the last axes."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from ..dtypes import complex_of, real_of
from ..primitive import Primitive, ULPs
from ..shapes import Shape, ShapedArray
from .elementwise import PARTS
from .rules import COMPLEXES, Dtypes, check_count, check_dtype, check_params


class FftType(enum.IntEnum):
    """Which transform: complex to complex, its inverse, real to half of the spectrum, and the way back."""

    FFT = 0
    IFFT = 1
    RFFT = 2
    IRFFT = 3


# What each takes, and the size of the operand's last axis where the transform has ``n`` points.
_TAKES: dict[FftType, tuple[Dtypes, Callable[[int], int]]] = {
    FftType.FFT: (COMPLEXES, lambda n: n),
    FftType.IFFT: (COMPLEXES, lambda n: n),
    FftType.RFFT: (PARTS, lambda n: n),
    FftType.IRFFT: (COMPLEXES, lambda n: n // 2 + 1),
}


def _lengths_of(x: ShapedArray, lengths: Any) -> Shape:
    found = tuple(lengths)
    if not 1 <= len(found) <= 3:
        raise ValueError(f"`fft_lengths` of fft must hold 1 to 3 lengths, got {found}.")
    if len(found) > x.ndim:
        raise ValueError(
            f"`fft_lengths` of fft must hold no more lengths than `x` of shape {x.shape} has axes, got {found}."
        )
    if any(n < 1 for n in found):
        raise ValueError(f"`fft_lengths` of fft must be positive, got {found}.")
    return found


def _fft_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("fft", avals, 1)
    check_params("fft", params, ("fft_type", "fft_lengths"))
    (x,), kind = avals, FftType(params["fft_type"])
    accepts, last = _TAKES[kind]
    check_dtype("fft", x, accepts, "x")
    lengths = _lengths_of(x, params["fft_lengths"])
    wanted = (*lengths[:-1], last(lengths[-1]))
    if x.shape[x.ndim - len(lengths) :] != wanted:
        raise ValueError(
            f"The last axes of `x` of fft must have sizes {wanted} for {kind.name} of lengths {lengths}, got shape "
            f"{x.shape}. Pad or slice it."
        )
    lead = x.shape[: x.ndim - 1]
    if kind is FftType.RFFT:
        return [ShapedArray((*lead, lengths[-1] // 2 + 1), complex_of(x.dtype))]
    if kind is FftType.IRFFT:
        return [ShapedArray((*lead, lengths[-1]), real_of(x.dtype))]
    return [ShapedArray(x.shape, x.dtype)]


# An error of a transform is in norm: `Bounded` takes so many roundings for each of its log2(n) levels.
fft_p = Primitive("fft", "product", _fft_rule, budget=ULPs(f32=0.5, f64=0.5, c64=0.5, c128=0.5))
