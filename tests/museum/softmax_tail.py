"""The gradient of softmax in its tail did not sum to 0: its larger component was lost."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40344",
    right=lambda z: nn.softmax(z)[0],
    wrong=ruled(nn.softmax, lambda z: vnp.array([0.0, 1.0]) * nn.softmax(z)),
    args=(np.array([40.0, 0.0]),),
    says=r"VX201",
)
