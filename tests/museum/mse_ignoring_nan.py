"""A mean square that masks NaN after the difference: NaN comes back through the square."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/89543",
    right=lambda x, y: vnp.sum(vnp.where(vnp.isnan(y), 0.0, x - vnp.where(vnp.isnan(y), 0.0, y)) ** 2),
    wrong=lambda x, y: vnp.sum(vnp.where(vnp.isnan(y), 0.0, (x - y) ** 2)),
    args=(
        np.array([1, 2], np.float32),
        np.array([np.nan, 1], np.float32),
    ),
    says=r"for a false condition",
    assertion="assert_no_nan_gradient_trap",
)
