"""The gradient of a fake quantization is always 1: round has derivative 0, and a straight-through rule is none."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/Oneflow-Inc/oneflow/issues/8649",
    right=vnp.round,
    wrong=ruled(vnp.round, vnp.ones_like),
    args=(np.array([0.25, 1.75], np.float32),),
    says=r"VX201.*by its own program in exact numbers; the limit is 0.0",
)
