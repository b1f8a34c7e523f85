"""The derivative as a limit: differences of the function itself, at a precision where they can be trusted.

No derivative rule takes part. The run at the point records its decisions and the outputs of
`stop_gradient`; where a run next to it decides otherwise, or the difference quotients from the left and
from the right do not meet, the point is a kink (`Kink`), where only a convention can answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mpmath.libmp import (
    from_int,
    from_man_exp,
    mpf_abs,
    mpf_add,
    mpf_cmp,
    mpf_div,
    mpf_mul,
    mpf_shift,
    mpf_sub,
)

from ..language.dispatch import AxisFrame, lanes_in_scope
from ..language.dtypes import is_inexact
from . import decisions
from .array import ReferenceArray
from .exact import Exact
from .primitives.collectives import everywhere
from .reals import NAN, NEAREST, Raw, Scalar, is_special, magnitude, real
from .system import arithmetic

# Digits beyond which no more are tried.
MOST_DIGITS = 2000
# The narrow step is 10^-8 of the wide one.
_APART = 8
_BITS = 3.3219281
# Digits that may be lost before the function is run once more at the point.
_MARGIN = 16

Function = Callable[..., list[ReferenceArray]]
Tangents = Sequence[ReferenceArray | None]
# One scalar for every element of every result; None for results that are not floating.
Quotients = list[list[Scalar] | None]


class Kink(Exception):  # it is an answer, not an error
    """Raised where a function has no derivative that a limit could find."""

    def __init__(self, flipped: Sequence[int], quotients: Quotients | None = None) -> None:
        super().__init__("the point is a kink")
        self.flipped = list(flipped)
        self.quotients = quotients


class Recorded:
    """The run at the point.

    Attributes:
        values: its results.
        tape: what it decided.
        lanes: the named axes whose lanes met while it ran: then all of them take the limit together.
    """

    def __init__(
        self,
        function: Function,
        primals: Sequence[ReferenceArray],
        system: Exact,
        before: decisions.Tape | None = None,
    ) -> None:
        self.function, self.primals, self.system = function, primals, system
        frames = lanes_in_scope()
        meetings = [frame.owner.meetings for frame in frames]
        with arithmetic(system), system.remembering(), decisions.recording(before) as self.tape:
            self.values = function(*primals)
        met = [frame.owner.meetings for frame in frames] != meetings
        self.lanes: Sequence[AxisFrame] = frames if met else ()

    def next_to(self, step: Raw, tangents: Tangents) -> list[ReferenceArray]:
        """The results at ``primals + step tangents``.

        Raises:
            Kink: the run decided otherwise than the run at the point.
        """
        moved = [x if t is None else _moved(x, t, step) for x, t in zip(self.primals, tangents, strict=True)]
        with arithmetic(self.system), decisions.watching(self.tape) as run:
            found = self.function(*moved)
        flipped = everywhere(run.flipped, lambda lists: [i for each in lists for i in each], self.lanes)
        if flipped:
            raise Kink(flipped)
        return found


def _moved(x: ReferenceArray, tangent: ReferenceArray, step: Raw) -> ReferenceArray:
    """``x + step tangent``, exactly: the step is a power of two."""
    scalars = []
    for s, t in zip(x.scalars, tangent.scalars, strict=True):
        if type(t) is float or is_special(s):
            scalars.append(s)
        else:
            change = mpf_mul(t._mpf_, step)
            scalars.append(real(change if type(s) is float else mpf_add(s._mpf_, change)))
    return ReferenceArray(scalars, x.aval, x.system)


def _reach(recorded: Recorded, tangents: Tangents) -> int | None:
    """The exponent of the least |x / t|: what a relative step is relative to. None: nothing moves.

    A zero counts as one, or as the least of the others if that is less.
    """
    moving = [
        (s, u)
        for x, t in zip(recorded.primals, tangents, strict=True)
        if t is not None and is_inexact(x.dtype)
        for s, u in zip(x.scalars, t.scalars, strict=True)
        if type(u) is not float and not is_special(s)
    ]
    least_size = min((magnitude(s) for s, _ in moving if type(s) is not float), default=0)
    here = min(
        ((min(0, least_size) if type(s) is float else magnitude(s)) - magnitude(u) for s, u in moving),
        default=None,
    )
    least: int | None = everywhere(
        here, lambda found: min((e for e in found if e is not None), default=None), recorded.lanes
    )
    return least


def _lost(recorded: Recorded, tangents: Tangents) -> int:
    """The digits that differences lose because numbers are large against the reach, in steps of 16, at least one.

    Next to a subnormal input the step is smaller still, and what it changes is far behind their point.
    """
    exponent = _reach(recorded, tangents)
    if exponent is None:
        return _MARGIN
    most: int = everywhere(recorded.system.widest, max, recorded.lanes)
    # Next to exp(1e38) no digits would do: the quotients then say of themselves that they do not agree.
    bits = min(max(0, most - exponent), int(MOST_DIGITS * _BITS))
    return max(_MARGIN, min(MOST_DIGITS, -_MARGIN * (-int(bits / _BITS) // _MARGIN)))


def _quotients(
    recorded: Recorded, tangents: Tangents, exponent: int, digits: int
) -> tuple[Quotients, Quotients]:
    """Central difference quotients at a relative step 10^-digits, and how far those of the sides are apart."""
    step = from_man_exp(1, exponent - int(digits * _BITS) - 2)
    after = recorded.next_to(step, tangents)
    before = recorded.next_to((1, *step[1:]), tangents)
    bits = recorded.system.bits
    central: Quotients = []
    bends: Quotients = []
    for y, left, right in zip(recorded.values, before, after, strict=True):
        if not is_inexact(y.dtype):
            central.append(None)
            bends.append(None)
            continue
        rows = list(zip(y.scalars, left.scalars, right.scalars, strict=True))
        central.append([_quotient(*row, step, bits) for row in rows])
        bends.append([_bend(*row, step, bits) for row in rows])
    return central, bends


def _raw(x: Scalar) -> Raw:
    raw: Raw = from_int(0) if type(x) is float else x._mpf_
    return raw


def _quotient(at: Scalar, low: Scalar, high: Scalar, step: Raw, bits: int) -> Scalar:
    """(high - low) / (2 step); NaN where the value or a side is special and the others differ."""
    if is_special(at) or is_special(low) or is_special(high):
        # At a pole the quotients grow for ever, and no digits would make them agree.
        return 0.0 if all(type(x) is float and x == at for x in (low, high)) else NAN
    # Rounded, not exact: sides that lie 2^(10^30) apart have an exact difference that no memory holds.
    return real(mpf_div(mpf_sub(_raw(high), _raw(low), bits, NEAREST), mpf_shift(step, 1), bits, NEAREST))


def _bend(at: Scalar, low: Scalar, high: Scalar, step: Raw, bits: int) -> Scalar:
    """(high - 2 at + low) / step: the difference of the quotients of the two sides."""
    if is_special(at) or is_special(low) or is_special(high):
        return 0.0
    wide = 4 * bits
    total = mpf_add(_raw(high), _raw(low), wide, NEAREST)
    second = mpf_sub(total, mpf_shift(_raw(at), 1), wide, NEAREST)
    return real(mpf_div(second, step, bits, NEAREST))


@dataclass(frozen=True, slots=True)
class Limit:
    """A derivative along one direction.

    Attributes:
        tangents: its scalars for each result; None for results that are not floating.
        apart: the same for how far it is from the quotient at the wider step: an estimate of its error.
        values: the results at the point.
        agreed: whether the quotients agreed before the digits ran out.
        widest: the exponent of the largest number that the derivative's digits are counted from.
    """

    tangents: Quotients
    apart: Quotients
    values: Sequence[ReferenceArray]
    agreed: bool
    widest: int


# Whether a limit is good enough.
Satisfied = Callable[[Limit], bool]


class Limits:
    """Derivatives of a function at a point; runs at the point are kept for all directions.

    Attributes:
        wanted: digits to which derivatives are wanted.
        values: the results at the point.
    """

    def __init__(self, function: Function, primals: Sequence[ReferenceArray], wanted: int) -> None:
        self.function, self.primals, self.wanted = function, primals, wanted
        self._runs: dict[int, Recorded] = {}
        self.values = self._recorded(wanted).values

    def _recorded(self, digits: int, lost: int = _MARGIN) -> Recorded:
        """The run at the point that serves derivatives to ``digits`` digits, where differences lose ``lost``."""
        carried = digits + _steps(digits)[1] + 10 + lost
        if carried not in self._runs:
            before = self.tape if self._runs else None
            self._runs[carried] = Recorded(self.function, self.primals, Exact(carried), before)
        return self._runs[carried]

    @property
    def tape(self) -> decisions.Tape:
        """What the first run at the point decided, and what callbacks said to it."""
        return next(iter(self._runs.values())).tape

    @property
    def lanes(self) -> Sequence[AxisFrame]:
        """The named axes over which lanes take the limit together."""
        return self._recorded(self.wanted).lanes

    @property
    def doubt(self) -> str:
        """Why a result may be wrong in spite of its digits."""
        return next((run.system.doubt for run in self._runs.values() if run.system.doubt), "")

    def along(self, tangents: Tangents, satisfied: Satisfied | None = None) -> Limit:
        """The derivative along a direction, at more and more digits until it satisfies.

        Raises:
            Kink: there is no derivative that a limit could find.
        """
        digits = self.wanted
        while True:
            recorded = self._recorded(digits)
            recorded = self._recorded(digits, _lost(recorded, tangents))
            found = _limit(recorded, tangents, digits, self.wanted)
            enough = found.agreed if satisfied is None else satisfied(found)
            if everywhere(enough, all, recorded.lanes) or digits * 3 // 2 > MOST_DIGITS:
                return found
            digits = digits * 3 // 2


def _steps(digits: int) -> tuple[int, int]:
    """Relative steps, as negative powers of ten: the error of a central quotient is their square."""
    return digits // 2 + 2, digits // 2 + 2 + _APART


def _limit(recorded: Recorded, tangents: Tangents, digits: int, wanted: int) -> Limit:
    """The quotient at a narrow step, made with ``digits``; they agreed if they did to ``wanted``."""
    exponent = _reach(recorded, tangents)
    if exponent is None:
        zeros: Quotients = [[0.0] * len(y.scalars) if is_inexact(y.dtype) else None for y in recorded.values]
        return Limit(zeros, zeros, recorded.values, True, recorded.system.widest)
    wide, narrow = _steps(digits)
    first, first_bends = _quotients(recorded, tangents, exponent, wide)
    second, bends = _quotients(recorded, tangents, exponent, narrow)
    blown = any(is_special(x) for xs in second if xs is not None for x in xs)
    bent = _bent(first_bends, bends, second, recorded.values, exponent, digits)
    if everywhere(blown or bent, any, recorded.lanes):
        raise Kink([], second)
    rounding = recorded.system.widest + int(narrow * _BITS) + 5 - exponent - recorded.system.bits
    apart: Quotients = [
        None
        if xs is None or ys is None
        else [_apart(x, y, v, rounding) for x, y, v in zip(xs, ys, value.scalars, strict=True)]
        for xs, ys, value in zip(first, second, recorded.values, strict=True)
    ]
    sizes = [
        [_size(x, v, exponent) for x, v in zip(xs or (), value.scalars, strict=False)]
        for xs, value in zip(second, recorded.values, strict=True)
    ]
    widest = max((e for row in sizes for e in row if e is not None), default=recorded.system.widest)
    agreed = _agree(apart, sizes, wanted)
    return Limit(_seen(second, apart), apart, recorded.values, agreed, widest)


def _seen(slopes: Quotients, apart: Quotients) -> Quotients:
    """The quotients, with 0 for those that are no larger than how far they may be off.

    A limit of limits would take differences of what rounding left of them.
    """
    return [
        None
        if xs is None or ds is None
        else [0.0 if _is_below(x, d) else x for x, d in zip(xs, ds, strict=True)]
        for xs, ds in zip(slopes, apart, strict=True)
    ]


def _is_below(x: Scalar, apart: Scalar) -> bool:
    return type(x) is not float and type(apart) is not float and mpf_cmp(mpf_abs(x._mpf_), apart._mpf_) <= 0


def _apart(x: Scalar, y: Scalar, value: Scalar, rounding: int) -> Scalar:
    """How far two quotients are apart, and what rounding can hide from both."""
    if is_special(x):
        return NAN
    hidden = from_int(0) if type(value) is float else from_man_exp(1, rounding)
    return real(mpf_add(mpf_abs(mpf_sub(_raw(x), _raw(y), 30, NEAREST)), hidden, 30, NEAREST))


def _size(slope: Scalar, value: Scalar, exponent: int) -> int | None:
    """The exponent of what a difference quotient is small against: itself, or value over reach."""
    sizes = [] if type(slope) is float else [magnitude(slope)]
    if type(value) is not float:
        sizes.append(magnitude(value) - exponent)
    return max(sizes, default=None)


def _agree(apart: Quotients, sizes: Sequence[Sequence[int | None]], wanted: int) -> bool:
    """Whether all quotients agree to the wanted digits of their sizes, but for a few."""
    return all(
        type(d) is float or (size is not None and magnitude(d) <= size - int((wanted - 6) * _BITS))
        for ds, row in zip(apart, sizes, strict=True)
        for d, size in zip(ds or (), row, strict=True)
    )


def _bent(
    first: Quotients,
    second: Quotients,
    slopes: Quotients,
    values: Sequence[ReferenceArray],
    exponent: int,
    digits: int,
) -> bool:
    """Whether the quotients of the two sides stay apart as the step shrinks, as they do at a corner.

    Those of a smooth function approach each other as the step shrinks; what rounding leaves of a straight
    line grows as it does, and is small against the slope.
    """
    for xs, ys, ds, value in zip(first, second, slopes, values, strict=True):
        for x, y, d, v in zip(xs or (), ys or (), ds or (), value.scalars, strict=False):
            if type(x) is float or type(y) is float:
                continue
            shrunk, size = magnitude(x) - magnitude(y), _size(d, v, exponent)
            plain = size is None or magnitude(y) > size - int(digits * _BITS) // 2
            if plain and abs(shrunk) < int(_APART * _BITS) // 2:
                return True
    return False
