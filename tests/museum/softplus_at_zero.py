"""softplus as max(x, 0) + log1p(exp(-|x|)): two kinks at 0 that cancel, if the conventions at ties agree."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/2195",
    right=nn.softplus,
    wrong=ruled(nn.softplus, lambda x: vnp.where(x == 0, 1.0, nn.sigmoid(x))),
    args=(np.float32(0),),
    says=r"VX201.*the limit is 0.5",
)
