"""The discrete Fourier transform by its definition, axis by axis.

y_k = sum over j of x_j exp(-2 pi i jk / n), and back x_j = (1 / n) sum over k of y_k exp(2 pi i jk / n). Source: Briggs
and Henson, *The DFT: An Owner's Manual for the Discrete Fourier Transform*, 1995, section 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpmath.libmp import from_rational, mpf_cos_sin_pi

from ...language.catalogue.fourier import FftType
from ...language.dtypes import real_of
from ...language.shapes import Shape
from ..array import parts
from ..reals import Scalar, from_number
from ..system import NumberSystem, Pair
from .call import Call, Lists, indices, place, strides
from .elementwise import DEFINITIONS

Pairs = list[Pair]

# cos and sin of quarter turns.
_QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))


def root_of_unity(system: NumberSystem, k: int, n: int) -> Pair:
    """The cosine and the sine of the angle 2 pi k / n."""
    k %= n
    if 4 * k % n == 0:
        cosine, sine = _QUARTERS[4 * k // n]
        return from_number(cosine), from_number(sine)

    def part(which: int) -> Any:
        def raw(bits: int, rounding: str) -> Any:
            return mpf_cos_sin_pi(from_rational(2 * k, n, bits + 16), bits, rounding)[which]

        return raw

    return system.constant(part(0)), system.constant(part(1))


def line(c: Call, xs: Pairs, inverse: bool) -> Pairs:
    """The transform of one line, its parts each one sum of 2 n products."""
    system, n, dtype = c.system, len(xs), real_of(c.results[0].dtype)
    turn = [root_of_unity(system, k, n) for k in range(n)]

    def negative(x: Scalar) -> Scalar:
        return system.apply(DEFINITIONS["neg"], dtype, [x])

    def total(left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
        found = system.total(c.primitive, dtype, left, right)
        return system.apply(DEFINITIONS["div"], dtype, [found, from_number(float(n))]) if inverse else found

    parts_of_all = [x for x, _ in xs] + [y for _, y in xs]
    found = []
    for k in range(n):
        cosines, sines = zip(*(turn[j * k % n] for j in range(n)), strict=True)
        if inverse:  # exp(i t) = cos t + i sin t
            level, rise = [*cosines, *map(negative, sines)], [*sines, *cosines]
        else:
            level, rise = [*cosines, *sines], [*map(negative, sines), *cosines]
        found.append((total(parts_of_all, level), total(parts_of_all, rise)))
    return found


def _along(c: Call, xs: Pairs, shape: Shape, axis: int, inverse: bool) -> Pairs:
    """Every line along an axis transformed."""
    steps, found = strides(shape), list(xs)
    for start in indices((*shape[:axis], 1, *shape[axis + 1 :])):
        places = [place(start, steps) + k * steps[axis] for k in range(shape[axis])]
        for at, y in zip(places, line(c, [xs[i] for i in places], inverse), strict=True):
            found[at] = y
    return found


def _resized(xs: Pairs, size: int, wanted: int) -> Pairs:
    """The first ``wanted`` elements of every line of the last axis."""
    return [x for start in range(0, len(xs), size) for x in xs[start : start + wanted]]


def _whole(c: Call, half: Pairs, n: int) -> Pairs:
    """The spectrum of a real line from its first half: y_(n-k) is the conjugate of y_k; y_0 and y_(n/2) are real."""
    dtype = real_of(c.results[0].dtype)

    def conj(z: Pair) -> Pair:
        return z[0], c.system.apply(DEFINITIONS["neg"], dtype, [z[1]])

    kept = [(z[0], 0.0) if k == 0 or 2 * k == n else z for k, z in enumerate(half)]
    return [kept[k] if k < len(kept) else conj(kept[n - k]) for k in range(n)]


def transformed(c: Call) -> Lists:
    """The transform of the last axes, one after another."""
    (x,), kind, lengths = c.operands, FftType(c.params["fft_type"]), c.params["fft_lengths"]
    both = [part.scalars for part in parts(x)]
    xs: Pairs = list(zip(both[0], both[1] if len(both) > 1 else [0.0] * x.size, strict=True))
    inverse, last = kind in (FftType.IFFT, FftType.IRFFT), x.ndim - 1
    others = range(x.ndim - len(lengths), last)
    shape = x.shape
    if kind is FftType.RFFT:
        xs = _resized(_along(c, xs, shape, last, False), lengths[-1], lengths[-1] // 2 + 1)
        shape = c.results[0].shape
    for axis in others:
        xs = _along(c, xs, shape, axis, inverse)
    if kind is FftType.IRFFT:
        size, n = shape[-1], lengths[-1]
        lines = [_whole(c, xs[start : start + size], n) for start in range(0, len(xs), size)]
        return [[y for half in lines for y, _ in line(c, half, True)]]
    if kind is not FftType.RFFT:
        xs = _along(c, xs, shape, last, inverse)
    return [[y for y, _ in xs] + [y for _, y in xs]]


def fft(c: Call) -> Lists:
    """The transform; `Bounded` has a row for its error."""
    found: Lists = c.system.factored(c, transformed)
    return found
