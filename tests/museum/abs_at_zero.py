"""abs' at 0 was 1, inconsistent with sign(0) = 0: both are subgradients; 2 is none."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/37820",
    right=vnp.abs,
    wrong=ruled(vnp.abs, lambda x: vnp.where(x < 0, -1.0, 2.0)),
    args=(np.float32(0),),
    says=r"VX201.* is 2.0",
)
