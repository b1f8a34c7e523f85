"""A potential with a cutoff: its gradient was fine and its Hessian NaN, because of r = 0."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/18562",
    right=lambda r: vnp.where(r > 0, 1 / vnp.where(r > 0, r, 1.0) ** 6, 0.0),
    wrong=lambda r: vnp.where(r > 0, (1 / r) ** 6, 0.0),
    args=(np.array([0, 1.5], np.float32),),
    says=r"for a true condition",
    assertion="assert_no_nan_gradient_trap",
)
