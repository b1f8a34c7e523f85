"""A component of softmax's gradient was 0 at [37.4, 0]."""

from __future__ import annotations

import numpy as np

from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40386",
    right=nn.softmax,
    wrong=lambda z: ruled(nn.sigmoid, lambda x: 0.0 * x)(z[0] - z[1]),
    args=(np.array([37.42994775023705, 0.0]),),
    says=r"VX201.* is 0.0 by its own program",
)
