"""The norm of a matrix by way of an SVD with equal singular values: the vectors have no derivative there."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case


def wrong(a: Any) -> Any:
    u, s, v = vnp.linalg.svd(a, full_matrices=False)
    return vnp.sqrt(vnp.sum(vnp.square((u * s) @ v)))


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/8732",
    right=vnp.linalg.norm,
    wrong=wrong,
    args=(np.diag([1, 1, 2]).astype(np.float32),),
    says=r"singular values are nearly equal|VX20",
)
