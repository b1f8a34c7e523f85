"""`chexify`: assertions on values inside of compiled functions.

Verax's functions run under its `checkify`, on whatever arrays they are given; JAX's under JAX's.
"""

from __future__ import annotations

import functools
import importlib
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..language import checkify
from . import exits
from .array_kinds import is_jax_array
from .assertion import PREFIX, has_tracers
from .leaves import leaves
from .owners import is_function_of_jax


@dataclass(frozen=True)
class _Checks:
    """The kinds of faults that `chexify` can look for; sets of them are joined with ``|``."""

    user: frozenset[Any] = checkify.user_checks
    nan: frozenset[Any] = checkify.nan_checks
    index: frozenset[Any] = checkify.index_checks
    div: frozenset[Any] = checkify.div_checks
    float: frozenset[Any] = checkify.float_checks
    automatic: frozenset[Any] = checkify.automatic_checks
    all: frozenset[Any] = checkify.all_checks


ChexifyChecks = _Checks()


@dataclass
class _Running:
    """A chexified function that runs: which exceptions its assertions ask for, by what their messages end with."""

    exceptions: dict[str, type[Exception]]
    wrap: Callable[[str], str] | None = None


_RUNNING: ContextVar[_Running | None] = ContextVar("verax_chexify", default=None)


def message_of(name: str, msg: str = "") -> str:
    """How the message of an assertion under `chexify` begins."""
    return f"{PREFIX}chexify assertion '{name}' failed: {msg}"


# -- while it runs -----------------------------------------------------------------------------------------
def takes(tree: Any) -> bool:
    """Whether an assertion on these arguments is `chexify`'s to make."""
    return _RUNNING.get() is not None or has_tracers(tree)


def check_values(
    checks: Callable[[], Any], name: str, custom: str | None, shown: Sequence[Any], exception: type[Exception]
) -> None:
    """Make an assertion's checks inside of a chexified function.

    Raises:
        RuntimeError: there is none around.
    """
    running = _RUNNING.get()
    if running is None:
        raise RuntimeError(
            "Value assertions can only be called from functions wrapped with `@chex.chexify`: inside of a transform "
            f"`{name}` sees no values. Wrap the outermost function: `chex.chexify(jax.jit(f))`."
        )
    tail = f" [failed at: {_users_line()}]"
    running.exceptions[tail] = exception
    note = f" Custom message: {custom}." if custom else ""

    def wrap(message: str) -> str:
        return message_of(name, message) + note + tail.replace("{", "{{").replace("}", "}}")

    inner = _Running(running.exceptions, lambda message: message)
    token = _RUNNING.set(inner)
    try:
        if _of_jax(checks):
            inner.wrap = wrap
            _VARIABLES.set(tuple(shown))
            held = checks()
            if held is not None:
                check_of_jax(held, "assertion failed!")
            return
        error, held = checkify.checkify(checks)()
    finally:
        _RUNNING.reset(token)
        _VARIABLES.set(())
    for each, said in zip(error.held, error.said, strict=True):
        checkify.check(
            each, wrap(said.message.removesuffix(checkify.FAILED)), *said.args, *shown, **said.kwargs
        )
    if held is not None:  # a predicate without a check
        checkify.check(_truth(held), wrap("assertion failed!"), *shown)


def _users_line() -> str:
    """The innermost line on the stack that is not of Verax."""
    frame, ours = sys._getframe(1), f"{__package__.partition('.')[0]}."
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith(
        (ours, "functools")
    ):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


_VARIABLES: ContextVar[tuple[Any, ...]] = ContextVar("verax_chexify_variables", default=())


def _truth(held: Any) -> Any:
    return importlib.import_module("..language.numpy", __package__).asarray(held).astype(bool)


def _of_jax(checks: Any) -> bool:
    return isinstance(checks, functools.partial) and any(
        is_jax_array(x) for x in leaves((checks.args, checks.keywords))
    )


def check_of_verax(pred: Any, message: str, **shown: Any) -> None:
    """Check a predicate of Verax's."""
    checkify.check(pred, message, **shown)


def check_of_jax(pred: Any, message: str, **shown: Any) -> None:
    """Check a predicate of JAX's, in the words of the assertion around."""
    running = _RUNNING.get()
    wrap = running.wrap if running and running.wrap else str
    theirs = importlib.import_module("jax.experimental.checkify")
    theirs.check(pred, wrap(message), *_VARIABLES.get(), **shown)


# -- when it has run ---------------------------------------------------------------------------------------
_waiting: list[_Pending] = []
_lock = threading.Lock()


@dataclass(eq=False)
class _Pending:
    """The errors of a chexified function that nobody has looked at."""

    exceptions: dict[str, type[Exception]] = field(default_factory=dict)
    errors: deque[Any] = field(default_factory=deque)

    def add(self, error: Any) -> None:
        with _lock:
            self.errors.append(error)
            if self not in _waiting:
                _waiting.append(self)

    def raise_known(self) -> None:
        """Raise for the calls that have finished."""
        while self.errors and _is_ready(self.errors[0]):
            self.raise_for(self.next())

    def raise_all(self) -> None:
        """Wait for all calls, and raise for the first that failed."""
        while self.errors:
            self.raise_for(self.next())

    def next(self) -> Any:
        with _lock:
            error = self.errors.popleft()
            if not self.errors and self in _waiting:
                _waiting.remove(self)
            return error

    def raise_for(self, error: Any) -> None:
        """Raise for an error, as the assertion asked.

        Raises:
            JaxRuntimeError: an automatic check failed.
        """
        message = error.get()
        if message is None:
            return
        if not message.startswith(message_of("")[: -len("' failed: ")]):
            error.throw()
        message = message.rpartition(" (`check` failed")[0] or message
        for tail, exception in self.exceptions.items():
            if tail in message:
                raise exception(message)
        raise AssertionError(message)


def _is_ready(error: Any) -> bool:
    return all(x.is_ready() for x in leaves(error) if is_jax_array(x))


class Chexified(Protocol):
    """A function inside of which assertions on values may stand."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102  # the class says it

    def wait_checks(self) -> None:
        """Wait for all calls, and raise for the first that failed."""


def chexify(
    fn: Callable[..., Any], async_check: bool = True, errors: Iterable[Any] = ChexifyChecks.user
) -> Chexified:
    """A transformed function inside of which assertions on values may stand.

    The message of the first that fails names the leaf by its path, the first wrong element in it, and your line.

    Args:
        fn: what `jit`, `vmap`, `pmap` or nothing was applied to; this is applied last.
        async_check: raise for a failure at the next call, or at ``wait_checks()`` of the result, so that no call waits
            for values; else at once.
        errors: what to look for: `ChexifyChecks`.

    Returns:
        The function, with a method ``wait_checks``.

    >>> import verax
    >>> from verax import chex_like as chex
    >>> @chex.chexify
    ... @verax.jit
    ... def safe(x):
    ...     chex.assert_tree_all_finite(x)
    ...     return verax.numpy.log(x)
    >>> _ = safe(verax.numpy.ones(3))
    >>> safe.wait_checks()

    Raises:
        RuntimeError: later, it is called inside of a transform, or of another chexified function.
    """
    pending = _Pending()
    asked = frozenset(errors)
    ours = checkify.checkify(fn, asked)
    theirs: list[Any] = []

    @functools.wraps(fn)
    def chexified(*args: Any, **kwargs: Any) -> Any:
        if _RUNNING.get() is not None:
            raise RuntimeError("Nested @chexify wrapping is disallowed: wrap the outermost function only.")
        if has_tracers((args, kwargs)):
            raise RuntimeError(
                "@chexify must be applied on top of all transforms (jit, vmap, pmap, grad), got a traced argument. "
                "Write chexify(jit(f)) in place of jit(chexify(f))."
            )
        if async_check:
            pending.raise_known()
        if is_function_of_jax(fn) or any(is_jax_array(x) for x in leaves((args, kwargs))):
            if not theirs:
                theirs.append(_by_jax(fn, asked))
            checked = theirs[0]
        else:
            checked = ours
        token = _RUNNING.set(_Running(pending.exceptions))
        try:
            error, out = checked(*args, **kwargs)
        finally:
            _RUNNING.reset(token)
        if async_check:
            pending.add(error)
        else:
            pending.raise_for(error)
        return out

    whole: Any = chexified
    whole.wait_checks = pending.raise_all
    found: Chexified = whole
    return found


def _by_jax(fn: Callable[..., Any], errors: Iterable[Any]) -> Callable[..., Any]:
    theirs = importlib.import_module("jax.experimental.checkify")
    sets = (theirs.user_checks, theirs.nan_checks, theirs.index_checks, theirs.div_checks)
    names = {category.__name__: category for found in sets for category in found}
    checked: Callable[..., Any] = theirs.checkify(
        fn, errors=frozenset(names[getattr(e, "__name__", str(e))] for e in errors)
    )
    return checked


def with_jittable_assertions(fn: Callable[..., Any], async_check: bool = True) -> Chexified:
    """`chexify` by Chex's other name; arguments and errors are its."""
    return chexify(fn, async_check)


def block_until_chexify_assertions_complete() -> None:
    """Wait for every chexified call of this process, and raise for the first that failed."""
    while _waiting:
        _waiting[0].raise_all()


@exits.register
def _look_at_the_rest() -> None:
    if _waiting:
        logging.getLogger("verax").warning(
            "Assertions of chexified functions were not looked at until the end of the program: call "
            "chex.block_until_chexify_assertions_complete() after what relies on them."
        )
        block_until_chexify_assertions_complete()
