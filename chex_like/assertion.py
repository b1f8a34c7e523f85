"""`assertion`: the one decorator that every assertion shares: its keywords, its message, and what it does in `jit`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol

from .array_kinds import is_tracer
from .leaves import leaves

P = ParamSpec("P")
PREFIX = "[Chex] "


class Assertion(Protocol):
    """An assertion with Chex's four keyword arguments on top of its own."""

    __name__: str

    def __call__(  # noqa: D102  # the class says it
        self,
        *args: Any,
        custom_message: str | None = None,
        custom_message_format_vars: Sequence[Any] = (),
        include_default_message: bool = True,
        exception_type: type[Exception] = AssertionError,
        **kwargs: Any,
    ) -> None: ...


# -- the switch --------------------------------------------------------------------------------------------
# Of the process, as Chex's: what a program switches off must be off in the threads that it starts.
_disabled = False


def disable_asserts() -> None:
    """Let every assertion pass, in all threads, until `enable_asserts`."""
    global _disabled
    _disabled = True


def enable_asserts() -> None:
    """Undo `disable_asserts`."""
    global _disabled
    _disabled = False


def asserts_are_disabled() -> bool:
    """Whether `disable_asserts` is in force."""
    return _disabled


def if_args_not_none(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call an assertion, unless one of its positional arguments is None.

    >>> from verax import chex_like as chex
    >>> if_args_not_none(chex.assert_rank, None, 2)
    """
    if all(x is not None for x in args):
        fn(*args, **kwargs)


# -- what is said ------------------------------------------------------------------------------------------
def without_inner_name(message: str) -> str:
    """What an assertion inside of this one said, without that one's name."""
    return message.partition("failed: ")[2] if message.startswith(PREFIX) else message


def _failure(name: str, said: str, include_default: bool, custom: str | None, shown: Sequence[Any]) -> str:
    head = f"Assertion {name} failed: " if include_default else ""
    note = custom.format(*shown) if custom and shown else custom
    return f"{PREFIX}{head}{without_inner_name(said)}" + (f" [{note}]" if note else "")


def has_tracers(tree: Any) -> bool:
    """Whether a transform, of Verax or of JAX, watches a leaf of the tree."""
    return any(is_tracer(x) for x in leaves(tree))


# -- the decorator -----------------------------------------------------------------------------------------
def assertion(
    assert_fn: Callable[..., None],
    jittable_assert_fn: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Assertion:
    """Make a function that raises AssertionError an assertion.

    The result also takes ``custom_message`` (formatted with ``custom_message_format_vars``),
    ``include_default_message`` and ``exception_type``. A ValueError or TypeError raised by ``assert_fn``
    says that the assertion itself is used wrongly, and passes through.

    Args:
        assert_fn: looks at arrays whose values are known.
        jittable_assert_fn: of an assertion on values: makes the same checks by `checkify.check`, and returns
            whether all held. It is what runs under `chexify`.
        name: what messages call it; by default ``assert_fn``'s name.
    """
    called = name or assert_fn.__name__

    @functools.wraps(assert_fn)
    def asserting(
        *args: Any,
        custom_message: str | None = None,
        custom_message_format_vars: Sequence[Any] = (),
        include_default_message: bool = True,
        exception_type: type[Exception] = AssertionError,
        **kwargs: Any,
    ) -> None:
        __tracebackhide__ = True  # pytest then shows the caller's line
        if _disabled:
            return
        if jittable_assert_fn is not None:
            from . import jitted_checks

            if jitted_checks.takes((args, kwargs)):
                jitted_checks.check_values(
                    functools.partial(jittable_assert_fn, *args, **kwargs),
                    called,
                    custom_message,
                    custom_message_format_vars,
                    exception_type,
                )
                return
        try:
            assert_fn(*args, **kwargs)
        except AssertionError as err:
            failure = _failure(
                called, str(err), include_default_message, custom_message, custom_message_format_vars
            )
            cause = err.__cause__
        else:
            return
        raise exception_type(failure) from cause

    asserting.__name__ = called
    return asserting


def value_assertion(
    jittable_assert_fn: Callable[..., Any],
) -> Callable[[Callable[..., None]], Assertion]:
    """`assertion` as a decorator of assertions on values; the argument is what runs under `chexify`."""
    return functools.partial(assertion, jittable_assert_fn=jittable_assert_fn)
