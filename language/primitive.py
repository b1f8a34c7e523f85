"""`Primitive`: one row of the catalogue, and what every implementation may rely on of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .dtypes import DType
from .shapes import ShapedArray

Kind = Literal[
    "elementwise",
    "structural",
    "indexing",
    "reduction",
    "product",
    "factorization",
    "creation",
    "control",
    "collective",
    "call",
    "callback",
]
ShapeRule = Callable[..., Sequence[ShapedArray]]


@dataclass(frozen=True, slots=True)
class ULPs:
    """The error that a primitive may make, per dtype, in units in the last place (fractional).

    0.5 is correct rounding; 0 is exact. float16 and bfloat16 default to a correctly rounded float32. The
    error of a part of a complex number is in ULPs of the number's absolute value; it defaults to what a
    formula in the parts costs.
    """

    f32: float
    f64: float
    f16: float = 0.51
    bf16: float = 0.51
    c64: float = 4.0
    c128: float = 4.0

    def of(self, dtype: DType) -> float:
        """The budget for one dtype; 0 for integers and booleans, which are exact."""
        by_name = {"float16": self.f16, "bfloat16": self.bf16, "float32": self.f32, "float64": self.f64}
        by_name |= {"complex64": self.c64, "complex128": self.c128}
        return by_name.get(str(dtype), 0.0)


EXACT = ULPs(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
ROUNDED = ULPs(0.5, 0.5, 0.5, 0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval of the real line on which an operand is defined.

    ``low`` and ``high`` are its ends; ``open_low`` and ``open_high`` say whether they are left out.
    """

    low: float = float("-inf")
    high: float = float("inf")
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, x: float) -> bool:
        above = x > self.low if self.open_low else x >= self.low
        return above and (x < self.high if self.open_high else x <= self.high)


reals = Domain()
positive = Domain(low=0.0, open_low=True)
non_negative = Domain(low=0.0)


@dataclass(frozen=True, eq=False)
class Primitive:
    """What a program may say in one word.

    Attributes:
        name: the name, `jax.lax`'s.
        kind: what sort of thing it is; laws and generators go by it.
        rule: ``rule(*avals, **params)`` gives the abstract values of the results, or raises
            TypeError (dtypes) or ValueError (shapes) naming the argument.
        domain: per operand, where an elementwise primitive is defined on the reals.
        budget: the most that one result may be off by.
        hard_points: inputs next to which kernels of this primitive are known to fail.
        rebind: for calls with custom rules: ``rebind(operands, params)`` applies such an equation
            again through its own dispatch, so that implementations see the call, not the equation.
    """

    name: str
    kind: Kind
    rule: ShapeRule
    domain: tuple[Domain, ...] = ()
    budget: ULPs = EXACT
    hard_points: tuple[float, ...] = ()
    rebind: Callable[[Sequence[Any], Mapping[str, Any]], list[Any]] | None = None

    def infer(self, avals: Sequence[ShapedArray], params: Mapping[str, Any]) -> list[ShapedArray]:
        """The abstract values of the results.

        Raises:
            TypeError, ValueError: the operands or parameters do not fit; the message names which.
        """
        return list(self.rule(*avals, **params))

    def bind(self, *operands: Any, **params: Any) -> Any:
        """Apply it through dispatch: its result, or the list of its results where it has several.

        Raises:
            TypeError, ValueError: as `infer`.
        """
        from .dispatch import (
            bind,  # dispatch knows primitives, so that they cannot know it when they are defined
        )

        found = bind(self, *operands, **params)
        return found[0] if len(found) == 1 else found

    @property
    def multiple_results(self) -> bool:
        """Whether a call has a list of results, as of a program it has."""
        return self.kind == "control"

    def bind_with_trace(self, trace: Any, operands: Sequence[Any], avals: Any, params: Any) -> Any:
        """Apply it as a trace does, JAX's way of saying whose turn it is; ``avals`` are the operands' own.

        Raises:
            TypeError, ValueError: as `infer`.
        """
        found = trace.process_primitive(self, operands, params)
        several = self.multiple_results or not isinstance(found, (list, tuple)) or len(found) != 1
        return found if several else found[0]

    def __repr__(self) -> str:
        return self.name
