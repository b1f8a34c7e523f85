"""The backward of expm1 was expm1(x) + 1, which is 0 from x = -17 on in float32; the derivative is 2.5e-08 there."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/tenstorrent/tt-metal/issues/55723",
    right=vnp.expm1,
    wrong=ruled(vnp.expm1, lambda x: vnp.expm1(x) + 1),
    args=(np.array([-17.5, 0.5], np.float32),),
    says=r"VX701.*it gives 0.0 where",
    options={"relative": True},
)
