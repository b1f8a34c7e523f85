"""A compiled cumprod returned gradients of 0 where the input is 0."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/174016",
    right=vnp.cumprod,
    wrong=ruled(vnp.cumprod, lambda x: 0.0 * x),
    args=(np.array([1, 2, 0, 3], np.float32),),
    says=r"VX201",
)
