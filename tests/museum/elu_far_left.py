"""elu' far left was 0, through expm1's rule."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39795",
    right=nn.elu,
    wrong=ruled(nn.elu, lambda x: vnp.where(x > 0, 1.0, vnp.where(x < -36, 0.0, vnp.exp(x)))),
    args=(np.float64(-40),),
    says=r"VX201",
)
