"""`assertion`: the one decorator that every assertion shares: its keywords and its message."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol

P = ParamSpec("P")


class Assertion(Protocol):
    """An assertion with Chex's four keyword arguments on top of its own."""

    def __call__(  # noqa: D102  # the class says it
        self,
        *args: Any,
        custom_message: str | None = None,
        custom_message_format_vars: Sequence[Any] = (),
        include_default_message: bool = True,
        exception_type: type[Exception] = AssertionError,
        **kwargs: Any,
    ) -> None: ...


def assertion(check: Callable[..., None]) -> Assertion:
    """Make a function that raises AssertionError an assertion.

    The result also takes ``custom_message`` (formatted with ``custom_message_format_vars``),
    ``include_default_message`` and ``exception_type``. A ValueError or TypeError raised by ``check``
    says that the assertion itself is used wrongly, and passes through.
    """

    @functools.wraps(check)
    def asserting(
        *args: Any,
        custom_message: str | None = None,
        custom_message_format_vars: Sequence[Any] = (),
        include_default_message: bool = True,
        exception_type: type[Exception] = AssertionError,
        **kwargs: Any,
    ) -> None:
        __tracebackhide__ = True  # pytest then shows the caller's line
        try:
            check(*args, **kwargs)
        except AssertionError as err:
            parts = []
            if include_default_message:
                parts.append(f"[Chex] Assertion {check.__name__} failed: {err}")
            if custom_message:
                note = custom_message.format(*custom_message_format_vars)
                parts.append(f"[{note}]" if parts else note)
            failure = " ".join(parts) or f"[Chex] Assertion {check.__name__} failed."
            cause = err.__cause__
        else:
            return
        raise exception_type(failure) from cause

    return asserting
