"""The size that errors are held against where no domain is declared: the largest truth of the decade."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language import dispatch
from ...language.dtypes import finfo, is_float
from ...reference import evaluate
from ...reference.exact import Exact
from ...reference.verdict import exact, largest
from .case import Case

_DRAWS = 8
_DIGITS = 30
# Of a size below this, half of the digits may be what a cancellation left.
_SUSPECT = 10.0 ** (-_DIGITS // 2)


def scale_of_decade(case: Case, seed: int) -> tuple[Any, ...]:
    """For each output the largest true size over inputs of the same decade, the given ones included."""
    rng = np.random.default_rng([seed, zlib.crc32(case.subject.encode()), 10])
    best: list[Any] = [0.0] * len(case.results)
    assert case.meaning is not None, "there is something to evaluate"
    for draw in range(_DRAWS + 1):
        inputs = case.inputs if draw == 0 else [_of_decade(x, rng) for x in case.inputs]
        best = [max(pair) for pair in zip(best, _sizes(case, [*inputs, *case.extras]), strict=True)]
    return tuple(best)


def _sizes(case: Case, operands: Sequence[Any]) -> list[Any]:
    """For each output the largest true size; what more digits make smaller is left of a cancellation, and is 0."""
    found = _largest(case, operands, _DIGITS)
    if not any(0 < exact(size) < _SUSPECT for size in found):
        return found
    again = _largest(case, operands, 2 * _DIGITS)
    return [0.0 if exact(a) < exact(s) / 2 else s for s, a in zip(found, again, strict=True)]


def _largest(case: Case, operands: Sequence[Any], digits: int) -> list[Any]:
    assert case.meaning is not None, "there is something to evaluate"
    found = evaluate(case.meaning, operands, Exact(digits))
    return [
        largest(row.system.value(s) for s in row.scalars) if is_float(row.dtype) else 0.0 for row in found
    ]


def _of_decade(x: Any, rng: np.random.Generator) -> Any:
    """An array whose elements have the signs of ``x`` and sizes within their decades."""
    if not is_float(x.dtype):
        return x
    value = x.machine_value().astype(np.float64)
    with np.errstate(all="ignore"):
        decade = 10.0 ** np.floor(np.log10(np.abs(value)))
        drawn = np.sign(value) * decade * rng.uniform(1.0, 10.0, value.shape)
        drawn = np.where((value == 0) | ~np.isfinite(value), value, drawn)
    limit = float(finfo(x.dtype).max)
    return dispatch.lift_to(dispatch.current(), np.clip(drawn, -limit, limit).astype(x.dtype))


def scales_over(cases: Sequence[Case]) -> tuple[Any, ...]:
    """For each output the largest true size over several cases: those drawn from a declared domain."""
    best: list[Any] = []
    for case in cases:
        found = _sizes(case, case.operands)
        best += [0.0] * (len(found) - len(best))
        best = [max(pair) for pair in zip(best, found, strict=True)]
    return tuple(best)
