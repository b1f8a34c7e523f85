"""An absolute step: inputs of 1e-8 and of 1e8 gave nothing but false alarms."""

from __future__ import annotations

import numpy as np

from .case import Case, ruled

CASE = Case(
    source="https://github.com/pasteurlabs/tesseract-core/issues/706",
    right=lambda x: x**3 / 3,
    wrong=ruled(lambda x: x**3 / 3, lambda x: x * x * (1 + 2.0**-13)),
    args=(np.array([1e-8, 1, 1e8], np.float32),),
    says=r"VX201",
)
