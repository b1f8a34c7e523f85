"""sinc'' at 0 was 0 instead of -pi^2/3: the derivative of the constant branch of a where."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/5054",
    right=vnp.sinc,
    wrong=ruled(vnp.sinc, lambda x: 0.0 * x),
    args=(np.float64(0.25),),
    says=r"VX20[13]",
    options={"order": 2},
)
