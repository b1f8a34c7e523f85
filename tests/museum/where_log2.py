"""where(x > 2, log2(x), 2 x) at 0 was NaN where 2 is expected."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/108618",
    right=lambda x: vnp.where(x > 2, vnp.log2(vnp.where(x > 2, x, 1.0)), 2 * x),
    wrong=lambda x: vnp.where(x > 2, vnp.log2(x), 2 * x),
    args=(np.array([0, 2, 3], np.float32),),
    says=r"for a true condition",
    assertion="assert_no_nan_gradient_trap",
)
