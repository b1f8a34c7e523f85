"""grad(grad(exprel)) at 0 was NaN in one nesting alone: (e^x - 1)/x with a Taylor branch, and no second where."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case


def right(x: Any) -> Any:
    safe = vnp.where(x == 0, 1.0, x)
    return vnp.where(x == 0, 1 + x / 2 + x * x / 6, vnp.expm1(safe) / safe)


CASE = Case(
    source="https://github.com/chaobrain/saiunit/pull/114",
    right=right,
    wrong=lambda x: vnp.where(x == 0, 1 + x / 2 + x * x / 6, vnp.expm1(x) / x),
    args=(np.array([0.0, 0.5]),),
    says=r"VX204.* is nan",
    options={"order": 2},
)
