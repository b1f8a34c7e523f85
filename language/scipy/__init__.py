"""`jax.scipy`'s modules: so far its linear algebra, special functions and a distribution."""

from __future__ import annotations

from . import linalg as linalg
from . import special as special
from . import stats as stats

__all__ = ["linalg", "special", "stats"]
