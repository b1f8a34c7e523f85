"""What does check_grads check? At order 2 in reverse its cotangent is f(x): where that is 0, nothing."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/2648",
    right=lambda x: vnp.sin(x) * x,
    wrong=ruled(lambda x: vnp.sin(x) * x, lambda x: lax.stop_gradient(vnp.sin(x) + x * vnp.cos(x))),
    args=(np.float32(0),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
