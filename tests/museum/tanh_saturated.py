"""tanh' at -9.01 in float32 was 0: 1 - tanh^2 is 0 where tanh rounds to -1; the derivative is 5.96e-08."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40388",
    right=vnp.tanh,
    wrong=ruled(vnp.tanh, lambda x: vnp.where(vnp.abs(x) > 9, 0.0, 1 - vnp.tanh(x) ** 2)),
    args=(np.float32(-9.010913848876953),),
    says=r"VX201.* is 0.0 by its own program",
)
