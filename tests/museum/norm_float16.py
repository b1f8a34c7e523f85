"""norm in float16: the squares overflow, and the gradient with them, where the norm itself does not."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39899",
    right=vnp.linalg.norm,
    wrong=ruled(vnp.linalg.norm, lambda x: x / vnp.sum(x * x)),
    args=(np.array([3, 4], np.float16),),
    says=r"VX201",
)
