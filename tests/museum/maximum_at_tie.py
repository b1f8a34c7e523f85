"""max(x, 0)' at 0 is 1/2 by a convention: a subgradient, as 0 and 1 are; 3/2 is none."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/37821",
    right=lambda x: vnp.maximum(x, 0.0),
    wrong=ruled(lambda x: vnp.maximum(x, 0.0), lambda x: vnp.where(x >= 0, 1.5, 0.0)),
    args=(np.float32(0),),
    says=r"VX201.* is 1.5",
)
