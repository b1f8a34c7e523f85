"""`NumberSystem`: what a scalar is decides what a run of the reference tells.

Four hooks (`lift`, `apply`, `total`, `decide`) and what follows from them; everything else in the
reference is plain Python over these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..language.dtypes import DType
from ..language.errors import VeraxError
from ..language.primitive import Primitive
from .reals import Scalar, from_number, is_special, sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .primitives.call import Call

# What is asked in a decision: a function of real scalars with an outcome that is compared by ==.
Question = Callable[..., Any]


class OutOfReach(VeraxError, ArithmeticError):
    """Raised when a value cannot be computed at any reasonable precision (the sine of 2^(2^20))."""


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """What one elementwise primitive is, on the reals.

    Attributes:
        name: the primitive's.
        source: where the definition is from.
        function: ``function(*raws, bits, rounding) -> raw`` on finite nonzero reals, in mpmath's manner.
        formula: or else ``formula(o, *scalars) -> scalar`` in terms of other definitions; balls take it too.
        special: ``special(system, *scalars)`` where an operand is 0, infinite or NaN.
        partials: ``partials[i](o, *operands, z)``, the derivative by operand i, where z is the result;
            None where it vanishes.
        jumps: the question whose flip makes the value jump (`rem`, `atan2`), and the height of the jump
            as ``height(*operands)`` in floats.
        exponent: of an integer power, the number of factors.
        order: of a polygamma function, how many derivatives of digamma it is.
        kink: the question whose flip bends the value without a jump (`abs`).
    """

    name: str
    source: str
    special: Callable[..., Scalar]
    function: Callable[..., Any] | None = None
    formula: Callable[..., Scalar] | None = None
    partials: tuple[Callable[..., Scalar] | None, ...] = ()
    jumps: tuple[Question, Callable[..., float]] | None = None
    kink: Question | None = None
    exponent: int | None = None
    order: int | None = None


Pair = tuple[Scalar, Scalar]


@dataclass(frozen=True, slots=True, eq=False)
class ComplexDefinition:
    """What one function of complex numbers is, in their real and imaginary parts.

    Attributes:
        name: the primitive's.
        source: where the definition is from.
        parts: ``parts(o, *pairs) -> (real, imaginary)``, written in real functions.
        special: ``special(*parts of the operands)``, the value where a part is infinite or NaN; None
            leaves it to ``parts``.
    """

    name: str
    source: str
    parts: Callable[..., Pair]
    special: Callable[..., Pair | None] | None = None

    def at(self, o: Operations, operands: Sequence[Pair]) -> Pair:
        """The value at the operands, in the system of ``o``."""
        if self.special is not None:
            values = [o.value(part) for pair in operands for part in pair]
            if any(map(is_special, values)):
                found = self.special(*values)
                if found is not None:
                    return found
        return self.parts(o, *operands)


class NumberSystem:
    """The hooks. `Exact` is the base of the others.

    Attributes:
        name: for people.
        depth: how many derivatives a scalar carries (`Dual` in `Dual`).
        bits: binary digits carried, by which an iteration goes.
        base: what values and tangents are made of, where scalars carry tangents.
        encloses: whether scalars are sets that contain the truth.
    """

    name: str = "numbers"
    depth: int = 0
    bits: int = 0
    encloses: bool = False
    base: NumberSystem | None = None

    def lift(self, x: float, dtype: DType) -> Scalar:
        """The scalar of a machine number, or of a Python number."""
        raise TypeError(f"{self.name} does not lift.")

    def apply(self, definition: Definition, dtype: DType, operands: Sequence[Scalar]) -> Scalar:
        """The definition's value at the operands, for a result of ``dtype``."""
        raise TypeError(f"{self.name} does not apply.")

    def map(self, definition: Definition, dtype: DType, operands: Sequence[Sequence[Scalar]]) -> list[Scalar]:
        """`apply`, element by element."""
        return [self.apply(definition, dtype, xs) for xs in zip(*operands, strict=True)]

    def apply_to_parts(self, definition: ComplexDefinition, dtype: DType, operands: Sequence[Pair]) -> Pair:
        """The definition's value at complex operands, whose parts are of ``dtype``."""
        raise TypeError(f"{self.name} does not apply.")

    def total(
        self,
        primitive: Primitive,
        dtype: DType,
        left: Sequence[Scalar],
        right: Sequence[Scalar] | None = None,
    ) -> Scalar:
        """The sum of ``left``, or of the products of ``left`` and ``right``."""
        raise TypeError(f"{self.name} does not sum.")

    def reused(self, scalars: Sequence[Scalar]) -> Sequence[Scalar]:
        """Scalars that `total` will see many times, in a form that is made for it."""
        return scalars

    def decide(self, question: Question, operands: Sequence[Scalar]) -> Any:
        """The outcome of a question about scalars, which must grow with the first and fall with the second."""
        raise TypeError(f"{self.name} does not decide.")

    def answer(
        self, function: Callable[..., Scalar], question: Question, operands: Sequence[Scalar]
    ) -> Scalar:
        """``function(outcome)`` as a scalar of an integer or boolean dtype: a decision that is read out."""
        return function(self.decide(question, operands))

    def step(self, function: Callable[..., float], question: Question, operands: Sequence[Scalar]) -> Scalar:
        """``function(outcome)`` as a real scalar: a value that only jumps (`floor`, `sign`)."""
        raise TypeError(f"{self.name} has no steps.")

    def extreme(self, dtype: DType, scalars: Sequence[Scalar], sign: int) -> Scalar:
        """The greatest (``sign`` 1) or least (-1) of real scalars, handed on."""
        raise TypeError(f"{self.name} has no extremes.")

    def clamp(self, dtype: DType, low: Scalar, x: Scalar, high: Scalar) -> Scalar:
        """``x`` limited to [low, high], handed on; ``high`` where the limits cross."""
        return self.extreme(dtype, (self.extreme(dtype, (x, low), 1), high), -1)

    def among(self, chosen: Scalar, candidates: Sequence[Scalar], key: bool) -> Scalar:
        """A sorted scalar in whose place any of ``candidates`` may stand on a machine."""
        return chosen

    def select(self, which: Scalar, cases: Sequence[Scalar]) -> Scalar:
        """The case that an integer or boolean scalar chooses, handed on."""
        raise TypeError(f"{self.name} does not select.")

    def plainly(self, function: Callable[..., Scalar], operands: Sequence[Scalar]) -> Scalar:
        """A function of integer and boolean scalars."""
        return function(*operands)

    def outcome(self, which: Scalar) -> Any:
        """The plain integer or boolean of such a scalar."""
        return which

    def marked(self, scalar: Scalar, because: Sequence[Scalar]) -> Scalar:
        """``scalar`` with the marks of the integer and boolean scalars that it rests on."""
        return scalar

    def widened(self, x: Scalar, by: Scalar) -> Scalar:
        """A scalar that an iteration has come to within ``by`` of, where ``by`` is a number; else it is not known."""
        return x

    def factored(self, c: Call, definition: Callable[[Call], Any]) -> Any:
        """The scalars of a factorization's results: by its definition."""
        return definition(c)

    def split(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """Value and tangent of a scalar."""
        return x, 0.0

    def joined(self, value: Scalar, tangent: Scalar) -> Scalar:
        """A scalar of a value and a tangent."""
        return value

    def lowest(self, x: Scalar) -> Scalar:
        """A real that the scalar's is not below; NaN if there is none."""
        return self.value(x)

    def stop(self, x: Scalar) -> Scalar:
        """The scalar without its derivative."""
        return x

    def constant(self, raw: Callable[[int, str], Any]) -> Scalar:
        """The scalar of a real that ``raw(bits, rounding)`` computes."""
        raise TypeError(f"{self.name} has no constants.")

    def value(self, x: Scalar) -> Scalar:
        """The real (integer, boolean) value of a scalar."""
        return x

    def looked_at(self, x: Scalar) -> Scalar:
        """The real value of a scalar, for a definition that goes by it."""
        return self.value(x)

    def finished(self, x: Scalar) -> Scalar:
        """A scalar as a caller of `evaluate` gets it."""
        return x

    def adopt(self, x: Scalar) -> Scalar:
        """A scalar that another system made, as one of this system."""
        return x


class Operations:
    """Definitions applied to scalars by a system: how partial derivatives and formulas are written.

    ``o.mul(x, y)``; Python integers stand for themselves.
    """

    def __init__(self, system: NumberSystem, dtype: DType, table: Mapping[str, Definition]) -> None:
        self.system, self.dtype, self.table = system, dtype, table

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        definition, system, dtype = self.table[name], self.system, self.dtype

        def operation(*xs: Scalar) -> Scalar:
            lifted = [from_number(x) if type(x) is int else x for x in xs]
            return system.apply(definition, dtype, lifted)

        self.__dict__[name] = operation
        return operation

    def apply(self, definition: Definition, *xs: Scalar) -> Scalar:
        """A definition that has no name of its own (a member of a family)."""
        return self.system.apply(definition, self.dtype, xs)

    def step(self, function: Callable[..., float], question: Question, *xs: Scalar) -> Scalar:
        """A value that only jumps."""
        return self.system.step(function, question, xs)

    def sign(self, x: Scalar) -> Scalar:
        """-1, 0 or 1."""
        return self.system.step(float, sign_of, (x,))

    def pi(self) -> Scalar:
        """The number pi, to the system's digits."""
        return self.mul(4, self.atan(1))

    def value(self, x: Scalar) -> Scalar:
        """The real value of a scalar."""
        return self.system.looked_at(x)


_SYSTEM: ContextVar[NumberSystem | None] = ContextVar("verax_number_system", default=None)


@contextmanager
def arithmetic(system: NumberSystem) -> Iterator[NumberSystem]:
    """Let the reference compute in ``system`` inside the block."""
    token = _SYSTEM.set(system)
    try:
        yield system
    finally:
        _SYSTEM.reset(token)


def current_system() -> NumberSystem:
    """The system in force; `Exact` with 50 digits if none was chosen."""
    return _SYSTEM.get() or _default()


@cache
def _default() -> NumberSystem:
    from .exact import Exact

    return Exact()
