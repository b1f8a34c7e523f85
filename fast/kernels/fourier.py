"""The kernel of `fft`: the array module's transforms, in the wide format and rounded once."""

from __future__ import annotations

from collections.abc import Callable

from ...language.catalogue.fourier import FftType
from ..devices.device import Buffer
from .call import Call, Kernel, wider

_NAMES = {FftType.FFT: "fftn", FftType.IFFT: "ifftn", FftType.RFFT: "rfftn", FftType.IRFFT: "irfftn"}


def _fft(call: Call) -> Kernel:
    cast, lengths = call.device.cast, call.params["fft_lengths"]
    transform = getattr(call.xp.fft, _NAMES[FftType(call.params["fft_type"])])
    (x,), (y,) = call.inputs, call.outputs
    axes, work = tuple(range(x.ndim - len(lengths), x.ndim)), wider(call.dtype)

    def kernel(buffer: Buffer) -> Buffer:
        if 0 in x.shape:
            return call.xp.zeros(y.shape, dtype=y.dtype)
        wide = cast(buffer, call.dtype, work) if call.dtype != work else buffer
        found = transform(wide, s=lengths, axes=axes)
        return cast(found, found.dtype, y.dtype) if found.dtype != y.dtype else found

    return kernel


FOURIER: dict[str, Callable[[Call], Kernel]] = {"fft": _fft}
