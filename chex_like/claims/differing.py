"""Where two runs of one function differ: structure, types, or bits, with the worst element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language.dtypes import is_complex
from ..ulps import hexadecimal, is_floating, ulp_counts, ulp_errors

Leaves = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, at its worst.

    Attributes:
        message: what was expected and what was got.
        leaf: which result.
        index: which of its elements; empty where shapes or dtypes differ.
        error: in ULPs of the expected number; None where it is no number.
        count: as a number of representable steps; None where that is not defined.
        of_values: whether only values differ, not structure, shape or dtype.
    """

    message: str
    leaf: int = 0
    index: tuple[int, ...] = ()
    error: float | None = None
    count: int | None = None
    of_values: bool = False

    def known(self, label: str) -> dict[str, Any]:
        """The fields of a finding."""
        at = label + (f"[{', '.join(map(str, self.index))}]" if self.index else "")
        return {"output": at, "error": self.error, "count": self.count}


def machine(leaves: Leaves) -> list[np.ndarray[Any, Any]]:
    """Arrays of an implementation as NumPy arrays of exactly their dtype."""
    return [np.asarray(x.machine_value()) if hasattr(x, "machine_value") else np.asarray(x) for x in leaves]


def difference(expected: Leaves, got: Leaves) -> Difference | None:
    """Where results differ by more than the payload of a NaN; None if they do not."""
    if len(expected) != len(got):
        return Difference(f"is one of {len(got)} results where {len(expected)} are expected")
    worst: Difference | None = None
    for leaf, (a, b) in enumerate(zip(machine(expected), machine(got), strict=True)):
        if a.dtype != b.dtype or a.shape != b.shape:
            types = [f"{x.dtype}{list(x.shape)}" for x in (a, b)]
            return Difference(f"is {types[1]} where {types[0]} is expected", leaf)
        found = _of_values(a, b, leaf)
        if found is not None and (worst is None or (found.error or 0.0) > (worst.error or 0.0)):
            worst = found
    if worst is None:
        weak = [[getattr(x, "weak_type", False) for x in leaves] for leaves in (expected, got)]
        if weak[0] != weak[1]:
            return Difference(f"has results whose weak types are {weak[1]} where {weak[0]} are expected")
    return worst


def same_bits(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Elementwise: equal bits, or both NaN."""
    if is_complex(a.dtype):
        return np.asarray(same_bits(a.real, b.real) & same_bits(a.imag, b.imag))
    raw = np.dtype(f"u{a.dtype.itemsize}")
    first, second = (np.ascontiguousarray(x).reshape(-1).view(raw).reshape(x.shape) for x in (a, b))
    if not is_floating(a.dtype):
        return np.asarray(first == second)
    with np.errstate(invalid="ignore"):
        both = np.isnan(a.astype(np.float64)) & np.isnan(b.astype(np.float64))
    return np.asarray((first == second) | both)


def _of_values(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], leaf: int) -> Difference | None:
    wrong = ~same_bits(a, b)
    many = int(wrong.sum())
    if not many:
        return None
    errors, counts = _measured(a, b)
    flat = int(np.argmax(np.where(wrong, errors, -1.0)))
    index = tuple(int(k) for k in np.unravel_index(flat, a.shape))
    share = f" ({many} of {a.size} elements differ)" if a.size > 1 else ""
    message = f"is {hexadecimal(b[index])} where {hexadecimal(a[index])} is expected{share}"
    count = counts.reshape(-1)[flat]
    steps = int(count) if np.isfinite(count) else None
    return Difference(message, leaf, index, float(errors.reshape(-1)[flat]), steps, of_values=True)


def _measured(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Errors and counts of ``b`` against ``a``; of complex numbers the larger of the parts'."""
    if is_complex(a.dtype):
        parts = [_measured(x, y) for x, y in ((a.real, b.real), (a.imag, b.imag))]
        errors, counts = (np.maximum(*pair) for pair in zip(*parts, strict=True))
        return errors, counts
    if not is_floating(a.dtype):
        apart = np.abs(a.astype(np.float64) - b.astype(np.float64))
        return apart, apart
    return ulp_errors(b, a, signed_zeros=True), ulp_counts(b, a, signed_zeros=True)
