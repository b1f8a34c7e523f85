"""1 / (1 + exp(-x)) at -200: the value is fine, and its gradient was NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/777",
    right=nn.sigmoid,
    wrong=lambda x: 1 / (1 + vnp.exp(-x)),
    args=(np.array([-200, -133, 0], np.float32),),
    says=r"VX(204|701)",
)
