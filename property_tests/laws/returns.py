"""A function returns arrays for whatever its signature allows."""

from __future__ import annotations

from typing import ClassVar

from ...reference.findings import Blame
from ..subjects import Subject
from ..trial import Raised, Trial
from .law import Checked, Law, Wrong
from .purity import why_not_callable


class Returns(Law):
    """It does not raise."""

    name: ClassVar[str] = "returns"
    codes: ClassVar[tuple[str, ...]] = ("VX902",)
    claim: ClassVar[str] = "The function returns arrays for every argument that its signature allows."

    def fits(self, subject: Subject) -> str:
        """Every function that can be called."""
        return why_not_callable(subject)

    def check(self, trial: Trial) -> Checked:
        """Call the function at every input."""
        checked = Checked()
        raised: list[Wrong] = []
        for i in range(len(trial.inputs)):
            if trial.clock.over:
                break
            checked.tried(trial, i)
            found = trial.eager(i)
            if isinstance(found, Raised):
                raised.append(Wrong(i, f"The function raises {found.error}", found.location))
        checked.findings += self.told(trial, checked, raised, blame=Blame.SUBJECT)
        return checked
