"""Equal calls give equal bits."""

from __future__ import annotations

from typing import ClassVar

from ...reference.findings import Blame
from ..subjects import Subject
from ..trial import Raised, Trial
from .law import Checked, Law, Wrong
from .purity import why_not_callable


class Determinism(Law):
    """No call remembers the ones before it."""

    name: ClassVar[str] = "determinism"
    codes: ClassVar[tuple[str, ...]] = ("VX602",)
    claim: ClassVar[str] = "The same arguments give the same bits, whatever was called in between."

    def fits(self, subject: Subject) -> str:
        """Every function that can be called."""
        return why_not_callable(subject)

    def check(self, trial: Trial) -> Checked:
        """Call again, in the opposite order."""
        checked = Checked()
        wrong: list[Wrong] = []
        for i, first in reversed(list(trial.returning())):
            if trial.clock.over:
                break
            checked.tried(trial, i, first.size)
            again = trial.call(i)
            if isinstance(again, Raised):
                wrong.append(Wrong(i, f"The function raises when it is called again: {again.error}"))
            elif difference := first.difference(again):
                wrong.append(Wrong(i, f"The function differs when it is called again: {difference}"))
        checked.findings += self.told(trial, checked, wrong[::-1], blame=Blame.PURITY)
        return checked
