"""The claims by name: how a capsule finds the one that it is about."""

from __future__ import annotations

import importlib

from .claim import Claim

# A claim's name -> the module of it, and its name there.
_HOMES = {
    "deterministic": ("repeated", "DETERMINISTIC"),
    "jit is eager": ("jitted", "JIT_IS_EAGER"),
    "linear": ("linear", "LINEAR"),
    "no NaN gradient trap": ("traps", "NO_NAN_GRADIENT_TRAP"),
    "nonzero gradient": ("reach", "NONZERO_GRADIENT"),
    "pmap is the loop": ("mapped", "PMAP_IS_LOOP"),
    "same bits": ("repeated", "SAME_BITS"),
    "within ULPs": ("within_ulps", "WITHIN_ULPS"),
    "vmap is the loop": ("mapped", "VMAP_IS_LOOP"),
}


def claim_named(name: str) -> Claim | None:
    """The claim of a name; None if there is none."""
    if name not in _HOMES:
        return None
    module, attribute = _HOMES[name]
    found: Claim = getattr(importlib.import_module(f".{module}", __package__), attribute)
    return found
