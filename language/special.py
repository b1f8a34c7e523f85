"""Special functions of NumPy's promotion that other modules of the language need."""

from __future__ import annotations

from typing import Any

from . import lax
from .arrays import Array
from .numpy.promotion import promote_inexact


def erf_inv(x: Any) -> Array:
    """The number in (-inf, inf) whose erf is x, for x in (-1, 1)."""
    return lax.erf_inv(*promote_inexact("erf_inv", x))
