"""The error of a Fourier transform, as `Bounded` has it: in norm, and no more for any element.

A transform of n points errs by less than log2(n) eta of its norm, where eta is a few unit roundoffs (Higham, *Accuracy
and Stability of Numerical Algorithms*, 2nd edition, theorem 24.2); other lengths than powers of two cost a little more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..language.catalogue.fourier import FftType
from ..language.dtypes import real_of
from .array import ReferenceArray, parts
from .exact import Exact
from .primitives.call import Call
from .reals import INF, Scalar, approximate, format_of, is_special

if TYPE_CHECKING:
    from .bounded import Bounded

# Unit roundoffs for each level: one for the weight, sqrt(2) + 4 for a product and a sum (theorem 24.2), rounded up;
# twice as many for lengths that are no powers of two.
_LEVEL = 8.0
_USUAL = 0.6


def bounded_spectrum(system: Bounded, c: Call, definition: Callable[[Call], Any]) -> list[list[Scalar]]:
    """The exact transform, each element with the bound of its norm."""
    exact = Exact(system.digits)
    (x,), lengths = c.operands, c.params["fft_lengths"]
    plain = ReferenceArray([system.value(s) for s in x.scalars], x.aval, exact)
    (values,) = definition(replace(c, system=exact, operands=(plain,)))
    sizes = [abs(approximate(s)) for s in plain.scalars]
    bounds = [float(getattr(s, "bound", 0.0)) for s in x.scalars]
    usual = [float(getattr(s, "typical", 0.0)) for s in x.scalars]
    blocks = math.prod(x.shape[: x.ndim - len(lengths)])
    halves = len(values) // max(1, c.results[0].size)
    found: list[Scalar] = list(values)
    for block in range(blocks):
        own = [k * x.size for k in range(len(parts(x)))]
        count = x.size // blocks
        places = [start + block * count + i for start in own for i in range(count)]
        reach, typical = _reach(system, c, *([row[i] for i in places] for row in (sizes, bounds, usual)))
        marks = [x.scalars[i] for i in places]
        size = c.results[0].size // blocks
        for half in range(halves):
            for i in range(size):
                at = half * c.results[0].size + block * size + i
                found[at] = _number(system, values[at], reach, typical, marks)
    return [found]


def _reach(
    system: Bounded, c: Call, sizes: Sequence[float], bounds: Sequence[float], usual: Sequence[float]
) -> tuple[float, float]:
    """The most that an element of one transform may be off by, and what it is typically off by."""
    kind, lengths = FftType(c.params["fft_type"]), c.params["fft_lengths"]
    points = math.prod(lengths)
    levels = math.log2(points) + 1
    dtype = real_of(c.results[0].dtype)
    unit = 2 * system.budget("fft", dtype)[0] * math.ldexp(1.0, -format_of(dtype)[0])
    power = 1.0 if all(n & (n - 1) == 0 for n in lengths) else 2.0
    norm = math.hypot(*sizes) * (math.sqrt(2.0) if kind is FftType.IRFFT else 1.0)
    scale = 1.0 / points if kind in (FftType.IFFT, FftType.IRFFT) else 1.0
    twice = 2.0 if kind is FftType.IRFFT else 1.0
    if _most_on_the_way(twice * (sum(sizes) + sum(bounds)), points, power) >= system.largest(dtype):
        return INF, INF
    own = _LEVEL * power * unit * levels * math.sqrt(points) * norm + math.ldexp(1.0, format_of(dtype)[1])
    reach = scale * (own + twice * sum(bounds)) * (1 + _LEVEL * power * unit * levels)
    reach += math.ldexp(1.0, format_of(dtype)[1])  # what is scaled back may underflow
    typical = scale * math.hypot(_USUAL * unit * math.sqrt(levels) * norm, twice * math.hypot(*usual))
    return reach, typical


def _most_on_the_way(total: float, points: int, power: float) -> float:
    """What no number of a butterfly exceeds, before anything is divided by the number of points.

    Every partial sum is at most the sum of all sizes, a product of complex parts twice that; a length that is no power
    of two may be a convolution with a chirp (Bluestein), whose own transform has up to four times as many points.
    """
    return 2.0 * total * (1.0 if power == 1.0 else 4.0 * points)


def _number(system: Bounded, value: Scalar, reach: float, typical: float, operands: Sequence[Any]) -> Scalar:
    undecided = any(getattr(x, "undecided", False) for x in operands)
    reason = next((x.unverified for x in operands if getattr(x, "unverified", None)), None)
    if is_special(value):
        return system.number(value, 0.0, 0.0, True, reason)
    return system.number(value, reach if reach == reach else INF, typical, undecided, reason)
