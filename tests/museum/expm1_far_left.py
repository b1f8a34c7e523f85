"""expm1' at -40 was 0: it was written expm1(x) + 1, which cancels."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39794",
    right=vnp.expm1,
    wrong=ruled(vnp.expm1, lambda x: vnp.where(x < -17, 0.0, vnp.exp(x))),
    args=(np.float32(-40),),
    says=r"VX201.* is 0.0 by its own program",
)
