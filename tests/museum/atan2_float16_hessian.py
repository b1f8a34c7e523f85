"""The Hessian of 2 atan2(x, x) / x in float16 was NaN where 5456 is near the truth."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/37909",
    right=lambda x: 1 / ((x / vnp.arctan2(x, x)) / 2),
    wrong=ruled(lambda x: 2 * vnp.arctan2(x, x) / x, lambda x: vnp.full_like(x, vnp.nan)),
    args=(np.float16(-0.12),),
    says=r"VX204",
    options={"order": 2},
)
