"""The transpose of the Fourier transform; a transform is linear, and maps a batch as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language import catalogue as rows
from ...language.catalogue.fourier import FftType
from ...language.dispatch import bind
from ...language.program import Equation
from .. import operations as ops
from .complex_numbers import paired, real

Values = Sequence[Any]


def _complex(x: Any, kind: FftType, lengths: Sequence[int]) -> Any:
    return bind(rows.fft_p, x, fft_type=int(kind), fft_lengths=tuple(lengths))[0]


def _of_real(c: Any, n: int, lengths: Sequence[int]) -> Any:
    """Of real points to half of a spectrum: the transform of that half, zeros behind it, less its imaginary part."""
    config = [(0, 0, 0)] * (c.ndim - 1) + [(0, n - c.shape[-1], 0)]
    return real(_complex(ops.pad(c, config), FftType.FFT, lengths))


def _to_real(c: Any, n: int, lengths: Sequence[int]) -> Any:
    """Of half of a spectrum to real points: the inverse transform's half, twice what stands for two."""
    spectrum = _complex(paired(c, ops.full_like(c, 0)), FftType.IFFT, lengths)
    half = ops.slice_in(spectrum, spectrum.ndim - 1, 0, n // 2 + 1)
    weights = [1.0 if k == 0 or 2 * k == n else 2.0 for k in range(n // 2 + 1)]
    line = np.asarray(weights).astype(half.dtype)
    return ops.mul(half, ops.broadcast(line, half.shape, (half.ndim - 1,)))


def fft_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """A transform's matrix is symmetric; half of a spectrum stands for all of it."""
    (c,), kind, lengths = cotangents, FftType(equation.params["fft_type"]), equation.params["fft_lengths"]
    if kind is FftType.RFFT:
        return [_of_real(c, lengths[-1], lengths)]
    if kind is FftType.IRFFT:
        return [_to_real(c, lengths[-1], lengths)]
    return [_complex(c, kind, lengths)]


TRANSPOSE = {"fft": fft_transpose}
