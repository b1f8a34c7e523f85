"""i0' at 1e-300 was 0 where 5e-301 is true: exp(|x|) i0e(x), whose two slopes cancel."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax.scipy import special

from .case import Case

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/39797",
    right=vnp.i0,
    wrong=lambda x: vnp.exp(vnp.abs(x)) * special.i0e(x),
    args=(np.float64(1e-300),),
    says=r"VX701.*it gives 0.0 where 5.0000000000000001e-301 is true",
    options={"relative": True},
)
