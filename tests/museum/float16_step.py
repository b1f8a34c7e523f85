"""check_grads in float16: its step of 1e-4 is less than an ulp, and differences were 0."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/7742",
    right=vnp.sin,
    wrong=ruled(vnp.sin, lambda x: vnp.cos(x) + 2.0**-9),
    args=(np.array([0.5, 1, 100], np.float16),),
    says=r"VX201",
)
