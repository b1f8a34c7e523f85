"""A component of log_softmax's gradient was 0 where 5.55e-17 is true."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40384",
    right=lambda z: nn.log_softmax(z)[0],
    wrong=lambda z: z[0] - vnp.log(vnp.sum(vnp.exp(z - 1e3))) - 1e3,
    args=(np.array([37.42994775023705, 0.0]),),
    says=r"VX(204|701)",
)
