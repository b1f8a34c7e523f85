"""relu6' at 0 and 6 was changed to 0, PyTorch's convention: no tool may call either wrong."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/14840",
    right=nn.relu6,
    wrong=ruled(nn.relu6, lambda x: vnp.where((x >= 0) & (x <= 6), -1.0, 0.0)),
    args=(np.array([0, 3, 6], np.float32),),
    says=r"VX201",
)
