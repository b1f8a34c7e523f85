"""lax.select between a formula and its limit: the formula's infinite slope comes back."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case

CASE = Case(
    source="https://github.com/sail-sg/jax_xc/pull/28",
    right=lambda x: vnp.where(x > 0, vnp.cbrt(vnp.where(x > 0, x, 1.0)), 0.0),
    wrong=lambda x: lax.select(x > 0, vnp.cbrt(x), 0 * x),
    args=(np.array([0, 1, 4], np.float32),),
    says=r"`cbrt` at 0.0",
    assertion="assert_no_nan_gradient_trap",
)
