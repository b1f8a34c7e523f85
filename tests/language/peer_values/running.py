"""A name's drawn calls, compared and counted; exceptions and findings are asked where a value differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.language.peer_values.comparing import (
    Compared,
    Difference,
    Subject,
    answered,
    compare,
    held,
    program_of,
    promoted,
    quiet,
)
from tests.language.peer_values.drawing import Drawn
from tests.language.peer_values.exceptions import EXCEPTIONS, FINDINGS, UNDEFINED, Finding

from verax.language.config import enable_x64
from verax.language.dtypes import is_float
from verax.reference.reals import is_special
from verax.reference.ulps import error_in_ulps

# What a peer without a declared budget may be off by, in units of the last place, and is not called wrong.
DIGITS = 16


class Ran(NamedTuple):
    """What came of a name's calls."""

    name: str
    calls: int
    counts: Counter[str]
    differences: list[Difference]
    excused: list[Difference]
    wrong: list[Difference]

    def line(self) -> str:
        """The counts, most first."""
        return ", ".join(f"{k} {v}" for k, v in self.counts.most_common())


def with_digits(call: Drawn, subject: Subject, exact: Any) -> Compared:
    """The call's answer at 50 digits, held to the same bound."""
    with enable_x64(call.x64), quiet():
        program = program_of(lambda *xs: call.call(subject.module, *xs), call.arrays)
        answer = answered(lambda *xs: call.call(exact, *xs), promoted(call, program))
        if isinstance(answer, str):
            return Compared(Counter(), [Difference(call, f"refused at 50 digits: {answer}")])
        return held(call, program, answer, signs=False)


def last_digits(d: Difference) -> bool:
    """Whether a number is only rounded more than our bound allows: SciPy and BLAS promise none of the last digits."""
    if d.got is None or d.dtype is None or not is_float(d.dtype) or not np.isfinite(d.got):
        return False
    known = not is_special(d.want)  # of zeros and infinities there are no digits
    return known and bool(error_in_ulps(np.asarray(d.got).astype(d.dtype)[()], d.want, d.dtype) <= DIGITS)


def settled(name: str, call: Drawn, subject: Subject) -> tuple[Compared, list[Difference], list[Difference]]:
    """What a call comes to, what of it an exception excuses, and where NumPy is wrong."""
    found = compare(call, subject)
    if not found.differences:
        return found, [], []
    undefined = UNDEFINED.get(subject.name, {}).get(name)
    defined = [d for d in found.differences if not (undefined and undefined(d))]
    exception = EXCEPTIONS.get(subject.name, {}).get(name)
    excused = [d for d in defined if exception and exception.where(d)]
    left = [d for d in defined if d not in excused]
    finding = FINDINGS.get(subject.name, {}).get(name)
    counts = found.counts.copy()
    counts["outside"] -= len(found.differences)
    counts["undefined"] += len(found.differences) - len(defined)
    counts["excepted"] += len(excused)
    found_wrong = (
        [] if finding is None else proved(call, subject, finding, [d for d in left if finding.where(d)])
    )
    wrong = [d for d in found_wrong if finding is None or finding.exact is None or not last_digits(d)]
    counts["last digits"] += len(found_wrong) - len(wrong)
    counts["NumPy wrong"] += len(wrong)
    return Compared(+counts, [d for d in left if d not in found_wrong]), excused, wrong


def proved(call: Drawn, subject: Subject, finding: Finding, doubted: list[Difference]) -> list[Difference]:
    """Of the differences those where truth is within our bound, so that it is the peer that is wrong."""
    if finding.exact is None or not doubted:
        return doubted
    still = {d.place for d in with_digits(call, subject, finding.exact).differences}
    return [] if () in still else [d for d in doubted if d.place and d.place not in still]


def run(name: str, of: Any, count: int, seeded: int | None = None, subject: Subject | None = None) -> Ran:
    """``count`` calls of a module's name: two thirds from tables of special values, the others drawn.

    Those are drawn from a seed, or are always the same ones. Nothing is raised: differences are listed.
    """
    asked = of.subject if subject is None else subject
    ran = Ran(name, count, Counter(), [], [], [])

    def held_to(call: Drawn) -> None:
        found, excused, wrong = settled(name, call, asked)
        ran.counts["calls"] += 1
        ran.counts.update(found.counts)
        ran.differences.extend(found.differences)
        ran.excused.extend(excused)
        ran.wrong.extend(wrong)

    sure = [call for number in range(count * 2 // 3) if (call := of.certain(name, number))]
    for call in sure:
        held_to(call)

    @settings(
        max_examples=count - len(sure),
        derandomize=seeded is None,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(of.strategy(name))
    def every(call: Drawn) -> None:
        held_to(call)

    (every if seeded is None else seed(seeded)(every))()
    return ran


def shown(differences: Sequence[Difference], most: int = 3) -> str:
    """The first few, a line each."""
    return "\n".join(f"{d.call!r}: {d.text}" for d in differences[:most])
