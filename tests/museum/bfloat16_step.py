"""The step of check_grads by dtype, for bfloat16: no step here, the limit is taken at the exact machine inputs."""

from __future__ import annotations

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/39821",
    right=vnp.exp,
    wrong=ruled(vnp.exp, lambda x: 1.02 * vnp.exp(x)),
    args=(vnp.array([0.5, 1, 3], vnp.bfloat16),),
    says=r"VX201",
)
