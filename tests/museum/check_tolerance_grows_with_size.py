"""check_grads scales its tolerance with the size of the output: one entry of many may be quite wrong."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/3130",
    right=lambda x: x * 1.5,
    wrong=ruled(lambda x: x * 1.5, lambda x: vnp.where(vnp.arange(64) == 17, 1.25, 1.5)),
    args=(np.linspace(-1, 1, 64, dtype=np.float32),),
    says=r"VX201.*argument 0\[17\]",
)
