"""stop_gradient of the maximum in log_softmax is right: it is held, not differentiated, when the limit is taken."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import lax, nn

from .case import Case, ruled

CASE = Case(
    source="https://github.com/jax-ml/jax/issues/13529",
    right=lambda x: (
        x - lax.stop_gradient(vnp.max(x)) - vnp.log(vnp.sum(vnp.exp(x - lax.stop_gradient(vnp.max(x)))))
    ),
    wrong=ruled(nn.logsumexp, lambda x: vnp.exp(x - lax.stop_gradient(vnp.max(x)))),
    args=(np.array([1, 3, 3, -2], np.float32),),
    says=r"VX201",
)
