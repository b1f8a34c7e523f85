"""sigmoid' at 37.4 in float64 was 0 where 5.55e-17 is true: s (1 - s) is 0 where s rounds to 1."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40385",
    right=nn.sigmoid,
    wrong=ruled(nn.sigmoid, lambda x: vnp.where(x > 36, 0.0, nn.sigmoid(x) * nn.sigmoid(-x))),
    args=(np.float64(37.42994775023705),),
    says=r"VX201.* is 0.0 by its own program",
)
