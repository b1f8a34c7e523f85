"""The Fourier transforms: values NumPy's within their bounds, types JAX's, the reference the definition itself."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import pytest
from jax import numpy as jnp

import verax
import verax.numpy as vnp
from verax import lax
from verax.chex_like.judging.judgement import judge
from verax.language.config import enable_x64
from verax.reference import Exact, evaluate

RNG = np.random.default_rng(5)


def _complex(*shape: int) -> np.ndarray[Any, Any]:
    return (RNG.standard_normal(shape) + 1j * RNG.standard_normal(shape)).astype(np.complex64)


def _real(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.standard_normal(shape).astype(np.float32)


CALLS: dict[str, tuple[Callable[[Any, Any], Any], np.ndarray[Any, Any]]] = {
    "fft": (lambda n, x: n.fft.fft(x), _complex(7)),
    "fft of reals": (lambda n, x: n.fft.fft(x), _real(2, 6)),
    "fft cut": (lambda n, x: n.fft.fft(x, 3, axis=0, norm="ortho"), _complex(5, 2)),
    "fft of integers": (lambda n, x: n.fft.fft(x), np.arange(5, dtype=np.int32)),
    "ifft": (lambda n, x: n.fft.ifft(x), _complex(8)),
    "ifft filled": (lambda n, x: n.fft.ifft(x, 9, norm="forward"), _complex(6)),
    "rfft": (lambda n, x: n.fft.rfft(x), _real(3, 5)),
    "rfft axis": (lambda n, x: n.fft.rfft(x, axis=0), _real(4, 2)),
    "irfft": (lambda n, x: n.fft.irfft(x), _complex(2, 4)),
    "irfft odd": (lambda n, x: n.fft.irfft(x, 5), _complex(3)),
    "fft2": (lambda n, x: n.fft.fft2(x), _complex(2, 3, 4)),
    "ifft2": (lambda n, x: n.fft.ifft2(x, s=(3, 3)), _complex(2, 4)),
    "rfft2": (lambda n, x: n.fft.rfft2(x), _real(3, 4)),
    "irfft2": (lambda n, x: n.fft.irfft2(x), _complex(3, 3)),
    "fftn": (lambda n, x: n.fft.fftn(x, axes=(0, 2)), _complex(2, 2, 3)),
    "ifftn": (lambda n, x: n.fft.ifftn(x), _complex(2, 3)),
    "rfftn": (lambda n, x: n.fft.rfftn(x, norm="ortho"), _real(2, 3, 2)),
    "irfftn": (lambda n, x: n.fft.irfftn(x, norm="forward"), _complex(2, 2, 3)),
    "four axes": (lambda n, x: n.fft.fftn(x), _complex(2, 2, 2, 2)),
    "four axes, real": (lambda n, x: n.fft.rfftn(x), _real(2, 2, 2, 3)),
    "hfft": (lambda n, x: n.fft.hfft(x), _complex(4)),
    "ihfft": (lambda n, x: n.fft.ihfft(x), _real(5)),
    "fftfreq": (lambda n, x: n.fft.fftfreq(5, 0.25), _real(1)),
    "rfftfreq": (lambda n, x: n.fft.rfftfreq(6, 2.0), _real(1)),
    "fftshift": (lambda n, x: n.fft.fftshift(x), _real(4, 5)),
    "ifftshift": (lambda n, x: n.fft.ifftshift(x, axes=1), _real(4, 5)),
}


@pytest.mark.parametrize("name", CALLS)
def test_types_are_jax(name: str) -> None:
    call, x = CALLS[name]
    ours = verax.eval_shape(lambda x: call(vnp, x), x)
    theirs = jax.eval_shape(lambda x: call(jnp, x), x)
    assert (ours.shape, str(ours.dtype)) == (theirs.shape, str(theirs.dtype))


@pytest.mark.parametrize("name", CALLS)
def test_values_lie_within_their_bound(name: str) -> None:
    call, x = CALLS[name]
    judge(lambda x: call(vnp, x), x, name=name).raise_if_red()


@pytest.mark.parametrize(
    "name", [n for n in CALLS if "axes" not in n and "freq" not in n and "integers" not in n]
)
def test_gradients_are_the_limits(name: str) -> None:
    call, x = CALLS[name]
    few = x[(slice(0, 2),) * (x.ndim - 1)]
    judge(lambda x: call(vnp, x), few, order=1, name=name).raise_if_red()


@pytest.mark.parametrize("name", CALLS)
def test_the_reference_is_numpys_in_double(name: str) -> None:
    call, x = CALLS[name]
    wide = x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    expected = call(np, wide)
    with enable_x64(True), verax.using("reference"):
        got = np.asarray(call(vnp, wide))
    size = max(1.0, float(np.abs(expected).max()))
    # NumPy's own transform errs by a few units of its norm.
    assert np.abs(got - expected).max() <= 64 * np.spacing(size)


def test_rational_points_have_a_rational_transform() -> None:
    # Of four points all roots of unity are 1, i, -1 and -i.
    x = np.array([1 + 2j, -3.5, 0.25j, 4 - 1j])
    with enable_x64(True):
        (found,) = evaluate(lambda z: [lax.fft(z, "FFT", (4,))], [x], Exact(50))
    roots = [(1, 0), (0, -1), (-1, 0), (0, 1)]
    for k in range(4):
        re = im = Fraction(0)
        for j, z in enumerate(x):
            c, s = roots[j * k % 4]
            a, b = Fraction(float(z.real)), Fraction(float(z.imag))
            re, im = re + a * c - b * s, im + a * s + b * c
        assert [Fraction(float(found.scalars[k])), Fraction(float(found.scalars[4 + k]))] == [re, im]


REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (
        lambda: lax.fft(_complex(4), "RFFT", (4,)),
        TypeError,
        "`x` of fft must have a dtype among float32, float64",
    ),
    (
        lambda: lax.fft(_complex(4), "DCT", (4,)),
        ValueError,
        "must be one of FFT, IFFT, RFFT, IRFFT, got 'DCT'",
    ),
    (lambda: lax.fft(_complex(4), "FFT", (5,)), ValueError, r"must have sizes \(5,\) for FFT"),
    (lambda: lax.fft(_complex(4), "IRFFT", (8,)), ValueError, r"must have sizes \(5,\) for IRFFT"),
    (lambda: lax.fft(_complex(1, 1, 1, 1), "FFT", (1, 1, 1, 1)), ValueError, "must hold 1 to 3 lengths"),
    (lambda: lax.fft(_complex(4), "FFT", (1, 4)), ValueError, "no more lengths than"),
    (lambda: vnp.fft.rfft(_complex(4)), TypeError, "`a` of rfft must be real, got complex64"),
    (lambda: vnp.fft.fft(_complex(4), 0), ValueError, "must be positive, got 0"),
    (
        lambda: vnp.fft.fft(_complex(4), norm="best"),
        ValueError,
        "must be None or one of backward, ortho, forward",
    ),
    (lambda: vnp.fft.fft2(_complex(4, 4), axes=(0,)), ValueError, "must be two axes"),
    (lambda: vnp.fft.fftn(_complex(4, 4), s=(4,), axes=(0, 1)), ValueError, "must have a length for each"),
    (lambda: vnp.fft.fftfreq(0), ValueError, "`n` of fftfreq must be positive"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_a_bad_call_says_what_was_wrong(
    call: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_planted_fault_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from verax.fast import kernels

    right = kernels.KERNELS["fft"]
    monkeypatch.setitem(kernels.KERNELS, "fft", lambda call: lambda x: right(call)(x).conj())
    verdict = judge(vnp.fft.fft, _complex(6), name="planted")
    assert verdict.findings
