"""where(x < 1, cos(x), 0) at infinity: the derivative of the hidden cosine is NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/18287",
    right=lambda x: vnp.where(x < 1, vnp.cos(vnp.where(x < 1, x, 0.0)), 0.0),
    wrong=lambda x: vnp.where(x < 1, vnp.cos(x), 0.0),
    args=(np.array([0, np.inf], np.float32),),
    says=r"for a true condition.*cos\(safe\)",
    assertion="assert_no_nan_gradient_trap",
)
