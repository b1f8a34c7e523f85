"""The discrete Fourier transform over the last axes."""

from __future__ import annotations

from collections.abc import Sequence

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.fourier import FftType
from ..dispatch import Operand
from .operands import bind

_NAMES = {kind.name: kind for kind in FftType}


def fft(x: Operand, fft_type: FftType | str | int, fft_lengths: Sequence[int]) -> Array:
    """The discrete Fourier transform of the last axes.

    Args:
        x: complex64 or complex128; float32 or float64 for RFFT.
        fft_type: FFT or IFFT (complex to complex), RFFT (real to the first half of the spectrum), IRFFT (that half to
            real), as a member of `FftType`, its name or its number.
        fft_lengths: how many points each of the last axes has (of an IRFFT: will have), 1 to 3 of them.

    Returns:
        An array whose last axis has n // 2 + 1 elements for an RFFT of n points, n for an IRFFT, and else x's shape.

    Raises:
        TypeError: the dtype does not fit the type.
        ValueError: the type is unknown, or the lengths do not fit the shape.
    """
    if isinstance(fft_type, str):
        if fft_type not in _NAMES:
            raise ValueError(f"`fft_type` of fft must be one of {', '.join(_NAMES)}, got {fft_type!r}.")
        fft_type = _NAMES[fft_type]
    return bind(
        rows.fft_p, x, fft_type=int(FftType(fft_type)), fft_lengths=tuple(int(n) for n in fft_lengths)
    )
