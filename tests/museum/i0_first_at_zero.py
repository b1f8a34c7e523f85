"""i0' at 0 was 1: it is exp(|x|) i0e(|x|), a product of two kinks that cancel, and a convention made +1 of |x|'."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp
from verax.scipy import special

from .case import Case, ruled


def wrong(t: Any) -> Any:
    x = 2 * t - 1
    size = ruled(vnp.abs, lambda u: vnp.where(u < 0, -1.0, 1.0))(x)
    return vnp.exp(size) * special.i0e(x)


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40628",
    right=lambda t: special.i0(2 * t - 1),
    wrong=wrong,
    args=(np.float64(0.5),),
    says=r"VX201.* is 2.0 by its own program.*the limit is",
)
