"""sinc' near 0 was -0.44 where 7.3e-16 is true: cos(x)/x - sin(x)/x^2 cancels."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40629",
    right=vnp.sinc,
    wrong=lambda x: vnp.sin(np.pi * x) / (np.pi * x),
    args=(np.float64(-1.1e-16),),
    says=r"VX(701|202|905)",
)
