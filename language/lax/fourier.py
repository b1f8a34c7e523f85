"""The discrete Fourier transform over the last axes."""

from __future__ import annotations

from collections.abc import Sequence

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.fourier import FftType
from ..dispatch import Operand, lift
from ..dtypes import complex_of, is_complex, to_inexact
from .conversion import convert_element_type
from .operands import bind

_NAMES = {name: kind for kind in FftType for name in (kind.name, kind.name.lower())}


def fft(x: Operand, fft_type: FftType | str | int, fft_lengths: Sequence[int]) -> Array:
    """The discrete Fourier transform of the last axes.

    Args:
        x: complex numbers, of an RFFT reals; other numbers are converted.
        fft_type: FFT or IFFT (complex to complex), RFFT (real to the first half of the spectrum), IRFFT (that half to
            real), as a member of `FftType`, its name in capitals or not, or its number.
        fft_lengths: how many points each of the last axes has (of an IRFFT: will have), 1 to 3 of them.

    Returns:
        An array whose last axis has n // 2 + 1 elements for an RFFT of n points, n for an IRFFT, and else x's shape.

    Raises:
        TypeError: an RFFT is to be of complex numbers.
        ValueError: the type is unknown, or the lengths do not fit the shape.
    """
    if isinstance(fft_type, str):
        if fft_type not in _NAMES:
            names = ", ".join(kind.name for kind in FftType)
            raise ValueError(f"`fft_type` of fft must be one of {names}, got {fft_type!r}.")
        fft_type = _NAMES[fft_type]
    kind, given = FftType(fft_type), lift(x)
    wanted = to_inexact(given.dtype)
    if kind is not FftType.RFFT and not is_complex(wanted):
        wanted = complex_of(wanted)
    found = convert_element_type(given, wanted)
    if not len(fft_lengths):
        return found
    return bind(rows.fft_p, found, fft_type=int(kind), fft_lengths=tuple(int(n) for n in fft_lengths))
