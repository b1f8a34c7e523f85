"""What libraries define when they are imported, out of parts of JAX that Verax has not: an error when it is used."""

from __future__ import annotations

from typing import Any, NoReturn

from .coverage import COMMAND


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(  # Verax has no such part
        f"`{name}` of JAX is not in Verax, which stands in for JAX here: it has traces of its own. "
        f"docs/coverage.md lists the names that there are (`{COMMAND}` writes it)."
    )


def backend_compile_and_load(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse.

    Raises:
        NotImplementedError: always.
    """
    _refuse("jax._src.compiler.backend_compile_and_load")
