"""Hypothesis's own generator, made independent of which modules are loaded.

Since 6.131 it mixes in constants that it collects from the source of every loaded module of the user's:
with them, equal seeds give other inputs in another process.
"""

from __future__ import annotations

from typing import Any

from hypothesis.internal.conjecture import providers

BACKEND = "verax-steady"


class SteadyProvider(providers.HypothesisProvider):
    """The generator without collected constants."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> Any:
        return None


providers.AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{SteadyProvider.__name__}"
