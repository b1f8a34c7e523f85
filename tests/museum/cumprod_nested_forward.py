"""cumprod's nested forward derivative at a zero factor was 68 where 144 is true."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled


def right(t: Any) -> Any:
    x = vnp.stack([t, t + 1, 2 - t, t - 1, 2 * t + 1, t + 3]).reshape(2, 3)
    return vnp.sum(vnp.cumprod(x, axis=1) * vnp.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))


def wrong(t: Any) -> Any:
    return right(t) + ruled(lambda u: 0 * u, lambda u: 76 * (1 - u))(t)


CASE = Case(
    source="https://github.com/pytorch/pytorch/issues/196701",
    right=right,
    wrong=wrong,
    args=(np.float64(1),),
    says=r"VX203.*the limit is 144",
    options={"order": 2},
)
