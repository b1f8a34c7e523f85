"""The backward of expm1 was grad * expm1(x) + 1 instead of grad * exp(x): right only by chance."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/tenstorrent/tt-metal/issues/55723",
    right=vnp.expm1,
    wrong=ruled(vnp.expm1, vnp.expm1),
    args=(np.array([-1, 0.5], np.float32),),
    says=r"VX201",
)
