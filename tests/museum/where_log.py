"""where(True, x, log(x)) at 0: the branch that is never taken makes the gradient NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/1052",
    right=lambda x: vnp.where(x > -1, x, vnp.log(vnp.where(x > -1, 1.0, x))),
    wrong=lambda x: vnp.where(x > -1, x, vnp.log(x)),
    args=(np.array([0, 1, 4], np.float32),),
    says=r"for a false condition.*log\(safe\)",
    assertion="assert_no_nan_gradient_trap",
)
