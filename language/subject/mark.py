"""The mark that makes a function a subject, and the error of one that cannot be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from ..errors import VeraxError

F = TypeVar("F", bound=Callable[..., Any])
Gradient = Literal["true", "declared"]
MARK = "__verax_subject__"


class Undrawable(VeraxError, TypeError):
    """Raised when arguments cannot be drawn for a function: its signature does not say what it takes.

    Attributes:
        argument: the argument's name, or "return".
    """

    def __init__(self, argument: str, message: str) -> None:
        super().__init__(message)
        self.argument = argument

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.argument, str(self))


# -- the mark -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Mark:
    """What `subject` was told.

    Attributes:
        gradient: "true" if the derivative shall be the derivative; "declared" if a custom rule is meant
            to differ from it (clipped gradients, straight-through).
        inputs: real inputs: argument tuples, or a function that returns them; None: none were given.
        name: the name to report it by; None: the function's own.
    """

    gradient: Gradient = "true"
    inputs: Any = None
    name: str | None = None

    def given_inputs(self) -> list[tuple[Any, ...]]:
        """The real inputs, one tuple of positional arguments each.

        Raises:
            TypeError: an entry is no tuple of arguments.
        """
        found = self.inputs() if callable(self.inputs) else self.inputs or ()
        batches = list(found)
        for i, batch in enumerate(batches):
            if not isinstance(batch, tuple):
                raise TypeError(
                    f"`inputs` of a subject must hold tuples of positional arguments, got "
                    f"{type(batch).__name__} at {i}. Write [(x, y)], or [(x,)] for one argument."
                )
        return batches


@overload
def subject(fun: F, /) -> F: ...
@overload
def subject(
    fun: None = None, /, *, gradient: Gradient = ..., inputs: Any = ..., name: str | None = ...
) -> Callable[[F], F]: ...
def subject(
    fun: Any = None, /, *, gradient: Gradient = "true", inputs: Any = None, name: str | None = None
) -> Any:
    """Mark a function as a subject of the gate. It stays the very same function.

    Args:
        fun: the function. Omit it to get a decorator.
        gradient: "true", or "declared" if its custom rule is meant to differ from the derivative.
        inputs: real inputs to judge it at, beside those that are drawn: a list of argument tuples, or a
            function that returns one (called when the subject is judged).
        name: the name to report it by.

    Example:
        >>> import verax
        >>> @verax.subject(gradient="declared")
        ... def straight_through(x): ...

    Returns:
        The very same function.

    Raises:
        ValueError: ``gradient`` is neither "true" nor "declared".
        TypeError: ``inputs`` are no list and no function, or ``fun`` takes no attributes.
    """
    if gradient not in ("true", "declared"):
        raise ValueError(f"`gradient` must be 'true' or 'declared', got {gradient!r}.")
    if inputs is not None and not callable(inputs) and not isinstance(inputs, (list, tuple)):
        raise TypeError(
            f"`inputs` must be a list of argument tuples or a function that returns one, got "
            f"{type(inputs).__name__}."
        )
    mark = Mark(gradient, inputs, name)

    def decorate(function: Any) -> Any:
        if not callable(function):
            raise TypeError(f"`fun` must be callable, got {type(function).__name__}. Mark a function.")
        try:
            setattr(function, MARK, mark)
        except AttributeError as err:
            raise TypeError(
                f"`fun` must take attributes, got {type(function).__name__}, which does not. "
                f"Wrap it in a function and mark that."
            ) from err
        return function

    return decorate if fun is None else decorate(fun)


def mark_of(function: Any) -> Mark | None:
    """What `subject` was told of a function; None if it was not marked."""
    found = getattr(function, MARK, None)
    return found if isinstance(found, Mark) else None
