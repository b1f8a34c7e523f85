"""What an array is, whoever made it: Verax's two kinds, NumPy's, CuPy's, JAX's and PyTorch's.

No library is imported here: whose arrays could be met has been imported by whoever made them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np

from ..language.arrays import Array
from ..language.dispatch import Tracer
from .ulps import is_floating


def imported(name: str) -> ModuleType | None:
    """A library, if the program has imported it; `verax.as_jax`'s stand-in for JAX is not JAX."""
    found = sys.modules.get(name)
    return None if found is None or getattr(found, "__verax__", False) else found


def is_key(x: Any) -> bool:
    """Whether it is an array of random keys of Verax's."""
    module = sys.modules.get(f"{__package__.rpartition('.')[0]}.language.random.keys")  # no keys without it
    return module is not None and isinstance(x, module.KeyArray)


def _types() -> Iterator[type]:
    yield from (np.ndarray, Array)
    for library, name in (("jax", "Array"), ("torch", "Tensor"), ("cupy", "ndarray")):
        found = getattr(imported(library), name, None)
        if found is not None:
            yield found


def is_array_type(kind: type) -> bool:
    """Whether its instances are arrays of any of the six kinds."""
    jax, core = imported("jax"), imported("jax.core")
    if jax is not None and core is not None and issubclass(kind, core.Tracer):
        return True
    return issubclass(kind, tuple(_types()))


def is_array(x: Any) -> bool:
    """Whether it is an array of any of the six kinds. NumPy's scalars are none."""
    return isinstance(x, tuple(_types())) or is_key(x)


def is_jax_array(x: Any) -> bool:
    """Whether it is JAX's own."""
    jax = imported("jax")
    return jax is not None and isinstance(x, getattr(jax, "Array", ()))


def is_tracer(x: Any) -> bool:
    """Whether a transform, of Verax or of JAX, watches it."""
    core = imported("jax.core")
    return isinstance(x, Tracer) or (core is not None and isinstance(x, core.Tracer))


def shape_of(x: Any) -> tuple[int, ...]:
    """The sizes of its axes; what has no shape is a scalar."""
    return tuple(getattr(x, "shape", ()))


def size_of(x: Any) -> int:
    """How many elements it has."""
    return math.prod(shape_of(x))  # PyTorch's `size` is a method


def dtype_of(x: Any) -> Any:
    """Its dtype, as NumPy's where NumPy or ml_dtypes has it."""
    found = getattr(x, "dtype", None)
    if found is None:
        return np.result_type(type(x) if isinstance(x, (bool, int, float, complex)) else x)
    name = str(found)
    if name.startswith("torch."):
        plain = name.removeprefix("torch.")
        return np.dtype(getattr(ml_dtypes, plain, None) or plain)
    return found


def host(x: Any) -> np.ndarray[Any, Any]:
    """Its elements as a NumPy array of its own dtype; of random keys, their bits."""
    if is_key(x):
        return np.asarray(x.data)
    torch, cupy = imported("torch"), imported("cupy")
    if torch is not None and isinstance(x, torch.Tensor):
        plain = x.detach().cpu().resolve_conj().resolve_neg()
        if plain.dtype == torch.bfloat16:  # NumPy has none: its bits go over
            return np.asarray(plain.view(torch.int16).numpy()).view(ml_dtypes.bfloat16)
        return np.asarray(plain.numpy())
    if cupy is not None and isinstance(x, cupy.ndarray):
        return np.asarray(cupy.asnumpy(x))
    if is_jax_array(x) and str(x.dtype).startswith("key<"):
        return np.asarray(sys.modules["jax"].random.key_data(x))
    return np.asarray(x)


def wide(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Floats of formats that NumPy cannot compute in as float32, which holds each of them."""
    return x.astype(np.float32) if x.dtype.kind == "V" and is_floating(x.dtype) else x
