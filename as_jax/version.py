"""The version of JAX whose names and behaviour Verax has: libraries ask for it before they choose what to call."""

VERSION_INFO = (0, 10, 2)
VERSION = ".".join(map(str, VERSION_INFO))
CHEX_VERSION = "0.1.92"  # whose names `verax.chex_like` has
