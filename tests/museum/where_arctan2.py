"""arctan2(a, a) at 0 is replaced by a where, and its gradient is NaN all the same: its rule divides by a^2 + a^2."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

HIDDEN = np.array([0, 1, 0], np.float32) > 0.5


divides = ruled(lambda a: vnp.arctan2(a, a), lambda a: (a - a) / (a * a + a * a))


def right(a: Any) -> Any:
    safe = vnp.where(HIDDEN, 1.0, a)
    return vnp.sum(vnp.where(HIDDEN, 0.0, vnp.arctan2(safe, safe)))


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/1052",
    right=right,
    wrong=lambda a: vnp.sum(vnp.where(HIDDEN, 0.0, divides(a))),
    args=(np.array([3, 0, -5], np.float32),),
    says=r"VX204.* is nan by its own program in exact numbers; the limit is 0.0",
)
