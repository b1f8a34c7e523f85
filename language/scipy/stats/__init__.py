"""`jax.scipy.stats`'s distributions, a module each: so far the normal one."""

from __future__ import annotations

from . import norm as norm

__all__ = ["norm"]
