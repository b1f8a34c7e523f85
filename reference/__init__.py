"""What a program means: number systems, primitives and transforms by definition, truth, verdicts.

Names are loaded when they are first used: verdicts and findings cost no mpmath.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ball import Ball as Ball
    from .bounded import Bounded as Bounded
    from .demand import elements_of as elements_of
    from .dual import Dual as Dual
    from .evaluation import evaluate as evaluate
    from .exact import Exact as Exact
    from .interpreter import implementation as implementation
    from .rounded import Rounded as Rounded
    from .system import arithmetic as arithmetic
    from .truth import proved_value as proved_value
    from .truth import true_derivative as true_derivative
    from .truth import true_value as true_value

_NAMES = {
    "Ball": "ball",
    "Bounded": "bounded",
    "Dual": "dual",
    "Exact": "exact",
    "Rounded": "rounded",
    "arithmetic": "system",
    "elements_of": "demand",
    "evaluate": "evaluation",
    "implementation": "interpreter",
    "proved_value": "truth",
    "true_derivative": "truth",
    "true_value": "truth",
}

__all__ = [
    "Ball",
    "Bounded",
    "Dual",
    "Exact",
    "Rounded",
    "arithmetic",
    "elements_of",
    "evaluate",
    "implementation",
    "proved_value",
    "true_derivative",
    "true_value",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
