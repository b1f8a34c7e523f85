"""The fast mode of gradcheck compares one number for all entries: two wrong ones may cancel."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/pull/59650",
    right=lambda x: 3 * x,
    wrong=ruled(lambda x: 3 * x, lambda x: vnp.array([2.0, 4.0, 3.0])),
    args=(np.ones(3, np.float32),),
    says=r"VX201",
)
