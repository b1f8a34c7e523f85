"""sigmoid' at 37.4 in float64 was 0 where 5.55e-17 is true: s (1 - s) is 0 where s rounds to 1."""

from __future__ import annotations

import numpy as np

from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40385",
    right=nn.sigmoid,
    wrong=ruled(nn.sigmoid, lambda x: nn.sigmoid(x) * (1 - nn.sigmoid(x))),
    args=(np.float64(37.42994775023705),),
    says=r"VX701.*it gives 0.0 where 5.55",
    options={"relative": True},
)
