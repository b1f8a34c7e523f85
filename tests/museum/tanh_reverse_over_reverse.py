"""grad(grad(f)) of tanh(u) u^2 far out was 0 where jacfwd(jacfwd(f)) was right: all nestings are held to one truth."""

from __future__ import annotations

from typing import Any

import numpy as np

import verax.numpy as vnp
from verax import lax

from .case import Case, ruled


def right(v: Any) -> Any:
    u = -1e8 * v
    return vnp.tanh(u) * u * u


def wrong(v: Any) -> Any:
    u = -1e8 * v
    return ruled(vnp.tanh, lambda x: lax.stop_gradient(1 / vnp.cosh(x) ** 2))(u / 1e9) * u * u


CASE = Case(
    source="https://github.com/jax-ml/jax/issues/40315",
    right=right,
    wrong=wrong,
    args=(np.float64(1.0),),
    says=r"VX20[123]",
    options={"order": 2},
)
