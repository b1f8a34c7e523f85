"""Which Python types are arrays, for libraries that ask JAX's internals or add a type of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..language.arrays import Array
from ..language.dtypes import as_dtype

# JAX looks types up here. Verax takes whatever has ``__array__``, so that what is added need not be looked at.
MAPPINGS: dict[type, Any] = {np.ndarray: np.asarray}


def valid_jaxtype(x: Any) -> bool:
    """Whether a function of arrays takes it: an array of a dtype that there is, or a number.

    Raises nothing.
    """
    if isinstance(x, (Array, bool, int, float, complex)):
        return True
    if not isinstance(x, (np.ndarray, np.generic)):
        return False
    try:
        as_dtype(x.dtype)
    except TypeError:  # that is how a dtype is refused
        return False
    return True
