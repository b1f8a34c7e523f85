"""elu's gradient was NaN for large positive x: expm1 overflows in the branch that where hides."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/pull/1538",
    right=nn.elu,
    wrong=lambda x: vnp.where(x > 0, x, vnp.expm1(x)),
    args=(np.array([1, 200], np.float32),),
    says=r"safe = where\(~ok, x, 1.0\); where\(ok, other, expm1\(safe\)\)",
    assertion="assert_no_nan_gradient_trap",
)
