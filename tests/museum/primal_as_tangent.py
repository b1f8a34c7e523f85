"""Do the tests of gradients test at 0? At order 2 forward the check's tangent is x, and so they do not."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/15658",
    right=vnp.cos,
    wrong=ruled(vnp.cos, lambda x: -lax.stop_gradient(vnp.sin(x))),
    args=(np.float32(0),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
