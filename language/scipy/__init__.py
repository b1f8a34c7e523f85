"""`jax.scipy`'s modules: so far its linear algebra and its special functions."""

from __future__ import annotations

from . import linalg as linalg
from . import special as special

__all__ = ["linalg", "special"]
