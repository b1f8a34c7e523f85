"""The gradient of max over ties divides among them; a rule that counts each of them fully is no derivative."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/13600",
    right=vnp.max,
    wrong=lambda x: vnp.max(x) + vnp.sum(ruled(lambda y: 0.0 * y, lambda y: 1.0 * (y == 3))(x)),
    args=(np.array([1, 3, 3], np.float32),),
    says=r"VX201",
)
