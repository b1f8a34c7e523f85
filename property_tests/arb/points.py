"""Points over the whole of a domain: every exponent, subnormals, huge numbers, and next to poles, roots and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...language.dtypes import DType
from ...language.primitive import Domain, Primitive

Rng = np.random.Generator
Floats = np.ndarray[Any, Any]

_WORDS: dict[int, Any] = {4: np.uint32, 8: np.uint64}


def any_bits(rng: Rng, count: int, dtype: DType, near: Sequence[float]) -> Floats:
    """Every exponent of the format is as likely as every other."""
    word = _WORDS[dtype.itemsize]
    return rng.integers(0, np.iinfo(word).max, count, dtype=word, endpoint=True).view(dtype)


def ordinary(rng: Rng, count: int, dtype: DType, near: Sequence[float]) -> Floats:
    """Normal numbers times a power of ten from 10^-3 to 10^3."""
    return np.asarray(rng.standard_normal(count) * 10.0 ** rng.uniform(-3, 3, count)).astype(dtype)


def beside(rng: Rng, count: int, dtype: DType, near: Sequence[float]) -> Floats:
    """From one unit in the last place to a tenth away from a hard point, or from a whole or half number."""
    centres = np.concatenate([np.asarray(near, np.float64), np.arange(-30, 30) / 2])
    centre = np.asarray(rng.choice(centres, count)).astype(dtype)
    size = np.maximum(np.abs(centre), np.finfo(dtype).tiny)
    last = 2.0 ** -np.finfo(dtype).nmant
    away = size * last * 10.0 ** rng.uniform(0, -np.log10(last) - 1, count)
    return np.asarray(centre + np.where(rng.random(count) < 0.5, -away, away)).astype(dtype)


def subnormal(rng: Rng, count: int, dtype: DType, near: Sequence[float]) -> Floats:
    """Below the least normal number, of either sign."""
    last = np.finfo(dtype).nmant
    found = rng.integers(1, 1 << last, count) * np.where(rng.random(count) < 0.5, -1.0, 1.0)
    return np.asarray(found * float(np.finfo(dtype).smallest_subnormal)).astype(dtype)


def huge(rng: Rng, count: int, dtype: DType, near: Sequence[float]) -> Floats:
    """Within a factor of 2^16 of the largest number, of either sign."""
    found = float(np.finfo(dtype).max) * rng.random(count) * 2.0 ** -rng.integers(0, 16, count)
    return np.asarray(found * np.where(rng.random(count) < 0.5, -1.0, 1.0)).astype(dtype)


# How points are drawn, each as often as it is named.
KINDS: tuple[Callable[..., Floats], ...] = (any_bits, ordinary, ordinary, beside, beside, subnormal, huge)


def drawn(primitive: Primitive, rng: Rng, count: int, dtype: DType) -> list[Floats]:
    """Operands strictly inside of their domains, finite and not zero: as many as are found in ``count`` draws."""
    with np.errstate(all="ignore"):
        columns = [_mixed(rng, count, dtype, primitive.hard_points, d) for d in primitive.domain]
    if primitive.name == "polygamma":  # its order is a whole number
        columns[0] = np.floor(columns[0])
    inside = np.all([_inside(x, d) for x, d in zip(columns, primitive.domain, strict=True)], axis=0)
    return [x[inside] for x in columns]


def _mixed(rng: Rng, count: int, dtype: DType, near: Sequence[float], domain: Domain) -> Floats:
    rows = np.stack([kind(rng, count, dtype, near) for kind in KINDS])
    found = rows[rng.integers(len(KINDS), size=count), np.arange(count)]
    if np.isinf(domain.low) or np.isinf(domain.high):
        return np.abs(found) if domain.low == 0 else found
    # A bounded domain: half of the numbers are spread over it, by decades from either end.
    part = 10.0 ** rng.uniform(-8, 0, count) * (domain.high - domain.low)
    spread = np.where(rng.random(count) < 0.5, domain.low + part, domain.high - part).astype(dtype)
    return np.where(rng.random(count) < 0.5, spread, found)


def _inside(x: Floats, domain: Domain) -> Floats:
    return np.asarray(np.isfinite(x) & (x != 0) & (x > domain.low) & (x < domain.high))
