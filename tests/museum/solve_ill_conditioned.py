"""A loss of precision in a check of gradients: the problem is ill-conditioned, and no rule is to blame."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/641",
    right=vnp.linalg.solve,
    wrong=lambda a, b: ruled(lambda y: 1.0 * y, lambda y: 1.001 * vnp.ones_like(y))(vnp.linalg.solve(a, b)),
    args=(
        np.array([[1, 1], [1, 1.001]], np.float32),
        np.ones(2, np.float32),
    ),
    says=r"VX201",
)
