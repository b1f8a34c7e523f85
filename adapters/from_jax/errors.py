"""What of JAX's has no counterpart here, and JAX itself where it is not installed."""

from __future__ import annotations

import importlib
from typing import Any

from ...language.errors import UsageError


class Unconvertible(UsageError):
    """Raised when a JAX program holds a primitive, or a parameter of one, that the language has no words for.

    Attributes:
        primitive: its name in JAX.
        why: what the language lacks.
        source: the user's line, or "".
    """

    def __init__(self, primitive: str, why: str, source: str = "") -> None:
        place = f" At {source}." if source else ""
        super().__init__(
            f"JAX's primitive `{primitive}` cannot be converted: {why}.{place} What else the function is "
            f"judged by still holds; docs/from_jax.md lists what is converted."
        )
        self.primitive, self.why, self.source = primitive, why, source


def the_real_jax() -> Any:
    """JAX.

    Raises:
        UsageError: it is not installed, or what is imported in its name is `verax.as_jax`.
    """
    try:
        jax = importlib.import_module("jax")
    except ImportError as err:
        raise UsageError(
            "Programs of JAX's are converted with JAX, which is not installed. Install it: "
            "pip install 'verax[jax]'"
        ) from err
    if getattr(jax, "__verax__", False):
        raise UsageError(
            "`jax` must be JAX itself to convert its programs, got verax.as_jax. Run without `-m verax.as_jax`."
        )
    return jax
