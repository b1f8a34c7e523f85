"""`jax.scipy`'s modules: so far its special functions."""

from __future__ import annotations

from . import special as special

__all__ = ["special"]
