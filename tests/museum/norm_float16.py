"""norm in float16 of nine times 100 was inf, and its gradient 0 without a word: 300 fits, but not its square."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39899",
    right=vnp.linalg.norm,
    wrong=lambda x: vnp.sqrt(vnp.sum(x * x)),
    args=(np.full((3, 3), 100, np.float16),),
    says=r"VX701.*it gives 0.0 where 0.333",
    options={"relative": True},
)
