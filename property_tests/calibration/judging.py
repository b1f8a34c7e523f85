"""One program, held against the bound and the typical error that `Bounded` derives for NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language.config import enable_x64
from ...language.dtypes import is_float
from ...language.platform import Platform
from ...reference import Bounded, evaluate
from ...reference.array import ReferenceArray
from ...reference.findings import Status
from ...reference.verdict import (
    QUIET_ELEMENTS,
    Evidence,
    Measured,
    each,
    measure,
    quiet_fault,
    root_mean_square,
)
from .programs import Array, Trial


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one program.

    Attributes:
        kind: of the program.
        name: with its seed and dtype.
        equations: how many it has, broadcasts of written constants not counted.
        elements: how many were judged.
        ambiguous: how many rest on an undecided comparison, or on none that could be certified.
        unverified: how many have no bound.
        alarms: what is said of those beyond their bound.
        slack: for each element that is off at all, its bound over its error; infinite for the others.
        z: the root-mean-square of error over typical error; None where fewer than 512 elements can be pooled,
            or their operands are not independent.
        quiet: whether that is a fault of the quiet kind.
    """

    kind: str
    name: str
    equations: int
    elements: int
    ambiguous: int
    unverified: int
    alarms: tuple[str, ...]
    slack: tuple[float, ...]
    z: float | None
    quiet: bool

    @property
    def told(self) -> bool:
        """Whether anything is said against the machine."""
        return bool(self.alarms) or self.quiet


def bounds_of(trial: Trial, platform: Platform) -> list[ReferenceArray]:
    """What `Bounded` says of every result of a program on a platform."""
    with enable_x64(trial.dtype == np.float64):
        return evaluate(trial.program, trial.operands, Bounded(platform))


def measured(results: Sequence[Array], bounds: Sequence[ReferenceArray]) -> list[Measured]:
    """Every element of a machine's results, as the verdict measures it."""
    return [
        measure(_evidence(g, number), index)
        for got, bound in zip(results, bounds, strict=True)
        if is_float(got.dtype)
        for g, number, index in zip(got.ravel(), bound.scalars, each(got.shape), strict=True)
    ]


def _evidence(got: Any, number: Any) -> Evidence:
    return Evidence(
        got=got,
        true=number.value,
        dtype=got.dtype,
        bound=number.bound,
        typical=number.typical,
        undecided=number.undecided,
        unbounded=number.unverified or "",
    )


def judged(trial: Trial, results: Sequence[Array], bounds: Sequence[ReferenceArray]) -> Judged:
    """What is to be said of a machine's results."""
    elements = measured(results, bounds)
    held = [m for m in elements if m.status is Status.HOLD]
    pooled = [m for m in elements if m.ratio is not None] if trial.independent else []
    return Judged(
        kind=trial.kind,
        name=str(trial),
        equations=sum(e.primitive.name != "broadcast_in_dim" for e in trial.program.equations),
        elements=len(elements),
        ambiguous=sum(m.status is Status.AMBIGUOUS for m in elements),
        unverified=sum(m.status in (Status.UNVERIFIED, Status.NOTE) for m in elements),
        alarms=tuple(f"{list(m.index)} {m.reason}" for m in elements if m.status is Status.FINDING),
        slack=tuple(_slack(m) for m in held if m.bound),
        z=root_mean_square(pooled) if len(pooled) >= QUIET_ELEMENTS else None,
        quiet=quiet_fault(pooled) is not None,
    )


def _slack(m: Measured) -> float:
    assert m.bound is not None, "asked by the caller"
    return m.bound / m.error if m.error else math.inf
