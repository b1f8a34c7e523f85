"""elu' far left was 0, through the rule of expm1, which was written expm1(x) + 1."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

cancels = ruled(vnp.expm1, lambda x: vnp.expm1(x) + 1)

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39795",
    right=nn.elu,
    wrong=lambda x: vnp.where(x > 0, x, cancels(vnp.where(x > 0, 0.0, x))),
    args=(np.float64(-40),),
    says=r"VX701.*it gives 0.0 where 4.24835",
    options={"relative": True},
)
