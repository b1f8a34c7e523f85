"""i0'' at 0 was 0 where 1/2 is true: the factor sign(x) of its rule is 0 there."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40627",
    right=lambda t: vnp.i0(2 * t - 1),
    wrong=lambda t: ruled(lambda x: 1 + x**2 / 4, lambda x: lax.stop_gradient(x / 2))(2 * t - 1),
    args=(np.float64(0.5),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
