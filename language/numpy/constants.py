"""Constants and scalar types: `verax.numpy.pi`, `verax.numpy.float32`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..arrays import Array
from ..dtypes import DType

pi = math.pi
e = math.e
inf = math.inf
nan = math.nan
euler_gamma = 0.5772156649015329
newaxis = None


# NumPy's hierarchy of scalar types, for `issubdtype`.
generic = np.generic
number = np.number
integer = np.integer
signedinteger = np.signedinteger
unsignedinteger = np.unsignedinteger
inexact = np.inexact
floating = np.floating
flexible = np.flexible
character = np.character
object_ = np.object_
dtype = np.dtype
complexfloating = np.complexfloating


class ScalarType:
    """A dtype that also converts: ``float32(1)`` is an array; ``float32 == x.dtype`` compares."""

    def __init__(self, dtype: DType) -> None:
        self.dtype = dtype
        self.__name__ = str(dtype)

    def __call__(self, x: Any = 0) -> Array:
        """``x`` as an array of this dtype."""
        from .creation import asarray

        return asarray(x, dtype=self.dtype)

    def __eq__(self, other: object) -> Any:
        return self is other or self.dtype == other

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"verax.numpy.{self.__name__}"


bool = bool_ = ScalarType(dtypes.bool_)
int8 = ScalarType(dtypes.int8)
int16 = ScalarType(dtypes.int16)
int32 = ScalarType(dtypes.int32)
int64 = ScalarType(dtypes.int64)
uint8 = ScalarType(dtypes.uint8)
uint16 = ScalarType(dtypes.uint16)
uint32 = ScalarType(dtypes.uint32)
uint64 = ScalarType(dtypes.uint64)
float16 = ScalarType(dtypes.float16)
bfloat16 = ScalarType(dtypes.bfloat16)
float32 = ScalarType(dtypes.float32)
float64 = ScalarType(dtypes.float64)

# Other names of the same types.
int_, uint = int64, uint64
single, double, float_ = float32, float64, float64
complex64 = csingle = ScalarType(dtypes.complex64)
complex128 = cdouble = complex_ = ScalarType(dtypes.complex128)
