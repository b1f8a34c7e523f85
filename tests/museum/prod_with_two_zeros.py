"""The second derivative of prod with two zeros was 0: it is the product of the others."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/106789",
    right=vnp.prod,
    wrong=lambda x: vnp.sum(ruled(lambda y: y, lax.stop_gradient)(x) * x),
    args=(np.array([2, 3, 0, 0], np.float32),),
    says=r"VX20[13]",
    options={"order": 2},
)
