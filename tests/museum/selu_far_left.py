"""selu' far left was 0, through expm1's rule."""

from __future__ import annotations

import numpy as np

from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39796",
    right=nn.selu,
    wrong=ruled(nn.selu, lambda x: 0.0 * x),
    args=(np.float64(-40),),
    says=r"VX201.* is -0.0 by its own program",
)
