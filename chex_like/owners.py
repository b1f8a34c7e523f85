"""Whose function it is: Verax's, JAX's or PyTorch's; and whether a transform has been applied to it already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .array_kinds import imported

# What a function is marked with that is transformed when it is called first.
TRANSFORMS = "_verax_transforms"
_TRANSFORMED_BY_JAX = ("PjitFunction", "PmapFunction", "CompiledFunction")


def layers(function: Any) -> Iterator[Any]:
    """A function, and those that it wraps, outermost first."""
    seen = set()
    while function is not None and id(function) not in seen:
        seen.add(id(function))
        yield function
        function = getattr(function, "__wrapped__", None) or getattr(function, "func", None)


def _module(function: Any) -> str:
    return str(getattr(function, "__globals__", {}).get("__name__", "") or type(function).__module__)


def is_transformed(function: Callable[..., Any]) -> bool:
    """Whether `jit`, `vmap`, `pmap` or another transform, of Verax or of JAX, has been applied to it.

    Which one made it is asked, not what it is called: a function that is defined in ``test_vmap`` is none.
    """
    ours = f"{__package__.rpartition('.')[0]}.language.transforms."
    for layer in layers(function):
        module = _module(layer)
        if getattr(layer, TRANSFORMS, False):
            return True
        if module.startswith((ours, "jax._src.api", "jax._src.pjit", "jax._src.pmap")):
            return True
        if type(layer).__name__ in _TRANSFORMED_BY_JAX:
            return True
    return False


def is_function_of_jax(function: Callable[..., Any]) -> bool:
    """Whether JAX is what it is written in: JAX transformed it, or its module has imported JAX and not Verax."""
    if imported("jax") is None:
        return False
    for layer in layers(function):
        if _module(layer).startswith(("jax.", "jaxlib.")) or type(layer).__name__ in _TRANSFORMED_BY_JAX:
            return True
        names = getattr(layer, "__globals__", {}).values()
        modules = {getattr(value, "__name__", "") for value in names if type(value).__name__ == "module"}
        if any(m.partition(".")[0] == "jax" for m in modules):
            return not any(m.partition(".")[0] == "verax" for m in modules)
    return False
