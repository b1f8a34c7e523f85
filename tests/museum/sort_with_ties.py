"""gradcheck of sort passed or failed at ties by its mode: the subgradient table says which slope belongs to whom."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/57166",
    right=vnp.sort,
    wrong=ruled(vnp.sort, lambda x: vnp.array([1.0, 2.0, 1.0, 1.0])),
    args=(np.array([1, 2, 2, 3], np.float32),),
    says=r"VX201",
)
