"""An argument that only a where's condition uses never matters to the gradient."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/19089",
    right=lambda x, y: vnp.where(x > 0, x * y, y),
    wrong=lambda x, y: vnp.where(x > 0, y, -y),
    args=(
        np.array([1, 2], np.float32),
        np.array([3, 4], np.float32),
    ),
    says=r"argument 0 is 0 in all.*`gt` makes bool of it",
    assertion="assert_nonzero_gradient",
)
