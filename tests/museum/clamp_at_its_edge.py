"""maximum, clamp_min and relu disagreed at the tie: 1/2, 1 and 0 are all subgradients."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/184572",
    right=lambda x: (vnp.clip(x, 0.0, None), vnp.maximum(x, 0.0), nn.relu(x)),
    wrong=ruled(lambda x: vnp.clip(x, 0.0, None), lambda x: vnp.where(x > 0, 1.0, 1.25)),
    args=(np.float32(0),),
    says=r"VX201.* is 1.25",
)
