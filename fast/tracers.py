"""What the tracers of `fast`'s transforms share: how they show, and what they refuse."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

import numpy as np

from ..language.dispatch import Tracer
from ..language.errors import (
    ConcretizationTypeError,
    TracerArrayConversionError,
    TracerBoolConversionError,
    TracerIntegerConversionError,
)
from ..language.tracing import user_line


class OpaqueTracer(Tracer):
    """A tracer whose value cannot be asked for: it stands for many, or for none yet."""

    __slots__ = ()
    what: ClassVar[str]
    mend: ClassVar[str] = "Use verax.numpy.where, verax.lax.cond or verax.lax.while_loop."

    def __repr__(self) -> str:
        return f"{self.what}<{self.aval}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def _refuse(self, error: type[TypeError], use: str, mend: str) -> NoReturn:
        where = user_line()
        raise error(
            f"A {self.what.lower()} value ({self.aval}) cannot be {use}. {mend}"
            + (f" At {where}." if where else "")
        )

    def __bool__(self) -> bool:  # noqa: PLE0304  it raises
        self._refuse(TracerBoolConversionError, "used as a truth value", self.mend)

    def __index__(self) -> int:  # noqa: PLE0305  it raises
        self._refuse(TracerIntegerConversionError, "used as a Python index", "Index with verax.numpy.take.")

    def __int__(self) -> int:
        self._refuse(ConcretizationTypeError, "converted to int", "Use .astype(int).")

    def __float__(self) -> float:
        self._refuse(ConcretizationTypeError, "converted to float", "Use .astype(float).")

    def __complex__(self) -> complex:
        self._refuse(ConcretizationTypeError, "converted to complex", "Keep it an array.")

    def machine_value(self) -> np.ndarray[Any, Any]:
        """Refuse: there is no one value."""
        self._refuse(
            TracerArrayConversionError,
            "handed to NumPy or read out",
            "Use verax.numpy instead of numpy, or compute it outside the transformed function.",
        )
