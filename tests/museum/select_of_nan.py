"""select(False, beta * x, 1) with x NaN: the gradient by beta was NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/20601",
    right=lambda beta, x: vnp.where(vnp.isnan(x), 1.0 * beta, beta * vnp.where(vnp.isnan(x), 1.0, x)),
    wrong=lambda beta, x: vnp.where(vnp.isnan(x), 1.0, beta * x),
    args=(
        np.float32(2.3),
        np.float32(np.nan),
    ),
    says=r"for a false condition",
    assertion="assert_no_nan_gradient_trap",
)
