"""Which trace is under way, for libraries that must tell whether they are still in the one they began in."""

from __future__ import annotations

from collections.abc import Hashable

from ..language import dispatch


def get_opaque_trace_state(convention: str = "flax") -> Hashable:
    """Something that equals itself while the same transforms are under way, and nothing else.

    Args:
        convention: which library asks; all get the same.

    Raises nothing.
    """
    return dispatch.levels_in_force(), dispatch.axes_in_scope()
