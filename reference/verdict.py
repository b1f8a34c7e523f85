"""The verdict: from a machine's value, the truth and the bound to who is at fault. Numbers in, words out.

Nothing here runs a program. `Evidence` is what is known of one element of one output; `measure` judges
it; `quiet_fault` judges many of them together; `loses_digits`, `is_problem` and `rule_differs` are the
questions that tell a formula, a problem and a rule apart.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_float, from_int, from_man_exp

from ..language.dtypes import DType, finfo, float32, is_float
from ..language.errors import VeraxError
from .findings import Blame, Finding, Status, Tally, shown, worst

# A scalar of the reference: a real (mpf), a Python float for 0.0, -0.0, inf, -inf, nan, an int, a bool.
Scalar = Any

# Conversions into it are exact; differences and quotients are rounded to far more bits than are asked for.
_CONTEXT = mpmath.MPContext()
_CONTEXT.prec = 256

# The quiet kind of fault: at least so many elements, and a root-mean-square of error over typical error
# above so much (DESIGN section 5: 98 % of NumPy's random programs stay within a factor 3).
QUIET_ELEMENTS = 512
QUIET_RATIO = 3.0
# A problem is ill-conditioned when half an ulp of each input moves the truth by this share of the error.
PROBLEM_SHARE = 0.25
# Truth is certified to this part of an ulp; what differs by less is the same.
CERTIFIED = 2.0**-20


# -- numbers -----------------------------------------------------------------------------------------
def exact(x: Scalar) -> Any:
    """A scalar of the reference, or of a machine, as a real of this module's own context."""
    raw = getattr(x, "_mpf_", None)
    if raw is not None:
        return _CONTEXT.make_mpf(raw)
    return _CONTEXT.make_mpf(from_int(x) if isinstance(x, int) else from_float(float(x)))


def is_special(x: Scalar) -> bool:
    """Whether a scalar is infinite or NaN."""
    raw = getattr(x, "_mpf_", None)
    if raw is None:
        return not math.isfinite(x)
    return not raw[1] and bool(raw[2])  # mpmath's infinities and NaN have an exponent and no mantissa


def is_nan(x: Scalar) -> bool:
    """Whether a scalar is NaN."""
    return is_special(x) and math.isnan(float(x))


def is_infinite(x: Scalar) -> bool:
    """Whether a scalar is infinite."""
    return is_special(x) and not math.isnan(float(x))


def same_special(a: Scalar, b: Scalar) -> bool:
    """Whether two specials are the same one: any NaN is NaN, infinities have their sign."""
    a, b = float(a), float(b)
    return (math.isnan(a) and math.isnan(b)) or a == b


@cache
def precision(dtype: DType) -> int:
    """The bits of the significand, the hidden one included: 24 for float32."""
    return int(finfo(dtype).nmant) + 1


def ulp_of(true: Scalar, dtype: DType) -> Any:
    """The distance of neighbouring machine numbers at ``true``; at zero and below, the subnormal one."""
    _, mantissa, exponent, bits = exact(true)._mpf_
    least = _least_exponent(dtype)
    if not mantissa:
        return _power_of_two(least)
    return _power_of_two(max(int(exponent) + bits - precision(dtype), least))


@cache
def _least_exponent(dtype: DType) -> int:
    info = finfo(dtype)
    return int(info.minexp) - int(info.nmant)


def _power_of_two(exponent: int) -> Any:
    return _CONTEXT.make_mpf(from_man_exp(1, exponent))


@cache
def overflows_at(dtype: DType) -> Any:
    """The least real that rounds to infinity: the largest number and half of its ulp."""
    largest = exact(float(finfo(dtype).max))
    return largest + ulp_of(largest, dtype) / 2


def count_between(a: Any, b: Any, dtype: DType) -> int | None:
    """How many representable steps lie between two machine numbers; None where one is NaN."""
    pair = np.array([a, b], dtype=dtype)
    if np.isnan(pair.astype(np.float64)).any():
        return None
    width = dtype.itemsize * 8
    bits = [int(x) for x in pair.view(f"i{dtype.itemsize}")]
    first, second = (x if x >= 0 else -(x + (1 << (width - 1))) for x in bits)
    return abs(first - second)


# -- one element -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one element of one output.

    Attributes:
        got: the machine's answer, a NumPy or Python scalar.
        true: the real value.
        dtype: the output's dtype.
        bound: the most a machine within budget may be off by, absolute; None if there is no such bound.
        typical: what it is typically off by, absolute.
        undecided: whether the element rests on a comparison that was decided by less than its bound.
        unbounded: why there is no bound; empty if there is one.
        certified: whether the truth is.
        ideal: what an ideal machine of this dtype answers; None if it was not asked.
        slack: what rounding the constants written in the program can explain, absolute.
    """

    got: Any
    true: Scalar
    dtype: DType
    bound: Any = None
    typical: Any = None
    undecided: bool = False
    unbounded: str = ""
    certified: bool = True
    ideal: Scalar | None = None
    slack: Any = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """One element, judged.

    Attributes:
        status: how it ended.
        blame: who is at fault, if anyone.
        error: in ULPs of the true value, fractional; 0.0 for equal specials, inf for unequal ones.
        bound: in the same ULPs; None if there is none.
        typical: in the same ULPs; None if there is none, or it cannot be compared.
        reason: why, where it did not hold.
        index: which element of its output.
    """

    status: Status
    blame: Blame | None
    error: float
    bound: float | None
    typical: float | None = None
    reason: str = ""
    index: tuple[int, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Error over typical error, where that says something."""
        if self.typical is None or not self.typical > 0 or not math.isfinite(self.error):
            return None
        return self.error / self.typical

    @property
    def share(self) -> float:
        """Error over bound: what elements are ranked by."""
        if self.bound is None:
            return self.error
        if self.bound > 0:
            return self.error / self.bound
        return 0.0 if self.error == 0 else math.inf


def measure(e: Evidence, index: tuple[int, ...] = ()) -> Measured:
    """Judge one element: whether the implementation holds its bound, and what excuses it if not."""
    found = _measure_real(e) if is_float(e.dtype) else _measure_exact(e)
    return replace(found, index=index)


def _measure_exact(e: Evidence) -> Measured:
    """Integers and booleans have no rounding: equal, or not."""
    got, true = int(e.got), int(e.true)
    error = float(abs(got - true))
    if got == true and e.certified:
        return Measured(Status.HOLD, None, 0.0, 0.0)
    if not e.certified and not e.undecided:
        reason = "has a truth that could not be certified"
        return Measured(Status.UNVERIFIED, Blame.NOTHING, error, None, reason=reason)
    return _excused(e, error) or _fault(error, 0.0, f"got {got}, the truth is {true}")


def _measure_real(e: Evidence) -> Measured:
    got = float(e.got)
    if (
        math.isinf(got)
        and not is_special(e.true)
        and math.copysign(1.0, got) * exact(e.true) >= 2 * overflows_at(e.dtype)
    ):
        return Measured(Status.HOLD, None, 0.0, None)  # far too large for the format, however large exactly
    if not e.certified:
        return _uncertified(e, got)
    if is_special(e.true):
        return _measure_special(e, got)
    return _measure_finite(e, got) if math.isfinite(got) else _measure_blown(e, got)


def _uncertified(e: Evidence, got: float) -> Measured:
    """The truth is not known. A NaN is on neither side of a comparison: what has no bound either is not determined."""
    undetermined = got != got and bool(e.unbounded)
    if (e.undecided and not undetermined) or _is_near(got, e):
        reason = "rests on a comparison of numbers that are equal, or nearly"
        return Measured(Status.AMBIGUOUS, None, 0.0, None, reason=reason)
    reason = e.unbounded or "has a truth that could not be certified"
    return Measured(Status.UNVERIFIED, Blame.NOTHING, _error(got, e), None, reason=reason)


def _measure_finite(e: Evidence, got: float) -> Measured:
    """Truth and answer are finite reals."""
    error, unit = _error(got, e), ulp_of(e.true, e.dtype)
    bound, typical = _in_ulps(e.bound, unit), _in_ulps(e.typical, unit)
    allowed = None if bound is None or e.unbounded else bound + (_in_ulps(e.slack, unit) or 0.0)
    if allowed is not None and error <= allowed:
        return Measured(Status.HOLD, None, error, allowed, typical)
    # Correct rounding is never a fault, whether or not a bound could be derived.
    if allowed is None and error <= 0.5:
        return Measured(Status.HOLD, None, error, None)
    if e.ideal is not None and not is_special(e.ideal) and exact(got) == exact(e.ideal):
        # The machine that rounds every primitive correctly is within every budget, and answers the same.
        return Measured(Status.HOLD, None, error, None)
    if e.ideal is not None and is_special(e.ideal):
        # The arithmetic of any machine of this dtype overflows on the way: not this one's fault.
        return Measured(Status.NOTE, Blame.FORMULA, error, allowed, reason="overflows on the way")
    excuse = _excused(e, error)
    if excuse is not None:
        return excuse
    return _fault(error, allowed, f"is off by {shown(error)} ULP where {shown(allowed)} are allowed", typical)


def _is_near(got: float, e: Evidence) -> bool:
    """Whether the answer is within its bound of what is taken for the truth."""
    if e.bound is None or e.unbounded or is_special(e.bound) or is_special(e.true) or not math.isfinite(got):
        return False
    return bool(abs(exact(got) - exact(e.true)) <= exact(e.bound))


def _measure_special(e: Evidence, got: float) -> Measured:
    """The truth is infinite or NaN: the machine must say the same one."""
    if same_special(got, e.true):
        return Measured(Status.HOLD, None, 0.0, 0.0)
    if e.ideal is not None and is_special(e.ideal) == (not math.isfinite(got)) and _agrees(got, e):
        return Measured(Status.NOTE, Blame.FORMULA, math.inf, 0.0, reason=f"is {got} where {e.true} is true")
    return _excused(e, math.inf) or _fault(math.inf, 0.0, f"is {got} where {float(e.true)} is true")


def _agrees(got: float, e: Evidence) -> bool:
    """Whether the ideal machine answers the same."""
    assert e.ideal is not None
    return same_special(got, e.ideal) if is_special(e.ideal) else exact(got) == exact(e.ideal)


def _measure_blown(e: Evidence, got: float) -> Measured:
    """The machine says infinity or NaN, and the truth is a finite real."""
    true, limit = exact(e.true), overflows_at(e.dtype)
    if math.isinf(got) and math.copysign(1.0, got) * true >= limit:
        return Measured(Status.HOLD, None, 0.0, None)  # correctly rounded: too large for the format
    bound = None if e.bound is None or e.unbounded or is_special(e.bound) else exact(e.bound)
    if math.isinf(got) and bound is not None and math.copysign(1.0, got) * true + bound >= limit:
        return Measured(Status.HOLD, None, 0.0, None)  # within its bound of overflow
    if e.ideal is not None and is_special(e.ideal):
        return Measured(Status.NOTE, Blame.FORMULA, math.inf, None, reason="overflows on the way")
    return _excused(e, math.inf) or _fault(math.inf, _in_ulps(e.bound, ulp_of(true, e.dtype)), _blown(got, e))


def _blown(got: float, e: Evidence) -> str:
    return f"is {got} where {mpmath.nstr(exact(e.true), 9)} is true"


def _excused(e: Evidence, error: float) -> Measured | None:
    """Why an element that is not within its bound is no fault: it was never bounded."""
    if e.undecided:
        reason = "rests on a comparison that was decided by less than its bound"
        return Measured(Status.AMBIGUOUS, None, error, None, reason=reason)
    if e.unbounded or (is_float(e.dtype) and (e.bound is None or is_special(e.bound))):
        reason = e.unbounded or "no bound could be derived"
        return Measured(Status.UNVERIFIED, Blame.NOTHING, error, None, reason=reason)
    return None


def _fault(error: float, bound: float | None, reason: str, typical: float | None = None) -> Measured:
    return Measured(Status.FINDING, Blame.IMPLEMENTATION, error, bound, typical, reason)


def _error(got: float, e: Evidence) -> float:
    if is_special(e.true) or not math.isfinite(got):
        return 0.0 if same_special(got, e.true) else math.inf
    return float(abs(exact(got) - exact(e.true)) / ulp_of(e.true, e.dtype))


def _in_ulps(absolute: Any, unit: Any) -> float | None:
    if absolute is None or is_special(absolute):
        return None
    return float(exact(absolute) / unit)


# -- many elements -----------------------------------------------------------------------------------
def quiet_fault(measured: Iterable[Measured]) -> float | None:
    """The root-mean-square of error over typical error, if it is a fault of the quiet kind.

    Only for inputs that the harness drew itself: continuous, full mantissa, independent.
    """
    ratios = [r for r in (m.ratio for m in measured if m.status is Status.HOLD) if r is not None]
    if len(ratios) < QUIET_ELEMENTS:
        return None
    rms = math.sqrt(math.fsum(r * r for r in ratios) / len(ratios))
    return rms if rms > QUIET_RATIO else None


# -- formula, problem, rule --------------------------------------------------------------------------
def wide(dtype: DType) -> DType:
    """The dtype that a formula is judged in: float32 for narrower ones."""
    return float32 if is_float(dtype) and precision(dtype) < precision(float32) else dtype


@cache
def half_of_the_digits(dtype: DType) -> Any:
    """2^(-p/2): the relative error from which on a result has lost half of its digits."""
    return _CONTEXT.mpf(2) ** (_CONTEXT.mpf(-precision(wide(dtype))) / 2)


def loses_digits(ideal: Scalar, true: Scalar, scale: Any, dtype: DType) -> bool:
    """Whether even the ideal machine is off by more than 2^(-p/2) ``scale``, or overflows on the way.

    A ``scale`` of zero (nothing but zeros is true) gives nothing to compare with: then it is not.
    """
    if is_special(true) or exact(abs(true)) >= overflows_at(dtype):
        return False
    if is_special(ideal):
        return True
    if exact(scale) == 0:
        return False
    return bool(abs(exact(ideal) - exact(true)) > half_of_the_digits(dtype) * exact(scale))


def is_problem(moved: Sequence[Any], error: Any) -> bool:
    """Whether half an ulp of the inputs moves the truth by a quarter of the error, in some direction."""
    if is_special(error):
        return False
    sizes = [math.inf if is_special(m) else abs(exact(m)) for m in moved]
    return bool(sizes) and max(sizes) >= PROBLEM_SHARE * abs(exact(error))


def rule_differs(program_value: Scalar, limit: Scalar, slack: Any, dtype: DType) -> bool:
    """Whether the exact value of a gradient's own program is not the derivative.

    ``slack`` is what rounding the constants written in that program can explain.
    """
    if is_special(program_value) or is_special(limit):
        return not (is_special(program_value) and is_special(limit) and same_special(program_value, limit))
    allowed = exact(slack) + CERTIFIED * ulp_of(limit, dtype)
    return bool(abs(exact(program_value) - exact(limit)) > allowed)


# -- the verdict -------------------------------------------------------------------------------------
class Condemned(VeraxError, AssertionError):
    """Raised by `Verdict.raise_if_red`: the message holds the findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is said of one function at some inputs; prints as the gate's row.

    Attributes:
        subject: the function's name.
        order: 0 for the value, 1 for the gradient, 2 for the second derivative.
        platform: the name of the profile that it was judged by.
        findings: what there is to say; empty when all of it holds.
        elements: every element that was judged, in order of outputs; the rows of a figure.
        outputs: for each of ``elements`` the output that it belongs to.
        error: the worst error in ULPs: of the element where error over bound is largest.
        count: that error as a number of representable values.
        bound: the bound of that element in ULPs; None if there is none.
        typical: the typical error of that element in ULPs.
        rms: root-mean-square of error over typical error, over all elements where it says something.
        scale: for each output the size that its errors were held against; None if that was not asked.
        searched: whether its equations were run one by one, to find where digits go.
        whole: how many elements there are, where only some of them were judged; None where all were.
    """

    subject: str
    order: int
    platform: str
    findings: tuple[Finding, ...] = ()
    elements: tuple[Measured, ...] = ()
    outputs: tuple[int, ...] = ()
    error: float = 0.0
    count: int | None = None
    bound: float | None = None
    typical: float | None = None
    rms: float | None = None
    scale: tuple[float, ...] | None = None
    searched: bool = False
    whole: int | None = None

    @property
    def status(self) -> Status:
        """The gravest status of its findings; HOLD if there are none."""
        return worst(f.status for f in self.findings)

    @property
    def blame(self) -> Blame | None:
        """Who is at fault, by the gravest finding."""
        grave = [f for f in self.findings if f.status is self.status]
        return grave[0].blame if grave else None

    @property
    def law(self) -> str:
        """What was judged, in a word: value, gradient, second derivative."""
        return law_name(self.order)

    @property
    def holds(self) -> bool:
        """Whether there is no finding and nothing unverified."""
        return not any(f.fails for f in self.findings)

    @property
    def tally(self) -> Tally:
        """One judgement, counted."""
        return Tally.of([self.status])

    def raise_if_red(self) -> Verdict:
        """The verdict itself if it holds.

        Raises:
            Condemned: an AssertionError with every finding, if it does not.
        """
        __tracebackhide__ = True
        if self.holds:
            return self
        raise Condemned("\n".join([str(self), *(str(f) for f in self.findings if f.fails)]))

    def cells(self) -> tuple[str, ...]:
        """The row: subject, law, error, bound, elements, verdict."""
        blame = f" ({self.blame})" if self.blame else ""
        allowed = shown(self.bound)
        count = "" if self.count is None else f" [{self.count}]"
        return (
            self.subject,
            self.law,
            f"{shown(self.error)}{count}",
            allowed,
            str(len(self.elements)) + ("" if self.whole is None else f" of {self.whole}"),
            f"{self.status}{blame}",
        )

    def __str__(self) -> str:
        subject, law, error, bound, elements, verdict = self.cells()
        row = f"{subject}  {law}  error {error} ULP  bound {bound} ULP  {elements} elements  {verdict}"
        return "\n".join([row, *(f"  {f.code} {f.message}" for f in self.findings)])

    def _repr_html_(self) -> str:
        heads = ("subject", "law", "error (ULP)", "bound (ULP)", "elements", "verdict")
        head = "".join(f"<th>{h}</th>" for h in heads)
        body = "".join(f"<td>{html.escape(c)}</td>" for c in self.cells())
        notes = "".join(f"<li>{html.escape(str(f))}</li>" for f in self.findings)
        listed = f"<ul>{notes}</ul>" if notes else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody></table>{listed}"


def law_name(order: int) -> str:
    """What a derivative of that order is called."""
    names = ("value", "gradient", "second derivative")
    return names[order] if order < len(names) else f"derivative of order {order}"


def worst_element(elements: Sequence[Measured]) -> int | None:
    """Which element is to be shown: the gravest, then the one with the largest share of its bound."""
    if not elements:
        return None
    grave = worst(m.status for m in elements)

    def key(i: int) -> tuple[bool, float, float]:
        m = elements[i]
        return (m.status is grave, m.share, m.error)

    return max(range(len(elements)), key=key)


def each(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The indices of an array, row-major."""
    yield from np.ndindex(*shape)


def root_mean_square(elements: Iterable[Measured]) -> float | None:
    """Of error over typical error, over the elements where it says something."""
    ratios = [r for r in (m.ratio for m in elements) if r is not None]
    return math.sqrt(math.fsum(r * r for r in ratios) / len(ratios)) if ratios else None


def largest(scalars: Iterable[Scalar], weigh: Callable[[Any], Any] = abs) -> Any:
    """The largest finite one, as a real; zero if there is none."""
    sizes = [exact(weigh(x)) for x in scalars if not is_special(x)]
    return max(sizes, default=_CONTEXT.mpf(0))
