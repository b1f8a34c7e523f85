"""What is said where a definition has no ball function."""

from __future__ import annotations

from ..system import Definition, OutOfReach


class NoBall(OutOfReach):
    """Raised when a backend cannot enclose a definition's values: nothing can be proved of it."""


def no_ball(definition: Definition, backend: str) -> NoBall:
    """The error for a backend, the file of its name."""
    return NoBall(
        f"`{definition.name}` must have a ball function for its values to be proved, got none. "
        f"Add a row to FUNCTIONS of reference/balls/{backend}.py."
    )
