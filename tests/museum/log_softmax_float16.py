"""log_softmax's gradient in float16 was NaN where it is representable: the cotangents' sum overflows on the way.

The thread has 2^16 elements with cotangents of 1; here are four of 30,000, whose sum is as large.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp
from verax import lax, nn

from .case import Case

WEIGHT = np.float16(30000)


def wrong(x: Any) -> Any:
    shifted = x - lax.stop_gradient(vnp.max(x))
    return vnp.sum(WEIGHT * (shifted - vnp.log(vnp.sum(vnp.exp(shifted)))))


def right(x: Any) -> Any:
    wide = nn.log_softmax(x.astype(np.float32))
    return vnp.sum(WEIGHT * wide.astype(np.float16))


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40409",
    right=right,
    wrong=wrong,
    args=(np.array([0.5, 0.25, 0, 0.1], np.float16),),
    says=r"VX701.*it gives -inf where -9271",
    options={"relative": True},
)
