"""Chex's names for annotations: arrays, trees of them, scalars, shapes, devices.

`isinstance` knows the arrays and devices of every library that the program has imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from ..language import meshes
from ..language.arrays import Array as VeraxArray
from ..language.trees import TreeDef
from ..language.typing import DTypeLike
from .array_kinds import imported, is_array, is_array_type

if TYPE_CHECKING:
    ArrayDevice = VeraxArray
    Device = meshes.Device
else:

    class _OfADevice(type):
        def __instancecheck__(cls, x: Any) -> bool:
            return is_array(x) and not isinstance(x, np.ndarray)

        def __subclasscheck__(cls, kind: type) -> bool:  # which is what a Union asks
            return kind is cls or (is_array_type(kind) and not issubclass(kind, np.ndarray))

    class ArrayDevice(metaclass=_OfADevice):
        """An array of any library but NumPy: Verax's, JAX's, CuPy's, PyTorch's; traced ones too."""

    class _ADevice(type):
        def __instancecheck__(cls, x: Any) -> bool:
            jax, torch = imported("jax"), imported("torch")
            return (
                isinstance(x, meshes.Device)
                or (hasattr(x, "platform") and hasattr(x, "device_kind"))  # Verax's hardware
                or (jax is not None and isinstance(x, jax.Device))
                or (torch is not None and isinstance(x, torch.device))
            )

    class Device(metaclass=_ADevice):
        """A device of any library."""


ArrayNumpy = np.ndarray
ArraySharded = ArrayDevice
ArrayBatched = ArrayDevice
# Unions, as Chex's are, and not `|`: some programs ask for their parts.
Array = Union[ArrayDevice, np.ndarray, np.bool_, np.number]  # noqa: UP007  see above
ArrayTree = Union[Array, Iterable["ArrayTree"], Mapping[Any, "ArrayTree"]]  # noqa: UP007  see above
ArrayDeviceTree = Union[ArrayDevice, Iterable["ArrayDeviceTree"], Mapping[Any, "ArrayDeviceTree"]]  # noqa: UP007  see above
ArrayNumpyTree = Union[ArrayNumpy, Iterable["ArrayNumpyTree"], Mapping[Any, "ArrayNumpyTree"]]  # noqa: UP007  see above
ArrayDType = DTypeLike
Scalar = Union[float, int]  # noqa: UP007  see above
Numeric = Union[Array, Scalar]  # noqa: UP007  see above
Shape = Sequence[Union[int, Any]]  # noqa: UP007  see above
PRNGKey = ArrayDevice
PyTreeDef = TreeDef
