"""What libraries define when they are imported, out of parts of JAX that Verax has not: an error when it is used."""

from __future__ import annotations

from typing import Any, NoReturn

from .coverage import COMMAND


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(  # Verax has no such part
        f"`{name}` of JAX is not in Verax, which stands in for JAX here: it has traces of its own. "
        f"docs/coverage.md lists the names that there are (`{COMMAND}` writes it)."
    )


class Trace:
    """JAX's base class of traces: it may be derived from, and raises when a trace is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse("jax.core.Trace")


def backend_compile_and_load(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse.

    Raises:
        NotImplementedError: always.
    """
    _refuse("jax._src.compiler.backend_compile_and_load")


def set_current_trace(trace: Any) -> NoReturn:
    """Refuse.

    Raises:
        NotImplementedError: always.
    """
    _refuse("jax.extend.core.set_current_trace")


def take_current_trace() -> NoReturn:
    """Refuse.

    Raises:
        NotImplementedError: always.
    """
    _refuse("jax.extend.core.take_current_trace")


def wrap_init(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse.

    Raises:
        NotImplementedError: always.
    """
    _refuse("jax.extend.linear_util.wrap_init")


def transformation(function: Any) -> Any:
    """A decorator: what it makes refuses.

    Raises:
        NotImplementedError: when the transformation is used.
    """

    def transformed(*args: Any, **kwargs: Any) -> NoReturn:
        _refuse("jax.extend.linear_util.transformation")

    return transformed
