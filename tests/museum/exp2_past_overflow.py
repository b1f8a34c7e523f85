"""exp2' at 1024.0000000000002 was inf: ln 2 times 2^x is finite, though 2^x is not."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40382",
    right=vnp.exp2,
    wrong=ruled(vnp.exp2, lambda x: np.inf * vnp.ones_like(x)),
    args=(np.float64(1024.0000000000002),),
    says=r"VX(20[124]|701)",
)
