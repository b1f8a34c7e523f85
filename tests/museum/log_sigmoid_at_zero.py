"""log_sigmoid' at 0 was 0 instead of 1/2: it is -max(-x, 0) - log1p(exp(-|x|)), a sum of two kinks that cancel."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/2140",
    right=nn.log_sigmoid,
    wrong=ruled(nn.log_sigmoid, lambda x: vnp.where(x == 0, 0.0, nn.sigmoid(-x))),
    args=(np.float32(0),),
    says=r"VX201.* is 0.0 by its own program.*the limit is 0.5",
)
