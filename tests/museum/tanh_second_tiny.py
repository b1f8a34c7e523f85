"""tanh'' at 1e-300 was 0 where -2e-300 is true: the slope of (1 + tanh)(1 - tanh) cancels."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39801",
    right=vnp.tanh,
    wrong=ruled(vnp.tanh, lambda x: (1 + vnp.tanh(x)) * (1 - vnp.tanh(x))),
    args=(np.float64(1e-300),),
    says=r"VX701.*it gives 0.0 where",
    options={"order": 2, "relative": True},
)
