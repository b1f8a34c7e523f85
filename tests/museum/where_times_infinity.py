"""where(x > 0, 0, x * inf): 0 times infinity in the backward pass."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/2630",
    right=lambda x: vnp.where(x > 0, 0.0 * x, -x),
    wrong=lambda x: vnp.where(x >= 0, 0.0, x * vnp.inf),
    args=(np.float32(1),),
    says=r"for a false condition",
    assertion="assert_no_nan_gradient_trap",
)
