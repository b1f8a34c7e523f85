"""sinc'' at 0 was 0 instead of -pi^2/3: the derivative of the constant that a where puts in at 0."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case


def wrong(x: Any) -> Any:
    zero = x == 0
    y = np.pi * vnp.where(zero, 1.0, x)
    return vnp.where(zero, 1.0, vnp.sin(y) / y)


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/5054",
    right=vnp.sinc,
    wrong=wrong,
    args=(np.float64(0),),
    says=r"VX203.* is 0.0 by its own program.*the limit is",
    options={"order": 2},
)
