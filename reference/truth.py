"""Truth: the real value of a program at its exact machine inputs, with a certificate.

A value is computed at more and more digits until two computations agree to 2^-20 of an ulp; what does
not within 2,000 digits is returned as not certified. A derivative is a limit; at a kink it is what the
subgradient table says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath.libmp import mpf_abs, mpf_sub

from ..language import dispatch
from ..language.dtypes import DType, is_float
from ..language.shapes import ShapedArray
from . import decisions
from .array import ReferenceArray
from .differentiation import dual_jvp
from .evaluation import evaluate
from .exact import Exact
from .interpreter import implementation
from .limits import MOST_DIGITS, Kink, Limit, Limits, Quotients
from .reals import Scalar, is_special, ulp_exponent
from .system import arithmetic, current_system

# A truth's radius, in powers of two of an ulp.
_CERTIFIED = -20
_FIRST = 50

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class TrueArray:
    """The truth of one output.

    Attributes:
        aval: its abstract value.
        scalars: its true elements, row-major.
        certified: for each element, whether it is known to 2^-20 of an ulp.
    """

    aval: ShapedArray
    scalars: list[Scalar]
    certified: list[bool]


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a function at a point.

    Attributes:
        outputs: its values.
        tangents: its derivative along a direction; None for outputs without one. Empty for a value.
        kink: whether the point has no derivative, and ``tangents`` are by convention.
        flipped: the decisions that came out differently next to the point.
        digits: the digits that were needed.
        doubt: why it could not be certified; empty if it could.
    """

    outputs: list[TrueArray]
    tangents: list[TrueArray | None]
    kink: bool = False
    flipped: tuple[int, ...] = ()
    digits: int = _FIRST
    doubt: str = ""

    @property
    def certified(self) -> bool:
        """Whether every element is."""
        arrays = [*self.outputs, *(t for t in self.tangents if t is not None)]
        return all(all(x.certified) for x in arrays)


def true_value(function: Function, args: Sequence[Any]) -> Truth:
    """The truth of ``function`` (a `Program`, or a function of flat arrays) at machine arrays."""
    digits = _FIRST
    before, _ = _run(function, args, digits)
    while True:
        digits = digits * 8 // 5
        after, doubt = _run(function, args, digits)
        outputs = [_certified(x, y) for x, y in zip(before, after, strict=True)]
        done = all(all(y.certified) for y in outputs) and not doubt
        if done or digits * 8 // 5 > MOST_DIGITS:
            break
        if doubt and digits > 4 * _FIRST:  # more digits do not tell equal numbers apart
            break
        before = after
    if doubt:
        outputs = [_doubted(y) for y in outputs]
    if not done and not doubt:
        doubt = f"not certified with {digits} digits"
    return Truth(outputs, [], digits=digits, doubt="" if done else doubt)


def _run(function: Function, args: Sequence[Any], digits: int) -> tuple[list[ReferenceArray], str]:
    system = Exact(digits)
    return evaluate(function, args, system), system.doubt


def _certified(before: ReferenceArray, after: ReferenceArray) -> TrueArray:
    pairs = zip(before.scalars, after.scalars, strict=True)
    return TrueArray(after.aval, after.scalars, [known(x, y, after.dtype) for x, y in pairs])


def _doubted(x: TrueArray) -> TrueArray:
    return TrueArray(x.aval, x.scalars, [False] * len(x.scalars))


def known(before: Scalar, after: Scalar, dtype: DType) -> bool:
    """Whether two computations of one real agree to 2^-20 of an ulp; of an integer, whether they are equal."""
    if not is_float(dtype):
        return bool(before == after)
    if is_special(before) or is_special(after):
        return type(before) is type(after) and (before == after or (before != before and after != after))
    if type(before) is float and type(after) is float:
        return True
    if type(before) is float or type(after) is float:
        size = mpf_abs((after if type(before) is float else before)._mpf_)
    else:
        size = mpf_abs(mpf_sub(before._mpf_, after._mpf_, 30))
    return _is_small(size, after, dtype)


def _is_small(raw: Any, true: Scalar, dtype: DType) -> bool:
    return not raw[1] or raw[2] + raw[3] <= ulp_exponent(true, dtype) + _CERTIFIED


class Derivative:
    """The derivative of a function at a point, along as many directions as are asked for.

    Attributes:
        outputs: the values at the point.
    """

    def __init__(self, function: Function, primals: Sequence[Any]) -> None:
        def owned(*operands: Any) -> list[ReferenceArray]:
            return [implementation.own(x) for x in function(*operands)]

        self._function = owned
        with dispatch.using(implementation), arithmetic(Exact(_FIRST)):
            self._primals = [implementation.own(x) for x in primals]
            self._limits = Limits(owned, self._primals, _FIRST)
        self.outputs = [TrueArray(y.aval, y.scalars, [True] * len(y.scalars)) for y in self._limits.values]

    def along(self, tangents: Sequence[Any]) -> Truth:
        """The truth of the derivative along a direction; None is a zero tangent."""
        with dispatch.using(implementation), arithmetic(Exact(_FIRST)):
            own = [None if t is None else implementation.own(t) for t in tangents]
            own = [t if t is not None and is_float(t.dtype) else None for t in own]
            try:
                limit = self._limits.along(own, _is_certified)
            except Kink as kink:
                return self._at_kink(own, kink)
        doubt = self._limits.doubt
        found = [
            None if xs is None or ds is None else _with_radius(y.aval, xs, ds, bool(doubt))
            for y, xs, ds in zip(limit.values, limit.tangents, limit.apart, strict=True)
        ]
        certified = all(all(t.certified) for t in found if t is not None)
        if not certified and not doubt:
            doubt = f"the limit did not settle within {MOST_DIGITS} digits"
        return Truth(self.outputs, list(found), doubt=doubt)

    def _at_kink(self, tangents: Sequence[ReferenceArray | None], kink: Kink) -> Truth:
        """By dual numbers and the subgradient table; where these say NaN, the mean of the two sides."""

        def along(*primals: ReferenceArray) -> list[ReferenceArray]:
            system = current_system()
            with decisions.recording():
                values, found = dual_jvp(self._function, primals, tangents, system)
            return [
                t if t is not None else ReferenceArray([0.0] * len(y.scalars), y.aval, system)
                for y, t in zip(values, found, strict=True)
            ]

        found = true_value(along, self._primals).outputs
        means: Quotients = kink.quotients or [None] * len(found)
        arrays: list[TrueArray | None] = []
        for y, t, mean in zip(self.outputs, found, means, strict=True):
            if not is_float(y.aval.dtype):
                arrays.append(None)
                continue
            pairs = zip(t.scalars, mean or t.scalars, strict=True)
            scalars = [m if x != x and not is_special(m) else x for x, m in pairs]
            certified = [c or x != x for c, x in zip(t.certified, t.scalars, strict=True)]
            arrays.append(TrueArray(y.aval, scalars, certified))
        smooth = not kink.flipped and kink.quotients is None
        return Truth(self.outputs, arrays, kink=not smooth, flipped=tuple(kink.flipped))


def _is_certified(limit: Limit) -> bool:
    return all(
        type(d) is float or _is_small(d._mpf_, x, y.dtype)
        for y, xs, ds in zip(limit.values, limit.tangents, limit.apart, strict=True)
        for x, d in zip(xs or (), ds or (), strict=True)
    )


def _with_radius(aval: ShapedArray, scalars: list[Scalar], apart: list[Scalar], doubted: bool) -> TrueArray:
    certified = [
        not doubted and (d == 0.0 if type(d) is float else _is_small(d._mpf_, x, aval.dtype))
        for x, d in zip(scalars, apart, strict=True)
    ]
    return TrueArray(aval, scalars, certified)


def true_derivative(function: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Truth:
    """The truth of the derivative of ``function`` at machine arrays along a direction."""
    return Derivative(function, primals).along(tangents)
