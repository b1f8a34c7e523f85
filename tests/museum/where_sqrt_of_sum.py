"""sqrt of a sum of squares, then where: NaN at the row of zeros."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/347",
    right=lambda x: vnp.sqrt(vnp.where(vnp.sum(x**2, 1) > 0.25, vnp.sum(x**2, 1), 1.0)),
    wrong=lambda x: vnp.where(vnp.sum(x**2, 1) > 0.25, vnp.sqrt(vnp.sum(x**2, 1)), 1.0),
    args=(np.array([[1, 2], [3, 4], [0, 0]], np.float32),),
    says=r"for a true condition.*sqrt\(safe\)",
    assertion="assert_no_nan_gradient_trap",
)
