"""A lens profile with where at radius 1: arccos and arccosh each out of their domain in the hidden branch."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case


def right(r: Any) -> Any:
    inside, outside = vnp.where(r < 1, 1 / r, 2.0), vnp.where(r < 1, 0.0, 1 / r)
    return vnp.where(r < 1, vnp.arccosh(inside), vnp.arccos(outside))


CASE = Case(
    source="https://github.com/lenstronomy/JAXtronomy/issues/66",
    right=right,
    wrong=lambda r: vnp.where(r < 1, vnp.arccosh(1 / r), vnp.arccos(1 / r)),
    args=(np.array([0.5, 2], np.float32),),
    says=r"`(acos|acosh)` at",
    assertion="assert_no_nan_gradient_trap",
)
