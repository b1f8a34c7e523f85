"""gradcheck of cumprod passed slowly and failed fast: one number for all entries, with a tolerance that grows."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/56275",
    right=lambda x: vnp.cumprod(x)[-1],
    wrong=lambda x: vnp.cumprod(x)[-1] + ruled(lambda y: 0 * y, lambda y: 1e-6 * y)(x)[1],
    args=(np.array([0.5, 3, 2], np.float32),),
    says=r"VX201.*argument 0",
)
