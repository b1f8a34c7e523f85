"""Functions that NumPy lacks, from the C library through Python's `math`, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _vectorized(function: Callable[[float], float]) -> Callable[[Any], Any]:
    each = np.frompyfunc(function, 1, 1)

    def over_array(x: Any) -> Any:
        return np.asarray(each(np.asarray(x, np.float64)), np.float64)

    return over_array


erf = _vectorized(math.erf)
erfc = _vectorized(math.erfc)
