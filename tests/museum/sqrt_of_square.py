"""sqrt(square(x)) at 0: jvp returned NaN; the same function written |x| has a subgradient there."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case

CASE = Case(
    source="https://github.com/IvanYashchuk/jax-fenics-adjoint/issues/2",
    right=vnp.abs,
    wrong=lambda x: vnp.sqrt(vnp.square(x)),
    args=(np.zeros(2, np.float32),),
    says=r"VX204.* is nan by its own program in exact numbers; the limit is 0.0",
)
