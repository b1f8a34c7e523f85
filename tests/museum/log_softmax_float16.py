"""log_softmax's gradient in float16 was NaN, though all of it is representable."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40409",
    right=lambda x: vnp.sum(nn.log_softmax(x)),
    wrong=ruled(lambda x: vnp.sum(nn.log_softmax(x)), lambda x: vnp.full_like(x, vnp.nan)),
    args=(np.linspace(-2, 2, 40).astype(np.float16),),
    says=r"VX204.* is nan by its own program",
)
