"""where(isfinite(f(x)), f(x), 0): what is masked in the value is not masked in the gradient."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/52248",
    right=lambda x: vnp.where(x > 0, 1 / vnp.where(x > 0, x, 1.0), 0.0),
    wrong=lambda x: vnp.where(vnp.isfinite(1 / x), 1 / x, 0.0),
    args=(np.array([0, 1, 4], np.float32),),
    says=r"`div` at .*0.0",
    assertion="assert_no_nan_gradient_trap",
)
