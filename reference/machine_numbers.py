"""`MachineNumbers`: numbers of a machine format that nobody has looked at one by one yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np

from ..language.dtypes import DType, is_float
from .reals import Scalar, format_of
from .system import NumberSystem


class MachineNumbers(Sequence[Scalar]):
    """Machine numbers as scalars of a system, each lifted when it is asked for.

    Args:
        values: the numbers, as an array of one axis.
        dtype: their format.
        system: what their scalars belong to.
    """

    __slots__ = ("_lifted", "dtype", "system", "values")

    def __init__(self, values: np.ndarray[Any, Any], dtype: DType, system: NumberSystem) -> None:
        self.values, self.dtype, self.system = values, dtype, system
        self._lifted: list[Scalar] | None = None

    def at(self, places: Sequence[int]) -> MachineNumbers:
        """Those that stand at ``places``."""
        return MachineNumbers(self.values[np.asarray(places, np.intp)], self.dtype, self.system)

    @property
    def lifted(self) -> list[Scalar]:
        """All of them."""
        if self._lifted is None:
            lift, dtype = self.system.lift, self.dtype
            with np.errstate(invalid="ignore"):  # a signalling NaN
                plain = self.values.astype(np.float64 if is_float(dtype) else dtype)
            self._lifted = [lift(x, dtype) for x in plain.tolist()]
        return self._lifted

    def aligned(self) -> tuple[list[int], int] | None:
        """Integers and an exponent e with number = integer 2^e; None where one is infinite or NaN."""
        numbers = self.values.astype(np.float64)
        if not np.isfinite(numbers).all():
            return None
        bits, _, _ = format_of(self.dtype)
        fractions, exponents = np.frexp(numbers)  # a fraction times 2^bits is an integer
        integers = np.ldexp(fractions, bits).astype(np.int64)
        exponents = np.where(integers == 0, exponents.max(initial=0), exponents)
        least = int(exponents.min(initial=0))
        shifts = (exponents - least).tolist()
        return [n << k for n, k in zip(integers.tolist(), shifts, strict=True)], least - bits

    @overload
    def __getitem__(self, i: int) -> Scalar: ...

    @overload
    def __getitem__(self, i: slice) -> list[Scalar]: ...

    def __getitem__(self, i: int | slice) -> Any:
        return self.lifted[i]

    def __iter__(self) -> Iterator[Scalar]:
        return iter(self.lifted)

    def __len__(self) -> int:
        return len(self.values)
