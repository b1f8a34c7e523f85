"""i0'' at 0 was 0 where 1/2 is true: the rule that made i0' right at 0 put a constant there."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp
from verax.scipy import special

from .case import Case, ruled


def product(x: Any) -> Any:
    return vnp.exp(vnp.abs(x)) * special.i0e(x)


def slope(x: Any) -> Any:
    return vnp.where(x == 0, 0.0, vnp.exp(vnp.abs(x)) * special.i1e(x))


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40627",
    right=lambda t: vnp.i0(2 * t - 1),
    wrong=lambda t: ruled(product, slope)(2 * t - 1),
    args=(np.float64(0.5),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
