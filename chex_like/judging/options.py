"""How a case is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...language.platform import Platform

Scales = Sequence[float] | Callable[[], Sequence[float]] | None


@dataclass(frozen=True, slots=True)
class Options:
    """How a case is judged; see `judge`."""

    platform: Platform
    scale: Scales = None
    drawn: bool = False
    formula: bool = True
    vanishing: bool = True
    relative: bool = False
    believe_rules: bool = False
    entries: int = 64
    samples: int = 600
    seed: int = 0
