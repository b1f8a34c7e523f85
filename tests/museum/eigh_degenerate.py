"""An eigenvector of a matrix with a double eigenvalue is not determined: no derivative may be claimed."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/4646",
    right=lambda a: vnp.linalg.eigh(a)[0][2],
    wrong=lambda a: vnp.linalg.eigh(a)[1][0, 0],
    args=(np.diag([4, 1, 2]).astype(np.float32),),
    says=r"eigenvalues or singular values are nearly equal|VX20",
    others=(np.diag([4, 1, 1]).astype(np.float32),),
)
