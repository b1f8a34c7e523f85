"""The second derivative of y ** t by t: jacfwd(jacrev) was NaN for all where one base is NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/4900",
    right=lambda t: vnp.array([1.0, 2.0]) ** t,
    wrong=ruled(
        lambda t: vnp.array([1.0, 2.0]) ** t, lambda t: vnp.array([0.0, 1.0]) * vnp.array([1.0, 2.0]) ** t
    ),
    args=(np.float32(1),),
    says=r"VX201",
    options={"order": 2},
)
