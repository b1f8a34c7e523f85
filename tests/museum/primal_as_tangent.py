"""At order 2 forward the old check used x as a tangent: at x = 0 nothing was tested."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/5798",
    right=vnp.cos,
    wrong=ruled(vnp.cos, lambda x: -lax.stop_gradient(vnp.sin(x))),
    args=(np.float32(0),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
