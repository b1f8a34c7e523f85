"""`ReferenceArray`: scalars of a number system, in row-major order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..language.arrays import Array, deleted
from ..language.dtypes import is_complex, is_float, real_of
from ..language.shapes import ShapedArray
from .machine_numbers import MachineNumbers
from .reals import Scalar, to_array
from .system import NumberSystem


class ReferenceArray(Array):
    """An array of the reference.

    Attributes:
        scalars: its elements, row-major; of a complex array all real parts, then all imaginary parts.
        system: the number system that made its elements.
        lines: what a product made of its elements, for the next one.
    """

    __slots__ = ("_elements", "lines", "system")
    implementation: ClassVar[Any]  # set by `implementation`, which this module cannot import

    system: NumberSystem
    lines: dict[Any, Any]

    def __init__(
        self, scalars: list[Scalar] | MachineNumbers, aval: ShapedArray, system: NumberSystem
    ) -> None:
        self._elements, self.aval, self.system, self.lines = scalars, aval, system, {}

    _held = "_elements"

    def __getattr__(self, name: str) -> Any:
        # Called for what is missing only.
        if name == self._held:
            raise deleted(self.aval)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    @property
    def scalars(self) -> list[Scalar]:
        """Its elements, row-major."""
        if isinstance(self._elements, MachineNumbers):
            self._elements = self._elements.lifted
        return self._elements

    @property
    def untouched(self) -> MachineNumbers | None:
        """The machine numbers that it was made of, if nobody has looked at them yet."""
        return self._elements if isinstance(self._elements, MachineNumbers) else None

    def elements_at(self, places: Sequence[int]) -> Sequence[Scalar]:
        """The elements at ``places`` in row-major order; machine numbers among them are lifted when looked at.

        An element of a complex array is a pair.
        """
        if is_complex(self.dtype):
            size, scalars = self.size, self.scalars
            return [(scalars[i], scalars[size + i]) for i in places]
        if isinstance(self._elements, MachineNumbers):
            return self._elements.at(places)
        scalars = self._elements
        return [scalars[i] for i in places]

    def machine_value(self) -> np.ndarray[Any, Any]:
        """The elements, each rounded to the nearest number of the dtype."""
        numbers = self.untouched
        if numbers is not None and numbers.dtype == self.dtype:
            return numbers.values.reshape(self.shape).copy()
        if is_complex(self.dtype):
            found = np.empty(self.shape, self.dtype)
            found.real, found.imag = (part.machine_value() for part in parts(self))
            return found
        values = [self.system.value(x) for x in self.scalars]
        if is_float(self.dtype):
            return to_array(values, self.dtype, self.shape)
        return np.array(values, dtype=self.dtype).reshape(self.shape)


def parts(x: ReferenceArray) -> tuple[ReferenceArray, ...]:
    """The real array itself, or the real and the imaginary part of a complex one."""
    if not is_complex(x.dtype):
        return (x,)
    size, aval = x.size, ShapedArray(x.shape, real_of(x.dtype), x.weak_type)
    halves = x.scalars[:size], x.scalars[size:]
    return tuple(ReferenceArray(half, aval, x.system) for half in halves)


def of_elements(elements: Sequence[Scalar], aval: ShapedArray, system: NumberSystem) -> ReferenceArray:
    """The array of such elements as `ReferenceArray.elements_at` gives."""
    if is_complex(aval.dtype):
        elements = [z[0] for z in elements] + [z[1] for z in elements]
    return ReferenceArray(list(elements), aval, system)


def of_machine(value: np.ndarray[Any, Any], aval: ShapedArray, system: NumberSystem) -> ReferenceArray:
    """The array of exactly these machine numbers; they are lifted when somebody looks at them."""
    values = value.astype(aval.dtype).reshape(-1)  # a copy: what is looked at later must not change
    if is_complex(aval.dtype):
        values = np.concatenate([values.real, values.imag])
    return ReferenceArray(MachineNumbers(values, real_of(aval.dtype), system), aval, system)
