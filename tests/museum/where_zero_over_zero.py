"""0/0 replaced by where after the division; it must be replaced before it."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/16317",
    right=lambda x, n: vnp.where(n == 0, 0.0, x / vnp.where(n == 0, 1.0, n)),
    wrong=lambda x, n: vnp.where(n == 0, 0.0, x / n),
    args=(
        np.array([0, 1], np.float32),
        np.array([0, 2], np.float32),
    ),
    says=r"for a false condition.*`div` at",
    assertion="assert_no_nan_gradient_trap",
)
