"""`ReferenceArray`: scalars of a number system, in row-major order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..language.arrays import Array
from ..language.dtypes import is_float
from ..language.shapes import ShapedArray
from .reals import Scalar, to_array
from .system import NumberSystem


class ReferenceArray(Array):
    """An array of the reference.

    Attributes:
        scalars: its elements, row-major.
        system: the number system that made them.
    """

    __slots__ = ("scalars", "system")
    implementation: ClassVar[Any]  # set by `implementation`, which this module cannot import

    scalars: list[Scalar]
    system: NumberSystem

    def __init__(self, scalars: list[Scalar], aval: ShapedArray, system: NumberSystem) -> None:
        self.scalars, self.aval, self.system = scalars, aval, system

    def machine_value(self) -> np.ndarray[Any, Any]:
        """The elements, each rounded to the nearest number of the dtype."""
        values = [self.system.value(x) for x in self.scalars]
        if is_float(self.dtype):
            return to_array(values, self.dtype, self.shape)
        return np.array(values, dtype=self.dtype).reshape(self.shape)


def of_machine(value: np.ndarray[Any, Any], aval: ShapedArray, system: NumberSystem) -> ReferenceArray:
    """The array of exactly these machine numbers."""
    flat: Sequence[Any]
    if is_float(aval.dtype):
        with np.errstate(invalid="ignore"):  # a signalling NaN
            flat = value.astype(np.float64).ravel().tolist()
    else:
        flat = value.astype(aval.dtype).ravel().tolist()
    dtype = aval.dtype
    return ReferenceArray([system.lift(x, dtype) for x in flat], aval, system)
