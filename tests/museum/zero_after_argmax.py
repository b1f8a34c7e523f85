"""All gradients were zero: the loss is of the class with the largest logit, and argmax has no slope."""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp
from verax import nn

from .case import Case

CASE = Case(
    source="https://github.com/google-deepmind/dm-haiku/issues/442",
    right=lambda logits: nn.softmax(logits)[..., 1] - 1.0,
    wrong=lambda logits: (vnp.argmax(logits, -1) - 1.0) ** 2,
    args=(np.array([[1, 2], [4, 3]], np.float32),),
    says=r"argument 0 is 0 in all.*argmax",
    assertion="assert_nonzero_gradient",
)
