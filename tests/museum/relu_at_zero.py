"""relu' at 0 was made 0 on purpose: any of [0, 1] is right there, and -1/4 is not."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/2342",
    right=ruled(nn.relu, lambda x: vnp.where(x > 0, 1.0, 0.0)),
    wrong=ruled(nn.relu, lambda x: vnp.where(x > 0, 1.0, -0.25)),
    args=(np.float32(0),),
    says=r"VX201.* is -0.25",
)
