"""log(exp(x) + 1) with the overflown element overwritten: its gradient stayed NaN."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/17455",
    right=lambda x: nn.softplus(x) * vnp.array([1.0, 0.0]),
    wrong=lambda x: vnp.where(x > 50, 0.0, vnp.log(vnp.exp(x) + 1)),
    args=(np.array([0, 100], np.float32),),
    says=r"for a false condition",
    assertion="assert_no_nan_gradient_trap",
)
