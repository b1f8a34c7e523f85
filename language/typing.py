"""`jax.typing`: what annotations of functions of arrays say."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from .arrays import Array

__all__ = ["ArrayLike", "DTypeLike"]


class _HasDType(Protocol):
    @property
    def dtype(self) -> np.dtype[Any]: ...


# What a function of arrays takes: an array, or a number that becomes one.
ArrayLike = Array | np.ndarray | np.bool_ | np.number | bool | int | float | complex
# What names a dtype.
DTypeLike = str | type[Any] | np.dtype[Any] | _HasDType
