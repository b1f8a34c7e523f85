"""The vectors of x x^T: two eigenvalues are 0, so that they are not determined, and no rule is to be called wrong.

A check called it wrong by 5,822: the thread's fault is the alarm. What is determined is the largest eigenvalue, x . x.
"""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/10527",
    right=lambda x: vnp.linalg.eigh(vnp.outer(x, x))[1] @ x,
    wrong=ruled(lambda x: vnp.sum(x * x), lambda x: 3 * x),
    args=(np.array([1, 2, 3], np.float32),),
    says=r"VX201",
)
