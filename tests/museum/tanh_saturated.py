"""tanh' at -9.01 in float32 was 0: (1 + tanh)(1 - tanh) is, where tanh rounds to -1; the derivative is 5.96e-08."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40388",
    right=vnp.tanh,
    wrong=ruled(vnp.tanh, lambda x: (1 + vnp.tanh(x)) * (1 - vnp.tanh(x))),
    args=(np.float32(-9.010913848876953),),
    says=r"VX701.*it gives 0.0 where 5.96",
    options={"relative": True},
)
