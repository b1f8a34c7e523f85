"""expm1' at -40 was 0: its rule was written expm1(x) + 1, which cancels."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39794",
    right=vnp.expm1,
    wrong=ruled(vnp.expm1, lambda x: vnp.expm1(x) + 1),
    args=(np.float64(-40),),
    says=r"VX701.*it gives 0.0 where 4.24835",
    options={"relative": True},
)
