"""tanh'' at 1e-300 was 0 where -2e-300 is true."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39801",
    right=vnp.tanh,
    wrong=ruled(vnp.tanh, vnp.ones_like),
    args=(np.float64(1e-300),),
    says=r"VX20[13]",
    options={"order": 2},
)
