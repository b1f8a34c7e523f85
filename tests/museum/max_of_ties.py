"""max's gradient was 1 for each of the elements that tie: each lies between its two sides, and all of them do not.

If all elements grow alike, so does the maximum: the entries add up to 1, however a tie is divided.
"""

from __future__ import annotations

import numpy as np

import verax.numpy as vnp

from .case import Case, ruled

CASE = Case(
    source="https://github.com/apache/mxnet/issues/18563",
    right=vnp.max,
    wrong=ruled(vnp.max, lambda x: 1.0 * (x == vnp.max(x))),
    args=(np.ones(4, np.float32),),
    says=r"VX201.*the sum of the gradient by argument 0 is 4.0 by its own program.*the limit is 1.0",
)
