"""where(a <= 0, exp(a), 1 + a) at 100: the hidden exp overflows."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/68425",
    right=lambda a: vnp.where(a <= 0, vnp.exp(vnp.where(a <= 0, a, 0.0)), 1 + a),
    wrong=lambda a: vnp.where(a <= 0, vnp.exp(a), 1 + a),
    args=(np.float32(100),),
    says=r"`exp` at 100.0.*exp\(safe\)",
    assertion="assert_no_nan_gradient_trap",
)
