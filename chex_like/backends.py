"""`restrict_backends`: a block in which nothing is computed on some platforms."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import numpy as np

from ..fake_devices import Format, current_formats, number_formats
from ..language.dtypes import DType
from .array_kinds import imported


class RestrictedBackendError(RuntimeError):
    """Raised when something is computed on a platform that a `restrict_backends` block forbids."""


class _Restricted(Format):
    """A number format of hardware that is not to be used: it refuses every number that a kernel reads or writes."""

    name = "restricted"
    mimics = "a machine without the forbidden platforms"
    source = "chex.restrict_backends"

    def __init__(self, allows: Callable[[str], bool]) -> None:
        self.allows = allows

    def operand(self, primitive: str, x: Any, dtype: DType, xp: Any) -> Any:
        """Refuse a number of a forbidden platform; hand on every other.

        Raises:
            RestrictedBackendError: it is on one.
        """
        platform = "cpu" if xp is np else "gpu"
        if not self.allows(platform):
            _refuse(platform, f"`{primitive}`")
        return x

    result = operand


def _refuse(platform: str, what: str) -> None:
    raise RestrictedBackendError(f"Computing {what} on {platform} is forbidden by restrict_backends().")


@contextmanager
def restrict_backends(
    *, allowed: Sequence[str] | None = None, forbidden: Sequence[str] | None = None
) -> Iterator[None]:
    """A block in which computing on some platforms raises: on Verax's devices, and JAX's where it is imported.

    What has been compiled before is refused too on Verax's devices; JAX is only asked when it compiles.

    >>> import verax.numpy as vnp
    >>> with restrict_backends(forbidden=["tpu"]):
    ...     vnp.sin(0.0)
    Array(0., dtype=float32, weak_type=True)

    Args:
        allowed: the platforms that may be used: "cpu", "gpu", "tpu".
        forbidden: or else those that may not.

    Raises:
        ValueError: neither is given, or a platform is both.
        RestrictedBackendError: inside, a forbidden platform is used.
    """
    if allowed is None and forbidden is None:
        raise ValueError(
            "No restrictions specified. Say which platforms are allowed, or which are forbidden."
        )
    both = set(allowed or ()) & set(forbidden or ())
    if both:
        raise ValueError(f"Backends {both} can't be both allowed and forbidden.")

    def allows(platform: str) -> bool:
        return platform in allowed if allowed is not None else platform not in (forbidden or ())

    with ExitStack() as stack:
        stack.enter_context(number_formats(*current_formats(), _Restricted(allows)))
        if imported("jax") is not None:
            stack.enter_context(_restricted_jax(allows))
        yield


def _restricted_jax(allows: Callable[[str], bool]) -> Any:
    compiler = importlib.import_module("jax._src.compiler")
    plain = compiler.backend_compile_and_load

    @functools.wraps(plain)
    def compile(backend: Any, *args: Any, **kwargs: Any) -> Any:
        if not allows(backend.platform):
            _refuse(backend.platform, "a JAX program")
        return plain(backend, *args, **kwargs)

    return mock.patch.object(compiler, "backend_compile_and_load", compile)
