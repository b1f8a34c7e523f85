"""The platforms by name."""

from __future__ import annotations

from ..language.platform import Platform
from .cupy_profile import CUPY, CUPY_UFUNCS
from .jax_profile import JAX
from .numpy_profile import NUMPY, NUMPY_UFUNCS

# "catalogue" promises what the catalogue says of every primitive, and nothing on the order of sums.
CATALOGUE = Platform(name="catalogue")
PROFILES: dict[str, Platform] = {p.name: p for p in (CATALOGUE, CUPY, CUPY_UFUNCS, JAX, NUMPY, NUMPY_UFUNCS)}


def profile_of(platform: Platform | str) -> Platform:
    """A platform, or the one of that name.

    Raises:
        ValueError: there is none of that name.
    """
    if isinstance(platform, Platform):
        return platform
    if platform not in PROFILES:
        raise ValueError(f"`platform` must be one of {', '.join(PROFILES)}, or a Platform, got {platform!r}.")
    return PROFILES[platform]
