"""What the namespace is able to do, as the Python array API standard (2024.12) has it asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import dispatch
from ..config import config
from ..dtypes import DType, default_float, default_int
from .promotion import kinds_of

__array_api_version__ = "2024.12"


class NamespaceInfo:
    """What `__array_namespace_info__` returns: capabilities, devices and dtypes of `verax.numpy`."""

    def capabilities(self) -> dict[str, bool | int]:
        """Whether masks index and shapes depend on values (not under a transform), and how many axes there may be."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> None:
        """None: new arrays go wherever the current implementation puts them."""

    def devices(self) -> list[Any]:
        """None, and the devices of the current implementation; the reference has none."""
        return [None, *getattr(dispatch.current(), "devices", list)()]

    def default_dtypes(self, *, device: Any = None) -> dict[str, DType]:
        """The dtypes of arrays made of Python's numbers, by kind; 64 bits wide where x64 is enabled."""
        found = {"real floating": default_float(), "integral": default_int(), "indexing": default_int()}
        complexes = kinds_of("complex floating")
        if complexes:
            found["complex floating"] = complexes[-1] if config.enable_x64 else complexes[0]
        return found

    def dtypes(self, *, device: Any = None, kind: str | tuple[str, ...] | None = None) -> Mapping[str, DType]:
        """The standard's dtypes that can be used now, by name; 64-bit ones only where x64 is enabled.

        Args:
            device: accepted for the standard's sake: every device has the same.
            kind: one of `isdtype`'s kinds, or several; all by default.

        Raises:
            ValueError: the kind is unknown.
        """
        kinds = ("bool", "numeric") if kind is None else kind if isinstance(kind, tuple) else (kind,)
        found = {str(dtype): dtype for each in kinds for dtype in kinds_of(each)}
        return {name: dtype for name, dtype in found.items() if name in _STANDARD and _usable(dtype)}


_STANDARD = frozenset(
    [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
)


def _usable(dtype: DType) -> bool:
    wide = dtype.itemsize > (8 if dtype.kind == "c" else 4)
    return config.enable_x64 or not wide


def __array_namespace_info__() -> NamespaceInfo:
    """What the namespace is able to do: capabilities, devices and dtypes.

    Returns:
        What tells capabilities, devices and dtypes.

    Raises nothing of its own.
    """
    return NamespaceInfo()
