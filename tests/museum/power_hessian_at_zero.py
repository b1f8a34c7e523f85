"""The Hessian of x ** [0, 1] at 0 was NaN where all of it is 0."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/20574",
    right=lambda x: x ** np.array([0, 1]),
    wrong=ruled(lambda x: x**2, lambda x: 2 * vnp.exp(vnp.log(x))),
    args=(np.array([10, 0], np.float32),),
    says=r"VX20[34]",
    options={"order": 2},
)
