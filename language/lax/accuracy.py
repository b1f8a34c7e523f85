"""How exactly something may be computed, as JAX says it. Verax computes by the budgets of its catalogue, which
are never looser for these.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from ..dtypes import DType, bfloat16, float16, float32, float64


class Precision(enum.Enum):
    """Accepted for JAX's sake: products here are never computed at less than their dtype."""

    DEFAULT = 0
    HIGH = 1
    HIGHEST = 2

    def __str__(self) -> str:
        return self.name

    @classmethod
    def _missing_(cls, value: object) -> Precision | None:
        return _PRECISIONS.get(value) if value is None or isinstance(value, str) else None


_PRECISIONS: dict[str | None, Precision] = {
    None: Precision.DEFAULT,
    **dict.fromkeys(("default", "bfloat16", "fastest"), Precision.DEFAULT),
    **dict.fromkeys(("high", "bfloat16_3x", "tensorfloat32"), Precision.HIGH),
    **dict.fromkeys(("highest", "float32"), Precision.HIGHEST),
}


def check_precision(precision: Any) -> None:
    """Raise ValueError unless ``precision`` is one that JAX has for products."""
    if precision is None or isinstance(precision, (Precision, DotAlgorithm, DotAlgorithmPreset)):
        return
    if isinstance(precision, str) and (
        precision in _PRECISIONS or precision in DotAlgorithmPreset.__members__
    ):
        return
    if isinstance(precision, (list, tuple)) and len(precision) == 2:
        by_name = all(isinstance(p, str) and p in _PRECISIONS for p in precision)
        if by_name or all(isinstance(p, Precision) for p in precision):
            return
    names = ", ".join(repr(name) for name in _PRECISIONS if name)
    raise ValueError(
        f"`precision` must be None, a Precision or one of {names}, a pair of these, a DotAlgorithm, or a "
        f"DotAlgorithmPreset or its name, got {precision!r}."
    )


class AccuracyMode(enum.Enum):
    """How hard to try; accepted for JAX's sake."""

    HIGHEST = 1
    DEFAULT = 2


class Tolerance:
    """What an elementary function may be off by; accepted for JAX's sake.

    Attributes:
        atol: absolutely.
        rtol: relatively.
        ulps: in units in the last place.

    Raises:
        ValueError: one is negative, or none is set.
    """

    def __init__(self, atol: float = 0.0, rtol: float = 0.0, ulps: int = 0) -> None:
        given = atol, rtol, ulps
        if any(x < 0 for x in given) or not any(given):
            raise ValueError(
                f"`atol`, `rtol` and `ulps` of a Tolerance must be at least 0 and not all 0, got {given}."
            )
        self.atol, self.rtol, self.ulps = given

    def __repr__(self) -> str:
        return f"Tolerance(atol={self.atol}, rtol={self.rtol}, ulps={self.ulps})"


@dataclass(frozen=True, slots=True)
class DotAlgorithm:
    """How a product of arrays may be computed; accepted for JAX's sake.

    Attributes:
        lhs_precision_type: the dtype that the left operand is read in.
        rhs_precision_type: the right one's.
        accumulation_type: the dtype that products are summed in.
        lhs_component_count: of how many numbers of that dtype an element is the sum.
        rhs_component_count: likewise.
        num_primitive_operations: how many products are taken of the components.
        allow_imprecise_accumulation: whether sums may be rounded further.
    """

    lhs_precision_type: Any
    rhs_precision_type: Any
    accumulation_type: Any
    lhs_component_count: int = 1
    rhs_component_count: int = 1
    num_primitive_operations: int = 1
    allow_imprecise_accumulation: bool = False


class DotAlgorithmPreset(enum.Enum):
    """Algorithms of some machine by name: operands' formats, the sums' format; accepted for JAX's sake."""

    DEFAULT = enum.auto()
    ANY_F8_ANY_F8_F32 = enum.auto()
    ANY_F8_ANY_F8_F32_FAST_ACCUM = enum.auto()
    ANY_F8_ANY_F8_ANY = enum.auto()
    ANY_F8_ANY_F8_ANY_FAST_ACCUM = enum.auto()
    F16_F16_F16 = enum.auto()
    F16_F16_F32 = enum.auto()
    BF16_BF16_BF16 = enum.auto()
    BF16_BF16_F32 = enum.auto()
    BF16_BF16_F32_X3 = enum.auto()
    BF16_BF16_F32_X6 = enum.auto()
    BF16_BF16_F32_X9 = enum.auto()
    TF32_TF32_F32 = enum.auto()
    TF32_TF32_F32_X3 = enum.auto()
    F32_F32_F32 = enum.auto()
    F64_F64_F64 = enum.auto()

    @property
    def supported_lhs_types(self) -> tuple[DType, ...] | None:
        """The dtypes of operands that it is for; None: any."""
        name = self.name.split("_")[0]
        if name == "BF16":
            only_wide = self.name.endswith(("X3", "X6", "X9"))
            return (float32,) if only_wide else (bfloat16, float32)
        found: tuple[DType, ...] | None = _FORMATS.get(name)
        return found

    @property
    def supported_rhs_types(self) -> tuple[DType, ...] | None:
        """As `supported_lhs_types`."""
        return self.supported_lhs_types

    @property
    def accumulation_type(self) -> DType | None:
        """The dtype that products are summed in; None: the machine's choice."""
        return _SUMS.get(self.name)


_FORMATS: dict[str, tuple[DType, ...]] = {
    "F16": (float16,),
    "TF32": (float32,),
    "F32": (float32,),
    "F64": (float64,),
}
_SUMS: dict[str, DType] = {
    "ANY_F8_ANY_F8_F32": float32,
    "ANY_F8_ANY_F8_F32_FAST_ACCUM": float32,
    "F16_F16_F16": float16,
    "F16_F16_F32": float32,
    "BF16_BF16_BF16": bfloat16,
    "BF16_BF16_F32": float32,
    "BF16_BF16_F32_X3": float32,
    "BF16_BF16_F32_X6": float32,
    "BF16_BF16_F32_X9": float32,
    "TF32_TF32_F32": float32,
    "TF32_TF32_F32_X3": float32,
    "F32_F32_F32": float32,
    "F64_F64_F64": float64,
}
