"""What number formats of other hardware do to a program's error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..fake_devices import FORMATS, Format, number_formats
from .judging.judgement import judge


@dataclass(frozen=True, slots=True)
class FormatError:
    """What one format does.

    Attributes:
        name: the format's; "as it is" without one.
        error: the largest error of an element in ULPs; None where the hardware refuses the program.
        bound: what a machine of full precision may be off by, at that element.
        said: how the verdict ends, or why the program is refused.
    """

    name: str
    error: float | None
    bound: float | None
    said: str

    def __str__(self) -> str:
        error = "none" if self.error is None else f"{self.error:.3g} ULP"
        bound = "none" if self.bound is None else f"{self.bound:.3g} ULP"
        return f"{self.name:18} error {error:14} bound {bound:14} {self.said}"


class FormatErrors(tuple[FormatError, ...]):
    """A row for each format; prints as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def format_errors(f: Callable[..., Any], *args: Any, formats: Sequence[Format] = FORMATS) -> FormatErrors:
    """How far a function is from the truth as it is, and on hardware with each of some number formats.

    Args:
        f: a function of arrays.
        args: the very arrays to run it on.
        formats: those of `verax.fake_devices`; all by default.

    Returns:
        A row for each, the first without a format.

    Raises:
        Exception: whatever ``f`` raises as it is.

    >>> import verax.numpy as vnp
    >>> from verax.fake_devices import tf32_products
    >>> a = vnp.array([[1.0, 2.0**-12], [3.0, 1.0]]) + 2.0**-13
    >>> print(format_errors(lambda x: x @ x, a, formats=[tf32_products]))
    as it is           error 0.5 ULP        bound 1 ULP          hold
    tf32_products      error 2.05e+03 ULP   bound 1 ULP          finding
    """
    rows = [_row("as it is", f, args, ())]
    for each in formats:
        try:
            rows.append(_row(each.name, f, args, (each,)))
        except TypeError as err:
            if "on hardware without" not in str(err):
                raise
            rows.append(FormatError(each.name, None, None, str(err)))
    return FormatErrors(rows)


def _row(name: str, f: Callable[..., Any], args: Sequence[Any], formats: Sequence[Format]) -> FormatError:
    with number_formats(*formats):
        verdict = judge(f, *args, formula=False)
    worst = max(verdict.elements, key=lambda m: m.error)
    return FormatError(name, worst.error, worst.bound, verdict.status.value)
