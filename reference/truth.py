"""Truth: the real value of a program at its exact machine inputs, with a certificate.

A value is enclosed in balls (`Ball`) at more and more digits until their radii are below 2^-20 of an ulp: that is
a proof. Where no digits tell two numbers apart that the program compares, or a function has no ball, it is computed
at more and more digits until two computations agree as well; what does not within 2,000 digits is returned as not
certified. A ball that stays wide is never overruled: two computations that lost the same digits agree too.
A derivative is a limit; at a kink it is what the subgradient table says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mpmath.libmp import mpf_abs, mpf_sub

from ..language import dispatch
from ..language.dtypes import DType, is_float
from ..language.shapes import ShapedArray
from . import decisions
from .array import ReferenceArray
from .ball import Ball
from .balls.missing import NoBall
from .balls.number import BallNumber, raw_of
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
        proof: whether balls certify it; otherwise the agreement of two computations does, or of two limits.
    """

    outputs: list[TrueArray]
    tangents: list[TrueArray | None]
    kink: bool = False
    flipped: tuple[int, ...] = ()
    digits: int = _FIRST
    doubt: str = ""
    proof: bool = False

    @property
    def certified(self) -> bool:
        """Whether every element is."""
        arrays = [*self.outputs, *(t for t in self.tangents if t is not None)]
        return all(all(x.certified) for x in arrays)


def true_value(function: Function, args: Sequence[Any]) -> Truth:
    """The truth of ``function`` (a `Program`, or a function of flat arrays) at machine arrays, proved if it can be."""
    try:
        proved, only_ties = _enclosed(function, args)
    except NoBall:
        return _recomputed(function, args, _FIRST)
    if proved.proof:
        return proved
    if only_ties:
        return _recomputed(function, args, proved.digits * 5 // 8)
    return _agreed(function, args, proved)


def proved_value(function: Function, args: Sequence[Any]) -> Truth:
    """The truth of ``function`` at machine arrays by balls alone.

    It is returned with a doubt, and not certified, if 2,000 digits do not tell apart two numbers that the function
    compares, if a radius stays above 2^-20 of an ulp, or if a function has no ball.
    """
    try:
        return _enclosed(function, args)[0]
    except NoBall as err:
        found = _recomputed(function, args, _FIRST)
        return replace(found, outputs=[_doubted(y) for y in found.outputs], doubt=str(err))


def _enclosed(function: Function, args: Sequence[Any]) -> tuple[Truth, bool]:
    """The truth by balls, and whether all that is missing is to tell equal numbers apart."""
    digits = _FIRST
    while True:
        system = Ball(digits)
        found = evaluate(function, args, system)
        outputs = [_within_radius(y, bool(system.doubt)) for y in found]
        proof = all(all(y.certified) for y in outputs)
        if proof or digits * 5 // 2 > MOST_DIGITS:
            break
        digits = digits * 5 // 2
    doubt = system.doubt or f"not certified with {digits} digits: the radius of an element stays too wide"
    truth = Truth(outputs, [], digits=digits, doubt="" if proof else doubt, proof=proof)
    return truth, bool(system.doubt) and system.only_ties


def _agreed(function: Function, args: Sequence[Any], proved: Truth) -> Truth:
    """What balls prove; where they know nothing, beside a division by what may be 0, what two computations agree on.

    A radius that is finite and stays wide is never overruled: two computations lose the same digits.
    """
    found = _recomputed(function, args, _FIRST)
    outputs = []
    for x, y in zip(found.outputs, proved.outputs, strict=True):
        rows = list(zip(y.scalars, y.certified, x.scalars, x.certified, strict=True))
        outputs.append(
            TrueArray(
                y.aval,
                [s if c else g for s, c, g, _ in rows],
                [c or (agreed and s != s) for s, c, _, agreed in rows],
            )
        )
    done = all(all(y.certified) for y in outputs)
    return replace(proved, outputs=outputs, doubt="" if done else found.doubt or proved.doubt)


def _within_radius(x: ReferenceArray, doubted: bool) -> TrueArray:
    scalars = [s.value if type(s) is BallNumber else s for s in x.scalars]
    certified = [not doubted and (type(s) is not BallNumber or _is_narrow(s, x.dtype)) for s in x.scalars]
    return TrueArray(x.aval, scalars, certified)


def _is_narrow(x: BallNumber, dtype: DType) -> bool:
    return not is_special(x.radius) and _is_small(raw_of(x.radius), x.value, dtype)


def _recomputed(function: Function, args: Sequence[Any], digits: int) -> Truth:
    """The truth by computations with more and more digits, until two agree."""
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
